/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs as the rest of the house uses them: read in pieces, and checked as a part of something larger. */
#ifndef ATTEST_EVIDENCE_EVENTLOG_H
#define ATTEST_EVIDENCE_EVENTLOG_H

#include "attest/eventlog.h"
#include "codec/logreader.h"
#include "codec/pcrs.h"

void attest_eventlog_cleanup(struct attest_eventlog **eventlog);

/* As attest_eventlog_expect; for logs that go on growing also later, and again: then what was replayed before
 * counts by its outcome alone. */
void attest_eventlog_expect_pcrs(struct attest_eventlog *eventlog, const struct attest_pcrs *pcrs);

/* Whether those, and no others, are what it compares with. */
bool attest_eventlog_expects(const struct attest_eventlog *eventlog, const struct attest_pcrs *pcrs);

/* Replays one record. Logs in the order of enum attest_log. */
enum attest_error attest_eventlog_take(struct attest_eventlog *eventlog, const struct attest_log_record *record)
    attest_must_check;

/* Replays all records that the reader has. */
enum attest_error attest_eventlog_read(struct attest_eventlog *eventlog, struct attest_logreader *reader,
                                       struct attest_diag *diag) attest_must_check;

/* Says that the log is over where the reader is, which notes what is cut or left. */
void attest_eventlog_end(struct attest_eventlog *eventlog, const struct attest_logreader *reader);

/* Notes that systemd died between measuring and writing: its log is not whole (the file's sticky bit says so).
 */
void attest_eventlog_mark_incomplete(struct attest_eventlog *eventlog);

/* Whether the log was added. */
bool attest_eventlog_has(const struct attest_eventlog *eventlog, enum attest_log log);

/* Whether the logs make the value given for this PCR, in all banks that there are values of. */
bool attest_eventlog_agrees(const struct attest_eventlog *eventlog, unsigned index);

/* Banks that the logs carry: bit n is enum attest_hash n. */
uint32_t attest_eventlog_banks(const struct attest_eventlog *eventlog);

/* The PCR that the record says it extends; ATTEST_PCR_COUNT if it extends none. */
unsigned attest_eventlog_extends(const struct attest_log_record *record);

/* Bytes that the log ends with and that are padding. */
size_t attest_eventlog_padding(const struct attest_eventlog *eventlog);

/* The checks of attest_eventlog_verify but "pcrs", without the end of the verdict. */
void attest_eventlog_check(const struct attest_eventlog *eventlog,
                           const struct attest_eventlog_demands *demands, struct attest_verdict *verdict);

#endif
