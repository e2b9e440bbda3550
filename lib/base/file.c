/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in this file? Trusts neither its size nor, for attest_file_open_trusted, its owner.
 */
#include "base/file.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum attest_error attest_file_read_fd(int fd, const char *name, size_t maximum,
                                      struct attest_bytes *ret_content, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(maximum);
    uint8_t chunk[4096];

    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return attest_fail_errno(diag, errno, "to read %s", name);
        if (got == 0)
            break;
        attest_bytes_append(&content, (struct attest_view){ chunk, (size_t)got });
        if (attest_bytes_check(&content) == ATTEST_TOO_LARGE)
            return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "%s of at most %zu bytes", name, maximum);
        attest_try(attest_bytes_check(&content));
    }
    *ret_content = attest_bytes_take(&content);
    return ATTEST_OK;
}

enum attest_error attest_file_read(const char *path, size_t maximum, struct attest_bytes *ret_content,
                                   struct attest_diag *diag)
{
    if (strcmp(path, "-") == 0)
        return attest_file_read_fd(STDIN_FILENO, "standard input", maximum, ret_content, diag);

    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    return attest_file_read_fd(fd, path, maximum, ret_content, diag);
}

enum attest_error attest_file_open_trusted(const char *path, mode_t type, int *ret_fd, struct attest_diag *diag)
{
    struct stat status;

    /* Not blocking: a FIFO in a file's place must not hang the start. */
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    if ((status.st_mode & S_IFMT) != type)
        return attest_fail(diag, ATTEST_DENIED, "something else", "%s to be a %s", path,
                           type == S_IFDIR ? "directory" : "regular file");
    if (status.st_uid != 0)
        return attest_fail(diag, ATTEST_DENIED, "another owner", "%s to be owned by root", path);
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return attest_fail(diag, ATTEST_DENIED, "a mode that lets others write",
                           "%s to be writable by root alone", path);
    *ret_fd = fd;
    fd = -1;
    return ATTEST_OK;
}

static enum attest_error write_all(int fd, const char *name, struct attest_view content,
                                   struct attest_diag *diag)
{
    while (content.size > 0) {
        ssize_t written = write(fd, content.data, content.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return attest_fail_errno(diag, errno, "to write %s", name);
        content.data += written;
        content.size -= (size_t)written;
    }
    return ATTEST_OK;
}

enum attest_error attest_file_write(const char *path, struct attest_view content, struct attest_diag *diag)
{
    if (strcmp(path, "-") == 0)
        return write_all(STDOUT_FILENO, "standard output", content, diag);

    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0)
        return attest_fail_errno(diag, errno, "to create %s", path);
    enum attest_error error = write_all(fd, path, content, diag);
    /* A full disk may only be told at close. */
    if (close(fd) < 0 && error == ATTEST_OK)
        error = attest_fail_errno(diag, errno, "to write %s", path);
    return error;
}
