/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may read the event logs now? One thread, one job at a time, in order. Trusts no file to end, nor a read
 * to come back: at a deadline the main thread answers.
 */
#include "daemon/eventlog_worker.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/thread.h"

#include <pthread.h>

#define STOP_MAX 500 /* milliseconds that a stop waits for a file */

struct eventlog_worker {
    pthread_t thread;
    int wake_fd;
    struct eventlog_state *state; /* the thread's alone */
    _Atomic bool stopping;

    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    struct config *config; /* what is to be used */
    bool reconfigured;     /* the thread does not know it yet */
    struct job_queue waiting;
    struct job_queue done;
    struct job *running;
    struct eventlog_report report;
};

/* With the mutex held: the job is done; its reference goes to whoever collects it. */
static void finish(struct eventlog_worker *worker, struct job *job, enum attest_error error,
                   const struct attest_diag *diag)
{
    const uint64_t one = 1;

    job->error = error;
    job->diag = *diag;
    job_queue_push(&worker->done, job);
    if (write(worker->wake_fd, &one, sizeof one) < 0)
        return; /* the counter is full: it is readable anyway */
}

/* The next thing to do: a job, with a reference of the thread's own, or to go on with what is behind (NULL). */
static struct job *take(struct eventlog_worker *worker)
{
    bool behind = eventlog_state_is_behind(worker->state);

    pthread_mutex_lock(&worker->mutex);
    while (!worker->stopping && !worker->waiting.first && !behind)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    if (worker->reconfigured)
        eventlog_state_reconfigure(worker->state, worker->config);
    worker->reconfigured = false;
    struct job *job = worker->stopping ? NULL : job_queue_pop(&worker->waiting);
    if (job) {
        job->ref(job);
        worker->running = job;
    }
    pthread_mutex_unlock(&worker->mutex);
    return job;
}

static void run_and_finish(struct eventlog_worker *worker, struct job *job)
{
    struct attest_diag diag = { 0 };

    enum attest_error error = job->read(job, worker->state, &diag);
    pthread_mutex_lock(&worker->mutex);
    worker->report = *eventlog_state_report(worker->state);
    if (worker->running == job) { /* else the main thread has answered already */
        worker->running = NULL;
        finish(worker, job, error, &diag);
    }
    pthread_mutex_unlock(&worker->mutex);
    job->unref(job);
}

static void go_on(struct eventlog_worker *worker)
{
    eventlog_state_go_on(worker->state);
    pthread_mutex_lock(&worker->mutex);
    worker->report = *eventlog_state_report(worker->state);
    pthread_mutex_unlock(&worker->mutex);
}

static void *log_thread(void *context)
{
    struct eventlog_worker *worker = context;

    while (!worker->stopping) {
        struct job *job = take(worker);
        if (job)
            run_and_finish(worker, job);
        else if (!worker->stopping)
            go_on(worker);
    }
    return NULL;
}

static void release(struct eventlog_worker *worker)
{
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    eventlog_state_free(worker->state);
    config_unref(worker->config);
    free(worker);
}

enum attest_error eventlog_worker_start(struct config *config, int wake_fd, struct eventlog_worker **ret_worker,
                                        struct attest_diag *diag)
{
    struct eventlog_worker *worker = calloc(1, sizeof *worker);

    if (!worker)
        return ATTEST_MEMORY;
    pthread_cond_init(&worker->changed, NULL);
    pthread_mutex_init(&worker->mutex, NULL);
    job_queue_init(&worker->waiting);
    job_queue_init(&worker->done);
    worker->wake_fd = wake_fd;
    worker->config = config_ref(config);
    worker->state = eventlog_state_new(config, &worker->stopping);
    if (!worker->state) {
        release(worker);
        return ATTEST_MEMORY;
    }
    worker->report = *eventlog_state_report(worker->state);
    enum attest_error error = thread_start(log_thread, worker, "the log thread", &worker->thread, diag);
    if (error != ATTEST_OK) {
        release(worker);
        return error;
    }
    *ret_worker = worker;
    return ATTEST_OK;
}

/* With the mutex held. */
static void fail_all(struct eventlog_worker *worker, enum attest_error error, const struct attest_diag *diag)
{
    struct job *running = worker->running;

    worker->running = NULL;
    if (running)
        finish(worker, running, error, diag);
    for (struct job *job; (job = job_queue_pop(&worker->waiting));)
        finish(worker, job, error, diag);
}

bool eventlog_worker_stop(struct eventlog_worker *worker)
{
    struct attest_diag diag = { 0 };

    attest_fail(&diag, ATTEST_SYSTEM, "a stop", "attestd to go on");
    pthread_mutex_lock(&worker->mutex);
    worker->stopping = true;
    fail_all(worker, ATTEST_SYSTEM, &diag);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);

    return thread_join_within(worker->thread, STOP_MAX);
}

void eventlog_worker_free(struct eventlog_worker *worker)
{
    for (struct job *job; (job = eventlog_worker_collect(worker));)
        job->unref(job);
    release(worker);
}

void eventlog_worker_reconfigure(struct eventlog_worker *worker, struct config *config)
{
    pthread_mutex_lock(&worker->mutex);
    config_unref(worker->config);
    worker->config = config_ref(config);
    worker->reconfigured = true;
    pthread_mutex_unlock(&worker->mutex);
}

enum attest_error eventlog_worker_submit(struct eventlog_worker *worker, struct job *job,
                                         struct attest_diag *diag)
{
    enum attest_error error = ATTEST_OK;

    pthread_mutex_lock(&worker->mutex);
    if (worker->stopping) {
        error = attest_fail(diag, ATTEST_SYSTEM, "a stop", "attestd to go on");
    } else if (worker->waiting.length >= worker->config->queue_length) {
        error = attest_fail(diag, ATTEST_BUSY, NULL, "at most %u requests to wait for the event logs",
                            worker->config->queue_length);
    } else {
        job->ref(job);
        job->deadline = clock_now() + worker->config->request_timeout;
        job_queue_push(&worker->waiting, job);
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->mutex);
    return error;
}

struct job *eventlog_worker_collect(struct eventlog_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    struct job *job = job_queue_pop(&worker->done);
    pthread_mutex_unlock(&worker->mutex);
    return job;
}

uint64_t eventlog_worker_supervise(struct eventlog_worker *worker, uint64_t now)
{
    struct attest_diag diag = { 0 };

    attest_fail(&diag, ATTEST_SYSTEM, NULL, "the event logs to be read within request-timeout");
    pthread_mutex_lock(&worker->mutex);
    for (struct job *job; (job = job_queue_pop_late(&worker->waiting, now));)
        finish(worker, job, ATTEST_SYSTEM, &diag);
    if (worker->running && worker->running->deadline <= now) {
        finish(worker, worker->running, ATTEST_SYSTEM, &diag);
        worker->running = NULL;
    }
    uint64_t next = job_queue_deadline(&worker->waiting);
    if (worker->running && worker->running->deadline < next)
        next = worker->running->deadline;
    pthread_mutex_unlock(&worker->mutex);
    return next;
}

void eventlog_worker_report(struct eventlog_worker *worker, struct eventlog_report *ret_report)
{
    pthread_mutex_lock(&worker->mutex);
    *ret_report = worker->report;
    pthread_mutex_unlock(&worker->mutex);
}
