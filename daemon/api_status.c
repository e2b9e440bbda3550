/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/health and /v1/status: does it work, and what is it?
 */
#include <config.h>
#include "base/error.h"

#include "daemon/endorser.h"
#include "daemon/log.h"
#include "daemon/openers.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "tpm/pcr.h"
#include "tpm/properties.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One small command, in the queue like all others: what is said of health is what a caller would meet. */
enum attest_error api_health_work(struct request *request, struct tpm_session *session,
                                  struct attest_diag *diag)
{
    struct attest_tpm_properties properties;

    (void)request;
    return attest_tpm_properties_read(session->tpm, &properties, diag);
}

enum attest_error api_health_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "status", "ok");
    attest_json_close(&json, '}');
    return ATTEST_OK;
}

/* All banks, for the logs to be compared with. */
static enum attest_error read_values(struct tpm_session *session, struct eventlog_values *values,
                                     struct attest_diag *diag)
{
    uint32_t counter;

    values->banks = session->identity->properties.banks;
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (values->banks >> bank & 1)
            attest_try(attest_tpm_pcr_read(session->tpm, (enum attest_hash)bank, ATTEST_PCR_ALL,
                                           &values->pcrs[bank], &counter, diag));
    return ATTEST_OK;
}

enum attest_error api_status_work(struct request *request, struct tpm_session *session,
                                  struct attest_diag *diag)
{
    request_identify(request, session);
    request->values = request->values ?: calloc(1, sizeof *request->values);
    if (!request->values)
        return ATTEST_MEMORY;
    enum attest_error error = read_values(session, request->values, diag);
    if (error != ATTEST_TPM_UNSTABLE)
        return error;
    free(request->values); /* what was found last is told then */
    request->values = NULL;
    return ATTEST_OK;
}

enum attest_error api_status_read(struct request *request, struct eventlog_state *logs,
                                  struct attest_diag *diag)
{
    (void)diag;
    if (request->values)
        eventlog_state_compare(logs, request->values);
    if (request->door & DOORS_UNIX)
        unlock_status_read(request->config->unlock.report, &request->unlock);
    return ATTEST_OK;
}

static void write_log(struct attest_json_writer *json, const struct eventlog_report *report,
                      enum attest_log log)
{
    static const char *const presences[] = { "unknown", "absent", "unreadable", "read" };
    enum eventlog_presence presence = report->logs[log].presence;
    char text[LOG_TEXT_SIZE];

    attest_json_open(json, attest_log_name(log), '{');
    attest_json_write_text(json, "state", presences[presence]);
    attest_json_write_unsigned(json, "events", report->logs[log].events);
    attest_json_write_unsigned(json, "bytes", report->logs[log].bytes);
    if (report->logs[log].incomplete)
        attest_json_write_boolean(json, "incomplete", true);
    if (presence == EVENTLOG_UNREADABLE)
        attest_json_write_text(json, "reason",
                               log_describe(report->logs[log].error, &report->logs[log].diag, text));
    attest_json_close(json, '}');
}

static void write_eventlog(struct attest_json_writer *json, const struct eventlog_report *report)
{
    static const char *const replays[] = { "unknown", "reading", "matches", "unexplained", "differs" };

    attest_json_open(json, "eventlog", '{');
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        write_log(json, report, (enum attest_log)i);
    attest_json_write_text(json, "replay", replays[report->replay]);
    if (report->replay >= EVENTLOG_REPLAY_UNEXPLAINED) {
        attest_json_open(json, "first_mismatch", '{');
        attest_json_write_unsigned(json, "pcr", report->pcr);
        attest_json_write_text(json, "bank", attest_hash_name(report->bank));
        attest_json_write_text(json, "note", report->note);
        attest_json_close(json, '}');
    }
    attest_json_open(json, "inactive_banks", '[');
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (report->inactive >> bank & 1)
            attest_json_write_text(json, NULL, attest_hash_name((enum attest_hash)bank));
    attest_json_close(json, ']');
    attest_json_close(json, '}');
}

static void write_tpm(struct attest_json_writer *json, const struct tpm_identity *identity)
{
    const struct attest_tpm_properties *tpm = &identity->properties;

    attest_json_open(json, "tpm", '{');
    attest_json_write_text(json, "manufacturer", tpm->manufacturer);
    attest_json_write_text(json, "vendor", tpm->vendor);
    attest_json_write_format(json, "firmware", "%" PRIx64, tpm->firmware_version);
    attest_json_open(json, "banks", '[');
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (tpm->banks >> bank & 1)
            attest_json_write_text(json, NULL, attest_hash_name((enum attest_hash)bank));
    attest_json_close(json, ']');
    attest_json_write_boolean(json, "nitrotpm", identity->nitrotpm);
    openers_write(json, "openers");
    attest_json_close(json, '}');
}

static void write_endorsement(struct attest_json_writer *json, const struct endorser *endorser)
{
    const enum endorser_stage stage = endorser_stage(endorser);
    char text[LOG_TEXT_SIZE];

    attest_json_open(json, "endorsement", '{');
    attest_json_write_text(json, "state", endorser_stage_name(stage));
    if (stage == ENDORSER_HELD)
        attest_json_write_unsigned(json, "expires_in", endorser_left(endorser));
    if (stage != ENDORSER_NONE && endorser->error != ATTEST_OK)
        attest_json_write_text(json, "reason", log_describe(endorser->error, &endorser->diag, text));
    attest_json_close(json, '}');
}

static void write_ak(struct attest_json_writer *json, const struct tpm_identity *identity,
                     const struct endorser *endorser)
{
    attest_json_open(json, "ak", '{');
    attest_json_write_hex(json, "name", attest_tpmkey_name(&identity->ak));
    attest_json_write_text(json, "algorithm", attest_tpmkey_algorithm(&identity->ak));
    write_endorsement(json, endorser);
    attest_json_close(json, '}');
}

enum attest_error api_status_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    const struct tpm_identity *identity = request->identity;
    struct eventlog_report report;

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "version", PACKAGE_VERSION);
    attest_json_write_text(&json, "started", request->daemon->started);
    write_tpm(&json, identity);
    write_ak(&json, identity, request->daemon->endorser);
    eventlog_worker_report(request->daemon->logs, &report);
    write_eventlog(&json, &report);
    if ((request->door & DOORS_UNIX) && request->job.error == ATTEST_OK) /* else it may be being read still */
        unlock_status_write(&json, &request->unlock);
    attest_json_close(&json, '}');
    return ATTEST_OK;
}
