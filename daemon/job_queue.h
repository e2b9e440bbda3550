/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs that wait for a thread of their own, in order. Not thread-safe by itself: tpm_worker.c and
 * eventlog_worker.c guard theirs. A taker may walk the list, so that jobs that are alike can one day share a
 * TPM command.
 */
#ifndef ATTESTD_JOB_QUEUE_H
#define ATTESTD_JOB_QUEUE_H

#include "attest/error.h"

#include <stdbool.h>

struct eventlog_state;
struct tpm_session;

/* What one request wants of the TPM, or of the event logs. Two hold it: who asked, until it is done, and the
 * thread that it is for, while it runs, which may be longer: at the deadline the caller is answered, whatever
 * the thread does. */
struct job {
    struct job *next;
    bool urgent;             /* came through the unlock door */
    bool dear;               /* may hold the TPM up for long: others have every second turn */
    uint64_t deadline;       /* milliseconds of CLOCK_MONOTONIC */
    enum attest_error error; /* once it is done; diag says how it failed */
    struct attest_diag diag;

    /* On the TPM thread. */
    enum attest_error (*run)(struct job *job, struct tpm_session *session, struct attest_diag *diag);
    /* On the log thread. */
    enum attest_error (*read)(struct job *job, struct eventlog_state *logs, struct attest_diag *diag);
    /* On the main thread, which then has the reference that submission took: it is done. */
    void (*finish)(struct job *job);
    /* On any thread: references counted. */
    void (*ref)(struct job *job);
    void (*unref)(struct job *job);
};

struct job_queue {
    struct job *first;
    struct job **end;
    unsigned length, dear;
    bool was_dear; /* the job that had its turn last */
};

void job_queue_init(struct job_queue *queue);

/* At the end; urgent jobs before those that are not. */
void job_queue_push(struct job_queue *queue, struct job *job);

/* The first; after a dear one, the first that is urgent or is not dear, if there is one. NULL if there is none.
 */
struct job *job_queue_pop(struct job_queue *queue);

/* The first whose deadline is over at `now`; NULL if there is none. */
struct job *job_queue_pop_late(struct job_queue *queue, uint64_t now);

/* The earliest deadline; UINT64_MAX if nothing waits. */
uint64_t job_queue_deadline(const struct job_queue *queue);

#endif
