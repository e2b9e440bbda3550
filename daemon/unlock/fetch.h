/* SPDX-License-Identifier: Apache-2.0 */
/* KMS asked for all secrets of a run, several at a time. */
#ifndef ATTEST_UNLOCK_FETCH_H
#define ATTEST_UNLOCK_FETCH_H

#include "aws/credentials.h"
#include "daemon/config.h"
#include "daemon/unlock/ask.h"
#include "daemon/unlock/job.h"

/* What the threads share; nothing in it changes while they run. */
struct fetch {
    const struct config *config;
    struct attest_credentials_source *credentials;
    struct ask *ask;
    uint64_t deadline; /* steady time: no try begins after it */
    bool dry_run;      /* only whether KMS would; there is no envelope then */
};

/* Reads each job and gets KMS's answer for it, or leaves in job->report why not (its state is FAILED then).
 * Jobs that are PRESENT are left alone. */
void fetch_all(const struct fetch *fetch, struct job_secret *jobs, size_t count);

/* One, in this thread; `diag` says what happened. */
enum attest_error fetch_one(const struct fetch *fetch, struct job_secret *job, struct attest_diag *diag)
    attest_must_check;

#endif
