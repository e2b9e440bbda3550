/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long did it take, mostly and at worst? Percentiles are by nearest rank: each is a duration that occurred.
 */
#include "tests/bench/samples.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROOM_FIRST 4096

uint64_t samples_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void samples_add(struct samples *samples, uint64_t duration)
{
    if (samples->count == samples->room) {
        samples->room = samples->room ? 2 * samples->room : ROOM_FIRST;
        samples->items = reallocarray(samples->items, samples->room, sizeof *samples->items);
        if (!samples->items)
            err(1, "%zu samples", samples->room);
    }
    samples->items[samples->count++] = duration;
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static double percentile(const struct samples *samples, size_t percent)
{
    size_t rank = (samples->count * percent + 99) / 100;

    return samples->count ? (double)samples->items[rank - 1] / 1e3 : 0;
}

void samples_print(struct samples *samples, uint64_t elapsed)
{
    if (samples->count)
        qsort(samples->items, samples->count, sizeof *samples->items, compare);
    printf("\"count\":%zu,\"per_second\":%.1f,\"median_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f",
           samples->count, (double)samples->count * 1e9 / (double)elapsed, percentile(samples, 50),
           percentile(samples, 99), percentile(samples, 100));
}

void samples_done(struct samples *samples)
{
    free(samples->items);
    *samples = (struct samples){ 0 };
}
