/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Could what is written here end up on a disk? ramfs never does; tmpfs does by way of swap, unless it was
 * mounted noswap (tmpfs(5), since Linux 6.4). Trusts the kernel's word on file system, mount and swap, and
 * takes silence for no.
 */
#include "daemon/unlock/mount.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define MOUNTINFO_MAX ((size_t)4 << 20)
#define SWAPS_MAX     ((size_t)64 << 10)

static bool begins_with(struct attest_view text, const char *prefix)
{
    return text.size >= strlen(prefix) && memcmp(text.data, prefix, strlen(prefix)) == 0;
}

/* As mountinfo numbers mounts (statx(2), STATX_MNT_ID, since Linux 5.8). */
static bool read_mount_id(int fd, uint64_t *ret_id)
{
    struct statx status;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) < 0 || !(status.stx_mask & STATX_MNT_ID))
        return false;
    *ret_id = status.stx_mnt_id;
    return true;
}

static bool has_option(struct attest_view options, const char *option)
{
    struct attest_reader items = attest_reader_init(options);
    struct attest_view item;
    bool more;

    do {
        more = attest_reader_split(&items, ',', &item);
        if (attest_view_equal(item, attest_view_text(option)))
            return true;
    } while (more);
    return false;
}

/* The last field of the mount's line: the options of the file system itself (proc(5), /proc/pid/mountinfo). */
static struct attest_view last_field(struct attest_view line)
{
    const uint8_t *blank = memrchr(line.data, ' ', line.size);

    if (!blank)
        return (struct attest_view){ 0 };
    return (struct attest_view){ blank + 1, (size_t)(line.data + line.size - blank - 1) };
}

static bool is_mounted_noswap(int fd)
{
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);
    struct attest_view line, field;
    uint64_t id, found;

    if (!read_mount_id(fd, &id) ||
        attest_file_read("/proc/self/mountinfo", MOUNTINFO_MAX, &content, NULL) != ATTEST_OK)
        return false;
    struct attest_reader lines = attest_reader_init(attest_bytes_view(&content));
    while (attest_reader_left(&lines) > 0) {
        attest_reader_split(&lines, '\n', &line);
        struct attest_reader fields = attest_reader_init(line);
        attest_reader_split(&fields, ' ', &field);
        if (attest_decode_decimal(field, UINT32_MAX, &found, NULL) == ATTEST_OK && found == id)
            return has_option(last_field(line), "noswap");
    }
    return false;
}

/* Behind its heading, /proc/swaps has a line for each swap that is on. */
static bool is_without_swap(void)
{
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);
    struct attest_view heading;

    if (attest_file_read("/proc/swaps", SWAPS_MAX, &content, NULL) != ATTEST_OK)
        return false;
    struct attest_reader lines = attest_reader_init(attest_bytes_view(&content));
    return attest_reader_split(&lines, '\n', &heading) && begins_with(heading, "Filename") &&
           attest_reader_left(&lines) == 0;
}

enum attest_error mount_check(int fd, const char *path, struct attest_diag *diag)
{
    struct statfs status;

    if (fstatfs(fd, &status) < 0)
        return attest_fail_errno(diag, errno, "the file system of %s", path);
    if (status.f_type == RAMFS_MAGIC)
        return ATTEST_OK;
    if (status.f_type != TMPFS_MAGIC)
        return attest_fail(diag, ATTEST_DENIED, "another file system", "%s on ramfs or tmpfs", path);
    if (is_mounted_noswap(fd) || is_without_swap())
        return ATTEST_OK;
    return attest_fail(diag, ATTEST_DENIED, "swap, or no /proc/swaps to read",
                       "%s on a tmpfs mounted noswap, or no swap", path);
}
