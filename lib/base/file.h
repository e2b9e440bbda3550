/* SPDX-License-Identifier: Apache-2.0 */
/* Files read whole and bounded. */
#ifndef ATTEST_BASE_FILE_H
#define ATTEST_BASE_FILE_H

#include "base/bytes.h"

#include <sys/types.h>

/* Reads all of `path` ("-" is standard input), at most `maximum` bytes, whatever size the kernel reports.
 * ATTEST_SYSTEM (errno as native) or ATTEST_TOO_LARGE. */
enum attest_error attest_file_read(const char *path, size_t maximum, struct attest_bytes *ret_content,
                                   struct attest_diag *diag) attest_must_check;

/* The same of a descriptor, which stays open. */
enum attest_error attest_file_read_fd(int fd, const char *name, size_t maximum,
                                      struct attest_bytes *ret_content, struct attest_diag *diag)
    attest_must_check;

/* Opens `path` for reading and demands that it is of `type` (S_IFREG or S_IFDIR), that root owns it and that
 * nobody else may write it: what a configuration is read from (ATTEST_DENIED otherwise). */
enum attest_error attest_file_open_trusted(const char *path, mode_t type, int *ret_fd, struct attest_diag *diag)
    attest_must_check;

/* Creates or replaces `path` whole; "-" is standard output. */
enum attest_error attest_file_write(const char *path, struct attest_view content, struct attest_diag *diag)
    attest_must_check;

#endif
