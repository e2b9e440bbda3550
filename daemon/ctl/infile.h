/* SPDX-License-Identifier: Apache-2.0 */
/* A file of any size, read in pieces, with progress shown on a terminal. */
#ifndef ATTESTCTL_INFILE_H
#define ATTESTCTL_INFILE_H

#include "attest/view.h"
#include "daemon/ctl/options.h"

#include <stdbool.h>

struct ctl_infile {
    const char *path;
    int fd;
    uint64_t size; /* of a regular file; 0 if unknown */
    uint64_t done, shown;
    bool shows;
};

#define CTL_INFILE_INIT                                                                                        \
    {                                                                                                          \
        .fd = -1                                                                                               \
    }

/* "-" is standard input. ATTEST_SYSTEM. */
enum attest_error ctl_infile_open(struct ctl_call *call, const char *path, struct ctl_infile *ret_file)
    attest_must_check;

/* Fills the buffer, but for the last piece; `ret_size` is then less, and 0 at the end. */
enum attest_error ctl_infile_read(struct ctl_call *call, struct ctl_infile *file, uint8_t *buffer, size_t size,
                                  size_t *ret_size) attest_must_check;

void ctl_infile_cleanup(struct ctl_infile *file);

#endif
