/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do the logs make the PCR values that the TPM has? The values are read first, the logs then, and IMA's only up
 * to the record that makes its value: what came behind it is for the next time. Trusts the TPM's values, and no
 * log.
 */
#include "daemon/eventlog_state.h"

#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/eventlog_source.h"
#include "daemon/log.h"
#include "evidence/eventlog.h"

#include <stdlib.h>
#include <string.h>

#define SLICE_MAX   1000 /* milliseconds of reading for who asked */
#define SLICE_MORE  100  /* and then, while nobody waits, at a time */
#define CHECK_EVERY 256  /* records between two looks at the clock */
#define PCR_IMA     10

struct eventlog_state {
    const _Atomic bool *stopping;
    struct config *config;
    struct eventlog_source sources[ATTEST_LOG_COUNT];
    struct attest_eventlog *replay; /* NULL: not begun, or to begin again */
    bool has_firmware;              /* replayed */
    struct eventlog_values values;  /* what it is compared with */
    bool thorough;                  /* it began with those values: so it knows which parts give them */
    bool behind;
    struct {
        enum eventlog_replay replay; /* DIFFERS or UNEXPLAINED: a thorough replay has found */
        enum attest_hash bank;       /* this one first, with this value */
        unsigned pcr;
        uint8_t value[ATTEST_HASH_MAX_SIZE];
    } confirmed;
    bool difference_told;
    struct eventlog_report report;
};

static const char *path_of(const struct config *config, size_t log)
{
    return config->eventlogs[log];
}

static void begin_again(struct eventlog_state *state)
{
    attest_eventlog_free(state->replay);
    state->replay = NULL;
    state->has_firmware = false;
    state->behind = false;
}

void eventlog_state_reconfigure(struct eventlog_state *state, struct config *config)
{
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        struct eventlog_source *source = &state->sources[i];
        if (source->path && strcmp(source->path, path_of(config, i)) == 0)
            continue;
        eventlog_source_reset(source);
        free(source->path);
        *source = (struct eventlog_source){ .log = (enum attest_log)i, .path = strdup(path_of(config, i)) };
        begin_again(state);
    }
    config_unref(state->config);
    state->config = config_ref(config);
}

struct eventlog_state *eventlog_state_new(struct config *config, const _Atomic bool *stopping)
{
    struct eventlog_state *state = calloc(1, sizeof *state);

    if (!state)
        return NULL;
    state->stopping = stopping;
    state->report.note = "";
    eventlog_state_reconfigure(state, config);
    return state;
}

void eventlog_state_free(struct eventlog_state *state)
{
    if (!state)
        return;
    attest_eventlog_free(state->replay);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        eventlog_source_reset(&state->sources[i]);
        free(state->sources[i].path);
    }
    config_unref(state->config);
    free(state);
}

/* A new replay, of all logs from their beginning. */
static enum attest_error begin(struct eventlog_state *state)
{
    begin_again(state);
    for (size_t i = ATTEST_LOG_FIRMWARE + 1; i < ATTEST_LOG_COUNT; i++)
        if (state->sources[i].known)
            eventlog_source_rewind(&state->sources[i]);
    attest_try(attest_eventlog_new(&state->replay));
    state->thorough = true;
    return ATTEST_OK;
}

static void expect(struct eventlog_state *state)
{
    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (state->values.banks >> bank & 1)
            attest_eventlog_expect_pcrs(state->replay, &state->values.pcrs[bank]);
}

static void replay_firmware(struct eventlog_state *state)
{
    struct eventlog_source *source = &state->sources[ATTEST_LOG_FIRMWARE];
    struct attest_diag diag = { 0 };

    if (state->has_firmware || source->presence != EVENTLOG_READ)
        return;
    struct attest_logreader reader =
        attest_logreader_init(ATTEST_LOG_FIRMWARE, attest_bytes_view(&source->memory->bytes));
    enum attest_error error = attest_eventlog_read(state->replay, &reader, &diag);
    if (error != ATTEST_OK)
        eventlog_source_fail(source, error, &diag);
    state->report.logs[ATTEST_LOG_FIRMWARE].bytes = attest_logreader_offset(&reader);
    state->report.logs[ATTEST_LOG_FIRMWARE].incomplete =
        error == ATTEST_OK && attest_logreader_end(&reader, &diag) != ATTEST_OK;
    state->has_firmware = error == ATTEST_OK;
    attest_logreader_done(&reader);
}

/* Whether there is nothing more to look for: IMA's list may be ahead of the values. The first entry is always
 * looked at, to see that it is such a list. */
static bool is_enough(const struct eventlog_state *state, const struct eventlog_source *source)
{
    return source->log == ATTEST_LOG_IMA && source->file->reader.records > 0 &&
           attest_eventlog_agrees(state->replay, PCR_IMA);
}

/* Some records; tells whether that was all that is wanted. */
static bool replay_some(struct eventlog_state *state, struct eventlog_source *source)
{
    const struct attest_log_record *record = NULL;
    struct attest_diag diag = { 0 };

    for (int i = 0; i < CHECK_EVERY; i++) {
        if (is_enough(state, source))
            return true;
        enum attest_error error = attest_logreader_next(&source->file->reader, &record, &diag);
        if (error == ATTEST_OK && record)
            error = attest_eventlog_take(state->replay, record);
        if (error != ATTEST_OK)
            eventlog_source_fail(source, error, &diag);
        if (error != ATTEST_OK || !record)
            return true;
    }
    return false;
}

/* False where time is over before it is done. */
static bool replay_file(struct eventlog_state *state, struct eventlog_source *source, uint64_t until)
{
    if (source->presence != EVENTLOG_READ)
        return true;
    while (!replay_some(state, source))
        if (*state->stopping || clock_now() >= until)
            return false;
    return true;
}

static bool catch_up(struct eventlog_state *state, uint64_t until)
{
    replay_firmware(state);
    return replay_file(state, &state->sources[ATTEST_LOG_IMA], until) &&
           replay_file(state, &state->sources[ATTEST_LOG_USERSPACE], until);
}

static enum eventlog_replay judge(const struct attest_pcr_comparison *result)
{
    switch (result->state) {
    case ATTEST_PCR_DIFFERS: /* a log that grows may be ahead of the values */
        return result->prefix && result->log != ATTEST_LOG_FIRMWARE ? EVENTLOG_REPLAY_MATCHES
                                                                    : EVENTLOG_REPLAY_DIFFERS;
    case ATTEST_PCR_UNEXPLAINED:
        return EVENTLOG_REPLAY_UNEXPLAINED;
    case ATTEST_PCR_BANK_INACTIVE: /* but the TPM has it active, and the log says that it was extended */
        return EVENTLOG_REPLAY_DIFFERS;
    case ATTEST_PCR_NOT_COMPARED:
    case ATTEST_PCR_AGREES:
    case ATTEST_PCR_NOT_EXTENDED:
        break;
    }
    return EVENTLOG_REPLAY_MATCHES;
}

/* All banks, the lowest PCR first; what differs before what no log explains. */
static void evaluate(struct eventlog_state *state)
{
    struct eventlog_report *report = &state->report;

    report->replay = state->has_firmware ? EVENTLOG_REPLAY_MATCHES : EVENTLOG_REPLAY_UNKNOWN;
    report->inactive = attest_eventlog_banks(state->replay) & ~state->values.banks;
    for (unsigned pcr = 0; pcr < ATTEST_PCR_COUNT && state->has_firmware; pcr++)
        for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++) {
            enum attest_hash bank = (enum attest_hash)i;
            struct attest_pcr_comparison result = attest_eventlog_compare(state->replay, bank, pcr);
            enum eventlog_replay judged = judge(&result);
            if (judged <= report->replay)
                continue;
            report->replay = judged;
            report->bank = bank;
            report->pcr = pcr;
            report->note = result.note;
        }
}

static bool is_bad(const struct eventlog_state *state)
{
    return state->report.replay >= EVENTLOG_REPLAY_UNEXPLAINED;
}

static struct attest_view value_found(const struct eventlog_state *state)
{
    return attest_pcrs_value(&state->values.pcrs[state->report.bank], state->report.pcr);
}

static bool is_confirmed(const struct eventlog_state *state)
{
    const struct attest_view value = value_found(state);

    return state->confirmed.replay == state->report.replay && state->confirmed.bank == state->report.bank &&
           state->confirmed.pcr == state->report.pcr &&
           memcmp(state->confirmed.value, value.data, value.size) == 0;
}

static void confirm(struct eventlog_state *state)
{
    const struct attest_view value = value_found(state);

    state->confirmed.replay = state->report.replay;
    state->confirmed.bank = state->report.bank;
    state->confirmed.pcr = state->report.pcr;
    memcpy(state->confirmed.value, value.data, value.size);
}

/* A difference is told once, until there is none. */
static void tell(struct eventlog_state *state)
{
    const struct eventlog_report *report = &state->report;
    bool differs = report->replay == EVENTLOG_REPLAY_DIFFERS;

    if (differs && !state->difference_told)
        log_event(LOG_EVENT_EVENTLOG_DIFFERS, report->pcr, attest_hash_name(report->bank), report->note);
    state->difference_told = differs;
}

static void publish(struct eventlog_state *state)
{
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        const struct eventlog_source *source = &state->sources[i];
        state->report.logs[i].presence = source->presence;
        state->report.logs[i].events = state->replay ? attest_eventlog_count(state->replay, source->log) : 0;
        state->report.logs[i].error = source->error;
        state->report.logs[i].diag = source->diag;
        if (source->presence == EVENTLOG_ABSENT)
            state->report.logs[i].bytes = state->report.logs[i].incomplete = 0;
        if (!source->file)
            continue;
        state->report.logs[i].bytes = attest_logreader_offset(&source->file->reader);
        state->report.logs[i].incomplete = attest_logfile_is_incomplete(source->file);
    }
}

/* What seems wrong is looked at again from the beginning, for a value may lie behind us: once for each finding.
 */
static bool look_twice(struct eventlog_state *state, uint64_t until)
{
    if (!is_bad(state) || state->thorough || is_confirmed(state))
        return true;
    if (begin(state) != ATTEST_OK)
        return true;
    expect(state);
    if (!catch_up(state, until))
        return false;
    evaluate(state);
    return true;
}

static void compare(struct eventlog_state *state, uint64_t milliseconds)
{
    uint64_t until = clock_now() + milliseconds;

    state->behind = !catch_up(state, until);
    if (!state->behind) {
        evaluate(state);
        state->behind = !look_twice(state, until);
    }
    if (state->behind)
        state->report.replay = EVENTLOG_REPLAY_READING;
    else if (is_bad(state) && state->thorough)
        confirm(state);
    if (!state->behind)
        tell(state);
    publish(state);
}

void eventlog_state_compare(struct eventlog_state *state, const struct eventlog_values *values)
{
    bool again = !state->replay || state->values.banks != values->banks;

    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        again = eventlog_source_refresh(&state->sources[i]) || again;
    if (!again && state->behind) /* first things first, or those who ask often would keep it from an end */
        compare(state, SLICE_MAX);
    if (!again && state->behind)
        return;
    state->values = *values;
    state->thorough = false;
    if (again && begin(state) != ATTEST_OK)
        return;
    expect(state);
    compare(state, SLICE_MAX);
}

bool eventlog_state_is_behind(const struct eventlog_state *state)
{
    return state->behind;
}

void eventlog_state_go_on(struct eventlog_state *state)
{
    if (state->behind && state->replay)
        compare(state, SLICE_MORE);
}

const struct eventlog_report *eventlog_state_report(const struct eventlog_state *state)
{
    return &state->report;
}

enum attest_error eventlog_state_firmware(struct eventlog_state *state, struct eventlog_memory **ret_memory,
                                          struct attest_diag *diag)
{
    struct eventlog_source *source = &state->sources[ATTEST_LOG_FIRMWARE];

    if (eventlog_source_refresh(source))
        begin_again(state);
    if (!source->memory) {
        *diag = source->diag;
        return source->error;
    }
    *ret_memory = eventlog_memory_ref(source->memory);
    return ATTEST_OK;
}

enum attest_error eventlog_state_open(const struct eventlog_state *state, enum attest_log log,
                                      struct attest_logfile **ret_file, struct attest_diag *diag)
{
    return eventlog_source_open(log, state->sources[log].path, ret_file, diag);
}
