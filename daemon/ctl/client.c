/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does attestd answer? Trusts neither the answer nor what it calls itself. Requests are always POST with
 * JSON, which both the Unix socket and TCP take; refusals are read as problem details (RFC 9457).
 */
#include "daemon/ctl/client.h"

#include "aws/http.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "codec/json_writer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_ADDRESS "unix:/run/attestd/attestd.sock"
#define REQUEST_MAX     ((size_t)16 << 10) /* attestd takes no more */
#define PROBLEM_MAX     ((size_t)64 << 10)
#define TIMEOUT_MS      30000 /* attestd gives up well before */

static const char *address_of(const struct ctl_call *call)
{
    const char *environment = getenv("ATTESTD_URL");

    if (call->value[CTL_URL])
        return call->value[CTL_URL];
    return environment && *environment ? environment : call->default_address ?: DEFAULT_ADDRESS;
}

/* What the problem says of `name`, unless `text` says it already. */
static void append_member(struct attest_bytes *text, const char *before, const struct attest_json *problem,
                          const char *name)
{
    struct attest_view value;

    if (!attest_json_text(attest_json_member(problem, name), &value) || value.size == 0 ||
        memmem(text->data, text->size, value.data, value.size))
        return;
    attest_bytes_append_text(text, before);
    attest_bytes_append(text, value);
}

/* The refusal in one line: "attestd answers 400: parameter nonce: expected ...; got a length of 4". */
static enum attest_error read_problem(struct ctl_call *call, const struct attest_http_response *response)
{
    _cleanup_(attest_json_cleanup) struct attest_json *problem = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(PROBLEM_MAX + 1024);
    char number[64];
    uint64_t length;

    snprintf(number, sizeof number, "attestd answers %u", response->status);
    attest_bytes_append_text(&text, number);
    if (strcasecmp(response->content_type, "application/problem+json") == 0 &&
        attest_json_parse(attest_bytes_view(&response->body), PROBLEM_MAX, &problem, NULL) == ATTEST_OK) {
        append_member(&text, ": parameter ", problem, "parameter");
        append_member(&text, ": ", problem, attest_json_member(problem, "detail") ? "detail" : "title");
        append_member(&text, "; expected ", problem, "expected");
        if (attest_json_unsigned(attest_json_member(problem, "got_length"), &length)) {
            snprintf(number, sizeof number, "; got a length of %ju", (uintmax_t)length);
            attest_bytes_append_text(&text, number);
        }
    }
    attest_try(attest_bytes_check(&text));
    attest_error_printable((const char *)text.data, text.size, call->problem, sizeof call->problem);
    return response->status == 400 ? ATTEST_USAGE : ATTEST_REMOTE;
}

static enum attest_error write_request(const struct ctl_parameter *parameters, struct attest_bytes *out)
{
    struct attest_json_writer json = { .out = out };

    attest_json_open(&json, NULL, '{');
    for (; parameters && parameters->name; parameters++)
        if (parameters->value)
            attest_json_write_text(&json, parameters->name, parameters->value);
    attest_json_close(&json, '}');
    return attest_bytes_check(out);
}

/* Sends the request; the answer must be of that type. */
static enum attest_error fetch(struct ctl_call *call, const char *path, const struct ctl_parameter *parameters,
                               const char *type, size_t maximum, struct attest_bytes *ret_answer)
{
    static const char *const headers[] = { "Content-Type: application/json", NULL };
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(REQUEST_MAX);
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };
    _cleanup_(attest_http_cleanup) struct attest_http_client *client = NULL;

    enum attest_error error = write_request(parameters, &body);
    if (error == ATTEST_TOO_LARGE)
        return attest_fail(&call->diag, ATTEST_USAGE, "more", "parameters of at most %zu bytes", REQUEST_MAX);
    attest_try(error);
    struct attest_http_options options = { .address = address_of(call) };
    struct attest_http_request request = {
        .method = "POST",
        .path = path,
        .headers = headers,
        .body = attest_bytes_view(&body),
        .timeout_ms = TIMEOUT_MS,
        .maximum = maximum,
    };
    attest_try(attest_http_open(&options, &client, &call->diag));
    attest_try(attest_http_send(client, &request, &response, &call->diag));
    if (response.status != 200)
        return read_problem(call, &response);
    if (strcasecmp(response.content_type, type) != 0)
        return attest_fail(&call->diag, ATTEST_REMOTE, response.content_type, "an answer of %s", type);
    *ret_answer = attest_bytes_take(&response.body);
    return ATTEST_OK;
}

enum attest_error ctl_client_ask(struct ctl_call *call, const char *path,
                                 const struct ctl_parameter *parameters, struct attest_bytes *ret_answer,
                                 struct attest_json **ret_json)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(CTL_ANSWER_MAX);

    attest_try(fetch(call, path, parameters, "application/json", CTL_ANSWER_MAX, &answer));
    attest_try(attest_json_parse(attest_bytes_view(&answer), CTL_ANSWER_MAX, ret_json, &call->diag));
    *ret_answer = attest_bytes_take(&answer);
    return ATTEST_OK;
}

enum attest_error ctl_client_fetch(struct ctl_call *call, const char *path,
                                   const struct ctl_parameter *parameters, size_t maximum,
                                   struct attest_bytes *ret_answer)
{
    return fetch(call, path, parameters, "application/octet-stream", maximum, ret_answer);
}

enum attest_error ctl_client_ask_ak(struct ctl_call *call, struct attest_bytes *ret_answer,
                                    struct attest_json **ret_json, struct attest_key **ret_key)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(CTL_ANSWER_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    struct attest_view pem;

    attest_try(ctl_client_ask(call, "/v1/ak", NULL, &answer, &json));
    if (!attest_json_text(attest_json_member(json, "pem"), &pem))
        return attest_fail(&call->diag, ATTEST_MALFORMED, NULL, "\"pem\": a text, in the answer of /v1/ak");
    attest_try(attest_key_from_pem(pem, ret_key, &call->diag));
    *ret_answer = attest_bytes_take(&answer);
    *ret_json = attest_steal(json);
    return ATTEST_OK;
}
