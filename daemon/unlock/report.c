/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What did this run do, for whoever asks attestd? The file is readable for all and holds no secret, nor the
 * size of one.
 */
#include "daemon/unlock/report.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/log.h"
#include "daemon/unlock/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_PAUSE 50 /* milliseconds */

/* Root may have come first, in the folder of the user that runs are made by, who would not be able to open it.
 */
static void hand_over(int fd, const char *path)
{
    char folder[PATH_MAX];
    struct stat status;

    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (geteuid() != 0 || !slash || slash == folder)
        return;
    *slash = '\0';
    if (stat(folder, &status) == 0 && fchown(fd, status.st_uid, status.st_gid) < 0)
        return; /* then that user will say so */
}

/* Ours alone: a lock that others can open is one that they can hold. */
static int open_lock(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 && errno == EEXIST)
        return open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0)
        hand_over(fd, name);
    return fd;
}

enum attest_error report_lock(const char *path, uint64_t deadline, int *ret_fd, struct attest_diag *diag)
{
    char name[PATH_MAX];

    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a shorter path of the report");
    _cleanup_close_ int fd = open_lock(name);
    if (fd < 0)
        return attest_fail_errno(diag, errno, "to create %s, beside the report", name);
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return attest_fail_errno(diag, errno, "to lock %s", name);
        if (attest_aws_clock_steady(&unlock_clock) > deadline)
            return attest_fail(diag, ATTEST_BUSY, NULL, "another run to end");
        attest_aws_clock_sleep(&unlock_clock, LOCK_PAUSE);
    }
    *ret_fd = fd;
    fd = -1;
    return ATTEST_OK;
}

static enum attest_error write_file(const char *path, const struct attest_unlockreport *report,
                                    struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes json = attest_bytes_init(0);
    char name[PATH_MAX];

    attest_try(attest_unlockreport_write(report, &json));
    if (snprintf(name, sizeof name, "%s.new", path) >= (int)sizeof name)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a shorter path");
    unlink(name);
    _cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return attest_fail_errno(diag, errno, "to create %s", name);
    if (write(fd, json.data, json.size) == (ssize_t)json.size && fchmod(fd, 0644) == 0 &&
        rename(name, path) == 0)
        return ATTEST_OK;
    enum attest_error error = attest_fail_errno(diag, errno, "to write %s", path);
    unlink(name);
    return error;
}

void report_write(const char *path, const struct attest_unlockreport *report)
{
    struct attest_diag diag = { 0 };
    char text[LOG_TEXT_SIZE];

    enum attest_error error = write_file(path, report, &diag);
    if (error != ATTEST_OK)
        log_event(LOG_EVENT_UNLOCK_NO_REPORT, log_describe(error, &diag, text));
}

void report_stamp(char ret_text[ATTEST_TIME_SIZE])
{
    attest_time_format((int64_t)(attest_aws_clock_now(&unlock_clock) / 1000), ret_text);
}
