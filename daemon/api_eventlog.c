/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/eventlog, and the logs that go with a quote: by which events did the PCRs come to their values? What is
 * sent is what the logs say; whether it is so, the verifier finds out by the PCRs.
 */
#include "base/error.h"
#include "daemon/eventlog_stream.h"
#include "daemon/log.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "evidence/bundle.h"
#include "evidence/logcut.h"

#include <errno.h>
#include <stdatomic.h>

#define PCR_IMA         10
#define GROWING_PCRS    0xff00u            /* 8 to 15: what IMA and systemd may extend */
#define QUOTED_LOGS_MAX ((size_t)8 << 20)  /* of all answers together that are not sent yet */
#define SMALL_LOGS      ((size_t)32 << 10) /* of one answer, which are not counted */

enum { LOG, FORMAT };
enum { FORMAT_JSON, FORMAT_RAW };

static const char *const logs[] = { "firmware", "ima", "userspace", NULL }; /* as enum attest_log */
static const char *const formats[] = { "json", "raw", NULL };

const struct param params_eventlog[] = {
    { "log", PARAM_CHOICE, .choices = logs, .what = "firmware (the default), ima or userspace" },
    { "format", PARAM_CHOICE, .choices = formats, .what = "json (the default) or raw" },
    { 0 },
};

static bool is_raw(const struct request *request)
{
    return request->params.values[FORMAT].choice == FORMAT_RAW;
}

enum attest_error api_eventlog_read(struct request *request, struct eventlog_state *state,
                                    struct attest_diag *diag)
{
    enum attest_log log = (enum attest_log)request->params.values[LOG].choice;

    if (!request->stream)
        attest_try(eventlog_stream_open(state, log, !is_raw(request), &request->stream, diag));
    return eventlog_stream_next(request->stream, &request->piece, diag);
}

enum attest_error api_eventlog_answer(struct request *request, struct attest_diag *diag)
{
    (void)diag;
    if (is_raw(request))
        request->content_type = CONTENT_BINARY;
    request->answer = attest_bytes_take(&request->piece);
    request->in_pieces = !eventlog_stream_is_over(request->stream);
    return ATTEST_OK;
}

/* Told once: who asks each minute shall not fill the journal. */
static void leave_out(struct request *request, enum attest_log log)
{
    static _Atomic bool told[ATTEST_LOG_COUNT];

    attest_bytes_done(&request->logs[log]);
    if (!told[log])
        log_event(LOG_EVENT_EVENTLOG_TOO_LARGE, attest_log_name(log), ATTEST_BUNDLE_LOG_MAX);
    told[log] = true;
}

static enum attest_error take_firmware(struct request *request, struct eventlog_state *state,
                                       struct attest_diag *diag)
{
    struct attest_bytes *log = &request->logs[ATTEST_LOG_FIRMWARE];
    struct eventlog_memory *memory;

    attest_try(eventlog_state_firmware(state, &memory, diag));
    *log = attest_bytes_init(ATTEST_BUNDLE_LOG_MAX);
    attest_bytes_append(log, attest_bytes_view(&memory->bytes));
    eventlog_memory_unref(memory);
    return attest_bytes_check(log);
}

static enum attest_error take_file(struct request *request, enum attest_log kind, struct eventlog_state *state,
                                   struct attest_diag *diag)
{
    struct attest_bytes *log = &request->logs[kind];
    struct attest_logfile *file = NULL;
    size_t before;

    attest_try(eventlog_state_open(state, kind, &file, diag));
    *log = attest_bytes_init(ATTEST_BUNDLE_LOG_MAX +
                             EVENTLOG_STREAM_PIECE * 2); /* room to see that there is more */
    enum attest_error error;
    do {
        before = log->size;
        error = attest_logfile_read(file, log, diag);
    } while (error == ATTEST_OK && log->size > before && log->size <= ATTEST_BUNDLE_LOG_MAX);
    attest_logfile_close(file);
    attest_try(error);
    return log->size > ATTEST_BUNDLE_LOG_MAX ? ATTEST_TOO_LARGE : attest_bytes_check(log);
}

static enum attest_error take_log(struct request *request, enum attest_log log, struct eventlog_state *state,
                                  struct attest_diag *diag)
{
    enum attest_error error =
        log == ATTEST_LOG_FIRMWARE ? take_firmware(request, state, diag) : take_file(request, log, state, diag);

    if (error == ATTEST_TOO_LARGE) {
        leave_out(request, log);
        return ATTEST_OK;
    }
    return error == ATTEST_SYSTEM && diag->native == ENOENT ? ATTEST_OK : error; /* normal: it has none */
}

/* Which logs can explain what is quoted. */
static bool is_wanted(const struct request *request, enum attest_log log)
{
    uint32_t mask = request->quote.pcrs.mask;

    return log == ATTEST_LOG_FIRMWARE ||
           (log == ATTEST_LOG_IMA ? mask >> PCR_IMA & 1 : (mask & GROWING_PCRS) != 0);
}

/* Answers with logs wait for their readers in memory: all together at most so much, or a single one. */
static enum attest_error reserve(struct request *request, size_t size, struct attest_diag *diag)
{
    if (size <= SMALL_LOGS)
        return ATTEST_OK;
    request->reserved = size;
    size_t others = atomic_fetch_add(&request_reserved, size);
    if (others > 0 && others + size > QUOTED_LOGS_MAX)
        return attest_fail(diag, ATTEST_BUSY, NULL, "fewer quotes with long event logs at the same time");
    return ATTEST_OK;
}

enum attest_error api_quote_read(struct request *request, struct eventlog_state *state,
                                 struct attest_diag *diag)
{
    struct attest_view views[ATTEST_LOG_COUNT] = { 0 };
    size_t size = 0;

    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        if (is_wanted(request, (enum attest_log)i))
            attest_try(take_log(request, (enum attest_log)i, state, diag));
        views[i] = attest_bytes_view(&request->logs[i]);
    }
    attest_try(attest_logcut(views, &request->quote.pcrs, diag));
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        attest_bytes_shrink(&request->logs[i], request->logs[i].size - views[i].size);
        size += views[i].size;
    }
    return reserve(request, size, diag);
}
