/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of an AWS service that speaks AWS JSON 1.1 (KMS): signed, sent, tried again while that helps, once
 * with other credentials if those expired, once by AWS's clock if ours is off. An object is for one thread and
 * keeps its connection; the source of credentials is shared by all.
 *
 *     struct attest_aws_options options = { .service = "kms", .region = arn.region, .credentials = source,
 *                                           .clock = clock };
 *     _cleanup_(attest_aws_call_cleanup) struct attest_aws_call *call = NULL;
 *     attest_try(attest_aws_call_new(&options, &call, diag));
 *     struct attest_aws_request request = { .target = "TrentService.Decrypt", .body = body };
 *     enum attest_error error = attest_aws_call_send(call, &request, &answer, &outcome, diag);
 */
#ifndef ATTEST_AWS_CALL_H
#define ATTEST_AWS_CALL_H

#include "aws/clock.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "base/bytes.h"

#define ATTEST_AWS_ANSWER_MAX ((size_t)1 << 20)

struct attest_aws_options {
    const char *service; /* "kms": its name in signatures and host names */
    const char *region;
    struct attest_endpoint_options endpoint;
    const char *ca_file; /* roots for TLS; NULL: the system's */
    const char *proxy;   /* http://HOST:PORT; NULL: none, whatever the environment says */
    struct attest_credentials_source *credentials;
    struct attest_aws_clock clock;
    unsigned connect_ms; /* of each try; 0: 3,000 */
    unsigned timeout_ms; /* of each try as a whole; 0: 10,000 */
    unsigned
        max_attempts; /* 0: 3, as the SDKs have it; their quota ends it after 35 failures in a row anyway */
    uint64_t wait_ms; /* no try begins so long after the call did; 0: only the attempts count */
};

struct attest_aws_request {
    const char *target;      /* X-Amz-Target, of a POST; NULL: a GET, as s3.h makes it */
    struct attest_view body; /* a JSON object, of the POST */
    struct attest_view path; /* of the GET, as it is named: encoded when it is sent */
    size_t maximum;          /* of the answer, in bytes; 0: ATTEST_AWS_ANSWER_MAX */
};

/* How the last try of a call ended. Texts come from outside: bounded, printable ASCII, empty where there is
 * none. `status` is 0 if no answer came; `type` is empty if none came, or one that is not AWS's. */
struct attest_aws_outcome {
    char type[64];       /* "AccessDeniedException": without namespace */
    char message[512];   /* AWS's words */
    char request_id[72]; /* what AWS's support and CloudTrail know it by */
    unsigned status;     /* of HTTP */
    unsigned attempts;
};

struct attest_aws_call;

/* Nothing is sent yet; the options' texts must live as long as the object. ATTEST_USAGE for an endpoint that
 * cannot be. The first call of a process has to be made before it has threads (curl_global_init(3)). */
enum attest_error attest_aws_call_new(const struct attest_aws_options *options,
                                      struct attest_aws_call **ret_call, struct attest_diag *diag)
    attest_must_check;
void attest_aws_call_free(struct attest_aws_call *call); /* NULL is accepted */
void attest_aws_call_cleanup(struct attest_aws_call **call);

/* The body of an answer of status 200, which may be anything. ATTEST_DENIED if AWS said that the caller may
 * not (AccessDenied...); ATTEST_REMOTE for its other errors and where there was no answer;
 * ATTEST_TOO_LARGE. `ret_outcome` is filled in any case. */
enum attest_error attest_aws_call_send(struct attest_aws_call *call, const struct attest_aws_request *request,
                                       struct attest_bytes *ret_body, struct attest_aws_outcome *ret_outcome,
                                       struct attest_diag *diag) attest_must_check;

/* What is added to our clock for signatures and, where it is not 0, for the validity of TLS certificates: set
 * from a time that AWS signed, or found by a call that AWS refused for its time. */
void attest_aws_call_set_offset(struct attest_aws_call *call, int64_t offset_ms);
int64_t attest_aws_call_offset(const struct attest_aws_call *call);

#endif
