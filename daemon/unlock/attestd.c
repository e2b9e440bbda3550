/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does attestd answer? A connection for each question: they are few, and attestd may have been restarted
 * in between.
 */
#include "daemon/unlock/attestd.h"

#include "aws/http.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "daemon/unlock/clock.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REQUEST_MAX ((size_t)16 << 10)
#define PROBLEM_MAX ((size_t)64 << 10)
#define TIMEOUT_MS  20000 /* attestd gives up before */
#define PAUSE_FIRST 100   /* milliseconds */
#define PAUSE_MAX   2000

static enum attest_error write_request(const struct attestd_parameter *parameters, struct attest_bytes *out)
{
    struct attest_json_writer json = { .out = out };

    attest_json_open(&json, NULL, '{');
    for (; parameters->name; parameters++)
        if (parameters->text)
            attest_json_write_text(&json, parameters->name, parameters->text);
        else
            attest_json_write_unsigned(&json, parameters->name, parameters->number);
    attest_json_close(&json, '}');
    return attest_bytes_check(out);
}

/* RFC 9457, of which one sentence is enough. */
static enum attest_error read_problem(const struct attest_http_response *response, const char *path,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *problem = NULL;
    struct attest_view detail;
    char text[160];
    bool for_good = (response->status >= 400 && response->status < 500 && response->status != 429 &&
                     response->status != 408) ||
                    response->status == 501;

    snprintf(text, sizeof text, "status %u", response->status);
    if (strcasecmp(response->content_type, "application/problem+json") == 0 &&
        attest_json_parse(attest_bytes_view(&response->body), PROBLEM_MAX, &problem, NULL) == ATTEST_OK &&
        attest_json_text(attest_json_member(problem, "detail"), &detail))
        snprintf(text, sizeof text, "%u: %.*s", response->status, (int)(detail.size < 120 ? detail.size : 120),
                 (const char *)detail.data);
    return attest_fail(diag, for_good ? ATTEST_REFUSED : ATTEST_REMOTE, text, "attestd to answer %s", path);
}

static enum attest_error ask_once(const char *address, const struct attest_http_request *request,
                                  const char *type, size_t maximum, struct attest_bytes *ret_answer,
                                  struct attest_diag *diag)
{
    const struct attest_http_options options = { .address = address };
    _cleanup_(attest_http_cleanup) struct attest_http_client *client = NULL;
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };

    attest_try(attest_http_open(&options, &client, diag));
    attest_try(attest_http_send(client, request, &response, diag));
    if (response.status != 200)
        return read_problem(&response, request->path, diag);
    if (strcasecmp(response.content_type, type) != 0 || response.body.size > maximum)
        return attest_fail(diag, ATTEST_REFUSED, response.content_type, "an answer of %s from attestd", type);
    *ret_answer = attest_bytes_take(&response.body);
    return ATTEST_OK;
}

enum attest_error attestd_ask(const char *address, uint64_t deadline, const char *path,
                              const struct attestd_parameter *parameters, const char *type, size_t maximum,
                              struct attest_bytes *ret_answer, struct attest_diag *diag)
{
    static const char *const headers[] = { "Content-Type: application/json", NULL };
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(REQUEST_MAX);

    attest_try(write_request(parameters, &body));
    const struct attest_http_request request = {
        .method = "POST",
        .path = path,
        .headers = headers,
        .body = attest_bytes_view(&body),
        .timeout_ms = TIMEOUT_MS,
        .maximum = maximum > PROBLEM_MAX ? maximum : PROBLEM_MAX,
    };
    for (uint64_t pause = PAUSE_FIRST;; pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX) {
        enum attest_error error = ask_once(address, &request, type, maximum, ret_answer, diag);
        if (error != ATTEST_REMOTE || attest_aws_clock_steady(&unlock_clock) + pause > deadline)
            return error;
        attest_aws_clock_sleep(&unlock_clock, pause);
    }
}
