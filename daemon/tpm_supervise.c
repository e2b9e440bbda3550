/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the TPM thread keep its time? The main thread's side of the worker: it queues jobs, ends them at their
 * deadlines whatever the TPM does, and says how things stand.
 */
#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/tpm_worker_shared.h"

#include <string.h>
#include <unistd.h>

#define STALL_MAX    10000 /* longest stretch between two TPM commands of one job, milliseconds */
#define URGENT_SLOTS 8     /* of the queue, for the unlock door alone */

void tpm_worker_wake(struct tpm_worker *worker)
{
    const uint64_t one = 1;

    if (write(worker->wake_fd, &one, sizeof one) < 0)
        return; /* the counter is full: it is readable anyway */
}

bool tpm_worker_is_hung(const struct tpm_worker *worker, uint64_t now)
{
    return worker->command_since != 0 && now >= worker->command_since + worker->options.command_timeout;
}

void tpm_worker_finish(struct tpm_worker *worker, struct job *job, enum attest_error error,
                       const struct attest_diag *diag)
{
    job->error = error;
    job->diag = *diag;
    job_queue_push(&worker->done, job);
    tpm_worker_wake(worker);
}

void tpm_worker_fail_waiting(struct tpm_worker *worker, enum attest_error error, const struct attest_diag *diag)
{
    for (struct job *job; (job = job_queue_pop(&worker->waiting));)
        tpm_worker_finish(worker, job, error, diag);
}

void tpm_worker_fail_all(struct tpm_worker *worker, enum attest_error error, const struct attest_diag *diag)
{
    struct job *running = worker->running;

    worker->running = NULL;
    if (running)
        tpm_worker_finish(worker, running, error, diag);
    tpm_worker_fail_waiting(worker, error, diag);
}

void tpm_worker_reconfigure(struct tpm_worker *worker, struct config *config)
{
    pthread_mutex_lock(&worker->mutex);
    worker->reopen = worker->reopen || !config_same_tpm(worker->config, config);
    config_unref(worker->config);
    worker->config = config_ref(config);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

static enum attest_error hung(const struct tpm_worker *worker, struct attest_diag *diag)
{
    return attest_fail(diag, ATTEST_TPM_TIMEOUT, NULL, "the TPM to answer a command within %u ms",
                       worker->options.command_timeout);
}

/* With the mutex held: why a job has no chance now, if that is known. */
static enum attest_error refuse(const struct tpm_worker *worker, const struct job *job,
                                struct attest_diag *diag)
{
    unsigned limit = worker->config->queue_length + (job->urgent ? URGENT_SLOTS : 0);

    if (worker->stopping)
        return attest_fail(diag, ATTEST_TPM_LOST, "a stop", "attestd to go on");
    if (tpm_worker_is_hung(worker, clock_now()))
        return hung(worker, diag);
    if (worker->state.settled && !worker->state.open) {
        *diag = worker->state.diag;
        return worker->state.error;
    }
    if (job->dear && !job->urgent && worker->waiting.dear >= worker->config->queue_length / 2)
        return attest_fail(diag, ATTEST_BUSY, NULL, "fewer requests that wait for documents");
    if (worker->waiting.length >= limit)
        return attest_fail(diag, ATTEST_BUSY, NULL, "at most %u requests to wait for the TPM", limit);
    return ATTEST_OK;
}

enum attest_error tpm_worker_submit(struct tpm_worker *worker, struct job *job, struct attest_diag *diag)
{
    pthread_mutex_lock(&worker->mutex);
    enum attest_error error = refuse(worker, job, diag);
    if (error == ATTEST_OK) {
        job->ref(job);
        job->deadline = clock_now() + worker->config->request_timeout;
        job_queue_push(&worker->waiting, job);
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->mutex);
    return error;
}

struct job *tpm_worker_collect(struct tpm_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    struct job *job = job_queue_pop(&worker->done);
    pthread_mutex_unlock(&worker->mutex);
    return job;
}

/* With the mutex held: jobs whose own time is over, whatever the reason. */
static void end_late(struct tpm_worker *worker, uint64_t now)
{
    struct attest_diag diag = { 0 };

    attest_fail(&diag, ATTEST_TPM_TIMEOUT, NULL, "the TPM to serve the request within %u ms",
                worker->config->request_timeout);
    for (struct job *job; (job = job_queue_pop_late(&worker->waiting, now));) {
        worker->state.timeouts++;
        tpm_worker_finish(worker, job, ATTEST_TPM_TIMEOUT, &diag);
    }
    if (worker->running && worker->running->deadline <= now) {
        worker->state.timeouts++;
        tpm_worker_finish(worker, worker->running, ATTEST_TPM_TIMEOUT, &diag);
        worker->running = NULL;
    }
}

static uint64_t next_deadline(const struct tpm_worker *worker, uint64_t now)
{
    uint64_t next = job_queue_deadline(&worker->waiting);

    if (worker->running && worker->running->deadline < next)
        next = worker->running->deadline;
    /* A command may begin, or have begun, at any time while the thread is busy, or about to be. */
    uint64_t since = worker->command_since != 0 ? worker->command_since : now;
    if ((worker->busy || worker->waiting.first) && !worker->hang_told &&
        since + worker->options.command_timeout < next)
        next = since + worker->options.command_timeout;
    return next;
}

static void report_hang(const struct tpm_worker *worker, const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    if (worker->hang_told)
        log_event(LOG_EVENT_TPM_LOST, log_describe(ATTEST_TPM_TIMEOUT, diag, text));
    else
        log_event(LOG_EVENT_TPM_BACK, worker->ak_name);
}

uint64_t tpm_worker_supervise(struct tpm_worker *worker, uint64_t now)
{
    struct attest_diag diag = { 0 };

    pthread_mutex_lock(&worker->mutex);
    bool was_told = worker->hang_told;
    worker->hang_told = tpm_worker_is_hung(worker, now);
    if (worker->hang_told) {
        worker->state.timeouts += worker->running != NULL;
        hung(worker, &diag);
        tpm_worker_fail_all(worker, ATTEST_TPM_TIMEOUT, &diag);
    }
    end_late(worker, now);
    uint64_t next = next_deadline(worker, now);
    pthread_mutex_unlock(&worker->mutex);
    if (worker->hang_told != was_told)
        report_hang(worker, &diag);
    return next;
}

static unsigned seconds_up(uint64_t milliseconds)
{
    return (unsigned)((milliseconds + 999) / 1000);
}

struct tpm_worker_state tpm_worker_state(struct tpm_worker *worker)
{
    uint64_t now = clock_now();

    pthread_mutex_lock(&worker->mutex);
    struct tpm_worker_state state = worker->state;
    state.hung = tpm_worker_is_hung(worker, now);
    if (state.hung) {
        state.settled = true;
        state.error = hung(worker, &state.diag);
    }
    state.alive = !worker->busy || worker->command_since != 0 || now - worker->progress < STALL_MAX;
    state.queued = worker->waiting.length;
    state.retry_after = !state.open && worker->retry_at > now ? seconds_up(worker->retry_at - now) : 1;
    pthread_mutex_unlock(&worker->mutex);
    return state;
}

void tpm_worker_ak_name(struct tpm_worker *worker, char ret_name[TPM_WORKER_AK_SIZE])
{
    pthread_mutex_lock(&worker->mutex);
    memcpy(ret_name, worker->ak_name, TPM_WORKER_AK_SIZE);
    pthread_mutex_unlock(&worker->mutex);
}
