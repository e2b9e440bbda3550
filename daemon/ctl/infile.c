/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes next in this file, and how far is it? Trusts nobody's word for its size: that only is for who
 * waits.
 */
#include "daemon/ctl/infile.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOW_EVERY                                                                                             \
    ((uint64_t)32 << 20) /* bytes: some ten times a second, and never for what is done at once                 \
                          */

enum attest_error ctl_infile_open(struct ctl_call *call, const char *path, struct ctl_infile *ret_file)
{
    struct stat status;
    bool is_standard = strcmp(path, "-") == 0;

    int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return attest_fail_errno(&call->diag, errno, "to open %s", path);
    *ret_file = (struct ctl_infile){ .path = is_standard ? "standard input" : path, .fd = fd };
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        ret_file->size = (uint64_t)status.st_size;
    ret_file->shows = isatty(STDERR_FILENO);
    return ATTEST_OK;
}

static void show(struct ctl_infile *file)
{
    if (!file->shows || file->done - file->shown < SHOW_EVERY)
        return;
    file->shown = file->done;
    fprintf(stderr, "\r%llu", (unsigned long long)(file->done >> 20));
    if (file->size > 0)
        fprintf(stderr, " of %llu", (unsigned long long)(file->size >> 20));
    fprintf(stderr, " MiB ");
}

enum attest_error ctl_infile_read(struct ctl_call *call, struct ctl_infile *file, uint8_t *buffer, size_t size,
                                  size_t *ret_size)
{
    size_t filled = 0;

    while (filled < size) {
        ssize_t got = read(file->fd, buffer + filled, size - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return attest_fail_errno(&call->diag, errno, "to read %s", file->path);
        if (got == 0)
            break;
        filled += (size_t)got;
    }
    file->done += filled;
    show(file);
    *ret_size = filled;
    return ATTEST_OK;
}

void ctl_infile_cleanup(struct ctl_infile *file)
{
    if (file->shown > 0)
        fprintf(stderr, "\r\033[K"); /* the line is for the result */
    if (file->fd > STDERR_FILENO)
        close(file->fd);
}
