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

enum attest_error attest_logfile_read(struct attest_logfile *file, struct attest_bytes *out,
                                      struct attest_diag *diag)
{
    size_t size = room(out);
    ssize_t got;

    if (file->left < size)
        size = (size_t)file->left;
    uint8_t *piece = attest_bytes_extend(out, size);
    if (!piece)
        return ATTEST_OK; /* the bytes keep their error, which who gave them asks for */
    do
        got = read(file->fd, piece, size);
    while (got < 0 && errno == EINTR);
    attest_bytes_shrink(out, size - (got > 0 ? (size_t)got : 0));
    if (got < 0)
        return attest_fail_errno(diag, errno, "to read %s", file->name);
    file->left -= (uint64_t)got;
    return ATTEST_OK;
}

static enum attest_error read_piece(void *context, struct attest_bytes *window, struct attest_diag *diag)
{
    return attest_logfile_read(context, window, diag);
}

/* Takes over the descriptor. */
static enum attest_error make(int fd, const char *name, enum attest_log log, struct attest_logfile **ret_file)
{
    struct attest_logfile *file = calloc(1, sizeof *file);
    char *copy = strdup(name);

    if (!file || !copy) {
        free(file);
        free(copy);
        close(fd);
        return ATTEST_MEMORY;
    }
    *file = (struct attest_logfile){ .fd = fd, .name = copy, .left = UINT64_MAX };
    file->reader = attest_logreader_init_more(log, read_piece, file);
    *ret_file = file;
    return ATTEST_OK;
}

enum attest_error attest_logfile_open(const char *path, enum attest_log log, struct attest_logfile **ret_file,
                                      struct attest_diag *diag)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    return make(fd, standard ? "standard input" : path, log, ret_file);
}

enum attest_error attest_logfile_open_regular(const char *path, enum attest_log log,
                                              struct attest_logfile **ret_file, struct attest_diag *diag)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return attest_fail(diag, ATTEST_MALFORMED, "something else", "a regular file at %s", path);
    }
    return make(fd, path, log, ret_file);
}

void attest_logfile_limit(struct attest_logfile *file)
{
    struct stat status;

    if (fstat(file->fd, &status) == 0 && status.st_size > 0) /* it is 0 in securityfs */
        file->left = (uint64_t)status.st_size;
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
