/* SPDX-License-Identifier: Apache-2.0 */
/* Time, as the caller hands it in: nothing below reads a clock, and nothing sleeps but by this. */
#ifndef ATTEST_AWS_CLOCK_H
#define ATTEST_AWS_CLOCK_H

#include <stdint.h>

struct attest_aws_clock {
    uint64_t (*now_ms)(void *context); /* milliseconds since 1970: of signatures and lifetimes */
    /* Milliseconds of a clock that nobody sets: of deadlines. NULL: now_ms, where the clock is not stepped. */
    uint64_t (*steady_ms)(void *context);
    void (*sleep_ms)(void *context, uint64_t ms); /* may return early; then deadlines are looked at again */
    void *context;
};

static inline uint64_t attest_aws_clock_now(const struct attest_aws_clock *clock)
{
    return clock->now_ms(clock->context);
}

static inline uint64_t attest_aws_clock_steady(const struct attest_aws_clock *clock)
{
    return clock->steady_ms ? clock->steady_ms(clock->context) : clock->now_ms(clock->context);
}

static inline void attest_aws_clock_sleep(const struct attest_aws_clock *clock, uint64_t ms)
{
    clock->sleep_ms(clock->context, ms);
}

#endif
