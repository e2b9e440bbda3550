/* SPDX-License-Identifier: Apache-2.0 */
/* The GET of S3, over a call object of service "s3". What comes is bytes: whoever sealed them vouches for them.
 */
#ifndef ATTEST_AWS_S3_H
#define ATTEST_AWS_S3_H

#include "aws/call.h"

#define ATTEST_S3_KEY_MAX 1024

/* The whole object, at most `maximum` bytes. ATTEST_USAGE for what is no bucket or key; otherwise as
 * attest_aws_call_send. */
enum attest_error attest_s3_get(struct attest_aws_call *call, const char *bucket, const char *key,
                                size_t maximum, struct attest_bytes *ret_object,
                                struct attest_aws_outcome *ret_outcome, struct attest_diag *diag)
    attest_must_check;

#endif
