/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How does a secret get into a file, so that nobody sees half of it, or all of it too early? It is written into
 * a file without a name, which ends with the process; that gets a hidden name while it is ours alone, then mode
 * and owner, and then its own name by rename(2). The hidden step is there because Linux lets nobody link a file
 * that is not his (proc(5), protected_hardlinks), and giving it away is the last thing that we may do with it.
 *
 * Trusts no folder that somebody else could exchange: each one on the way is opened without following links,
 * and looked at, which is why openat2(2) would not do instead.
 */
#include "daemon/unlock/deliver.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"
#include "daemon/unlock/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* And the name that it will have: runs that don't know of each other exchange nothing. */
#define HIDDEN ".attestd-unlock."

/* Where there is one, the group's bits are its mask: others may be those of anybody (acl(5)). */
static bool has_acl(int fd)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* of O_PATH, which fgetxattr(2) does not take */
    return getxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

/* In one that others may write to, its own last, they could take the hidden name, or the secret's, and where it
 * is sticky we could not even rename what was given away. On the way to it, sticky is enough: what is below is
 * looked at. */
static enum attest_error check_folder(int fd, const struct deliver_target *target, bool is_last,
                                      struct attest_diag *diag)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return attest_fail_errno(diag, errno, "a folder on the way to %s", target->path);
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return attest_fail(diag, ATTEST_DENIED, "another owner", "folders of root or ours on the way to %s",
                           target->path);
    bool others = status.st_mode & S_IWOTH;
    bool group =
        (status.st_mode & S_IWGRP) && ((status.st_gid != 0 && status.st_gid != getegid()) || has_acl(fd));
    if ((others || group) && (is_last || !(status.st_mode & S_ISVTX)))
        return attest_fail(diag, ATTEST_DENIED, "one that others may change", "folders on the way to %s",
                           target->path);
    return ATTEST_OK;
}

/* From the root, folder by folder. */
static enum attest_error walk(struct deliver_target *target, struct attest_diag *diag)
{
    struct attest_reader parts = attest_reader_init(
        (struct attest_view){ (const uint8_t *)target->path + 1, (size_t)(target->name - target->path - 1) });
    struct attest_view part;
    char name[256];

    target->folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (target->folder >= 0 && attest_reader_left(&parts) > 0) {
        attest_try(check_folder(target->folder, target, false, diag));
        attest_reader_split(&parts, '/', &part);
        snprintf(name, sizeof name, "%.*s", (int)part.size, (const char *)part.data);
        int next = openat(target->folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error_number = errno;
        close(target->folder);
        target->folder = next;
        errno = error_number;
    }
    if (target->folder < 0 && (errno == ELOOP || errno == ENOTDIR))
        return attest_fail(diag, ATTEST_DENIED, "something else", "folders, and no links, on the way to %s",
                           target->path);
    if (target->folder < 0)
        return attest_fail_errno(diag, errno, "the folder of %s", target->path);
    return check_folder(target->folder, target, true, diag);
}

enum attest_error deliver_open(const char *path, struct deliver_target *ret_target, struct attest_diag *diag)
{
    struct deliver_target target = DELIVER_TARGET_NONE;

    if (path[0] != '/' || snprintf(target.path, sizeof target.path, "%s", path) >= (int)sizeof target.path)
        return attest_fail(diag, ATTEST_USAGE, path, "an absolute path, not too long");
    target.name = strrchr(target.path, '/') + 1;
    if (snprintf(target.hidden, sizeof target.hidden, HIDDEN "%s", target.name) >= (int)sizeof target.hidden)
        return attest_fail(diag, ATTEST_USAGE, path, "a name of at most %zu bytes",
                           sizeof target.hidden - sizeof HIDDEN);
    enum attest_error error = walk(&target, diag);
    if (error == ATTEST_OK)
        error = mount_check(target.folder, target.path, diag);
    if (error != ATTEST_OK) {
        deliver_close(&target);
        return error;
    }
    size_t offset = (size_t)(target.name - target.path);
    *ret_target = target;
    ret_target->name = ret_target->path + offset;
    return ATTEST_OK;
}

void deliver_close(struct deliver_target *target)
{
    if (target->folder >= 0)
        close(target->folder);
    if (target->file >= 0)
        close(target->file);
    *target = DELIVER_TARGET_NONE;
}

bool deliver_is_there(const struct deliver_target *target, const struct deliver_owner *owner)
{
    struct stat status;

    return fstatat(target->folder, target->name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && status.st_uid == owner->uid && status.st_gid == owner->gid &&
           (status.st_mode & 07777) == owner->mode;
}

void deliver_sweep(const struct deliver_target *target)
{
    unlinkat(target->folder, target->hidden, 0);
}

enum attest_error deliver_try(const struct deliver_target *target, struct attest_diag *diag)
{
    if (faccessat(target->folder, ".", W_OK | X_OK, AT_EACCESS) < 0)
        return attest_fail_errno(diag, errno, "to create a file beside %s", target->path);
    return ATTEST_OK;
}

enum attest_error deliver_begin(struct deliver_target *target, struct attest_diag *diag)
{
    if (target->file >= 0)
        close(target->file);
    deliver_sweep(target);
    target->file = openat(target->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    /* ramfs has files without names since Linux 5.7 only; before, the hidden name comes first. */
    if (target->file < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        target->file =
            openat(target->folder, target->hidden, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (target->file < 0)
        return attest_fail_errno(diag, errno, "to create a file beside %s", target->path);
    return ATTEST_OK;
}

enum attest_error deliver_append(struct deliver_target *target, struct attest_view content,
                                 struct attest_diag *diag)
{
    while (content.size > 0) {
        ssize_t written = write(target->file, content.data, content.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return attest_fail_errno(diag, errno, "to write %s", target->path);
        content.data += written;
        content.size -= (size_t)written;
    }
    return ATTEST_OK;
}

/* By way of /proc, as AT_EMPTY_PATH wants a capability (open(2), O_TMPFILE). It has the name already where
 * there are no files without. */
static enum attest_error hide(const struct deliver_target *target, struct attest_diag *diag)
{
    struct stat named, ours;
    char path[64];

    if (fstat(target->file, &ours) < 0)
        return attest_fail_errno(diag, errno, "to look at %s", target->path);
    if (ours.st_nlink > 0 && fstatat(target->folder, target->hidden, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        named.st_ino == ours.st_ino && named.st_dev == ours.st_dev)
        return ATTEST_OK;
    snprintf(path, sizeof path, "/proc/self/fd/%d", target->file);
    if (linkat(AT_FDCWD, path, target->folder, target->hidden, AT_SYMLINK_FOLLOW) < 0)
        return attest_fail_errno(diag, errno, "to link a file beside %s", target->path);
    return ATTEST_OK;
}

/* Mode before owner: whoever has given a file away may not change its mode any more. */
static enum attest_error give(const struct deliver_target *target, const struct deliver_owner *owner,
                              struct attest_diag *diag)
{
    if (fchmod(target->file, owner->mode) < 0)
        return attest_fail_errno(diag, errno, "to set the mode of %s", target->path);
    if (fchown(target->file, owner->uid, owner->gid) < 0)
        return attest_fail_errno(diag, errno, "to set the owner of %s", target->path);
    if (renameat(target->folder, target->hidden, target->folder, target->name) < 0)
        return attest_fail_errno(diag, errno, "to name %s", target->path);
    return ATTEST_OK;
}

enum attest_error deliver_commit(struct deliver_target *target, const struct deliver_owner *owner,
                                 struct attest_diag *diag)
{
    enum attest_error error = hide(target, diag);

    if (error == ATTEST_OK)
        error = give(target, owner, diag);
    if (error != ATTEST_OK)
        deliver_sweep(target);
    close(target->file);
    target->file = -1;
    return error;
}
