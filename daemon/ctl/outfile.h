/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is there whole or not at all: written without a name, which it gets at the end. */
#ifndef ATTESTCTL_OUTFILE_H
#define ATTESTCTL_OUTFILE_H

#include "attest/view.h"
#include "daemon/ctl/options.h"

#include <sys/types.h>

#define CTL_OUTFILE_NAME_MAX 32

struct ctl_outfile {
    const char *path, *base; /* the base is within the path */
    int fd, folder;
    char name[CTL_OUTFILE_NAME_MAX]; /* for as long as it isn't called `base`; empty while it has none */
};

/* -1 for descriptors, so that cleanup can come before open. */
#define CTL_OUTFILE_INIT                                                                                       \
    {                                                                                                          \
        .fd = -1, .folder = -1                                                                                 \
    }

/* "-" is standard output, where what is written is out at once. What `path` names already must be a regular
 * file, which commit replaces. ATTEST_USAGE, ATTEST_SYSTEM. */
enum attest_error ctl_outfile_open(struct ctl_call *call, const char *path, mode_t mode,
                                   struct ctl_outfile *ret_file) attest_must_check;
enum attest_error ctl_outfile_write(struct ctl_call *call, struct ctl_outfile *file, struct attest_view content)
    attest_must_check;

/* On the disk, and then under its name. */
enum attest_error ctl_outfile_commit(struct ctl_call *call, struct ctl_outfile *file) attest_must_check;

/* Without commit nothing remains. */
void ctl_outfile_cleanup(struct ctl_outfile *file);

#endif
