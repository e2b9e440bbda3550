/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs that wait for the TPM, in order. Not thread-safe by itself: tpm_worker.c guards it. A taker may walk the
 * list, so that jobs that are alike can one day share a TPM command.
 */
#ifndef ATTESTD_TPM_QUEUE_H
#define ATTESTD_TPM_QUEUE_H

#include "attest/error.h"

#include <stdbool.h>

struct tpm_session;

enum tpm_job_state {
    TPM_JOB_WAITING,
    TPM_JOB_RUNNING,
    TPM_JOB_DONE, /* error and diag say how */
};

/* What one request wants of the TPM. Two hold it: who asked, until it is done, and the TPM thread, while it
 * runs, which may be longer: at the deadline the caller is answered, whatever the TPM does. */
struct tpm_job {
    struct tpm_job *next;
    enum tpm_job_state state;
    bool urgent;       /* came through the unlock door */
    uint64_t deadline; /* milliseconds of CLOCK_MONOTONIC */
    enum attest_error error;
    struct attest_diag diag;

    /* On the TPM thread. */
    enum attest_error (*run)(struct tpm_job *job, struct tpm_session *session, struct attest_diag *diag);
    /* On either thread: references counted. */
    void (*ref)(struct tpm_job *job);
    void (*unref)(struct tpm_job *job);
};

struct tpm_queue {
    struct tpm_job *first;
    struct tpm_job **end;
    unsigned length;
};

void tpm_queue_init(struct tpm_queue *queue);

/* At the end; urgent jobs before those that are not. */
void tpm_queue_push(struct tpm_queue *queue, struct tpm_job *job);

/* The first; NULL if there is none. */
struct tpm_job *tpm_queue_pop(struct tpm_queue *queue);

/* The first whose deadline is over at `now`; NULL if there is none. */
struct tpm_job *tpm_queue_pop_late(struct tpm_queue *queue, uint64_t now);

/* The earliest deadline; UINT64_MAX if nothing waits. */
uint64_t tpm_queue_deadline(const struct tpm_queue *queue);

#endif
