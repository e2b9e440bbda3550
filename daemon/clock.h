/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's clocks: one for deadlines, one for what ends by the time of day, also while the machine sleeps.
 */
#ifndef ATTESTD_CLOCK_H
#define ATTESTD_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_read(clockid_t id)
{
    struct timespec time;

    clock_gettime(id, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Milliseconds of CLOCK_MONOTONIC. */
static inline uint64_t clock_now(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

/* Milliseconds of CLOCK_BOOTTIME. */
static inline uint64_t clock_since_boot(void)
{
    return clock_read(CLOCK_BOOTTIME);
}

#endif
