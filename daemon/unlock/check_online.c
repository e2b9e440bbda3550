/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far would a run come? The steps of one, in its order, each by itself and once: names, connections, TLS
 * and the clock for each endpoint of KMS, then metadata, role, document, and KMS asked whether it would
 * (DryRun, AWS KMS API Reference, Decrypt). What each finds is said; what a later one needs, it does again.
 */
#include "daemon/unlock/check_online.h"

#include "aws/arn.h"
#include "aws/endpoint.h"
#include "aws/http.h"
#include "aws/imds.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/time.h"
#include "daemon/log.h"
#include "daemon/unlock/check_reach.h"
#include "daemon/unlock/clock.h"
#include "daemon/unlock/environment.h"
#include "daemon/unlock/fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY_MS      5000
#define ANSWER_MAX  ((size_t)64 << 10)
#define INSTANCE_ID "/latest/meta-data/instance-id"

struct online {
    const struct config *config;
    struct plan *plan;
    char url[ATTEST_ENDPOINT_SIZE]; /* of the endpoint in question */
    char date[80];                  /* that it gave */
    struct attest_credentials_options options;
    struct attest_credentials_source *credentials;
    struct attest_recipient *key;
    struct ask *ask;
    struct job_secret *job; /* the one in question */
    char found[160];        /* what a step has to say */
};

struct step {
    const char *name;
    enum attest_error (*try)(struct online *online, struct attest_diag *diag);
    const char *advice;
};

static void online_done(struct online *online)
{
    ask_free(online->ask);
    attest_recipient_free(online->key);
    attest_credentials_source_free(online->credentials);
}

static enum attest_error try_dns(struct online *online, struct attest_diag *diag)
{
    return check_reach_dns(online->config->aws.proxy ?: online->url, online->found, sizeof online->found, diag);
}

static enum attest_error try_tcp(struct online *online, struct attest_diag *diag)
{
    return check_reach_tcp(online->config->aws.proxy ?: online->url, TRY_MS, diag);
}

/* Any answer will do: what it is asked for, it has not. */
static enum attest_error try_tls(struct online *online, struct attest_diag *diag)
{
    const struct attest_http_options options = {
        .address = online->url,
        .ca_file = online->config->aws.ca_file,
        .proxy = online->config->aws.proxy,
    };
    const struct attest_http_request request = {
        .method = "GET",
        .path = "/",
        .timeout_ms = 2 * TRY_MS,
        .maximum = ANSWER_MAX,
    };
    _cleanup_(attest_http_cleanup) struct attest_http_client *client = NULL;
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };

    attest_try(attest_http_open(&options, &client, diag));
    attest_try(attest_http_send(client, &request, &response, diag));
    snprintf(online->date, sizeof online->date, "%s", response.field[ATTEST_HTTP_FIELD_DATE]);
    return ATTEST_OK;
}

/* One that is off is no failure: a run goes by the time of the document. */
static enum attest_error try_clock(struct online *online, struct attest_diag *diag)
{
    uint64_t theirs = 0;

    attest_try(attest_time_parse_http(attest_view_text(online->date), &theirs, diag));
    int64_t offset = (int64_t)(theirs - attest_aws_clock_now(&unlock_clock));
    if (llabs(offset) >= ASK_SKEW_LEAST)
        snprintf(online->found, sizeof online->found, "off by %" PRId64 " seconds; a run goes by AWS's",
                 offset / 1000);
    return ATTEST_OK;
}

static enum attest_error try_token(struct online *online, struct attest_diag *diag)
{
    _cleanup_(attest_imds_cleanup) struct attest_imds *imds = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(0);

    if (online->options.access_key_id || online->options.container_url) {
        snprintf(online->found, sizeof online->found, "not asked: the environment says where credentials are");
        return ATTEST_OK;
    }
    attest_try(attest_imds_open(online->options.imds_url, &unlock_clock, &imds, diag));
    enum attest_error error = attest_imds_get(imds, INSTANCE_ID, ANSWER_MAX, &body, diag);
    return error == ATTEST_NOT_FOUND ? ATTEST_OK : error; /* the token was taken */
}

static enum attest_error try_role(struct online *online, struct attest_diag *diag)
{
    _cleanup_(attest_credentials_cleanup) struct attest_credentials *credentials = NULL;

    attest_try(attest_credentials_source_new(&online->options, &unlock_clock, &online->credentials, diag));
    attest_try(attest_credentials_take(online->credentials, &credentials, diag));
    uint64_t end = attest_credentials_expiration_ms(credentials), now = attest_aws_clock_now(&unlock_clock);
    if (end > now)
        snprintf(online->found, sizeof online->found, "credentials hold for %" PRIu64 " minutes",
                 (end - now) / 60000);
    return ATTEST_OK;
}

static enum attest_error try_document(struct online *online, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes document = attest_bytes_init(0);
    const uint64_t deadline = attest_aws_clock_steady(&unlock_clock);

    attest_try(attest_recipient_new(&online->key, diag));
    attest_try(ask_new(online->config, attest_recipient_spki(online->key), deadline, &online->ask, diag));
    attest_try(ask_document(online->ask, true, &document, diag));
    snprintf(online->found, sizeof online->found, "held against %s", ask_root(online->ask));
    return ATTEST_OK;
}

static enum attest_error try_kms(struct online *online, struct attest_diag *diag)
{
    const struct fetch wanted = {
        .config = online->config,
        .credentials = online->credentials,
        .ask = online->ask,
        .deadline = attest_aws_clock_steady(&unlock_clock),
        .dry_run = true,
    };

    snprintf(online->found, sizeof online->found, "%s", online->job->secret->name);
    return fetch_one(&wanted, online->job, diag);
}

static const struct step of_endpoint[] = {
    { "DNS", try_dns, "see that the VPC resolves names, or has an interface endpoint with private DNS" },
    { "TCP", try_tcp,
      "see that security groups, network ACLs and routes let this instance reach it, or its interface "
      "endpoint" },
    { "TLS", try_tls, "see [aws] ca-file, what is between here and the endpoint, and this machine's clock" },
    { "clock", try_clock, "see that this is an endpoint of AWS's" },
    { NULL, NULL, NULL },
};

static const struct step of_instance[] = {
    { "IMDS token", try_token,
      "see that instance metadata is on, and in a container that its hop limit is 2 or more" },
    { "role", try_role, "attach an instance profile; a new one takes a few seconds" },
    { "document", try_document,
      "see that attestd runs, that this is its unlock door, and that the instance has a NitroTPM" },
    { NULL, NULL, NULL },
};

static const struct step of_secret[] = {
    { "KMS Decrypt", try_kms,
      "attestctl policy lint says which statement of a key policy denies which document" },
    { NULL, NULL, NULL },
};

static enum attest_error take_steps(struct online *online, const struct step *step, struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    for (; step->name; step++) {
        online->found[0] = '\0';
        enum attest_error error = step->try(online, diag);
        bool more = online->found[0] != '\0';
        printf("  %-12s %s%s%s\n", step->name, error == ATTEST_OK ? "ok" : "FAILS", more ? ": " : "",
               online->found);
        if (error == ATTEST_OK)
            continue;
        printf("    %s\n    %s\n", log_describe(error, diag, text), step->advice);
        return error;
    }
    return ATTEST_OK;
}

/* Of all keys, each endpoint once. */
static enum attest_error check_endpoints(struct online *online, const struct config_secret *secret,
                                         struct attest_diag *diag)
{
    const struct config *config = online->config;
    const struct attest_endpoint_options options = { config->aws.endpoint_kms, config->aws.fips,
                                                     config->aws.dualstack };
    char url[ATTEST_ENDPOINT_SIZE];
    struct attest_arn arn;

    for (size_t i = 0; i < secret->key_ids.count; i++) {
        attest_try(attest_arn_parse(attest_view_text(secret->key_ids.items[i]), &arn, diag));
        attest_try(attest_endpoint_find("kms", arn.region, &options, url, diag));
        if (strcmp(url, online->url) == 0)
            continue;
        memcpy(online->url, url, sizeof url);
        printf("%s\n", url);
        attest_try(take_steps(online, of_endpoint, diag));
    }
    return ATTEST_OK;
}

enum attest_error check_online(const struct config *config, struct plan *plan, struct attest_diag *diag)
{
    _cleanup_(online_done) struct online online = { .config = config, .plan = plan };

    attest_try(environment_credentials(config, &online.options, diag));
    online.options.wait_ms = 0;
    for (size_t i = 0; i < plan->count; i++)
        attest_try(check_endpoints(&online, plan->jobs[i].secret, diag));
    puts("this instance");
    attest_try(take_steps(&online, of_instance, diag));
    for (size_t i = 0; i < plan->count; i++) {
        online.job = &plan->jobs[i];
        attest_try(take_steps(&online, of_secret, diag));
    }
    return ATTEST_OK;
}
