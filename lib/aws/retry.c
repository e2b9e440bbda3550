/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is it worth asking again, and when? Trusts the server's wish only within five seconds. AWS SDKs and Tools
 * Reference Guide, "Retry behavior", in the form of 2026, which the SDKs change over to: its first retry after
 * a transient error comes within 50 ms rather than within a second, and a boot waits for it.
 */
#include "aws/retry.h"

#include "base/encode.h"

#include <string.h>

#define QUOTA         500
#define DELAY_MAX     20000 /* milliseconds */
#define AFTER_BEYOND  5000  /* how much longer than by our own reckoning a server may have us wait */
#define AFTER_MAX     3600000
#define DOUBLINGS_MAX 16
#define FIRST_REFUND  1

static const struct {
    unsigned base_ms, cost;
} rules[] = {
    [ATTEST_RETRY_TRANSIENT] = { 50, 14 },
    [ATTEST_RETRY_THROTTLING] = { 1000, 5 },
};

static const struct {
    const char *type;
    enum attest_retry_class class;
} types[] = {
    { "BandwidthLimitExceeded", ATTEST_RETRY_THROTTLING },
    { "EC2ThrottledException", ATTEST_RETRY_THROTTLING },
    { "LimitExceededException", ATTEST_RETRY_THROTTLING },
    { "PriorRequestNotComplete", ATTEST_RETRY_THROTTLING },
    { "ProvisionedThroughputExceededException", ATTEST_RETRY_THROTTLING },
    { "RequestLimitExceeded", ATTEST_RETRY_THROTTLING },
    { "RequestThrottled", ATTEST_RETRY_THROTTLING },
    { "RequestThrottledException", ATTEST_RETRY_THROTTLING },
    { "SlowDown", ATTEST_RETRY_THROTTLING },
    { "ThrottledException", ATTEST_RETRY_THROTTLING },
    { "Throttling", ATTEST_RETRY_THROTTLING },
    { "ThrottlingException", ATTEST_RETRY_THROTTLING },
    { "TooManyRequestsException", ATTEST_RETRY_THROTTLING },
    { "TransactionInProgressException", ATTEST_RETRY_THROTTLING },
    { "RequestTimeout", ATTEST_RETRY_TRANSIENT },
    { "RequestTimeoutException", ATTEST_RETRY_TRANSIENT },
};

static const struct {
    unsigned status;
    enum attest_retry_class class;
} statuses[] = {
    { 429, ATTEST_RETRY_THROTTLING }, { 500, ATTEST_RETRY_TRANSIENT }, { 502, ATTEST_RETRY_TRANSIENT },
    { 503, ATTEST_RETRY_TRANSIENT },  { 504, ATTEST_RETRY_TRANSIENT },
};

/* A certificate that is not believed will not be believed in a second either. */
static const enum attest_retry_class faults[] = {
    [ATTEST_HTTP_FAULT_NAME] = ATTEST_RETRY_TRANSIENT,    [ATTEST_HTTP_FAULT_CONNECT] = ATTEST_RETRY_TRANSIENT,
    [ATTEST_HTTP_FAULT_TIMEOUT] = ATTEST_RETRY_TRANSIENT, [ATTEST_HTTP_FAULT_CUT] = ATTEST_RETRY_TRANSIENT,
    [ATTEST_HTTP_FAULT_GARBAGE] = ATTEST_RETRY_TRANSIENT, [ATTEST_HTTP_FAULT_TLS] = ATTEST_RETRY_TRANSIENT,
    [ATTEST_HTTP_FAULT_OTHER] = ATTEST_RETRY_NEVER,
};

enum attest_retry_class attest_retry_classify(unsigned status, const char *type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].class;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].status == status)
            return statuses[i].class;
    return ATTEST_RETRY_NEVER;
}

enum attest_retry_class attest_retry_classify_fault(enum attest_http_fault fault)
{
    size_t row = (size_t)fault;

    return row < sizeof faults / sizeof faults[0] ? faults[row] : ATTEST_RETRY_NEVER;
}

struct attest_retry attest_retry_init(unsigned max_attempts)
{
    return (struct attest_retry){ .max_attempts = max_attempts, .quota = QUOTA };
}

void attest_retry_begin(struct attest_retry *retry)
{
    retry->attempts = 1;
    retry->cost = 0;
}

void attest_retry_succeed(struct attest_retry *retry)
{
    retry->quota += retry->cost ?: FIRST_REFUND;
    if (retry->quota > QUOTA)
        retry->quota = QUOTA;
}

/* rand(0,1) * min(base * 2^i, 20 s), i being 0 at the first retry */
static uint64_t delay(unsigned base_ms, unsigned retries, uint32_t random)
{
    uint64_t bound = (uint64_t)base_ms << (retries < DOUBLINGS_MAX ? retries : DOUBLINGS_MAX);

    if (bound > DELAY_MAX)
        bound = DELAY_MAX;
    return bound * random >> 32;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

bool attest_retry_again(struct attest_retry *retry, enum attest_retry_class class, uint32_t random,
                        uint64_t after_ms, uint64_t *ret_delay_ms)
{
    if (class == ATTEST_RETRY_NEVER || retry->attempts >= retry->max_attempts ||
        retry->quota < rules[class].cost)
        return false;
    uint64_t own = delay(rules[class].base_ms, retry->attempts - 1, random);
    retry->quota -= rules[class].cost;
    retry->cost = rules[class].cost;
    retry->attempts++;
    *ret_delay_ms = clamp(after_ms, own, own + AFTER_BEYOND);
    return true;
}

uint64_t attest_retry_after(const struct attest_http_response *response)
{
    static const struct {
        enum attest_http_field field;
        unsigned unit_ms;
    } fields[] = { { ATTEST_HTTP_FIELD_AMZ_RETRY_AFTER, 1 }, { ATTEST_HTTP_FIELD_RETRY_AFTER, 1000 } };
    uint64_t value;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (attest_decode_decimal(attest_view_text(response->field[fields[i].field]), AFTER_MAX, &value,
                                  NULL) == ATTEST_OK)
            return value * fields[i].unit_ms;
    return 0;
}
