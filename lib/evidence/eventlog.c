/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did these events, and no others, make these PCR values? Trusts the values that it is given as far as the
 * caller does, and the logs as far as their replay agrees.
 */
#include "evidence/eventlog.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "codec/json.h"
#include "evidence/firmware.h"
#include "evidence/ima.h"
#include "evidence/userspace.h"
#include "evidence/verdict.h"

#define PCRS_JSON_MAX ((size_t)64 << 10)
#define PCR_SECURE    7
#define PCRS_BOOT     0x33ffu /* 0 to 9, 12 and 13: what is in the firmware's log or nowhere */

struct attest_eventlog {
    struct attest_replay replay;
    struct attest_firmware firmware;
    struct attest_findings findings;
    uint32_t logs; /* bit n: enum attest_log n was added */
    size_t counts[ATTEST_LOG_COUNT];
    size_t padding;
};

enum attest_error attest_eventlog_new(struct attest_eventlog **ret_eventlog)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = calloc(1, sizeof *eventlog);

    if (!eventlog)
        return ATTEST_MEMORY;
    attest_try(attest_replay_init(&eventlog->replay));
    attest_try(attest_firmware_init(eventlog->replay.hasher, &eventlog->firmware));
    *ret_eventlog = attest_steal(eventlog);
    return ATTEST_OK;
}

void attest_eventlog_free(struct attest_eventlog *eventlog)
{
    if (!eventlog)
        return;
    attest_replay_done(&eventlog->replay);
    free(eventlog);
}

void attest_eventlog_cleanup(struct attest_eventlog **eventlog)
{
    attest_eventlog_free(*eventlog);
}

void attest_eventlog_expect_pcrs(struct attest_eventlog *eventlog, const struct attest_pcrs *pcrs)
{
    attest_replay_expect(&eventlog->replay, pcrs);
}

static bool is_same(const struct attest_pcrs *a, const struct attest_pcrs *b)
{
    if (a->bank != b->bank || a->mask != b->mask)
        return false;
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (a->mask >> i & 1 && !attest_view_equal(attest_pcrs_value(a, i), attest_pcrs_value(b, i)))
            return false;
    return true;
}

bool attest_eventlog_expects(const struct attest_eventlog *eventlog, const struct attest_pcrs *pcrs)
{
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++) {
        const struct attest_pcrs *expected = &eventlog->replay.expected[bank];
        if (bank == pcrs->bank ? !is_same(expected, pcrs) : expected->mask != 0)
            return false;
    }
    return true;
}

enum attest_error attest_eventlog_expect(struct attest_eventlog *eventlog, struct attest_view json,
                                         struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct attest_pcrs pcrs;

    attest_try(attest_json_parse(json, PCRS_JSON_MAX, &root, diag));
    attest_try(attest_pcrs_parse(root, &pcrs, diag));
    attest_eventlog_expect_pcrs(eventlog, &pcrs);
    return ATTEST_OK;
}

enum attest_error attest_eventlog_take(struct attest_eventlog *eventlog, const struct attest_log_record *record)
{
    struct attest_replay *replay = &eventlog->replay;
    struct attest_findings *findings = &eventlog->findings;

    eventlog->logs |= 1u << record->at.log;
    eventlog->counts[record->at.log]++;
    switch (record->at.log) {
    case ATTEST_LOG_FIRMWARE:
        return attest_firmware_replay(&eventlog->firmware, &record->firmware, record->at, replay, findings);
    case ATTEST_LOG_IMA:
        return attest_ima_replay(&record->ima, record->at, attest_eventlog_has(eventlog, ATTEST_LOG_FIRMWARE),
                                 replay, findings);
    case ATTEST_LOG_USERSPACE:
        return attest_userspace_replay(&record->userspace, record->at, replay, findings);
    }
    return ATTEST_INTERNAL;
}

static enum attest_finding_rule form_of(enum attest_log log)
{
    static const enum attest_finding_rule forms[] = {
        [ATTEST_LOG_FIRMWARE] = ATTEST_FINDING_FORM,
        [ATTEST_LOG_IMA] = ATTEST_FINDING_IMA_FORM,
        [ATTEST_LOG_USERSPACE] = ATTEST_FINDING_USERSPACE_FORM,
    };

    return forms[log];
}

enum attest_error attest_eventlog_read(struct attest_eventlog *eventlog, struct attest_logreader *reader,
                                       struct attest_diag *diag)
{
    const struct attest_log_record *record = NULL;
    enum attest_error error;

    eventlog->logs |= 1u << reader->log;
    do {
        error = attest_logreader_next(reader, &record, diag);
        if (error == ATTEST_OK && record)
            error = attest_eventlog_take(eventlog, record);
    } while (error == ATTEST_OK && record);
    if (error != ATTEST_OK) /* whoever goes on all the same shall not find the log whole */
        attest_findings_note(&eventlog->findings, form_of(reader->log),
                             (struct attest_log_position){ reader->log, reader->records },
                             "what can't be read");
    return error;
}

void attest_eventlog_end(struct attest_eventlog *eventlog, const struct attest_logreader *reader)
{
    const struct attest_log_position at = { reader->log, reader->records };
    struct attest_diag diag = { 0 };

    if (attest_logreader_end(reader, &diag) != ATTEST_OK)
        attest_findings_note(&eventlog->findings, form_of(reader->log), at, "at byte %zu not %s", diag.offset,
                             diag.expected);
    if (reader->log == ATTEST_LOG_FIRMWARE && reader->firmware.rest == ATTEST_TCGLOG_REST_PADDING)
        eventlog->padding = reader->firmware.rest_size;
}

void attest_eventlog_mark_incomplete(struct attest_eventlog *eventlog)
{
    const struct attest_log_position at = { ATTEST_LOG_USERSPACE, eventlog->counts[ATTEST_LOG_USERSPACE] };

    attest_findings_note(&eventlog->findings, ATTEST_FINDING_USERSPACE_FORM, at,
                         "a writer that died before it had written (sticky bit)");
}

enum attest_error attest_eventlog_add(struct attest_eventlog *eventlog, enum attest_log kind,
                                      struct attest_view log, struct attest_diag *diag)
{
    _cleanup_(attest_logreader_done) struct attest_logreader reader = attest_logreader_init(kind, log);

    if (eventlog->logs >> kind != 0)
        return attest_fail(diag, ATTEST_USAGE, "it again, or too late", "one %s log, before the next kind",
                           attest_log_name(kind));
    attest_try(attest_eventlog_read(eventlog, &reader, diag));
    attest_eventlog_end(eventlog, &reader);
    return ATTEST_OK;
}

bool attest_eventlog_has(const struct attest_eventlog *eventlog, enum attest_log log)
{
    return eventlog->logs >> log & 1;
}

bool attest_eventlog_agrees(const struct attest_eventlog *eventlog, unsigned index)
{
    bool agrees = false;

    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++) {
        if (!(eventlog->replay.expected[bank].mask >> index & 1))
            continue;
        if (!attest_replay_agrees(&eventlog->replay, (enum attest_hash)bank, index))
            return false;
        agrees = true;
    }
    return agrees;
}

uint32_t attest_eventlog_banks(const struct attest_eventlog *eventlog)
{
    return eventlog->replay.banks;
}

unsigned attest_eventlog_extends(const struct attest_log_record *record)
{
    uint32_t pcr = ATTEST_PCR_COUNT;

    if (record->at.log == ATTEST_LOG_FIRMWARE && record->firmware.type != ATTEST_EV_NO_ACTION)
        pcr = record->firmware.pcr;
    else if (record->at.log == ATTEST_LOG_IMA)
        pcr = record->ima.pcr;
    else if (record->at.log == ATTEST_LOG_USERSPACE && record->userspace.has_pcr)
        pcr = record->userspace.pcr;
    return pcr < ATTEST_PCR_COUNT ? pcr : ATTEST_PCR_COUNT;
}

size_t attest_eventlog_padding(const struct attest_eventlog *eventlog)
{
    return eventlog->padding;
}

size_t attest_eventlog_count(const struct attest_eventlog *eventlog, enum attest_log kind)
{
    return (size_t)kind < ATTEST_LOG_COUNT ? eventlog->counts[kind] : 0;
}

static bool is_pcr(enum attest_hash bank, unsigned index)
{
    return (size_t)bank < ATTEST_HASH_COUNT && index < ATTEST_PCR_COUNT;
}

struct attest_view attest_eventlog_pcr(const struct attest_eventlog *eventlog, enum attest_hash bank,
                                       unsigned index)
{
    if (!is_pcr(bank, index))
        return (struct attest_view){ 0 };
    const struct attest_replay_pcr *pcr = attest_replay_pcr(&eventlog->replay, bank, index);
    return pcr->extends > 0 ? (struct attest_view){ pcr->value, attest_hash_size(bank) }
                            : (struct attest_view){ 0 };
}

struct attest_pcr_comparison attest_eventlog_compare(const struct attest_eventlog *eventlog,
                                                     enum attest_hash bank, unsigned index)
{
    if (!is_pcr(bank, index))
        return (struct attest_pcr_comparison){ .note = "" };
    return attest_replay_compare(&eventlog->replay, bank, index,
                                 attest_eventlog_has(eventlog, ATTEST_LOG_USERSPACE));
}

/* Whether the value given for PCR 7 is made by the events that were looked at for Secure Boot, by each of them
 * and by nothing else. An event may lack a digest of this bank, and another log may have one for this PCR: then
 * the account that was looked at is not the one that the value stands for. */
static bool is_account_proven(const struct attest_eventlog *eventlog, enum attest_hash bank)
{
    struct attest_pcr_comparison result = attest_eventlog_compare(eventlog, bank, PCR_SECURE);

    return result.state == ATTEST_PCR_AGREES && result.extends == eventlog->firmware.secureboot.events;
}

bool attest_eventlog_secure_boot(const struct attest_eventlog *eventlog, const char **ret_reason)
{
    const char *reason = "PCR 7 does not agree with a value given, event by event, in a bank other than sha1";
    bool proven = false;

    for (size_t bank = ATTEST_HASH_SHA256; bank < ATTEST_HASH_COUNT; bank++)
        proven = proven || is_account_proven(eventlog, (enum attest_hash)bank);
    bool on = proven && attest_secureboot_is_on(&eventlog->firmware.secureboot, &reason);
    if (ret_reason)
        *ret_reason = on ? "" : reason;
    return on;
}

static void check_rule(const struct attest_eventlog *eventlog, enum attest_finding_rule rule,
                       struct attest_verdict *verdict)
{
    const struct attest_finding *finding = &eventlog->findings.rules[rule];
    enum attest_log log = attest_findings_log(rule);

    if (!attest_eventlog_has(eventlog, log))
        return;
    if (finding->found)
        attest_verdict_add(verdict, false, attest_findings_name(rule), "expected %s, found %s (%s event %zu)",
                           attest_findings_demand(rule), finding->what, attest_log_name(finding->at.log),
                           finding->at.index);
    else
        attest_verdict_add(verdict, true, attest_findings_name(rule), "%s", attest_findings_demand(rule));
}

/* A log that grows may have grown since; the firmware's does not. */
static bool is_newer(const struct attest_pcr_comparison *result)
{
    return result->state == ATTEST_PCR_DIFFERS && result->prefix && result->log != ATTEST_LOG_FIRMWARE;
}

/* Whoever extended it wrote none of these logs; the firmware's tells all of those that it is about. */
static bool is_foreign(const struct attest_eventlog *eventlog, const struct attest_pcr_comparison *result,
                       unsigned index)
{
    return result->state == ATTEST_PCR_UNEXPLAINED &&
           (!(PCRS_BOOT >> index & 1) || !attest_eventlog_has(eventlog, ATTEST_LOG_FIRMWARE));
}

static void check_pcr(const struct attest_eventlog *eventlog, enum attest_hash bank, unsigned index,
                      const struct attest_eventlog_demands *demands, struct attest_verdict *verdict)
{
    static const char *const names[ATTEST_PCR_COUNT] = {
        "pcr_0",  "pcr_1",  "pcr_2",  "pcr_3",  "pcr_4",  "pcr_5",  "pcr_6",  "pcr_7",
        "pcr_8",  "pcr_9",  "pcr_10", "pcr_11", "pcr_12", "pcr_13", "pcr_14", "pcr_15",
        "pcr_16", "pcr_17", "pcr_18", "pcr_19", "pcr_20", "pcr_21", "pcr_22", "pcr_23",
    };
    struct attest_pcr_comparison result = attest_eventlog_compare(eventlog, bank, index);
    const char *separator = result.note[0] ? "; " : "";

    if (result.state == ATTEST_PCR_NOT_EXTENDED)
        attest_verdict_add(verdict, true, names[index], "%s: never extended", attest_hash_name(bank));
    else if (demands->allow_newer && is_newer(&result))
        attest_verdict_add(verdict, true, names[index],
                           "%s: %zu events make the value; %zu newer ones, from %s event %zu on, are not in it",
                           attest_hash_name(bank), result.proven, result.extends - result.proven,
                           attest_log_name(result.log), result.index);
    else if (result.state == ATTEST_PCR_AGREES)
        attest_verdict_add(verdict, true, names[index], "%s: %zu events make the value%s%s",
                           attest_hash_name(bank), result.extends, separator, result.note);
    else if (demands->allow_unexplained && is_foreign(eventlog, &result, index))
        attest_verdict_add(verdict, true, names[index], "%s: none of the logs is about it",
                           attest_hash_name(bank));
    else if (result.prefix)
        attest_verdict_add(
            verdict, false, names[index],
            "%s: expected the value after %zu events, found another; up to %s event %zu, which is not "
            "in it, the log gives it",
            attest_hash_name(bank), result.extends, attest_log_name(result.log), result.index);
    else
        attest_verdict_add(verdict, false, names[index],
                           "%s: expected the value after %zu events, found another; %s", attest_hash_name(bank),
                           result.extends, result.note);
}

void attest_eventlog_check(const struct attest_eventlog *eventlog,
                           const struct attest_eventlog_demands *demands, struct attest_verdict *verdict)
{
    for (int rule = 0; rule < ATTEST_FINDING_COUNT; rule++)
        check_rule(eventlog, (enum attest_finding_rule)rule, verdict);
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        for (unsigned index = 0; index < ATTEST_PCR_COUNT; index++)
            if (eventlog->replay.expected[bank].mask >> index & 1)
                check_pcr(eventlog, (enum attest_hash)bank, index, demands, verdict);
}

static bool is_compared(const struct attest_eventlog *eventlog)
{
    uint32_t mask = 0;

    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        mask |= eventlog->replay.expected[bank].mask;
    return mask != 0;
}

enum attest_error attest_eventlog_verify(const struct attest_eventlog *eventlog,
                                         const struct attest_eventlog_demands *demands,
                                         struct attest_verdict *verdict)
{
    if (is_compared(eventlog))
        attest_verdict_add(verdict, true, "pcrs", "values were given to compare with");
    else
        attest_verdict_add(verdict, demands->allow_missing_pcrs, "pcrs",
                           demands->allow_missing_pcrs
                               ? "none given, as allowed: the log may be anybody's"
                               : "expected PCR values to compare with, found none given");
    attest_eventlog_check(eventlog, demands, verdict);
    return attest_verdict_finish(verdict);
}
