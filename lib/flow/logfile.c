/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has been written to this log so far? Trusts neither its size nor its end: it is read until nothing
 * comes.
 */
#include "flow/logfile.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE_SIZE ((size_t)64 << 10)
#define ROOM_LEAST ((size_t)4 << 10)

/* The room that the window has already: asking whether the log has ended should not make it grow. */
static size_t room(const struct attest_bytes *window)
{
    size_t left = window->capacity - window->size;

    return left >= ROOM_LEAST ? left : PIECE_SIZE;
}

static enum attest_error read_piece(void *context, struct attest_bytes *window, struct attest_diag *diag)
{
    const struct attest_logfile *file = context;
    const size_t size = room(window);
    ssize_t got;

    uint8_t *piece = attest_bytes_extend(window, size);
    if (!piece)
        return ATTEST_OK; /* the window keeps its error, which the reader asks for */
    do
        got = read(file->fd, piece, size);
    while (got < 0 && errno == EINTR);
    attest_bytes_shrink(window, size - (got > 0 ? (size_t)got : 0));
    if (got < 0)
        return attest_fail_errno(diag, errno, "to read %s", file->name);
    return ATTEST_OK;
}

enum attest_error attest_logfile_open(const char *path, enum attest_log log, struct attest_logfile **ret_file,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_logfile_cleanup) struct attest_logfile *file = calloc(1, sizeof *file);
    bool standard = strcmp(path, "-") == 0;

    if (!file)
        return ATTEST_MEMORY;
    file->fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file->fd < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    file->name = strdup(standard ? "standard input" : path);
    if (!file->name)
        return ATTEST_MEMORY;
    file->reader = attest_logreader_init_more(log, read_piece, file);
    *ret_file = attest_steal(file);
    return ATTEST_OK;
}

enum attest_error attest_logfile_detect(const char *path, struct attest_logfile **ret_file,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_logfile_cleanup) struct attest_logfile *file = NULL;

    attest_try(attest_logfile_open(path, ATTEST_LOG_FIRMWARE, &file, diag));
    attest_try(attest_logreader_identify(&file->reader, diag));
    *ret_file = attest_steal(file);
    return ATTEST_OK;
}

void attest_logfile_close(struct attest_logfile *file)
{
    if (!file)
        return;
    attest_logreader_done(&file->reader);
    attest_cleanup_close(&file->fd);
    free(file->name);
    free(file);
}

void attest_logfile_cleanup(struct attest_logfile **file)
{
    attest_logfile_close(*file);
}

bool attest_logfile_is_incomplete(const struct attest_logfile *file)
{
    struct stat status;

    return file->reader.log == ATTEST_LOG_USERSPACE && fstat(file->fd, &status) == 0 &&
           status.st_mode & S_ISVTX;
}
