/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only thread that touches the TPM, with a queue in front. All functions are for the main thread, which
 * also supervises: at a deadline it answers whoever waits, even where the TPM thread itself is stuck in a
 * command.
 */
#ifndef ATTESTD_TPM_WORKER_H
#define ATTESTD_TPM_WORKER_H

#include "daemon/config.h"
#include "daemon/endorsement.h"
#include "daemon/job_queue.h"

struct tpm_worker;

/* Starts the thread, which opens the TPM, and again with backoff whenever it is lost. `wake_fd` is an eventfd
 * that is written when jobs are done or the state changes. */
enum attest_error tpm_worker_start(struct config *config, int wake_fd, struct tpm_worker **ret_worker,
                                   struct attest_diag *diag) attest_must_check;

/* Fails all that waits (collect gives it) and ends the thread. False if that is stuck in a command: then the
 * worker must not be freed, and only ending the process helps. */
bool tpm_worker_stop(struct tpm_worker *worker);
void tpm_worker_free(struct tpm_worker *worker);

/* From now on; the TPM is opened again if anything of [tpm] has changed. */
void tpm_worker_reconfigure(struct tpm_worker *worker, struct config *config);

/* Queues the job, with a deadline from now, or fails: ATTEST_BUSY, or at once what is known to be wrong with
 * the TPM. */
enum attest_error tpm_worker_submit(struct tpm_worker *worker, struct job *job, struct attest_diag *diag)
    attest_must_check;

/* Jobs that are done since, one at a time, with the reference that submit took; NULL if there are no more. */
struct job *tpm_worker_collect(struct tpm_worker *worker);

/* Ends what is over its deadline at `now` (collect gives it), and tells the next one: milliseconds, UINT64_MAX
 * if none. */
uint64_t tpm_worker_supervise(struct tpm_worker *worker, uint64_t now);

struct tpm_worker_state {
    bool settled;            /* the first attempt to open the TPM is over, for better or worse */
    bool open;               /* the TPM is there */
    bool hung;               /* it is in a command beyond its deadline */
    bool alive;              /* the thread makes progress, waits for work, or for a TPM command */
    enum attest_error error; /* if not open: why */
    struct attest_diag diag;
    unsigned retry_after; /* seconds until it is worth asking again */
    unsigned queued;
    uint64_t commands, timeouts, reopens;  /* since the start */
    uint64_t opens;                        /* that succeeded */
    struct endorsement_report endorsement; /* as of the last job */
};
struct tpm_worker_state tpm_worker_state(struct tpm_worker *worker);

/* The name of the AK in hex, "none" before there was one. */
#define TPM_WORKER_AK_SIZE 136
void tpm_worker_ak_name(struct tpm_worker *worker, char ret_name[TPM_WORKER_AK_SIZE]);

#endif
