/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does KMS say? Some threads, each with a connection of its own, take one secret after the other. What
 * may get better (no network yet, no role yet, KMS throttling) is tried again until the deadline; a refusal is
 * not.
 */
#include "daemon/unlock/fetch.h"

#include "aws/arn.h"
#include "aws/kms.h"
#include "aws/kms_fault.h"
#include "aws/retry.h"
#include "aws/s3.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/log.h"
#include "daemon/unlock/clock.h"
#include "daemon/unlock/lockdown.h"
#include "daemon/unlock/plan.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S3_PREFIX     "s3://"
#define THREADS_MAX   32  /* so that most machines wait for KMS once */
#define PAUSE_FIRST   200 /* milliseconds */
#define PAUSE_MAX     5000
#define PRESENTED_MAX ((size_t)8 << 10)

/* A thread's connection: to the Region of the last secret, which mostly is that of the next. */
struct line {
    const struct fetch *fetch;
    struct attest_aws_call *call;
    struct attest_arn arn;
};

struct crew {
    const struct fetch *fetch;
    struct job_secret *jobs;
    size_t count;
    _Atomic size_t next;
};

static struct attest_aws_options options_of(const struct line *line, const char *service, const char *url)
{
    const struct config *config = line->fetch->config;

    return (struct attest_aws_options){
        .service = service,
        .region = line->arn.region,
        .endpoint = { url, config->aws.fips, config->aws.dualstack },
        .ca_file = config->aws.ca_file,
        .proxy = config->aws.proxy,
        .credentials = line->fetch->credentials,
        .clock = unlock_clock,
    };
}

static enum attest_error connect_line(struct line *line, const char *key_id, struct attest_diag *diag)
{
    struct attest_arn arn;

    attest_try(attest_arn_parse(attest_view_text(key_id), &arn, diag));
    if (line->call && strcmp(arn.region, line->arn.region) == 0)
        return ATTEST_OK;
    attest_aws_call_free(line->call);
    line->call = NULL;
    line->arn = arn;
    const struct attest_aws_options options = options_of(line, "kms", line->fetch->config->aws.endpoint_kms);
    return attest_aws_call_new(&options, &line->call, diag);
}

/* A clock that is off would make signatures and certificates fail. */
static void use_clock(const struct line *line, struct attest_aws_call *call)
{
    int64_t offset = ask_offset(line->fetch->ask);

    if (llabs(offset) >= ASK_SKEW_LEAST)
        attest_aws_call_set_offset(call, offset);
}

static bool is_worth_another(enum attest_error error, const struct attest_aws_outcome *outcome)
{
    return error == ATTEST_REMOTE &&
           (outcome->status == 0 ||
            attest_retry_classify(outcome->status, outcome->type) != ATTEST_RETRY_NEVER);
}

/* The sealed form from S3, in the Region of the first key. */
static enum attest_error get_object(struct line *line, struct job_secret *job, bool *ret_again,
                                    struct attest_diag *diag)
{
    _cleanup_(attest_aws_call_cleanup) struct attest_aws_call *call = NULL;
    const char *bucket = job->secret->source + strlen(S3_PREFIX), *slash = strchr(bucket, '/');
    struct attest_aws_outcome outcome = { 0 };
    char name[64];

    if (snprintf(name, sizeof name, "%.*s", (int)(slash - bucket), bucket) >= (int)sizeof name)
        return attest_fail(diag, ATTEST_USAGE, bucket, "the name of a bucket");
    attest_try(connect_line(line, job->secret->key_ids.items[0], diag));
    const struct attest_aws_options options = options_of(line, "s3", line->fetch->config->aws.endpoint_s3);
    attest_try(attest_aws_call_new(&options, &call, diag));
    use_clock(line, call);
    enum attest_error error =
        attest_s3_get(call, name, slash + 1, JOB_SEALED_MAX, &job->sealed, &outcome, diag);
    *ret_again = is_worth_another(error, &outcome);
    attest_try(error);
    return job_read(job, diag);
}

/* What KMS was shown, for whoever compares it with the key policy: a line each. */
static void report_denial(const struct job_secret *job, const struct fetch *fetch)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(PRESENTED_MAX);
    struct attest_view line;
    char shown[LOG_TEXT_SIZE];

    if (ask_describe(fetch->ask, &text) != ATTEST_OK)
        return;
    struct attest_reader lines = attest_reader_init(attest_bytes_view(&text));
    while (attest_reader_left(&lines) > 0) {
        attest_reader_split(&lines, '\n', &line);
        attest_error_printable((const char *)line.data, line.size, shown, sizeof shown);
        log_event(LOG_EVENT_UNLOCK_PRESENTED, job->secret->name, shown);
    }
}

/* What KMS or the way to it said, in the words of an operator. */
static void explain(const struct job_secret *job, const struct fetch *fetch,
                    const struct attest_aws_outcome *outcome, struct attest_diag *diag)
{
    const struct attest_kms_fault *fault = attest_kms_fault_find(outcome->type);

    if (outcome->type[0] == '\0')
        return;
    log_event(LOG_EVENT_UNLOCK_KMS_REFUSED, job->secret->name, outcome->type, outcome->message,
              outcome->request_id, fault->meaning, fault->advice);
    if (strcmp(outcome->type, "AccessDeniedException") == 0)
        report_denial(job, fetch);
    attest_fail(diag, ATTEST_OK, outcome->type, "KMS to decrypt: %s", fault->meaning);
}

static enum attest_error try_key(struct line *line, struct job_secret *job, const char *key_id, bool *again,
                                 struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes document = attest_bytes_init(0);
    struct attest_aws_outcome outcome = { 0 };
    struct attest_kms_decrypt request = {
        .key_id = key_id,
        .ciphertext = job_ciphertext(job, key_id),
        .context = job->pairs,
        .contexts = job->pair_count,
        .dry_run = line->fetch->dry_run,
    };

    *again = false;
    if (request.ciphertext.size == 0)
        return attest_fail(diag, ATTEST_REFUSED, "others", "a data key for %.90s", key_id);
    attest_try(connect_line(line, key_id, diag));
    enum attest_error error = ask_document(line->fetch->ask, false, &document, diag);
    *again = error == ATTEST_REMOTE;
    attest_try(error);
    use_clock(line, line->call);
    request.document = attest_bytes_view(&document);
    error = attest_kms_decrypt(line->call, &request, &job->envelope, &outcome, diag);
    if (error == ATTEST_OK)
        return ATTEST_OK;
    *again = is_worth_another(error, &outcome);
    if (!*again)
        explain(job, line->fetch, &outcome, diag);
    if (outcome.status == 200 && error != ATTEST_REFUSED)
        attest_fail_within(diag, error, "KMS's answer");
    return error;
}

/* The keys in their order; what one of them may still give is worth another round. */
static enum attest_error try_keys(struct line *line, struct job_secret *job, bool *ret_again,
                                  struct attest_diag *diag)
{
    enum attest_error error = ATTEST_INTERNAL;
    bool again;

    *ret_again = false;
    if (job_is_remote(job) && job->sealed.size == 0)
        attest_try(get_object(line, job, ret_again, diag));
    for (size_t i = 0; i < job->secret->key_ids.count; i++) {
        error = try_key(line, job, job->secret->key_ids.items[i], &again, diag);
        if (error == ATTEST_OK)
            return ATTEST_OK;
        *ret_again = *ret_again || again;
    }
    return error;
}

static enum attest_error fetch_by(struct line *line, struct job_secret *job, struct attest_diag *diag)
{
    uint64_t end = attest_aws_clock_steady(&unlock_clock) + job->secret->timeout, pause = PAUSE_FIRST;
    char text[LOG_TEXT_SIZE];
    bool again, told = false;

    if (!job_is_remote(job))
        attest_try(job_read(job, diag));
    if (line->fetch->deadline < end)
        end = line->fetch->deadline;
    for (;;) {
        enum attest_error error = try_keys(line, job, &again, diag);
        if (error == ATTEST_OK || !again || attest_aws_clock_steady(&unlock_clock) + pause > end)
            return error;
        if (!told)
            log_event(LOG_EVENT_UNLOCK_WAITING, job->secret->name, log_describe(error, diag, text));
        told = true;
        attest_aws_clock_sleep(&unlock_clock, pause);
        pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
    }
}

enum attest_error fetch_one(const struct fetch *fetch, struct job_secret *job, struct attest_diag *diag)
{
    struct line line = { .fetch = fetch };
    enum attest_error error = fetch_by(&line, job, diag);

    attest_aws_call_free(line.call);
    return error;
}

static void *work(void *context)
{
    struct crew *crew = context;
    struct line line = { .fetch = crew->fetch };

    for (size_t i; (i = crew->next++) < crew->count;) {
        struct attest_diag diag = { 0 };
        if (crew->jobs[i].report->state != ATTEST_UNLOCKREPORT_SECRET_WAITING)
            continue;
        enum attest_error error = fetch_by(&line, &crew->jobs[i], &diag);
        if (error != ATTEST_OK)
            plan_fail(&crew->jobs[i], error, &diag);
    }
    attest_aws_call_free(line.call);
    return NULL;
}

/* One thread less is no reason to fail: this one works too. */
void fetch_all(const struct fetch *fetch, struct job_secret *jobs, size_t count)
{
    struct crew crew = { .fetch = fetch, .jobs = jobs, .count = count };
    pthread_t threads[THREADS_MAX - 1];
    pthread_attr_t attributes;
    size_t started = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, LOCKDOWN_STACK_SIZE);
    while (started < THREADS_MAX - 1 && started + 1 < count &&
           pthread_create(&threads[started], &attributes, work, &crew) == 0)
        started++;
    pthread_attr_destroy(&attributes);
    work(&crew);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}
