/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's one clock for deadlines. */
#ifndef ATTESTD_CLOCK_H
#define ATTESTD_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of CLOCK_MONOTONIC. */
static inline uint64_t clock_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

#endif
