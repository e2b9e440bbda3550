/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the log there, and is it the one that was read before? Trusts no size and no end; waits for no writer but
 * systemd, and for that only a moment.
 */
#include "daemon/eventlog_source.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/log.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define WRITER_TRIES 10
#define WRITER_PAUSE 20000 /* microseconds */

struct eventlog_memory *eventlog_memory_ref(struct eventlog_memory *memory)
{
    memory->references++;
    return memory;
}

void eventlog_memory_unref(struct eventlog_memory *memory)
{
    if (!memory || --memory->references > 0)
        return;
    attest_bytes_done(&memory->bytes);
    free(memory);
}

static void memory_cleanup(struct eventlog_memory **memory)
{
    eventlog_memory_unref(*memory);
}

void eventlog_source_reset(struct eventlog_source *source)
{
    attest_logfile_close(source->file);
    eventlog_memory_unref(source->memory);
    source->file = NULL;
    source->memory = NULL;
    source->known = false;
}

static enum attest_error explain(enum attest_log log, const char *path, enum attest_error error,
                                 struct attest_diag *diag)
{
    if (error != ATTEST_SYSTEM)
        return error;
    if (diag->native == ENOENT)
        return attest_fail(diag, error, "none", "a %s log at %s, which this machine has not",
                           attest_log_name(log), path);
    if (diag->native == EACCES)
        return attest_fail(diag, error, strerrordesc_np(EACCES),
                           "the group of attestd to be given %s, as attestd.service does (attestd(8))", path);
    return error;
}

/* systemd sets the sticky bit, measures, writes, and clears the bit: what is in between is over in a moment. */
static void await_writer(const struct attest_logfile *file)
{
    for (int i = 0; i < WRITER_TRIES && attest_logfile_is_incomplete(file); i++)
        usleep(WRITER_PAUSE);
}

enum attest_error eventlog_source_open(enum attest_log log, const char *path, struct attest_logfile **ret_file,
                                       struct attest_diag *diag)
{
    struct attest_logfile *file = NULL;

    enum attest_error error = attest_logfile_open_regular(path, log, &file, diag);
    if (error != ATTEST_OK)
        return explain(log, path, error, diag);
    await_writer(file);
    attest_logfile_limit(file);
    *ret_file = file;
    return ATTEST_OK;
}

static enum attest_error load(struct eventlog_source *source, struct attest_diag *diag)
{
    _cleanup_(memory_cleanup) struct eventlog_memory *memory = calloc(1, sizeof *memory);
    size_t before;

    if (!memory)
        return ATTEST_MEMORY;
    memory->references = 1;
    memory->bytes = attest_bytes_init(ATTEST_LOGREADER_FIRMWARE_MAX);
    do {
        before = memory->bytes.size;
        attest_try(attest_logfile_read(source->file, &memory->bytes, diag));
    } while (memory->bytes.size > before);
    if (attest_bytes_check(&memory->bytes) == ATTEST_TOO_LARGE)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a firmware log of at most %zu bytes",
                           ATTEST_LOGREADER_FIRMWARE_MAX);
    attest_try(attest_bytes_check(&memory->bytes));
    source->memory = attest_steal(memory);
    return ATTEST_OK;
}

static enum attest_error open_and_know(struct eventlog_source *source, struct attest_diag *diag)
{
    struct stat status;

    enum attest_error error = attest_logfile_open_regular(source->path, source->log, &source->file, diag);
    if (error != ATTEST_OK)
        return explain(source->log, source->path, error, diag);
    if (fstat(source->file->fd, &status) < 0)
        return attest_fail_errno(diag, errno, "to look at %s", source->path);
    source->known = true;
    source->device = status.st_dev;
    source->inode = status.st_ino;
    if (source->log != ATTEST_LOG_FIRMWARE)
        return ATTEST_OK;
    error = load(source, diag);
    attest_logfile_close(attest_steal(source->file));
    return error;
}

void eventlog_source_fail(struct eventlog_source *source, enum attest_error error,
                          const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];
    bool told = source->presence == EVENTLOG_UNREADABLE;

    source->presence = EVENTLOG_UNREADABLE;
    source->error = error;
    source->diag = *diag;
    if (!told)
        log_event(LOG_EVENT_EVENTLOG_UNREADABLE, attest_log_name(source->log), log_describe(error, diag, text));
}

void eventlog_source_rewind(struct eventlog_source *source)
{
    struct attest_diag diag = { 0 };

    eventlog_source_reset(source);
    enum attest_error error = open_and_know(source, &diag);
    if (error == ATTEST_OK)
        source->presence = EVENTLOG_READ;
    else if (error == ATTEST_SYSTEM && diag.native == ENOENT)
        *source = (struct eventlog_source){
            .log = source->log, .path = source->path, .presence = EVENTLOG_ABSENT, .error = error, .diag = diag
        };
    else
        eventlog_source_fail(source, error, &diag);
}

/* How much of it has been read. */
static uint64_t read_so_far(const struct eventlog_source *source)
{
    if (source->log == ATTEST_LOG_FIRMWARE)
        return source->memory ? source->memory->bytes.size : 0;
    return source->file ? source->file->reader.passed + source->file->reader.reader.input.size : 0;
}

/* The kernel's own files have no size; others must not have become shorter, and the firmware's not longer. */
static bool is_same(const struct eventlog_source *source)
{
    struct stat status;

    if (stat(source->path, &status) < 0 || status.st_dev != source->device || status.st_ino != source->inode)
        return false;
    uint64_t size = (uint64_t)status.st_size, read = read_so_far(source);
    if (size == 0 && source->log != ATTEST_LOG_USERSPACE)
        return true;
    return source->log == ATTEST_LOG_FIRMWARE && source->memory ? size == read : size >= read;
}

bool eventlog_source_refresh(struct eventlog_source *source)
{
    bool was_known = source->known;

    if (was_known && is_same(source)) {
        if (source->file)
            await_writer(source->file);
        return false;
    }
    eventlog_source_rewind(source);
    return was_known || source->known;
}
