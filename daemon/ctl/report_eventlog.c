/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do the logs make the values, and which values do they make? Trusts only the verdict, which report.c tells.
 */
#include "daemon/ctl/report_eventlog.h"

#include "base/cleanup.h"
#include "codec/pcrs.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report.h"
#include "evidence/eventlog.h"
#include "evidence/verdict.h"

/* The members of a bank that logs extend; NULL where there are none. */
static bool has_bank(const struct attest_eventlog *eventlog, enum attest_hash bank)
{
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (attest_eventlog_pcr(eventlog, bank, i).data)
            return true;
    return false;
}

static void print_counts(FILE *out, const struct attest_eventlog *eventlog)
{
    for (int log = 0; log < ATTEST_LOG_COUNT; log++)
        if (attest_eventlog_has(eventlog, (enum attest_log)log)) {
            ctl_output_label(out, attest_log_name((enum attest_log)log));
            fprintf(out, "%zu events\n", attest_eventlog_count(eventlog, (enum attest_log)log));
        }
    if (attest_eventlog_padding(eventlog) > 0) {
        ctl_output_label(out, "padding");
        fprintf(out, "%zu bytes behind the last event\n", attest_eventlog_padding(eventlog));
    }
}

static void print_claims(FILE *out, const void *context)
{
    const struct attest_eventlog *eventlog = context;
    const char *reason = "";
    char label[32];

    print_counts(out, eventlog);
    bool on = attest_eventlog_secure_boot(eventlog, &reason);
    ctl_output_label(out, "secure_boot");
    fprintf(out, "%s%s\n", on ? "on" : "not proven: ", reason);
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
            struct attest_view value = attest_eventlog_pcr(eventlog, (enum attest_hash)bank, i);
            snprintf(label, sizeof label, "%s PCR %u", attest_hash_name((enum attest_hash)bank), i);
            if (value.data)
                ctl_output_field_hex(out, label, value);
        }
}

static void write_pcrs(struct attest_json_writer *json, const struct attest_eventlog *eventlog,
                       enum attest_hash bank)
{
    char index[12];

    attest_json_open(json, attest_hash_name(bank), '{');
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        struct attest_view value = attest_eventlog_pcr(eventlog, bank, i);
        snprintf(index, sizeof index, "%u", i);
        if (value.data)
            attest_json_write_hex(json, index, value);
    }
    attest_json_close(json, '}');
}

/* How each PCR of a bank compares. */
static void write_states(struct attest_json_writer *json, const struct attest_eventlog *eventlog,
                         enum attest_hash bank)
{
    static const char *const names[] = {
        [ATTEST_PCR_AGREES] = "agrees",
        [ATTEST_PCR_NOT_EXTENDED] = "not extended",
        [ATTEST_PCR_DIFFERS] = "differs",
        [ATTEST_PCR_UNEXPLAINED] = "unexplained",
        [ATTEST_PCR_BANK_INACTIVE] = "bank inactive",
    };
    char index[12];

    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        struct attest_pcr_comparison result = attest_eventlog_compare(eventlog, bank, i);
        if (result.state == ATTEST_PCR_NOT_COMPARED)
            continue;
        snprintf(index, sizeof index, "%u", i);
        attest_json_open(json, index, '{');
        attest_json_write_text(json, "state", names[result.state]);
        attest_json_write_unsigned(json, "events", result.extends);
        if (result.state == ATTEST_PCR_DIFFERS)
            attest_json_write_boolean(json, "prefix", result.prefix);
        if (result.prefix) {
            attest_json_write_unsigned(json, "proven", result.proven);
            attest_json_write_text(json, "log", attest_log_name(result.log));
            attest_json_write_unsigned(json, "event", result.index);
        }
        if (result.note[0])
            attest_json_write_text(json, "note", result.note);
        attest_json_close(json, '}');
    }
}

static void write_claims(struct attest_json_writer *json, const void *context)
{
    const struct attest_eventlog *eventlog = context;
    const char *reason = "";
    size_t events = 0;

    for (int log = 0; log < ATTEST_LOG_COUNT; log++)
        events += attest_eventlog_count(eventlog, (enum attest_log)log);
    attest_json_write_unsigned(json, "events", events);
    attest_json_open(json, "logs", '{');
    for (int log = 0; log < ATTEST_LOG_COUNT; log++)
        if (attest_eventlog_has(eventlog, (enum attest_log)log))
            attest_json_write_unsigned(json, attest_log_name((enum attest_log)log),
                                       attest_eventlog_count(eventlog, (enum attest_log)log));
    attest_json_close(json, '}');
    attest_json_write_unsigned(json, "padding", attest_eventlog_padding(eventlog));
    attest_json_open(json, "pcrs", '{');
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (has_bank(eventlog, (enum attest_hash)bank))
            write_pcrs(json, eventlog, (enum attest_hash)bank);
    attest_json_close(json, '}');
    attest_json_open(json, "compared", '{');
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        write_states(json, eventlog, (enum attest_hash)bank);
    attest_json_close(json, '}');
    attest_json_write_boolean(json, "secure_boot", attest_eventlog_secure_boot(eventlog, &reason));
    if (reason[0])
        attest_json_write_text(json, "secure_boot_reason", reason);
}

enum attest_error ctl_report_eventlog(struct ctl_call *call, const struct attest_eventlog *eventlog,
                                      const struct attest_eventlog_demands *demands)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct ctl_report report = {
        .noun = "log",
        .unasked = { demands->allow_missing_pcrs ? "whose it is was not asked" : NULL },
        .write_claims = write_claims,
        .print_claims = print_claims,
        .subject = eventlog,
    };

    if (!verdict)
        return ATTEST_MEMORY;
    return ctl_report_verdict(call, &report, verdict, attest_eventlog_verify(eventlog, demands, verdict),
                              stdout);
}
