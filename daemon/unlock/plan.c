/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which secrets, and what is left to do for them?
 */
#include "daemon/unlock/plan.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/log.h"
#include "daemon/unlock/report.h"

#include <stdlib.h>
#include <string.h>

static bool is_wanted(const struct unlock_options *options, const char *name)
{
    for (size_t i = 0; i < options->only_count; i++)
        if (strcmp(options->only[i], name) == 0)
            return true;
    return options->only_count == 0;
}

static enum attest_error check_only(const struct config *config, const struct unlock_options *options,
                                    struct attest_diag *diag)
{
    for (size_t i = 0; i < options->only_count; i++) {
        size_t j = 0;
        while (j < config->secret_count && strcmp(config->secrets[j].name, options->only[i]) != 0)
            j++;
        if (j == config->secret_count)
            return attest_fail(diag, ATTEST_USAGE, options->only[i], "--only: the name of a secret");
    }
    return ATTEST_OK;
}

static enum attest_error check_config(const struct config *config, struct attest_diag *diag)
{
    if (config->unlock.measure_config && config->unlock.cap_pcr == CONFIG_NO_PCR)
        return attest_fail(diag, ATTEST_USAGE, "none", "[unlock] cap-pcr, for measure-config");
    for (size_t i = 0; i < config->secret_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(config->secrets[i].output, config->secrets[j].output) == 0)
                return attest_fail(diag, ATTEST_USAGE, config->secrets[i].output, "an output for each secret");
    return ATTEST_OK;
}

/* Where it goes has to be good now, and is looked at again when it goes there. */
static enum attest_error look(struct job_secret *job, const struct unlock_options *options,
                              struct attest_diag *diag)
{
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;

    attest_try(deliver_open(job->secret->output, &target, diag));
    if (!options->check) /* which has no lock (report.h) */
        deliver_sweep(&target);
    if (options->refresh || !deliver_is_there(&target, &job->owner))
        return deliver_try(&target, diag);
    job->report->state = ATTEST_UNLOCKREPORT_SECRET_PRESENT;
    return ATTEST_OK;
}

static enum attest_error add(struct plan *plan, const struct config_secret *secret,
                             const struct unlock_options *options, struct attest_diag *diag)
{
    struct job_secret *job = &plan->jobs[plan->count];
    struct attest_unlockreport_secret *report = &plan->report.secrets[plan->count];

    plan->count++;
    plan->report.count++;
    attest_try(job_init(job, secret, report, diag));
    enum attest_error error = look(job, options, diag);
    if (error != ATTEST_OK)
        plan_fail(job, error, diag);
    return ATTEST_OK;
}

/* --only would cap a boot whose other secrets are not out. */
static enum attest_error check_cap(const struct config *config, const struct plan *plan,
                                   const struct unlock_options *options, struct attest_diag *diag)
{
    if (config->unlock.cap_pcr != CONFIG_NO_PCR && options->only_count > 0 &&
        plan->count < config->secret_count)
        return attest_fail(diag, ATTEST_USAGE, NULL,
                           "no --only with [unlock] cap-pcr: the others would be lost");
    return ATTEST_OK;
}

/* Of no secrets, too, so that there is something to free. */
static enum attest_error allocate(struct plan *plan, size_t count)
{
    plan->jobs = calloc(count + 1, sizeof *plan->jobs);
    plan->report.secrets = calloc(count + 1, sizeof *plan->report.secrets);
    return plan->jobs && plan->report.secrets ? ATTEST_OK : ATTEST_MEMORY;
}

enum attest_error plan_make(const struct config *config, const struct unlock_options *options,
                            struct plan *ret_plan, struct attest_diag *diag)
{
    _cleanup_(plan_done) struct plan plan = { 0 };

    attest_try(check_config(config, diag));
    attest_try(check_only(config, options, diag));
    attest_try(allocate(&plan, config->secret_count));
    report_stamp(plan.report.started);
    for (size_t i = 0; i < config->secret_count; i++)
        if (is_wanted(options, config->secrets[i].name))
            attest_try(add(&plan, &config->secrets[i], options, diag));
    attest_try(check_cap(config, &plan, options, diag));
    *ret_plan = plan;
    plan = (struct plan){ 0 };
    return ATTEST_OK;
}

void plan_done(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        job_done(&plan->jobs[i]);
    free(plan->jobs);
    attest_unlockreport_done(&plan->report);
    *plan = (struct plan){ 0 };
}

size_t plan_count(const struct plan *plan, enum attest_unlockreport_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++)
        count += plan->report.secrets[i].state == state;
    return count;
}

enum attest_error plan_check(const struct plan *plan, struct attest_diag *diag)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct attest_unlockreport_secret *secret = &plan->report.secrets[i];
        if (secret->required && secret->state == ATTEST_UNLOCKREPORT_SECRET_FAILED)
            return attest_fail(diag, plan->jobs[i].error, NULL,
                               "the required secret %s: see what is said of it", secret->name);
    }
    return ATTEST_OK;
}

void plan_fail(struct job_secret *job, enum attest_error error, const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    job->report->state = ATTEST_UNLOCKREPORT_SECRET_FAILED;
    job->error = error;
    log_describe(error, diag, text);
    attest_error_printable(text, strlen(text), job->report->detail, sizeof job->report->detail);
    log_event(LOG_EVENT_UNLOCK_SECRET_FAILED, job->secret->name, text);
}
