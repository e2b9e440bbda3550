/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event logs: replayed, judged, and compared with PCR values. The logs of one boot belong together: firmware
 * and boot loader (TCG PC Client Platform Firmware Profile), files that the kernel measured (IMA), and what
 * systemd measured. Nothing that a log says is believed before its replay agrees with PCR values that are.
 *
 *     struct attest_eventlog *logs;
 *     if (attest_eventlog_new(&logs) == ATTEST_OK && attest_eventlog_expect(logs, pcrs_json, NULL) == ATTEST_OK
 * && attest_eventlog_add(logs, ATTEST_LOG_FIRMWARE, log, NULL) == ATTEST_OK && attest_eventlog_verify(logs,
 * &demands, verdict) == ATTEST_OK)
 *         ... these events, and no others, made these PCR values ...
 */
#ifndef ATTEST_EVENTLOG_H
#define ATTEST_EVENTLOG_H

#include "attest/error.h"
#include "attest/hash.h"
#include "attest/verdict.h"
#include "attest/view.h"

#include <stdbool.h>

#pragma GCC visibility push(default)

struct attest_eventlog;
struct attest_quote;

enum attest_log {
    ATTEST_LOG_FIRMWARE,  /* binary_bios_measurements */
    ATTEST_LOG_IMA,       /* binary_runtime_measurements */
    ATTEST_LOG_USERSPACE, /* systemd's tpm2-measure.log */
};
#define ATTEST_LOG_COUNT 3

/* Without logs. The caller frees. */
enum attest_error attest_eventlog_new(struct attest_eventlog **ret_eventlog) attest_must_check;
void attest_eventlog_free(struct attest_eventlog *eventlog); /* NULL is accepted */

/* The PCR values to compare with, before any log: JSON as /v1/pcrs gives it, {"bank":..,"pcrs":{"0":"hex",..}},
 * once for each bank; or those of a quote, which says what they are worth. */
enum attest_error attest_eventlog_expect(struct attest_eventlog *eventlog, struct attest_view pcrs,
                                         struct attest_diag *diag) attest_must_check;
void attest_eventlog_expect_quote(struct attest_eventlog *eventlog, const struct attest_quote *quote);

/* Replays a whole log; each kind at most once, in the order of enum attest_log (else ATTEST_USAGE). What can't
 * be read to its end is replayed as far as it can be, and fails in attest_eventlog_verify; what is no such log
 * at all is ATTEST_MALFORMED, ATTEST_TRUNCATED, ATTEST_UNSUPPORTED or ATTEST_TOO_LARGE. `log` is not needed any
 * more afterwards. */
enum attest_error attest_eventlog_add(struct attest_eventlog *eventlog, enum attest_log kind,
                                      struct attest_view log, struct attest_diag *diag) attest_must_check;

struct attest_eventlog_demands {
    bool allow_missing_pcrs; /* then the logs only are what they are: they may be anybody's */
    bool allow_newer;        /* IMA's and systemd's logs may go on behind what made the values */
    bool allow_unexplained;  /* a PCR that none of the logs is about may have any value, but for PCR 0 to 9, 12
                                and 13  where there is the firmware's log */
};

/* Adds a check for each rule and for each PCR compared; ATTEST_OK only if all hold, else ATTEST_REFUSED.
 * `verdict` must be a new one. */
enum attest_error attest_eventlog_verify(const struct attest_eventlog *eventlog,
                                         const struct attest_eventlog_demands *demands,
                                         struct attest_verdict *verdict) attest_must_check;

/* Records replayed from that log. */
size_t attest_eventlog_count(const struct attest_eventlog *eventlog, enum attest_log kind);

/* What the logs make of a PCR; {NULL, 0} if they never extend it, or don't have the bank. Lives as long as the
 * object, until a log is added. */
struct attest_view attest_eventlog_pcr(const struct attest_eventlog *eventlog, enum attest_hash bank,
                                       unsigned index);

/* How that compares. */
enum attest_pcr_state {
    ATTEST_PCR_NOT_COMPARED, /* no value to compare with was given */
    ATTEST_PCR_AGREES,
    ATTEST_PCR_NOT_EXTENDED, /* agrees: neither the log nor the value knows an event */
    ATTEST_PCR_DIFFERS,
    ATTEST_PCR_UNEXPLAINED,   /* it was extended, and none of these logs says by what */
    ATTEST_PCR_BANK_INACTIVE, /* the log has digests for the bank, which was never extended */
};
struct attest_pcr_comparison {
    enum attest_pcr_state state;
    size_t extends; /* how often the logs extend it */
    size_t proven;  /* up to which of these they give the value: all, of one that agrees; else of the prefix */
    /* Of one that differs: whether the log up to some event gives the value, and the first event of that PCR
     * from which on it can't any more. */
    bool prefix;
    enum attest_log log;
    size_t index;
    const char *note; /* in words, what follows from it; never NULL, static */
};
struct attest_pcr_comparison attest_eventlog_compare(const struct attest_eventlog *eventlog,
                                                     enum attest_hash bank, unsigned index);

/* What PCR 7 proves of UEFI Secure Boot: true only where the replay agrees with the value given for PCR 7 (in a
 * bank other than SHA-1), and the events are those that firmware makes, in their order. `ret_reason`, which may
 * be NULL, says why not; static. */
bool attest_eventlog_secure_boot(const struct attest_eventlog *eventlog, const char **ret_reason);

#pragma GCC visibility pop

#endif
