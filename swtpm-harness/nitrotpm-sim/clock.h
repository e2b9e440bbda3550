/* SPDX-License-Identifier: Apache-2.0 */
/* The two clocks: one that only runs, for waits, and the time of day, for certificates and documents. */
#ifndef NITROTPM_SIM_CLOCK_H
#define NITROTPM_SIM_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read_ms(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline int64_t clock_running_ms(void)
{
    return clock_read_ms(CLOCK_MONOTONIC);
}

/* Milliseconds since 1970. */
static inline int64_t clock_wall_ms(void)
{
    return clock_read_ms(CLOCK_REALTIME);
}

/* From now until `end`, as poll(2) takes it: at least 0, at most a minute. */
static inline int clock_until(int64_t end)
{
    int64_t left = end - clock_running_ms();

    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

#endif
