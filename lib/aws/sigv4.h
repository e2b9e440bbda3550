/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Signature Version 4 in the Authorization field. Pure: the time is given, and what comes out is what the
 * caller has to send beside its own headers.
 *
 *     struct attest_sigv4_header headers[] = { { "Host", attest_view_text(host) } };
 *     struct attest_sigv4_request request = { .method = "POST", .path = attest_view_text("/"),
 *                                             .headers = headers, .header_count = 1, .body = body,
 *                                             .region = "eu-west-1", .service = "kms", .time = now };
 *     struct attest_sigv4_keys keys = { .access_key_id = id, .secret = secret, .token = token };
 *     _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = { 0 };
 *     attest_try(attest_sigv4_sign(&request, &keys, &signature, diag));
 */
#ifndef ATTEST_AWS_SIGV4_H
#define ATTEST_AWS_SIGV4_H

#include "base/bytes.h"

#include <stdbool.h>

#define ATTEST_SIGV4_HEADERS_MAX    32
#define ATTEST_SIGV4_PARAMETERS_MAX 32
#define ATTEST_SIGV4_DATE_SIZE      17 /* "20150830T123600Z" and its end */
#define ATTEST_SIGV4_DIGEST_SIZE    65 /* SHA-256 in hexadecimal, and its end */

struct attest_sigv4_header {
    const char *name;
    struct attest_view value;
};

struct attest_sigv4_request {
    const char *method;
    struct attest_view path;  /* encoded here once: of S3 as it is named, of all others as it is sent */
    struct attest_view query; /* as it is sent, without '?' */
    const struct attest_sigv4_header *headers; /* all are signed; Host must be among them */
    size_t header_count;
    struct attest_view body;
    const char *region, *service;
    int64_t time;      /* seconds since 1970 */
    bool verbatim;     /* the path keeps its "." and ".." and empty segments (S3) */
    bool names_digest; /* x-amz-content-sha256 is sent, and signed (S3) */
};

struct attest_sigv4_keys {
    const char *access_key_id;
    struct attest_view secret;
    struct attest_view token; /* of a session: X-Amz-Security-Token, which is signed; {NULL, 0}: none */
};

/* To be sent as X-Amz-Date, Authorization and, where asked for, x-amz-content-sha256. */
struct attest_sigv4 {
    char date[ATTEST_SIGV4_DATE_SIZE];
    char digest[ATTEST_SIGV4_DIGEST_SIZE];
    struct attest_bytes authorization;
    struct attest_bytes canonical, to_sign; /* what it was made of, for tests; the token is in it */
};

/* ATTEST_USAGE for a request that can't be signed: one without Host, or that brings a header which is added
 * here. ATTEST_TOO_LARGE. */
enum attest_error attest_sigv4_sign(const struct attest_sigv4_request *request,
                                    const struct attest_sigv4_keys *keys, struct attest_sigv4 *ret_signature,
                                    struct attest_diag *diag) attest_must_check;
void attest_sigv4_done(struct attest_sigv4 *signature); /* a zeroed one is accepted */

#endif
