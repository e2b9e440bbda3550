/* SPDX-License-Identifier: Apache-2.0 */
/* What the two sides of the TPM worker share: tpm_worker.c, the thread, and tpm_supervise.c, who looks after
 * it. */
#ifndef ATTESTD_TPM_WORKER_SHARED_H
#define ATTESTD_TPM_WORKER_SHARED_H

#include "daemon/tpm_session.h"
#include "daemon/tpm_worker.h"

#include <pthread.h>

struct tpm_worker {
    pthread_t thread;
    int wake_fd;
    struct attest_tpm_options options;
    struct tpm_session session; /* the thread's alone */
    struct config *in_use;      /* the thread's alone: what the session was opened with */
    bool hang_told;             /* the main thread's alone: a hang was seen, and logged */

    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    struct config *config; /* what is to be used */
    bool stopping;
    bool reopen;
    struct job_queue waiting;
    struct job_queue done;
    struct job *running;
    bool busy;              /* with a job, or with opening */
    uint64_t command_since; /* 0 if not in a command */
    uint64_t progress;      /* when something last happened on the thread */
    uint64_t retry_at;      /* of a TPM that is not open */
    char ak_name[TPM_WORKER_AK_SIZE];
    struct tpm_worker_state state;
};

/* All of these with the mutex held. */

/* Whether the thread is in a command beyond its deadline. */
bool tpm_worker_is_hung(const struct tpm_worker *worker, uint64_t now);

/* Has the main thread look. */
void tpm_worker_wake(struct tpm_worker *worker);

/* The job is done; its reference goes to whoever collects it. */
void tpm_worker_finish(struct tpm_worker *worker, struct job *job, enum attest_error error,
                       const struct attest_diag *diag);

/* All who wait are answered; and, by the second, who is being served too. */
void tpm_worker_fail_waiting(struct tpm_worker *worker, enum attest_error error,
                             const struct attest_diag *diag);
void tpm_worker_fail_all(struct tpm_worker *worker, enum attest_error error, const struct attest_diag *diag);

#endif
