/* SPDX-License-Identifier: Apache-2.0 */
/* A request as it is sent: signed, for one try. */
#ifndef ATTEST_AWS_MESSAGE_H
#define ATTEST_AWS_MESSAGE_H

#include "aws/call.h"

#define ATTEST_AWS_LINES_MAX 8

struct attest_aws_message {
    const char *method;
    struct attest_bytes path;                        /* as text, with its end */
    struct attest_bytes lines[ATTEST_AWS_LINES_MAX]; /* "Name: value", the same; the token is in one */
    size_t count;
    const char *headers[ATTEST_AWS_LINES_MAX + 1]; /* the lines again, for http.h */
};

/* As the options, the request and the credentials say; `host` is what is sent as Host, `now` in seconds since
 * 1970. */
enum attest_error attest_aws_message_make(const struct attest_aws_options *options,
                                          const struct attest_aws_request *request,
                                          const struct attest_credentials *credentials, const char *host,
                                          int64_t now, struct attest_aws_message *ret_message,
                                          struct attest_diag *diag) attest_must_check;
void attest_aws_message_done(struct attest_aws_message *message); /* a zeroed one is accepted */

#endif
