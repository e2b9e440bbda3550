/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is there an endorsement for who will ask? Made when the TPM is opened, and again after half of its life: so
 * an NSM that fails for an hour costs nobody an answer.
 */
#include "daemon/endorser.h"

#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/endorsement.h"
#include "daemon/log.h"

#include <stdlib.h>

#define BACKOFF_FIRST 1000 /* milliseconds */
#define BACKOFF_MAX   60000

struct endorser_job {
    struct job job; /* first */
    _Atomic unsigned references;
    struct endorser *endorser; /* the main thread's */
    uint64_t made, expires;
};

const char *endorser_stage_name(enum endorser_stage stage)
{
    static const char *const names[] = { "none", "pending", "held", "failed" };

    return names[stage];
}

static void ref(struct job *job)
{
    ((struct endorser_job *)job)->references++;
}

static void unref(struct job *job)
{
    if (--((struct endorser_job *)job)->references == 0)
        free(job);
}

/* On the TPM thread. */
static enum attest_error run(struct job *job, struct tpm_session *session, struct attest_diag *diag)
{
    struct endorser_job *endorser_job = (struct endorser_job *)job;

    attest_try(endorsement_renew(session, diag));
    endorser_job->made = session->endorsement->made;
    endorser_job->expires = session->endorsement->expires;
    return ATTEST_OK;
}

static void hold(struct endorser *endorser, const struct endorser_job *job)
{
    if (endorser->stage != ENDORSER_HELD)
        log_event(LOG_EVENT_ENDORSED, (unsigned)((job->expires - job->made) / 60000));
    endorser->stage = ENDORSER_HELD;
    endorser->expires = job->expires;
    endorser->due = job->made + (job->expires - job->made) / 2;
    endorser->backoff = BACKOFF_FIRST;
}

/* Told once for each way of failing. What was held before is, until it expires. */
static void fail(struct endorser *endorser, const struct job *job)
{
    char text[LOG_TEXT_SIZE];
    const uint64_t now = clock_now();

    if (endorser->error != job->error)
        log_event(LOG_EVENT_ENDORSEMENT_FAILED, log_describe(job->error, &job->diag, text));
    if (endorser->stage != ENDORSER_HELD || now >= endorser->expires)
        endorser->stage = ENDORSER_FAILED;
    endorser->due = now + endorser->backoff;
    endorser->backoff = endorser->backoff * 2 < BACKOFF_MAX ? endorser->backoff * 2 : BACKOFF_MAX;
}

static void finish(struct job *job)
{
    struct endorser *endorser = ((struct endorser_job *)job)->endorser;

    endorser->asked = false;
    if (job->error == ATTEST_OK) {
        hold(endorser, (struct endorser_job *)job);
    } else if (job->error == ATTEST_TPM_UNABLE) {
        endorser->stage = ENDORSER_NONE;
        endorser->due = UINT64_MAX;
    } else {
        fail(endorser, job);
    }
    endorser->error = job->error;
    endorser->diag = job->diag;
    job->unref(job);
}

/* Where the TPM is not there, its opening is what the next endorsement waits for. */
static void ask(struct endorser *endorser)
{
    struct endorser_job *job = calloc(1, sizeof *job);
    struct attest_diag diag = { 0 };

    endorser->due = clock_now() + BACKOFF_MAX;
    if (!job)
        return;
    *job = (struct endorser_job){
        .job = { .run = run, .ref = ref, .unref = unref, .finish = finish },
        .references = 1,
        .endorser = endorser,
    };
    endorser->asked = tpm_worker_submit(endorser->worker, &job->job, &diag) == ATTEST_OK;
    unref(&job->job);
}

uint64_t endorser_run(struct endorser *endorser, uint64_t now)
{
    const struct tpm_worker_state state = tpm_worker_state(endorser->worker);

    if (endorser->opens != state.opens) {
        endorser->opens = state.opens;
        endorser->stage = ENDORSER_PENDING;
        endorser->due = now;
        endorser->backoff = BACKOFF_FIRST;
    }
    if (!endorser->asked && state.opens > 0 && now >= endorser->due)
        ask(endorser);
    return endorser->asked || state.opens == 0 ? UINT64_MAX : endorser->due;
}
