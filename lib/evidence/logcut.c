/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Up to which record do these logs explain these PCR values? Trusts nothing: what is cut is only what a
 * verifier would have to refuse or to ignore.
 */
#include "evidence/logcut.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "evidence/eventlog.h"

/* The PCRs that any record extends: bit n is PCR n. */
static enum attest_error extended(enum attest_log kind, struct attest_view log, uint32_t *ret_mask,
                                  struct attest_diag *diag)
{
    _cleanup_(attest_logreader_done) struct attest_logreader reader = attest_logreader_init(kind, log);
    const struct attest_log_record *record = NULL;
    uint32_t mask = 0;

    for (;;) {
        attest_try(attest_logreader_next(&reader, &record, diag));
        if (!record)
            break;
        mask |= 1u << attest_eventlog_extends(record);
    }
    *ret_mask = mask & ATTEST_PCR_ALL;
    return ATTEST_OK;
}

static bool agree(const struct attest_eventlog *eventlog, uint32_t mask)
{
    for (unsigned index = 0; index < ATTEST_PCR_COUNT; index++)
        if (mask >> index & 1 && !attest_eventlog_agrees(eventlog, index))
            return false;
    return true;
}

/* Replays the log as far as it is needed. */
static enum attest_error cut(struct attest_eventlog *eventlog, enum attest_log kind, uint32_t mask,
                             struct attest_view *log, struct attest_diag *diag)
{
    _cleanup_(attest_logreader_done) struct attest_logreader reader = attest_logreader_init(kind, *log);
    const struct attest_log_record *record = NULL;

    while (!agree(eventlog, mask)) {
        attest_try(attest_logreader_next(&reader, &record, diag));
        if (!record)
            return ATTEST_OK;
        attest_try(attest_eventlog_take(eventlog, record));
    }
    log->size = (size_t)attest_logreader_offset(&reader);
    return ATTEST_OK;
}

enum attest_error attest_logcut(struct attest_view logs[ATTEST_LOG_COUNT], const struct attest_pcrs *pcrs,
                                struct attest_diag *diag)
{
    static const enum attest_log growing[] = { ATTEST_LOG_IMA, ATTEST_LOG_USERSPACE };
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    uint32_t mask = 0;

    attest_try(attest_eventlog_new(&eventlog));
    attest_eventlog_expect_pcrs(eventlog, pcrs);
    if (logs[ATTEST_LOG_FIRMWARE].size > 0)
        attest_try(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, logs[ATTEST_LOG_FIRMWARE], diag));
    for (size_t i = 0; i < sizeof growing / sizeof growing[0]; i++) {
        struct attest_view *log = &logs[growing[i]];
        attest_try(extended(growing[i], *log, &mask, diag));
        if ((mask & pcrs->mask) == 0)
            log->size = 0;
        else
            attest_try(cut(eventlog, growing[i], mask & pcrs->mask, log, diag));
    }
    return ATTEST_OK;
}
