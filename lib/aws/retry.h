/* SPDX-License-Identifier: Apache-2.0 */
/* Whether to ask again, and when: standard mode of AWS's SDKs, by the rules of 2026. Pure: chance is given. */
#ifndef ATTEST_AWS_RETRY_H
#define ATTEST_AWS_RETRY_H

#include "aws/http.h"

#include <stdbool.h>

enum attest_retry_class {
    ATTEST_RETRY_NEVER, /* the same would come out */
    ATTEST_RETRY_TRANSIENT,
    ATTEST_RETRY_THROTTLING,
};

/* Of an answer that is not 200; `type` is AWS's name of the error, or empty. */
enum attest_retry_class attest_retry_classify(unsigned status, const char *type);
/* Of no answer. */
enum attest_retry_class attest_retry_classify_fault(enum attest_http_fault fault);

/* Of one object that makes calls. The quota is what keeps many of them, failing all the time, from making it
 * worse. */
struct attest_retry {
    unsigned max_attempts;
    unsigned quota;
    unsigned attempts; /* of this call */
    unsigned cost;     /* of the last retry */
};

struct attest_retry attest_retry_init(unsigned max_attempts);

/* A call begins; a try of it ended well. */
void attest_retry_begin(struct attest_retry *retry);
void attest_retry_succeed(struct attest_retry *retry);

/* A try did not: whether there is to be another one, and after how long. `random` is any number, each as likely
 * as others; `after_ms` is what the server asked for, 0 if nothing, and counts within bounds. */
bool attest_retry_again(struct attest_retry *retry, enum attest_retry_class class, uint32_t random,
                        uint64_t after_ms, uint64_t *ret_delay_ms);

/* x-amz-retry-after (milliseconds), or else Retry-After (seconds; RFC 9110 §10.2.3); 0 if neither is there. */
uint64_t attest_retry_after(const struct attest_http_response *response);

#endif
