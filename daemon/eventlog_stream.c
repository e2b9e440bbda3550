/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in this log? Memory is proportional to a piece, whatever the log's length; the firmware's log is
 * shared with the log thread. Trusts nothing in the log.
 */
#include "daemon/eventlog_stream.h"

#include "base/error.h"
#include "evidence/logjson.h"

#include <stdlib.h>

struct eventlog_stream {
    enum attest_log log;
    bool json;
    struct eventlog_memory *memory; /* of the firmware's log */
    struct attest_logfile *file;    /* of the others */
    struct attest_logreader reader; /* of the memory */
    size_t offset;                  /* in the memory, of a raw log */
    struct attest_hasher *hasher;
    struct attest_json_writer writer;
    bool begun, over;
};

static _Atomic unsigned open_streams;

void eventlog_stream_close(struct eventlog_stream *stream)
{
    if (!stream)
        return;
    attest_logreader_done(&stream->reader);
    attest_logfile_close(stream->file);
    eventlog_memory_unref(stream->memory);
    attest_hasher_free(stream->hasher);
    free(stream);
    open_streams--;
}

static enum attest_error open_log(struct eventlog_stream *stream, struct eventlog_state *state,
                                  struct attest_diag *diag)
{
    attest_try(attest_hasher_new(&stream->hasher));
    if (stream->log != ATTEST_LOG_FIRMWARE)
        return eventlog_state_open(state, stream->log, &stream->file, diag);
    attest_try(eventlog_state_firmware(state, &stream->memory, diag));
    stream->reader = attest_logreader_init(ATTEST_LOG_FIRMWARE, attest_bytes_view(&stream->memory->bytes));
    return ATTEST_OK;
}

enum attest_error eventlog_stream_open(struct eventlog_state *state, enum attest_log log, bool json,
                                       struct eventlog_stream **ret_stream, struct attest_diag *diag)
{
    struct eventlog_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return ATTEST_MEMORY;
    unsigned others = open_streams++;
    *stream = (struct eventlog_stream){ .log = log, .json = json };
    enum attest_error error =
        others >= EVENTLOG_STREAMS_MAX
            ? attest_fail(diag, ATTEST_BUSY, NULL, "at most %d event logs to be sent at once",
                          EVENTLOG_STREAMS_MAX)
            : open_log(stream, state, diag);
    if (error != ATTEST_OK) {
        eventlog_stream_close(stream);
        return error;
    }
    *ret_stream = stream;
    return ATTEST_OK;
}

static enum attest_error next_raw(struct eventlog_stream *stream, struct attest_bytes *out,
                                  struct attest_diag *diag)
{
    size_t before;

    if (stream->memory) {
        struct attest_reader reader = attest_reader_init(attest_bytes_view(&stream->memory->bytes));
        attest_reader_take(&reader, stream->offset);
        size_t left = attest_reader_left(&reader);
        size_t size = left < EVENTLOG_STREAM_PIECE ? left : EVENTLOG_STREAM_PIECE;
        attest_bytes_append(out, attest_reader_take(&reader, size));
        stream->offset += size;
        stream->over = size == left;
        return ATTEST_OK;
    }
    do { /* the kernel gives a page at a time */
        before = out->size;
        attest_try(attest_logfile_read(stream->file, out, diag));
    } while (out->size > before && out->size < EVENTLOG_STREAM_PIECE);
    stream->over = out->size == before;
    return ATTEST_OK;
}

static struct attest_logreader *reader_of(struct eventlog_stream *stream)
{
    return stream->memory ? &stream->reader : &stream->file->reader;
}

/* {"log":..,"events":[ */
static void begin_json(struct eventlog_stream *stream)
{
    attest_json_open(&stream->writer, NULL, '{');
    attest_json_write_text(&stream->writer, "log", attest_log_name(stream->log));
    attest_json_open(&stream->writer, "events", '[');
    stream->begun = true;
}

/* What follows the last event and is none. */
static void write_rest(struct eventlog_stream *stream)
{
    static const char *const kinds[] = { "none", "padding", "odd", "cut" };
    const struct attest_logreader *reader = reader_of(stream);
    bool firmware = stream->log == ATTEST_LOG_FIRMWARE;
    size_t size = firmware ? reader->firmware.rest_size : attest_reader_left(&reader->reader);
    struct attest_diag diag = { 0 };

    bool ended = attest_logreader_end(reader, &diag) == ATTEST_OK;
    if (size == 0)
        return;
    attest_json_open(&stream->writer, "rest", '{');
    attest_json_write_text(&stream->writer, "kind", firmware ? kinds[reader->firmware.rest] : "cut");
    attest_json_write_unsigned(&stream->writer, "bytes", size);
    if (!ended)
        attest_json_write_text(&stream->writer, "expected", diag.expected);
    attest_json_close(&stream->writer, '}');
}

/* ],"bytes":..} */
static void end_json(struct eventlog_stream *stream, enum attest_error error, const struct attest_diag *diag)
{
    attest_json_close(&stream->writer, ']');
    attest_json_write_unsigned(&stream->writer, "bytes", attest_logreader_offset(reader_of(stream)));
    if (error == ATTEST_OK) {
        write_rest(stream);
    } else {
        attest_json_open(&stream->writer, "error", '{');
        attest_json_write_text(&stream->writer, "expected", diag->expected);
        attest_json_write_text(&stream->writer, "found", diag->found);
        attest_json_close(&stream->writer, '}');
    }
    if (stream->file && attest_logfile_is_incomplete(stream->file))
        attest_json_write_boolean(&stream->writer, "incomplete", true);
    attest_json_close(&stream->writer, '}');
    stream->over = true;
}

static enum attest_error next_json(struct eventlog_stream *stream, struct attest_bytes *out,
                                   struct attest_diag *diag)
{
    const struct attest_log_record *record = NULL;

    stream->writer.out = out;
    while (!stream->over && out->size < EVENTLOG_STREAM_PIECE) {
        enum attest_error error = attest_logreader_next(reader_of(stream), &record, diag);
        if (!stream->begun) {
            attest_try(error);
            begin_json(stream);
        }
        if (error == ATTEST_OK && record)
            attest_try(attest_logjson_write(&stream->writer, record, stream->hasher));
        else
            end_json(stream, error, diag);
    }
    return ATTEST_OK;
}

enum attest_error eventlog_stream_next(struct eventlog_stream *stream, struct attest_bytes *out,
                                       struct attest_diag *diag)
{
    attest_try(stream->json ? next_json(stream, out, diag) : next_raw(stream, out, diag));
    return attest_bytes_check(out);
}

bool eventlog_stream_is_over(const struct eventlog_stream *stream)
{
    return stream->over;
}
