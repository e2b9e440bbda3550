/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How does a file appear only when it is complete? By O_TMPFILE (open(2)), which leaves nothing behind however
 * this program ends; where the filesystem lacks it, by a temporary name.
 */
#include "daemon/ctl/outfile.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static enum attest_error fail(struct ctl_call *call, const char *verb, const char *path)
{
    return attest_fail_errno(&call->diag, errno, "to %s %s", verb, path);
}

/* A rename would put a file in the place of a device, a FIFO or a link, and nobody wants that. */
static enum attest_error check_target(struct ctl_call *call, const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return errno == ENOENT ? ATTEST_OK : fail(call, "find", path);
    if (!S_ISREG(status.st_mode))
        return attest_fail(&call->diag, ATTEST_USAGE, path, "a regular file, or none yet, after -o");
    return ATTEST_OK;
}

static enum attest_error open_folder(struct ctl_call *call, struct ctl_outfile *file)
{
    char folder[PATH_MAX] = ".";

    if (file->base > file->path) /* with its slash, which may be the root's */
        snprintf(folder, sizeof folder, "%.*s", (int)(file->base - file->path), file->path);
    file->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return file->folder < 0 ? fail(call, "open", folder) : ATTEST_OK;
}

static enum attest_error choose_name(struct ctl_call *call, struct ctl_outfile *file)
{
    unsigned long long random;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return attest_fail_errno(&call->diag, errno, "random bytes");
    snprintf(file->name, sizeof file->name, ".attestctl-%016llx", random);
    return ATTEST_OK;
}

static enum attest_error open_file(struct ctl_call *call, struct ctl_outfile *file, mode_t mode)
{
    file->fd = openat(file->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (file->fd >= 0)
        return ATTEST_OK;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) /* open(2), O_TMPFILE */
        return fail(call, "create", file->path);
    attest_try(choose_name(call, file));
    file->fd = openat(file->folder, file->name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
    if (file->fd >= 0)
        return ATTEST_OK;
    file->name[0] = '\0'; /* so that nobody else's is removed */
    return fail(call, "create", file->path);
}

enum attest_error ctl_outfile_open(struct ctl_call *call, const char *path, mode_t mode,
                                   struct ctl_outfile *ret_file)
{
    const char *slash = strrchr(path, '/');

    ret_file->path = path;
    ret_file->base = slash ? slash + 1 : path;
    if (strcmp(path, "-") == 0) {
        ret_file->path = "standard output";
        ret_file->fd = STDOUT_FILENO;
        return ATTEST_OK;
    }
    if (ret_file->base[0] == '\0')
        return attest_fail(&call->diag, ATTEST_USAGE, path, "a file after -o");
    attest_try(check_target(call, path));
    attest_try(open_folder(call, ret_file));
    return open_file(call, ret_file, mode);
}

enum attest_error ctl_outfile_write(struct ctl_call *call, struct ctl_outfile *file, struct attest_view content)
{
    while (content.size > 0) {
        ssize_t written = write(file->fd, content.data, content.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(call, "write", file->path);
        content.data += written;
        content.size -= (size_t)written;
    }
    return ATTEST_OK;
}

static enum attest_error give_name(struct ctl_call *call, struct ctl_outfile *file)
{
    char descriptor[32];

    if (file->name[0] != '\0')
        return ATTEST_OK;
    attest_try(choose_name(call, file));
    snprintf(descriptor, sizeof descriptor, "/proc/self/fd/%d", file->fd);
    if (linkat(AT_FDCWD, descriptor, file->folder, file->name, AT_SYMLINK_FOLLOW) == 0)
        return ATTEST_OK;
    file->name[0] = '\0';
    return fail(call, "create", file->path);
}

enum attest_error ctl_outfile_commit(struct ctl_call *call, struct ctl_outfile *file)
{
    if (file->folder < 0)
        return ATTEST_OK;
    if (fsync(file->fd) < 0)
        return fail(call, "write", file->path);
    attest_try(give_name(call, file));
    if (renameat(file->folder, file->name, file->folder, file->base) < 0)
        return fail(call, "create", file->path);
    file->name[0] = '\0';
    return ATTEST_OK;
}

void ctl_outfile_cleanup(struct ctl_outfile *file)
{
    if (file->folder < 0)
        return;
    if (file->name[0] != '\0')
        unlinkat(file->folder, file->name, 0);
    if (file->fd >= 0)
        close(file->fd);
    close(file->folder);
}
