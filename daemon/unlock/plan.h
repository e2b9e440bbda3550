/* SPDX-License-Identifier: Apache-2.0 */
/* What a run has to do: the secrets of the configuration, and which of them are there already. */
#ifndef ATTEST_UNLOCK_PLAN_H
#define ATTEST_UNLOCK_PLAN_H

#include "daemon/unlock/job.h"
#include "daemon/unlock/options.h"

struct plan {
    struct job_secret *jobs;
    size_t count;
    struct attest_unlockreport report;
};

/* All of the configuration, or those of --only. Looks at every output's folder, so that what can't be delivered
 * is known before KMS is asked; what is there is PRESENT, unless it is to be refreshed. ATTEST_USAGE for a name
 * that there is not. */
enum attest_error plan_make(const struct config *config, const struct unlock_options *options,
                            struct plan *ret_plan, struct attest_diag *diag) attest_must_check;
void plan_done(struct plan *plan); /* a zeroed one is accepted */

/* How many jobs have that state. */
size_t plan_count(const struct plan *plan, enum attest_unlockreport_state state);

/* The failure of the first required secret that failed, if one did. */
enum attest_error plan_check(const struct plan *plan, struct attest_diag *diag) attest_must_check;

/* The job failed: in the report and the log. */
void plan_fail(struct job_secret *job, enum attest_error error, const struct attest_diag *diag);

#endif
