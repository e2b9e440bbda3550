/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may talk to the TPM now? One thread, one job at a time, in order. Trusts the TPM to be right but not to
 * answer: a lost connection is opened again with backoff, and a command that hangs is answered for by the main
 * thread.
 */
#include "daemon/tpm_worker_shared.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/thread.h"

#include <stdio.h>
#include <string.h>

#define BACKOFF_FIRST 50 /* milliseconds */
#define BACKOFF_MAX   5000
#define STOP_MAX      1000 /* milliseconds that a stop waits for the TPM */

/* The observer of the TPM connection: on the TPM thread, around each exchange. */
static void observe(void *context, bool in_command)
{
    struct tpm_worker *worker = context;

    pthread_mutex_lock(&worker->mutex);
    worker->progress = clock_now();
    worker->command_since = in_command ? worker->progress : 0;
    worker->state.commands += in_command;
    pthread_mutex_unlock(&worker->mutex);
}

/* Waits with the mutex held, at most until `until`. */
static void wait_until(struct tpm_worker *worker, uint64_t until)
{
    const struct timespec time = { (time_t)(until / 1000), (long)(until % 1000) * 1000000 };

    pthread_cond_timedwait(&worker->changed, &worker->mutex, &time);
}

static void report_open(struct tpm_worker *worker, bool again, unsigned reclaimed)
{
    if (reclaimed > 0)
        log_event(LOG_EVENT_TPM_RECLAIMED, reclaimed);
    if (again)
        log_event(LOG_EVENT_TPM_BACK, worker->ak_name);
}

/* Once for each way of failing, not for each try. */
static void report_failure(const struct tpm_worker_state *before, enum attest_error error,
                           const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    if (before->error == error && strcmp(before->diag.expected, diag->expected) == 0)
        return;
    bool refused = error == ATTEST_TPM_HANDLE_TAKEN || error == ATTEST_TPM_FAILED; /* it does answer */
    log_event(refused ? LOG_EVENT_AK_UNUSABLE : LOG_EVENT_TPM_LOST, log_describe(error, diag, text));
}

static void set_ak_name(struct tpm_worker *worker)
{
    _cleanup_(attest_bytes_done) struct attest_bytes hex = attest_bytes_init(sizeof worker->ak_name - 1);

    attest_encode_hex(&hex, attest_tpmkey_name(&worker->session.ak.key));
    snprintf(worker->ak_name, sizeof worker->ak_name, "%.*s", (int)hex.size, (const char *)hex.data);
}

/* With the mutex held: what the main thread is to know of it. */
static void publish_endorsement(struct tpm_worker *worker)
{
    worker->state.endorsement = endorsement_report(&worker->session);
}

/* Takes the mutex to publish what came of it. */
static enum attest_error try_open(struct tpm_worker *worker, const struct config *config)
{
    struct attest_diag diag = { 0 };
    const struct tpm_document_pause pause = worker->session.pause;
    unsigned reclaimed = 0;

    tpm_session_close(&worker->session);
    worker->options.tcti = config->tcti;
    worker->options.vendor_tcti =
        strcmp(config->vendor_tcti, VENDOR_TCTI_AUTO) == 0 ? NULL : config->vendor_tcti;
    enum attest_error error = tpm_session_open(&worker->options, config, &worker->session, &reclaimed, &diag);
    worker->session.pause = pause;

    pthread_mutex_lock(&worker->mutex);
    struct tpm_worker_state before = worker->state;
    worker->state.settled = true;
    worker->state.open = error == ATTEST_OK;
    worker->state.error = error;
    worker->state.diag = diag;
    worker->state.opens += error == ATTEST_OK;
    publish_endorsement(worker);
    if (error == ATTEST_OK)
        set_ak_name(worker);
    else
        tpm_worker_fail_waiting(worker, error, &diag);
    worker->progress = clock_now();
    tpm_worker_wake(worker);
    pthread_mutex_unlock(&worker->mutex);

    if (error == ATTEST_OK)
        report_open(worker, before.settled, reclaimed);
    else
        report_failure(&before, error, &diag);
    return error;
}

/* What is configured now becomes what is in use; false when it is time to stop. */
static bool take_config(struct tpm_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    config_unref(worker->in_use);
    worker->in_use = config_ref(worker->config);
    worker->options.command_timeout = worker->in_use->command_timeout;
    worker->reopen = false;
    worker->busy = !worker->stopping;
    pthread_mutex_unlock(&worker->mutex);
    return worker->busy;
}

static void pause_before_retry(struct tpm_worker *worker, uint64_t backoff)
{
    pthread_mutex_lock(&worker->mutex);
    worker->busy = false;
    worker->retry_at = clock_now() + backoff;
    while (!worker->stopping && !worker->reopen && clock_now() < worker->retry_at)
        wait_until(worker, worker->retry_at);
    pthread_mutex_unlock(&worker->mutex);
}

/* Until the TPM is there, or it is time to stop. */
static void open_session(struct tpm_worker *worker)
{
    uint64_t backoff = BACKOFF_FIRST;

    while (take_config(worker) && try_open(worker, worker->in_use) != ATTEST_OK) {
        pause_before_retry(worker, backoff);
        backoff = backoff * 2 < BACKOFF_MAX ? backoff * 2 : BACKOFF_MAX;
    }
}

static void count_reopen(struct tpm_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->state.reopens++;
    pthread_mutex_unlock(&worker->mutex);
}

/* A TPM that went away and is back at once costs nobody an answer: what a job asks for can be asked twice. */
static enum attest_error run(struct tpm_worker *worker, struct job *job, struct attest_diag *diag)
{
    enum attest_error error = job->run(job, &worker->session, diag);

    if (error != ATTEST_TPM_LOST)
        return error;
    count_reopen(worker);
    if (try_open(worker, worker->in_use) != ATTEST_OK)
        return error;
    *diag = (struct attest_diag){ 0 };
    return job->run(job, &worker->session, diag);
}

/* The next job, with a reference of the thread's own; NULL when the TPM is to be opened again or it is time to
 * stop. */
static struct job *take(struct tpm_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->busy = false;
    while (!worker->stopping && !worker->reopen && !worker->waiting.first)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    struct job *job = worker->stopping || worker->reopen ? NULL : job_queue_pop(&worker->waiting);
    if (job) {
        job->ref(job);
        worker->running = job;
        worker->busy = true;
        worker->progress = clock_now();
    }
    pthread_mutex_unlock(&worker->mutex);
    return job;
}

static void run_and_finish(struct tpm_worker *worker, struct job *job)
{
    struct attest_diag diag = { 0 };

    enum attest_error error = run(worker, job, &diag);
    pthread_mutex_lock(&worker->mutex);
    publish_endorsement(worker);
    if (worker->running == job) { /* else the main thread has answered already */
        worker->running = NULL;
        tpm_worker_finish(worker, job, error, &diag);
    }
    pthread_mutex_unlock(&worker->mutex);
    job->unref(job);
}

static bool is_stopping(struct tpm_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    bool stopping = worker->stopping;
    pthread_mutex_unlock(&worker->mutex);
    return stopping;
}

static void *tpm_thread(void *context)
{
    struct tpm_worker *worker = context;

    open_session(worker);
    while (!is_stopping(worker)) {
        struct job *job = take(worker);
        if (job)
            run_and_finish(worker, job);
        if (!job || !worker->session.tpm || attest_tpm_is_broken(worker->session.tpm)) {
            count_reopen(worker);
            open_session(worker);
        }
    }
    tpm_session_close(&worker->session);
    return NULL;
}

static void init(struct tpm_worker *worker)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&worker->mutex, NULL);
    job_queue_init(&worker->waiting);
    job_queue_init(&worker->done);
    snprintf(worker->ak_name, sizeof worker->ak_name, "none");
}

static void release(struct tpm_worker *worker)
{
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    config_unref(worker->config);
    config_unref(worker->in_use);
    free(worker);
}

enum attest_error tpm_worker_start(struct config *config, int wake_fd, struct tpm_worker **ret_worker,
                                   struct attest_diag *diag)
{
    struct tpm_worker *worker = calloc(1, sizeof *worker);

    if (!worker)
        return ATTEST_MEMORY;
    init(worker);
    worker->wake_fd = wake_fd;
    worker->config = config_ref(config);
    worker->busy = true; /* with opening: it is supervised from the first moment on */
    worker->progress = clock_now();
    worker->options.observe = observe;
    worker->options.observe_context = worker;
    enum attest_error error = thread_start(tpm_thread, worker, "the TPM thread", &worker->thread, diag);
    if (error != ATTEST_OK) {
        release(worker);
        return error;
    }
    *ret_worker = worker;
    return ATTEST_OK;
}

bool tpm_worker_stop(struct tpm_worker *worker)
{
    struct attest_diag diag = { 0 };

    attest_fail(&diag, ATTEST_TPM_LOST, "a stop", "attestd to go on");
    pthread_mutex_lock(&worker->mutex);
    worker->stopping = true;
    tpm_worker_fail_all(worker, ATTEST_TPM_LOST, &diag);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);

    return thread_join_within(worker->thread, STOP_MAX);
}

void tpm_worker_free(struct tpm_worker *worker)
{
    for (struct job *job; (job = tpm_worker_collect(worker));)
        job->unref(job);
    release(worker);
}
