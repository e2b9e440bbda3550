/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is there an endorsement for who will ask? Made when the TPM is opened, and again after half of its life: so
 * an NSM that fails for an hour costs nobody an answer. What is kept, the TPM thread publishes, whoever had it
 * made; a failure is followed by longer and longer pauses, whatever else happens.
 */
#include "daemon/endorser.h"

#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/log.h"

#include <stdlib.h>

#define BACKOFF_MAX 60000 /* milliseconds */

struct endorser_job {
    struct job job; /* first */
    _Atomic unsigned references;
    struct endorser *endorser; /* the main thread's */
};

static struct endorsement_report report_of(const struct endorser *endorser)
{
    return tpm_worker_state(endorser->worker).endorsement;
}

uint64_t endorser_left(const struct endorser *endorser)
{
    const uint64_t now = clock_since_boot(), expires = report_of(endorser).expires;

    return expires > now ? (expires - now) / 1000 : 0;
}

enum endorser_stage endorser_stage(const struct endorser *endorser)
{
    const struct tpm_worker_state state = tpm_worker_state(endorser->worker);

    if (state.endorsement.expires > clock_since_boot())
        return ENDORSER_HELD;
    if (state.open && !state.endorsement.possible)
        return ENDORSER_NONE;
    return endorser->tried ? ENDORSER_FAILED : ENDORSER_PENDING;
}

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
    (void)job;
    return endorsement_renew(session, diag);
}

static void back_off(struct endorser *endorser)
{
    endorser->due = clock_now() + endorser->backoff;
    endorser->backoff = endorser->backoff * 2 < BACKOFF_MAX ? endorser->backoff * 2 : BACKOFF_MAX;
}

/* Told once for each way of failing. What was kept before is, until it expires. */
static void fail(struct endorser *endorser, enum attest_error error, const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    if (endorser->error != error)
        log_event(LOG_EVENT_ENDORSEMENT_FAILED, log_describe(error, diag, text));
    endorser->tried = true;
    endorser->error = error;
    endorser->diag = *diag;
    back_off(endorser);
}

/* That it succeeded, what is published says. */
static void finish(struct job *job)
{
    struct endorser *endorser = ((struct endorser_job *)job)->endorser;

    endorser->asked = false;
    if (job->error != ATTEST_OK)
        fail(endorser, job->error, &job->diag);
    job->unref(job);
}

static void ask(struct endorser *endorser)
{
    struct endorser_job *job = calloc(1, sizeof *job);
    struct attest_diag diag = { 0 };

    if (!job)
        return back_off(endorser);
    *job = (struct endorser_job){
        .job = { .urgent = true, .dear = true, .run = run, .finish = finish, .ref = ref, .unref = unref },
        .references = 1,
        .endorser = endorser,
    };
    enum attest_error error = tpm_worker_submit(endorser->worker, &job->job, &diag);
    endorser->asked = error == ATTEST_OK;
    if (!endorser->asked)
        fail(endorser, error, &diag);
    unref(&job->job);
}

/* One that says that the TPM's clock is not safe, as after a loss of power, does not hold: the next is made as
 * if it had failed. */
static void see_new(struct endorser *endorser, const struct endorsement_report *report)
{
    const uint64_t life = report->expires - report->made;

    if (endorser->made == 0)
        log_event(LOG_EVENT_ENDORSED, (unsigned)(life / 60000));
    endorser->made = report->made;
    endorser->tried = true;
    endorser->error = ATTEST_OK;
    if (!report->safe)
        return back_off(endorser);
    endorser->due = clock_now() + life / 2;
    endorser->backoff = ENDORSER_BACKOFF;
}

/* With a TPM that was opened again there is none; but where it was the last try that had it opened, nothing is
 * hurried. */
static void see(struct endorser *endorser, const struct tpm_worker_state *state, uint64_t now)
{
    const bool reopened = endorser->opens != state->opens;

    endorser->opens = state->opens;
    if (reopened)
        endorser->tried = endorser->tried && endorser->error != ATTEST_OK;
    if (state->endorsement.made == endorser->made && !reopened)
        return;
    if (state->endorsement.made > 0)
        return see_new(endorser, &state->endorsement);
    endorser->made = 0;
    if (endorser->error == ATTEST_OK)
        endorser->due = now;
}

uint64_t endorser_run(struct endorser *endorser, uint64_t now)
{
    const struct tpm_worker_state state = tpm_worker_state(endorser->worker);

    see(endorser, &state, now);
    if (!state.open || !state.endorsement.possible || endorser->asked)
        return UINT64_MAX;
    if (now >= endorser->due)
        ask(endorser);
    return endorser->asked ? UINT64_MAX : endorser->due;
}
