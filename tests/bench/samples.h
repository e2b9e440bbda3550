/* SPDX-License-Identifier: Apache-2.0 */
/* Durations that were measured, and what is reported of them. */
#ifndef TESTS_BENCH_SAMPLES_H
#define TESTS_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
    uint64_t *items; /* nanoseconds */
    size_t count, room;
};

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t samples_now(void);

/* Ends the program if there is no memory. */
void samples_add(struct samples *samples, uint64_t duration);

/* As members of a JSON object, without its braces: count, per second of `elapsed`, and median, 99th percentile
 * and maximum in microseconds. Sorts them. */
void samples_print(struct samples *samples, uint64_t elapsed);

void samples_done(struct samples *samples);

#endif
