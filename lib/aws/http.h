/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP as a client: one request, one answer. Nothing around the call has a say: no proxy, no environment, no
 * .netrc, no redirect, no cookie.
 *
 *     struct attest_http_request request = { .method = "GET", .address = "unix:/run/attestd/attestd.sock",
 *                                            .path = "/v1/health", .timeout_ms = 1000, .maximum = 4096 };
 *     _cleanup_(attest_http_done) struct attest_http_response response = { 0 };
 *     attest_try(attest_http_send(&request, &response, diag));
 */
#ifndef ATTEST_AWS_HTTP_H
#define ATTEST_AWS_HTTP_H

#include "base/bytes.h"

struct attest_http_request {
    const char *method;
    const char *address;        /* unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT */
    const char *path;           /* from its first slash, with its query */
    const char *const *headers; /* "Name: value" each, NULL at the end; NULL if there are none */
    struct attest_view body;    /* sent with every method but GET */
    unsigned timeout_ms;        /* for the whole exchange */
    size_t maximum;             /* of the answer's body, in bytes */
};

struct attest_http_response {
    unsigned status;
    char content_type[64]; /* printable, without its parameters; empty if the answer has none */
    struct attest_bytes body;
};

/* ATTEST_OK for an answer of whatever status; ATTEST_USAGE for an address of another form, ATTEST_REMOTE if
 * there is no answer in time (errno or libcurl's code as native), ATTEST_TOO_LARGE. The first call of a process
 * has to be made before it has threads (curl_global_init(3)). */
enum attest_error attest_http_send(const struct attest_http_request *request,
                                   struct attest_http_response *ret_response, struct attest_diag *diag)
    attest_must_check;

/* A zeroed response is accepted. */
void attest_http_done(struct attest_http_response *response);

#endif
