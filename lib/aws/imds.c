/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the instance metadata service say? Only to who holds a token that it gave by PUT: a request that
 * was forged through some server has none (version 1, which needs none, is never spoken). Trusts nothing in its
 * answers; the token must be fit for a header.
 */
#include "aws/imds.h"

#include "aws/http.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/secret.h"

#include <stdio.h>
#include <string.h>

#define CONNECT_MS   1000
#define TIMEOUT_MS   2000
#define TOKEN_MAX    ((size_t)1024)
#define TOKEN_HEADER "X-aws-ec2-metadata-token: "
#define TTL_HEADER   "X-aws-ec2-metadata-token-ttl-seconds: 21600" /* six hours: the most that there is */
#define TTL_MS       ((uint64_t)21595 * 1000)                      /* and a little less */

static const char *const addresses[] = { "http://169.254.169.254", "http://[fd00:ec2::254]" };

struct attest_imds {
    struct attest_aws_clock clock;
    const char *url; /* that was asked for; NULL: the addresses in turn */
    size_t address;  /* which of them is spoken to */
    struct attest_http_client *client;
    struct attest_secret *header; /* with the token, as it is sent; NULL: there is none yet */
    uint64_t token_end;
};

static const char *url_of(const struct attest_imds *imds)
{
    return imds->url ?: addresses[imds->address];
}

static enum attest_error open_client(struct attest_imds *imds, struct attest_diag *diag)
{
    const struct attest_http_options options = { .address = url_of(imds), .connect_ms = CONNECT_MS };
    struct attest_http_client *client = NULL;

    attest_try(attest_http_open(&options, &client, diag));
    attest_http_close(imds->client);
    imds->client = client;
    return ATTEST_OK;
}

enum attest_error attest_imds_open(const char *url, const struct attest_aws_clock *clock,
                                   struct attest_imds **ret_imds, struct attest_diag *diag)
{
    _cleanup_(attest_imds_cleanup) struct attest_imds *imds = calloc(1, sizeof *imds);

    if (!imds)
        return ATTEST_MEMORY;
    imds->clock = *clock;
    imds->url = url;
    attest_try(open_client(imds, diag));
    *ret_imds = attest_steal(imds);
    return ATTEST_OK;
}

void attest_imds_close(struct attest_imds *imds)
{
    if (!imds)
        return;
    attest_http_close(imds->client);
    attest_secret_free(imds->header);
    free(imds);
}

void attest_imds_cleanup(struct attest_imds **imds)
{
    attest_imds_close(*imds);
}

static enum attest_error exchange(struct attest_imds *imds, const char *method, const char *path,
                                  const char *header, size_t maximum, struct attest_http_response *ret_response,
                                  struct attest_diag *diag)
{
    const char *const headers[] = { header, NULL };
    const struct attest_http_request request = {
        .method = method, .path = path, .headers = headers, .timeout_ms = TIMEOUT_MS, .maximum = maximum
    };

    return attest_http_send(imds->client, &request, ret_response, diag);
}

static void forget_token(struct attest_imds *imds)
{
    attest_secret_free(imds->header);
    imds->header = NULL;
}

static enum attest_error keep_token(struct attest_imds *imds, struct attest_view token,
                                    struct attest_diag *diag)
{
    struct attest_secret *header = NULL;

    for (size_t i = 0; i < token.size; i++)
        if (token.data[i] <= ' ' || token.data[i] > '~')
            return attest_fail(diag, ATTEST_REMOTE, "other bytes", "a token of printable ASCII");
    if (token.size == 0)
        return attest_fail(diag, ATTEST_REMOTE, "nothing", "a token from %s", url_of(imds));
    attest_try(attest_secret_new(sizeof TOKEN_HEADER + token.size, &header, diag)); /* zeroed: so it ends */
    memcpy(attest_secret_data(header), TOKEN_HEADER, sizeof TOKEN_HEADER - 1);
    memcpy(attest_secret_data(header) + sizeof TOKEN_HEADER - 1, token.data, token.size);
    forget_token(imds);
    imds->header = header;
    imds->token_end = attest_aws_clock_steady(&imds->clock) + TTL_MS;
    return ATTEST_OK;
}

/* What a status that is not 200 means; there are no details in the answers. */
static enum attest_error refuse(const struct attest_imds *imds, unsigned status, const char *what,
                                struct attest_diag *diag)
{
    static const struct {
        unsigned status;
        const char *meaning;
    } meanings[] = {
        { 401, "401: the token does not hold" },
        { 403, "403: it is turned off for this instance, or forbids this" },
        { 503, "503: too many requests" },
    };
    char number[24];

    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].status == status)
            return attest_fail(diag, ATTEST_REMOTE, meanings[i].meaning, "%s from %s", what, url_of(imds));
    snprintf(number, sizeof number, "%u", status);
    return attest_fail(diag, ATTEST_REMOTE, number, "%s from %s", what, url_of(imds));
}

/* The answer to the PUT travels only so many hops: one, where nobody says otherwise, which ends at a
 * container's bridge. */
static enum attest_error explain(const struct attest_imds *imds, enum attest_error error,
                                 struct attest_diag *diag)
{
    if (error != ATTEST_REMOTE || attest_http_fault(imds->client) != ATTEST_HTTP_FAULT_TIMEOUT)
        return error;
    return attest_fail(diag, error, "none",
                       "a token from %s within %d ms (in a container: needs a hop limit of 2 or more)",
                       url_of(imds), TIMEOUT_MS);
}

static enum attest_error ask_token(struct attest_imds *imds, struct attest_diag *diag)
{
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };

    enum attest_error error =
        exchange(imds, "PUT", "/latest/api/token", TTL_HEADER, TOKEN_MAX, &response, diag);
    if (error != ATTEST_OK)
        return explain(imds, error, diag);
    if (response.status != 200)
        return refuse(imds, response.status, "a token", diag);
    return keep_token(imds, attest_bytes_view(&response.body), diag);
}

/* Where no address was asked for, the one that answers is stayed with. */
static enum attest_error fetch_token(struct attest_imds *imds, struct attest_diag *diag)
{
    enum attest_error error = ask_token(imds, diag);

    if (imds->url || attest_http_fault(imds->client) == ATTEST_HTTP_FAULT_NONE)
        return error;
    imds->address = 1 - imds->address;
    attest_try(open_client(imds, NULL));
    if (ask_token(imds, NULL) == ATTEST_OK)
        return ATTEST_OK;
    imds->address = 1 - imds->address;
    attest_try(open_client(imds, NULL));
    return error; /* of the address that it is usually at */
}

static enum attest_error get_once(struct attest_imds *imds, const char *path, size_t maximum,
                                  struct attest_http_response *ret_response, struct attest_diag *diag)
{
    if (!imds->header || attest_aws_clock_steady(&imds->clock) >= imds->token_end)
        attest_try(fetch_token(imds, diag));
    return exchange(imds, "GET", path, (const char *)attest_secret_data(imds->header), maximum, ret_response,
                    diag);
}

enum attest_error attest_imds_get(struct attest_imds *imds, const char *path, size_t maximum,
                                  struct attest_bytes *ret_body, struct attest_diag *diag)
{
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };

    attest_try(get_once(imds, path, maximum, &response, diag));
    if (response.status == 401) { /* as after a stop and start of the instance */
        attest_http_done(&response);
        forget_token(imds);
        attest_try(get_once(imds, path, maximum, &response, diag));
    }
    if (response.status == 404)
        return attest_fail(diag, ATTEST_NOT_FOUND, "404", "%s at %s", path, url_of(imds));
    if (response.status != 200)
        return refuse(imds, response.status, path, diag);
    *ret_body = attest_bytes_take(&response.body);
    return ATTEST_OK;
}
