/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted. On the main thread only. */
#ifndef ATTESTD_METRICS_H
#define ATTESTD_METRICS_H

#include "daemon/routes.h"

#define METRICS_ROUTES   16 /* the last one: no such path */
#define METRICS_STATUSES 16

struct metrics {
    uint64_t answers[METRICS_ROUTES][METRICS_STATUSES];
    unsigned connections; /* open now */
    uint64_t refused;     /* connections over the limit */
};

/* `route` may be NULL. */
void metrics_count_answer(struct metrics *metrics, const struct route *route, unsigned status);

#endif
