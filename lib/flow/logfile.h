/* SPDX-License-Identifier: Apache-2.0 */
/* An event log that is a file, or grows as one. */
#ifndef ATTEST_FLOW_LOGFILE_H
#define ATTEST_FLOW_LOGFILE_H

#include "codec/logreader.h"

struct attest_logfile {
    int fd;
    char *name;
    uint64_t left; /* bytes that may still be read */
    struct attest_logreader reader;
};

/* Opens `path` ("-" is standard input) as that log, or, by attest_logfile_detect, as what it begins like. The
 * size that the kernel reports is not looked at: it is 0 for logs in securityfs. Read by attest_logreader_next
 * on ->reader, which goes on where the log has grown. ATTEST_SYSTEM, and of detect ATTEST_MALFORMED. */
enum attest_error attest_logfile_open(const char *path, enum attest_log log, struct attest_logfile **ret_file,
                                      struct attest_diag *diag) attest_must_check;
enum attest_error attest_logfile_detect(const char *path, struct attest_logfile **ret_file,
                                        struct attest_diag *diag) attest_must_check;

/* The same of a regular file only, and without waiting for anybody. ATTEST_SYSTEM with errno in diag->native,
 * and ATTEST_MALFORMED for anything but a regular file. */
enum attest_error attest_logfile_open_regular(const char *path, enum attest_log log,
                                              struct attest_logfile **ret_file, struct attest_diag *diag)
    attest_must_check;

/* No more will be read than is there now, if the kernel says how much that is. Before the first reading. */
void attest_logfile_limit(struct attest_logfile *file);

/* Appends some bytes as they stand in the file, beside its reader; none at its end. */
enum attest_error attest_logfile_read(struct attest_logfile *file, struct attest_bytes *out,
                                      struct attest_diag *diag) attest_must_check;

void attest_logfile_close(struct attest_logfile *file); /* NULL is accepted */
void attest_logfile_cleanup(struct attest_logfile **file);

/* Whether systemd has left its log's sticky bit: it died between measuring and writing. */
bool attest_logfile_is_incomplete(const struct attest_logfile *file);

#endif
