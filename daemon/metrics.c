/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /metrics: how much of what? In Prometheus's text format, version 0.0.4.
 */
#include "daemon/metrics.h"

#include "daemon/endorser.h"
#include "daemon/response.h"

#include <inttypes.h>
#include <stdio.h>

static const unsigned statuses[METRICS_STATUSES] = { 200, 400, 403, 404, 405, 408, 411,
                                                     413, 415, 429, 500, 501, 503 };

static size_t row(const struct route *route)
{
    size_t index = route ? (size_t)(route - routes) : METRICS_ROUTES - 1;
    return index < METRICS_ROUTES ? index : METRICS_ROUTES - 1;
}

void metrics_count_answer(struct metrics *metrics, const struct route *route, unsigned status)
{
    for (size_t i = 0; i < METRICS_STATUSES && statuses[i]; i++)
        if (statuses[i] == status)
            metrics->answers[row(route)][i]++;
}

static void write_answers(struct attest_bytes *out, const struct metrics *metrics, const char *path,
                          size_t index)
{
    char line[160];

    for (size_t i = 0; i < METRICS_STATUSES && statuses[i]; i++) {
        if (metrics->answers[index][i] == 0)
            continue;
        snprintf(line, sizeof line, "attestd_requests_total{path=\"%s\",code=\"%u\"} %" PRIu64 "\n", path,
                 statuses[i], metrics->answers[index][i]);
        attest_bytes_append_text(out, line);
    }
}

static void write_value(struct attest_bytes *out, const char *type, const char *name, const char *help,
                        uint64_t value)
{
    char lines[320];

    snprintf(lines, sizeof lines, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type, name,
             value);
    attest_bytes_append_text(out, lines);
}

static void write_logs(struct attest_bytes *out, const struct eventlog_report *report)
{
    char line[160];

    attest_bytes_append_text(out, "# HELP attestd_eventlog_events Events of each log that were replayed.\n"
                                  "# TYPE attestd_eventlog_events gauge\n");
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        snprintf(line, sizeof line, "attestd_eventlog_events{log=\"%s\"} %zu\n",
                 attest_log_name((enum attest_log)i), report->logs[i].events);
        attest_bytes_append_text(out, line);
    }
    attest_bytes_append_text(out, "# HELP attestd_eventlog_bytes Bytes of each log that were replayed.\n"
                                  "# TYPE attestd_eventlog_bytes gauge\n");
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        snprintf(line, sizeof line, "attestd_eventlog_bytes{log=\"%s\"} %" PRIu64 "\n",
                 attest_log_name((enum attest_log)i), report->logs[i].bytes);
        attest_bytes_append_text(out, line);
    }
    write_value(out, "gauge", "attestd_eventlog_mismatch",
                "Whether the event logs did not make the PCR values at the last comparison.",
                report->replay == EVENTLOG_REPLAY_DIFFERS);
}

/* Nothing where AWS endorses no AK: what is not there can't run out. */
static void write_endorsement(struct attest_bytes *out, const struct endorser *endorser)
{
    if (endorser_stage(endorser) != ENDORSER_NONE)
        write_value(out, "gauge", "attestd_endorsement_seconds",
                    "Seconds until the AK's endorsement expires; 0 where there is none.",
                    endorser_left(endorser));
}

enum attest_error api_metrics_answer(struct request *request, struct attest_diag *diag)
{
    const struct metrics *metrics = request->daemon->metrics;
    struct tpm_worker_state tpm = tpm_worker_state(request->daemon->worker);
    struct attest_bytes *out = response_begin(request).out;
    struct eventlog_report report;

    (void)diag;
    attest_bytes_append_text(out, "# HELP attestd_requests_total Requests answered.\n"
                                  "# TYPE attestd_requests_total counter\n");
    for (const struct route *route = routes; route->path; route++)
        write_answers(out, metrics, route->path, row(route));
    write_answers(out, metrics, "other", row(NULL));
    write_value(out, "gauge", "attestd_connections", "Connections open now.", metrics->connections);
    write_value(out, "counter", "attestd_connections_refused_total",
                "Connections over the limit, closed at once.", metrics->refused);
    write_value(out, "gauge", "attestd_tpm_up", "Whether the TPM answers.", tpm.open && !tpm.hung);
    write_value(out, "gauge", "attestd_tpm_queue", "Requests that wait for the TPM.", tpm.queued);
    write_value(out, "counter", "attestd_tpm_commands_total", "TPM commands sent.", tpm.commands);
    write_value(out, "counter", "attestd_tpm_timeouts_total", "Requests that the TPM did not serve in time.",
                tpm.timeouts);
    write_value(out, "counter", "attestd_tpm_reopens_total", "Times the TPM was opened again.", tpm.reopens);
    write_endorsement(out, request->daemon->endorser);
    eventlog_worker_report(request->daemon->logs, &report);
    write_logs(out, &report);
    return ATTEST_OK;
}
