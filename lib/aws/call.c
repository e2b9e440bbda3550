/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the service answer to this, once everything that can go wrong on the way has been tried around?
 * Trusts TLS for who answers, and the answer for nothing. AWS JSON 1.1 protocol (Smithy); clock and credentials
 * as the SDKs put them right.
 */
#include "aws/call.h"

#include "aws/errorbody.h"
#include "aws/http.h"
#include "aws/message.h"
#include "aws/retry.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define CONNECT_MS  3000
#define TIMEOUT_MS  10000
#define ATTEMPTS    3
#define SKEW_MIN_MS ((int64_t)240000) /* AWS refuses what is more than five minutes off */

struct attest_aws_call {
    struct attest_aws_options options;
    char url[ATTEST_ENDPOINT_SIZE];
    struct attest_http_client *http;
    struct attest_retry retry;
    int64_t offset_ms;
};

/* One call, from try to try. */
struct state {
    struct attest_aws_call *call;
    const struct attest_aws_request *request;
    struct attest_aws_outcome *outcome;
    struct attest_credentials *credentials;
    struct attest_http_response response; /* of the last try */
    uint64_t end;                         /* on the steady clock; 0: none */
    bool renewed, corrected;              /* each is done once */
};

static void state_done(struct state *state)
{
    attest_credentials_release(state->credentials);
    attest_http_done(&state->response);
}

enum attest_error attest_aws_call_new(const struct attest_aws_options *options,
                                      struct attest_aws_call **ret_call, struct attest_diag *diag)
{
    _cleanup_(attest_aws_call_cleanup) struct attest_aws_call *call = calloc(1, sizeof *call);

    if (!call)
        return ATTEST_MEMORY;
    call->options = *options;
    call->retry = attest_retry_init(options->max_attempts ?: ATTEMPTS);
    attest_try(attest_endpoint_find(options->service, options->region, &options->endpoint, call->url, diag));
    const struct attest_http_options http = { .address = call->url,
                                              .ca_file = options->ca_file,
                                              .proxy = options->proxy,
                                              .connect_ms = options->connect_ms ?: CONNECT_MS };
    attest_try(attest_http_open(&http, &call->http, diag));
    *ret_call = attest_steal(call);
    return ATTEST_OK;
}

void attest_aws_call_free(struct attest_aws_call *call)
{
    if (!call)
        return;
    attest_http_close(call->http);
    free(call);
}

void attest_aws_call_cleanup(struct attest_aws_call **call)
{
    attest_aws_call_free(*call);
}

void attest_aws_call_set_offset(struct attest_aws_call *call, int64_t offset_ms)
{
    call->offset_ms = offset_ms;
}

int64_t attest_aws_call_offset(const struct attest_aws_call *call)
{
    return call->offset_ms;
}

/* Our clock, put right. */
static int64_t seconds_now(const struct attest_aws_call *call)
{
    return ((int64_t)attest_aws_clock_now(&call->options.clock) + call->offset_ms) / 1000;
}

/* One try. ATTEST_OK if there is an answer, of whatever status. */
static enum attest_error exchange(struct state *state, struct attest_diag *diag)
{
    _cleanup_(attest_aws_message_done) struct attest_aws_message message = { 0 };
    const struct attest_aws_call *call = state->call;
    const struct attest_aws_options *options = &call->options;
    int64_t now = seconds_now(call);

    attest_http_done(&state->response);
    state->response = (struct attest_http_response){ 0 };
    attest_try(attest_aws_message_make(options, state->request, state->credentials,
                                       attest_http_host(call->http), now, &message, diag));
    const struct attest_http_request request = {
        .method = message.method,
        .path = (const char *)message.path.data,
        .headers = message.headers,
        .body = state->request->body,
        .timeout_ms = options->timeout_ms ?: TIMEOUT_MS,
        .maximum = state->request->maximum ?: ATTEST_AWS_ANSWER_MAX,
        .now = call->offset_ms != 0 ? now : 0,
    };
    return attest_http_send(call->http, &request, &state->response, diag);
}

static void note(struct state *state, bool answered)
{
    struct attest_aws_outcome *outcome = state->outcome;
    const struct attest_http_response *response = &state->response;

    *outcome = (struct attest_aws_outcome){ .attempts = outcome->attempts + 1 };
    if (!answered)
        return;
    outcome->status = response->status;
    const char *id = response->field[ATTEST_HTTP_FIELD_REQUEST_ID];
    if (!id[0])
        id = response->field[ATTEST_HTTP_FIELD_S3_REQUEST_ID];
    attest_error_printable(id, strlen(id), outcome->request_id, sizeof outcome->request_id);
    if (response->status != 200)
        attest_errorbody_read(attest_bytes_view(&response->body), response->field[ATTEST_HTTP_FIELD_ERROR_TYPE],
                              outcome);
}

static bool is_one_of(const char *type, const char *const *types)
{
    while (*types && strcmp(*types, type) != 0)
        types++;
    return *types;
}

/* Others for credentials that AWS calls expired. */
static bool renew(struct state *state)
{
    static const char *const types[] = { "ExpiredTokenException", "ExpiredToken", NULL };
    struct attest_credentials *fresh = NULL;

    if (state->renewed || !is_one_of(state->outcome->type, types))
        return false;
    state->renewed = true;
    if (attest_credentials_renew(state->call->options.credentials, state->credentials, &fresh, NULL) !=
        ATTEST_OK)
        return false;
    attest_credentials_release(state->credentials);
    state->credentials = fresh;
    return true;
}

/* By the answer's Date, which TLS vouches for, where our clock is so far off that AWS refuses us for it. */
static bool correct_clock(struct state *state)
{
    static const char *const types[] = { "InvalidSignatureException",
                                         "SignatureDoesNotMatch",
                                         "RequestTimeTooSkewed",
                                         "RequestExpired",
                                         "RequestInTheFuture",
                                         "AuthFailure",
                                         NULL };
    uint64_t theirs = 0;

    if (state->corrected || !is_one_of(state->outcome->type, types) ||
        attest_time_parse_http(attest_view_text(state->response.field[ATTEST_HTTP_FIELD_DATE]), &theirs,
                               NULL) != ATTEST_OK)
        return false;
    int64_t offset = (int64_t)theirs - (int64_t)attest_aws_clock_now(&state->call->options.clock);
    int64_t change = offset - state->call->offset_ms;
    if (change > -SKEW_MIN_MS && change < SKEW_MIN_MS)
        return false;
    state->corrected = true;
    state->call->offset_ms = offset;
    return true;
}

/* Whether to try again; sleeps until then. */
static bool wait_for_next(struct state *state, enum attest_retry_class class)
{
    const struct attest_aws_clock *clock = &state->call->options.clock;
    uint64_t delay = 0;
    uint32_t chance = 0;

    if (getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance ||
        !attest_retry_again(&state->call->retry, class, chance, attest_retry_after(&state->response), &delay))
        return false;
    if (state->end != 0 && attest_aws_clock_steady(clock) + delay >= state->end)
        return false;
    attest_aws_clock_sleep(clock, delay);
    return true;
}

static bool is_answered_well(const struct state *state)
{
    return state->outcome->status == 200;
}

static bool is_worth_another(struct state *state, enum attest_error error)
{
    if (error == ATTEST_OK && (renew(state) || correct_clock(state)))
        return true;
    if (error == ATTEST_OK)
        return wait_for_next(state, attest_retry_classify(state->outcome->status, state->outcome->type));
    return error == ATTEST_REMOTE &&
           wait_for_next(state, attest_retry_classify_fault(attest_http_fault(state->call->http)));
}

/* Of an answer that is a refusal. */
static enum attest_error refuse(const struct state *state, struct attest_diag *diag)
{
    const struct attest_aws_outcome *outcome = state->outcome;
    static const char *const types[] = { "AccessDeniedException", "AccessDenied", NULL };
    bool denied = is_one_of(outcome->type, types);
    char found[sizeof outcome->type + sizeof outcome->message + 16];

    snprintf(found, sizeof found, "%u %s%s%s", outcome->status, outcome->type, outcome->message[0] ? ": " : "",
             outcome->message);
    return attest_fail(diag, denied ? ATTEST_DENIED : ATTEST_REMOTE, found, "an answer from %s to %s%.*s",
                       state->call->url, state->request->target ?: "GET ", (int)state->request->path.size,
                       (const char *)state->request->path.data);
}

static enum attest_error try_until_done(struct state *state, struct attest_diag *diag)
{
    enum attest_error error;

    attest_retry_begin(&state->call->retry);
    do {
        error = exchange(state, diag);
        note(state, error == ATTEST_OK);
    } while (!is_answered_well(state) && is_worth_another(state, error));
    if (error != ATTEST_OK)
        return error;
    if (!is_answered_well(state))
        return refuse(state, diag);
    attest_retry_succeed(&state->call->retry);
    return ATTEST_OK;
}

enum attest_error attest_aws_call_send(struct attest_aws_call *call, const struct attest_aws_request *request,
                                       struct attest_bytes *ret_body, struct attest_aws_outcome *ret_outcome,
                                       struct attest_diag *diag)
{
    const struct attest_aws_options *options = &call->options;
    _cleanup_(state_done) struct state state = { .call = call, .request = request, .outcome = ret_outcome };

    *ret_outcome = (struct attest_aws_outcome){ 0 };
    if (options->wait_ms != 0)
        state.end = attest_aws_clock_steady(&options->clock) + options->wait_ms;
    enum attest_error error = attest_credentials_take(options->credentials, &state.credentials, diag);
    if (error != ATTEST_OK)
        return attest_fail_within(diag, error, "credentials");
    attest_try(try_until_done(&state, diag));
    *ret_body = attest_bytes_take(&state.response.body);
    return ATTEST_OK;
}
