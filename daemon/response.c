/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is it said to the caller? A problem always says what was expected (RFC 9457).
 */
#include "daemon/response.h"

#include "base/error.h"
#include "daemon/log.h"

#include <errno.h>

static const struct {
    unsigned status;
    const char *title;
} titles[] = {
    { 400, "Bad Request" },       { 403, "Forbidden" },
    { 404, "Not Found" },         { 405, "Method Not Allowed" },
    { 408, "Request Timeout" },   { 411, "Length Required" },
    { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
    { 429, "Too Many Requests" }, { 500, "Internal Server Error" },
    { 501, "Not Implemented" },   { 503, "Service Unavailable" },
};

unsigned response_status(enum attest_error error)
{
    switch (attest_error_category(error)) {
    case ATTEST_CATEGORY_OK:
        return 200;
    case ATTEST_CATEGORY_USAGE:
    case ATTEST_CATEGORY_MALFORMED:
        return 400;
    case ATTEST_CATEGORY_REFUSED:
        return 403;
    case ATTEST_CATEGORY_LIMIT:
        return error == ATTEST_BUSY ? 429 : 413;
    case ATTEST_CATEGORY_TPM:
        return error == ATTEST_TPM_UNABLE ? 501 : 503;
    case ATTEST_CATEGORY_REMOTE:
        return 503;
    case ATTEST_CATEGORY_SYSTEM:
    case ATTEST_CATEGORY_INTERNAL:
        return 500;
    }
    return 500;
}

const char *response_title(unsigned status)
{
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

struct attest_json_writer response_begin(struct request *request)
{
    attest_bytes_done(&request->answer);
    return (struct attest_json_writer){ .out = &request->answer };
}

void response_problem(struct request *request, unsigned status, enum attest_error error,
                      const struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    char detail[LOG_TEXT_SIZE];

    attest_json_open(&json, NULL, '{');
    attest_json_write_format(&json, "type", "urn:attestd:%s",
                             attest_category_name(attest_error_category(error)));
    attest_json_write_text(&json, "title", response_title(status));
    attest_json_write_unsigned(&json, "status", status);
    attest_json_write_text(&json, "detail", log_describe(error, diag, detail));
    if (request->problem.parameter[0])
        attest_json_write_text(&json, "parameter", request->problem.parameter);
    if (diag->expected[0])
        attest_json_write_text(&json, "expected", diag->expected);
    if (request->problem.has_length)
        attest_json_write_unsigned(&json, "got_length", request->problem.got_length);
    attest_json_close(&json, '}');
    request->status = status;
    request->content_type = CONTENT_PROBLEM;
    if (status == 429 || status == 503)
        request->retry_after = tpm_worker_state(request->daemon->worker).retry_after;
}

void response_fail(struct request *request, enum attest_error error, const struct attest_diag *diag)
{
    response_problem(request, response_status(error), error, diag);
}

void response_fail_log(struct request *request, enum attest_error error, const struct attest_diag *diag)
{
    bool limit = error == ATTEST_BUSY || error == ATTEST_MEMORY || error == ATTEST_INTERNAL;
    bool absent = error == ATTEST_SYSTEM && diag->native == ENOENT;

    response_problem(request, limit ? response_status(error) : absent ? 404 : 503, error, diag);
}

void response_refuse(struct request *request, unsigned status, const char *found, const char *expected)
{
    struct attest_diag diag = { 0 };
    enum attest_error error = attest_fail(&diag,
                                          status == 403   ? ATTEST_DENIED
                                          : status == 413 ? ATTEST_TOO_LARGE
                                                          : ATTEST_USAGE,
                                          found, "%s", expected);

    response_problem(request, status, error, &diag);
}
