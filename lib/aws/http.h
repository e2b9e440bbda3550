/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP as a client: one request, one answer. Nothing around the call has a say: no environment, no .netrc, no
 * redirect, no cookie, and no proxy but one that was given. A client is for one thread and keeps its
 * connection.
 *
 *     struct attest_http_options options = { .address = "https://kms.eu-west-1.amazonaws.com" };
 *     _cleanup_(attest_http_cleanup) struct attest_http_client *client = NULL;
 *     attest_try(attest_http_open(&options, &client, diag));
 *     struct attest_http_request request = { .method = "GET", .path = "/", .timeout_ms = 1000,
 *                                            .maximum = 4096 };
 *     _cleanup_(attest_http_done) struct attest_http_response response = { 0 };
 *     attest_try(attest_http_send(client, &request, &response, diag));
 */
#ifndef ATTEST_AWS_HTTP_H
#define ATTEST_AWS_HTTP_H

#include "base/bytes.h"

/* Why there was no answer, for who decides whether to ask again; and the same in words. */
#define ATTEST_HTTP_FAULT_TABLE(X)                                                                             \
    X(NONE, "nothing wrong")                                                                                   \
    X(NAME, "no address of that name in DNS")                                                                  \
    X(CONNECT, "no connection")                                                                                \
    X(TIMEOUT, "none")                                                                                         \
    X(CUT, "a connection that ended too early")                                                                \
    X(GARBAGE, "something that is not HTTP")                                                                   \
    X(TLS_EXPIRED, "a certificate that has expired, if our clock is right")                                    \
    X(TLS_NOT_YET, "a certificate that is not valid yet, if our clock is right")                               \
    X(TLS_SELF_SIGNED, "a self-signed certificate")                                                            \
    X(TLS_ISSUER, "a certificate from an issuer that is not trusted")                                          \
    X(TLS_NAME, "a certificate for another name")                                                              \
    X(TLS, "a failed TLS handshake")                                                                           \
    X(ROOTS, "no usable file of TLS roots")                                                                    \
    X(OTHER, "another failure")

enum attest_http_fault {
#define X(name, words) ATTEST_HTTP_FAULT_##name,
    ATTEST_HTTP_FAULT_TABLE(X)
#undef X
};

/* The fields of an answer that somebody looks at. */
#define ATTEST_HTTP_FIELD_TABLE(X)                                                                             \
    X(DATE, "Date")                                                                                            \
    X(RETRY_AFTER, "Retry-After")                                                                              \
    X(AMZ_RETRY_AFTER, "x-amz-retry-after")                                                                    \
    X(REQUEST_ID, "x-amzn-RequestId")                                                                          \
    X(S3_REQUEST_ID, "x-amz-request-id")                                                                       \
    X(ERROR_TYPE, "x-amzn-ErrorType")

enum attest_http_field {
#define X(name, text) ATTEST_HTTP_FIELD_##name,
    ATTEST_HTTP_FIELD_TABLE(X)
#undef X
        ATTEST_HTTP_FIELD_COUNT
};

struct attest_http_options {
    const char *address; /* as http_address.h has them; the text must live as long as the client */
    const char *ca_file; /* roots in PEM, instead of the system's; NULL: those */
    const char *proxy;   /* http://HOST:PORT; NULL: none */
    unsigned connect_ms; /* for DNS, TCP and TLS together; 0: all the time that there is */
};

struct attest_http_request {
    const char *method;
    const char *path;           /* from its first slash, with its query, encoded */
    const char *const *headers; /* "Name: value" each, NULL at the end; NULL if there are none */
    struct attest_view body;    /* sent with every method but GET */
    unsigned timeout_ms;        /* for the whole exchange */
    size_t maximum;             /* of the answer's body, in bytes */
    int64_t now;                /* seconds since 1970, for certificates; 0: the machine's clock is right */
};

struct attest_http_response {
    unsigned status;
    char content_type[64]; /* printable, without its parameters; empty if the answer has none */
    char field[ATTEST_HTTP_FIELD_COUNT][80]; /* the same of these; the last where one is repeated */
    struct attest_bytes body;
};

struct attest_http_client;

/* Nothing is sent yet. ATTEST_USAGE for an address of another form. The first call of a process has to be made
 * before it has threads (curl_global_init(3)), and a program that uses TLS ignores SIGPIPE. */
enum attest_error attest_http_open(const struct attest_http_options *options,
                                   struct attest_http_client **ret_client, struct attest_diag *diag)
    attest_must_check;
void attest_http_close(struct attest_http_client *client); /* NULL is accepted */
void attest_http_cleanup(struct attest_http_client **client);

/* ATTEST_OK for an answer of whatever status; ATTEST_REMOTE if there is no answer in time (errno or libcurl's
 * code as native), ATTEST_TOO_LARGE, ATTEST_SYSTEM for roots that can't be read, ATTEST_UNSUPPORTED for `now`
 * with a libcurl that was not built with OpenSSL. */
enum attest_error attest_http_send(struct attest_http_client *client, const struct attest_http_request *request,
                                   struct attest_http_response *ret_response, struct attest_diag *diag)
    attest_must_check;

/* Of the last request. */
enum attest_http_fault attest_http_fault(const struct attest_http_client *client);

/* What it sends as Host: who signs requests signs that. */
const char *attest_http_host(const struct attest_http_client *client);

/* A zeroed response is accepted. */
void attest_http_done(struct attest_http_response *response);

#endif
