/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would a run get as far as asking? Every file that it reads first is read, every key's ARN taken apart, every
 * output looked at; nothing is sent.
 */
#include "daemon/unlock/check.h"

#include "aws/arn.h"
#include "aws/endpoint.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "daemon/config_text.h"
#include "daemon/log.h"
#include "daemon/unlock/ask.h"
#include "daemon/unlock/check_online.h"
#include "daemon/unlock/plan.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* The roots of documents as a run reads them; those of TLS are for libcurl to read. */
static enum attest_error check_roots(const struct config *config, struct attest_diag *diag)
{
    _cleanup_(ask_cleanup) struct ask *ask = NULL;

    if (config->aws.ca_file && access(config->aws.ca_file, R_OK) < 0)
        return attest_fail_errno(diag, errno, "to read %s", config->aws.ca_file);
    return ask_new(config, (struct attest_view){ 0 }, 0, &ask, diag);
}

static enum attest_error check_key(const struct config *config, const char *key_id, struct attest_diag *diag)
{
    const struct attest_endpoint_options options = { config->aws.endpoint_kms, config->aws.fips,
                                                     config->aws.dualstack };
    char url[ATTEST_ENDPOINT_SIZE];
    struct attest_arn arn;

    attest_try(attest_arn_parse(attest_view_text(key_id), &arn, diag));
    attest_try(attest_endpoint_find("kms", arn.region, &options, url, diag));
    printf("  key %s\n    by %s\n", key_id, url);
    return ATTEST_OK;
}

/* That there is something to ask KMS for. */
static enum attest_error check_data_keys(const struct job_secret *job, struct attest_diag *diag)
{
    for (size_t i = 0; i < job->secret->key_ids.count; i++)
        if (job_ciphertext(job, job->secret->key_ids.items[i]).size > 0)
            return ATTEST_OK;
    return attest_fail(diag, ATTEST_REFUSED, "others", "a data key for one of its key-ids");
}

static enum attest_error check_job(const struct config *config, struct job_secret *job,
                                   struct attest_diag *diag)
{
    const struct config_secret *secret = job->secret;

    printf("secret %s%s\n  from %s\n", secret->name, secret->required ? "" : " (not required)", secret->source);
    for (size_t i = 0; i < secret->key_ids.count; i++)
        attest_try(check_key(config, secret->key_ids.items[i], diag));
    if (!job_is_remote(job)) {
        attest_try(job_read(job, diag));
        attest_try(check_data_keys(job, diag));
    }
    for (size_t i = 0; i < job->pair_count; i++)
        printf("  encryption context %s=%s\n", job->pairs[i].name, job->pairs[i].value);
    printf("  to %s, %s:%s %04o%s\n", secret->output, secret->owner, secret->group, secret->mode,
           job->report->state == ATTEST_UNLOCKREPORT_SECRET_PRESENT ? ", which is there" : "");
    if (job->report->state == ATTEST_UNLOCKREPORT_SECRET_FAILED)
        printf("  fails: %s\n", job->report->detail);
    return ATTEST_OK;
}

static enum attest_error print_config(const struct config *config)
{
    uint8_t digest[ASK_DIGEST_SIZE];
    _cleanup_(attest_bytes_done) struct attest_bytes hex = attest_bytes_init(2 * sizeof digest);

    attest_try(config_text_digest(config, digest));
    attest_encode_hex(&hex, attest_view_of(digest));
    attest_try(attest_bytes_check(&hex));
    printf("configuration %.*s (SHA-384)\n", (int)hex.size, (const char *)hex.data);
    printf("documents from %s, up to %s\n", config->unlock.attestd,
           config->aws.attestation_root ?: "AWS's root");
    if (config->unlock.cap_pcr != CONFIG_NO_PCR)
        printf("cap PCR %u\n", config->unlock.cap_pcr);
    return ATTEST_OK;
}

enum attest_error check(const struct config *config, const struct unlock_options *options,
                        struct attest_diag *diag)
{
    _cleanup_(plan_done) struct plan plan = { 0 };
    char text[LOG_TEXT_SIZE];

    attest_try(plan_make(config, options, &plan, diag));
    attest_try(print_config(config));
    enum attest_error first = check_roots(config, diag);
    for (size_t i = 0; i < plan.count; i++) {
        struct attest_diag own = { 0 };
        enum attest_error error = check_job(config, &plan.jobs[i], &own);
        if (error != ATTEST_OK) {
            printf("  fails: %s\n", log_describe(error, &own, text));
            *diag = first == ATTEST_OK ? own : *diag;
            first = first == ATTEST_OK ? error : first;
        }
    }
    attest_try(first);
    attest_try(plan_check(&plan, diag));
    return options->online ? check_online(config, &plan, diag) : ATTEST_OK;
}
