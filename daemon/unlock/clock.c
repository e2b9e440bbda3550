/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time is it? The wall clock may be wrong at boot; deadlines go by the one that nobody sets, and that
 * stands still in no suspend.
 */
#include "daemon/unlock/clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t read_clock(clockid_t id)
{
    struct timespec time;

    clock_gettime(id, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static uint64_t now_ms(void *context)
{
    (void)context;
    return read_clock(CLOCK_REALTIME);
}

static uint64_t steady_ms(void *context)
{
    (void)context;
    return read_clock(CLOCK_BOOTTIME);
}

static void sleep_ms(void *context, uint64_t ms)
{
    const struct timespec time = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

    (void)context;
    nanosleep(&time, NULL);
}

const struct attest_aws_clock unlock_clock = { now_ms, steady_ms, sleep_ms, NULL };
