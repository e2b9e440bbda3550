/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the report of attestd-unlock say? It is a file of another user's, who may be anybody by now: opened
 * without following a link or waiting for a writer, bounded, and shown only where it is a report from its first
 * byte to its last. It is shown and decides nothing.
 */
#include "daemon/unlock_status.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

void unlock_status_read(const char *path, struct unlock_status *ret_status)
{
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);
    struct stat status;

    *ret_status = (struct unlock_status){ .kind = UNLOCK_STATUS_UNREADABLE };
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        ret_status->kind = UNLOCK_STATUS_NONE;
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return;
    if (attest_file_read_fd(fd, path, ATTEST_UNLOCKREPORT_MAX, &content, NULL) == ATTEST_OK &&
        attest_unlockreport_parse(attest_bytes_view(&content), &ret_status->report, NULL) == ATTEST_OK)
        ret_status->kind = UNLOCK_STATUS_READ;
}

void unlock_status_done(struct unlock_status *status)
{
    attest_unlockreport_done(&status->report);
}

void unlock_status_write(struct attest_json_writer *json, const struct unlock_status *status)
{
    static const char *const kinds[] = { "none", "unreadable", "read" };

    attest_json_open(json, "unlock", '{');
    attest_json_write_text(json, "state", kinds[status->kind]);
    if (status->kind == UNLOCK_STATUS_READ)
        attest_unlockreport_write_members(json, &status->report);
    attest_json_close(json, '}');
}
