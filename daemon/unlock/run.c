/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of a run, whose order is fixed:
 *
 *     what is there already is left alone; nothing to do means no KMS
 *     the configuration is measured, if it is to be
 *     a document of this moment names a key that only this process has
 *     KMS answers for all secrets, encrypted to that key; what a required one lacks ends the run here
 *     secrets are measured, and the cap PCR extended; a second document has to show it
 *     only then is anything decrypted, and written
 *
 * So a crash loses secrets until the next boot at worst, and never the cap.
 */
#include "daemon/unlock/run.h"

#include "aws/http.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/unlock/cap.h"
#include "daemon/unlock/clock.h"
#include "daemon/unlock/environment.h"
#include "daemon/unlock/fetch.h"
#include "daemon/unlock/lockdown.h"
#include "daemon/unlock/plan.h"
#include "daemon/unlock/report.h"
#include "daemon/unlock/stop.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AFTER_DEADLINE 30000 /* milliseconds that it may take to say why it failed, or to finish */

struct run {
    const struct config *config;
    const struct unlock_options *options;
    const char *report_path;
    uint64_t deadline; /* steady time */
    uint64_t since;    /* when the stage began */
    int lock;
    struct plan plan;
    struct attest_recipient *key;
    struct attest_credentials_source *credentials;
    struct ask *ask;
    struct cap cap;
};

static void run_done(struct run *run)
{
    plan_done(&run->plan);
    ask_free(run->ask);
    attest_credentials_source_free(run->credentials);
    attest_recipient_free(run->key);
    if (run->lock >= 0)
        close(run->lock);
}

static uint64_t now(void)
{
    return attest_aws_clock_steady(&unlock_clock);
}

static void begin_stage(struct run *run, const char *what)
{
    uint64_t moment = now();

    run->since = moment;
    notify_progress(what, (run->deadline > moment ? run->deadline - moment : 0) + AFTER_DEADLINE);
}

static void end_stage(struct run *run, enum attest_unlockreport_stage stage)
{
    run->plan.report.milliseconds[stage] = (unsigned)(now() - run->since);
}

/* What a signal leaves behind. */
static void speak_last(void *context)
{
    struct run *run = context;

    run->plan.report.result = ATTEST_UNLOCKREPORT_FAILED;
    snprintf(run->plan.report.detail, sizeof run->plan.report.detail, "stopped by a signal");
    report_stamp(run->plan.report.finished);
    report_write(run->report_path, &run->plan.report);
    log_event(LOG_EVENT_UNLOCK_FAILED, run->plan.report.detail);
}

/* The network, the role and its credentials come up while the key is made. */
static void *warm_up(void *context)
{
    struct run *run = context;
    struct attest_credentials *credentials = NULL;

    if (attest_credentials_take(run->credentials, &credentials, NULL) == ATTEST_OK)
        attest_credentials_release(credentials);
    return NULL;
}

static enum attest_error make_key(struct run *run, struct attest_diag *diag)
{
    pthread_attr_t attributes;
    pthread_t thread;

    begin_stage(run, "Making a key");
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, LOCKDOWN_STACK_SIZE);
    bool warms = pthread_create(&thread, &attributes, warm_up, run) == 0;
    pthread_attr_destroy(&attributes);
    enum attest_error error = attest_recipient_new(&run->key, diag);
    end_stage(run, ATTEST_UNLOCKREPORT_STAGE_KEY);
    if (warms)
        pthread_join(thread, NULL);
    return error;
}

static enum attest_error set_up(struct run *run, struct attest_diag *diag)
{
    struct attest_credentials_options options;

    attest_try(environment_credentials(run->config, &options, diag));
    attest_try(attest_credentials_source_new(&options, &unlock_clock, &run->credentials, diag));
    attest_try(make_key(run, diag));
    attest_try(ask_new(run->config, attest_recipient_spki(run->key), run->deadline, &run->ask, diag));
    run->cap = (struct cap){ .config = run->config, .ask = run->ask };
    return ATTEST_OK;
}

static enum attest_error ask_first(struct run *run, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes document = attest_bytes_init(0);

    begin_stage(run, "Asking attestd for a document");
    attest_try(cap_measure_config(&run->cap, diag));
    attest_try(ask_document(run->ask, true, &document, diag));
    end_stage(run, ATTEST_UNLOCKREPORT_STAGE_DOCUMENT);
    snprintf(run->plan.report.root, sizeof run->plan.report.root, "%s", ask_root(run->ask));
    if (strcmp(ask_root(run->ask), "aws") != 0)
        log_event(LOG_EVENT_UNLOCK_ROOT_REPLACED, ask_root(run->ask));
    int64_t offset = ask_offset(run->ask);
    if (llabs(offset) >= ASK_SKEW_LEAST)
        log_event(LOG_EVENT_UNLOCK_CLOCK_OFF, (long long)(offset / 1000));
    enum attest_error error = cap_check(&run->cap, diag);
    run->plan.report.capped = error == ATTEST_REFUSED;
    return error;
}

static enum attest_error fetch(struct run *run, struct attest_diag *diag)
{
    const struct fetch wanted = { run->config, run->credentials, run->ask, run->deadline, false };

    begin_stage(run, "Asking KMS");
    fetch_all(&wanted, run->plan.jobs, run->plan.count);
    end_stage(run, ATTEST_UNLOCKREPORT_STAGE_KMS);
    return run->config->unlock.cap_pcr == CONFIG_NO_PCR ? ATTEST_OK : plan_check(&run->plan, diag);
}

static enum attest_error measure(struct run *run, struct attest_diag *diag)
{
    begin_stage(run, "Measuring");
    for (size_t i = 0; i < run->plan.count; i++)
        if (run->plan.report.secrets[i].state == ATTEST_UNLOCKREPORT_SECRET_WAITING)
            attest_try(cap_measure_secret(&run->cap, &run->plan.jobs[i], diag));
    attest_try(cap_close(&run->cap, diag));
    run->plan.report.capped = run->config->unlock.cap_pcr != CONFIG_NO_PCR;
    end_stage(run, ATTEST_UNLOCKREPORT_STAGE_CAP);
    return ATTEST_OK;
}

static enum attest_error deliver(const struct run *run, struct job_secret *job, struct attest_diag *diag)
{
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;

    attest_try(deliver_open(job->secret->output, &target, diag));
    attest_try(deliver_begin(&target, diag));
    attest_try(job_open(job, run->key, &target, diag));
    return deliver_commit(&target, &job->owner, diag);
}

static void deliver_one(const struct run *run, struct job_secret *job)
{
    struct attest_diag diag = { 0 };

    if (job->report->state != ATTEST_UNLOCKREPORT_SECRET_WAITING)
        return;
    enum attest_error error = deliver(run, job, &diag);
    if (error != ATTEST_OK) {
        plan_fail(job, error, &diag);
        return;
    }
    job->report->state = ATTEST_UNLOCKREPORT_SECRET_DELIVERED;
    log_event(LOG_EVENT_UNLOCK_DELIVERED, job->secret->name);
}

/* Where there is not room for all, those that are required come first: the boot may be capped. */
static void deliver_all(struct run *run)
{
    begin_stage(run, "Writing secrets");
    for (size_t i = 0; i < run->plan.count; i++)
        if (run->plan.jobs[i].secret->required)
            deliver_one(run, &run->plan.jobs[i]);
    for (size_t i = 0; i < run->plan.count; i++)
        deliver_one(run, &run->plan.jobs[i]);
    end_stage(run, ATTEST_UNLOCKREPORT_STAGE_DELIVERY);
}

/* From the first extend on it is all or nothing. */
static enum attest_error hand_out(struct run *run, struct attest_diag *diag)
{
    stop_guard();
    enum attest_error error = measure(run, diag);
    if (error == ATTEST_OK)
        deliver_all(run);
    stop_unguard();
    attest_try(error);
    return plan_check(&run->plan, diag);
}

static enum attest_error unlock(struct run *run, struct attest_diag *diag)
{
    attest_try(set_up(run, diag));
    attest_try(ask_first(run, diag));
    attest_try(fetch(run, diag));
    return hand_out(run, diag);
}

/* Where all that is left to be had is not required, the run did what it is for: the others were out before. */
static enum attest_error make_do(struct run *run, enum attest_error error, struct attest_diag *diag)
{
    const struct attest_unlockreport *report = &run->plan.report;

    for (size_t i = 0; i < report->count; i++)
        if (report->secrets[i].required && report->secrets[i].state == ATTEST_UNLOCKREPORT_SECRET_WAITING)
            return error;
    for (size_t i = 0; i < report->count; i++)
        if (report->secrets[i].state == ATTEST_UNLOCKREPORT_SECRET_WAITING)
            plan_fail(&run->plan.jobs[i], error, diag);
    return plan_check(&run->plan, diag);
}

static void finish(struct run *run, enum attest_error error, const struct attest_diag *diag)
{
    struct attest_unlockreport *report = &run->plan.report;
    char text[LOG_TEXT_SIZE];

    stop_guard(); /* the last words are these */
    report->result = error == ATTEST_OK ? ATTEST_UNLOCKREPORT_DONE : ATTEST_UNLOCKREPORT_FAILED;
    report_stamp(report->finished);
    if (error != ATTEST_OK) {
        log_describe(error, diag, text);
        attest_error_printable(text, strlen(text), report->detail, sizeof report->detail);
        log_event(LOG_EVENT_UNLOCK_FAILED, text);
    } else {
        log_event(LOG_EVENT_UNLOCK_DONE,
                  run->plan.count - plan_count(&run->plan, ATTEST_UNLOCKREPORT_SECRET_FAILED), run->plan.count);
        notify_ready("All required secrets are out");
    }
    report_write(run->report_path, report);
    stop_forget(); /* the run ends before the process does */
}

/* libcurl is to be set up by the only thread (curl_global_init(3)). */
static enum attest_error begin(struct run *run, struct attest_diag *diag)
{
    const struct attest_http_options address = { .address = run->config->unlock.attestd };
    _cleanup_(attest_http_cleanup) struct attest_http_client *client = NULL;

    begin_stage(run, "Waiting for another run");
    attest_try(attest_http_open(&address, &client, diag));
    attest_try(report_lock(run->report_path, run->deadline, &run->lock, diag));
    attest_try(plan_make(run->config, run->options, &run->plan, diag));
    report_write(run->report_path, &run->plan.report);
    return stop_init(speak_last, run, diag);
}

enum attest_error run(const struct config *config, const struct unlock_options *options,
                      struct attest_diag *diag)
{
    _cleanup_(run_done) struct run run = {
        .config = config,
        .options = options,
        .report_path = options->report ?: config->unlock.report,
        .deadline = now() + config->unlock.timeout,
        .lock = -1,
    };
    char text[LOG_TEXT_SIZE];

    enum attest_error error = begin(&run, diag);
    if (error != ATTEST_OK) {
        log_event(LOG_EVENT_UNLOCK_FAILED, log_describe(error, diag, text));
        return error;
    }
    if (plan_count(&run.plan, ATTEST_UNLOCKREPORT_SECRET_WAITING) > 0)
        error = unlock(&run, diag);
    else
        error = plan_check(&run.plan, diag);
    if (error != ATTEST_OK)
        error = make_do(&run, error, diag);
    finish(&run, error, diag);
    return error;
}
