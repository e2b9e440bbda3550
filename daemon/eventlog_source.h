/* SPDX-License-Identifier: Apache-2.0 */
/* One event log's file: whether it is there, may be read, and is still the same. */
#ifndef ATTESTD_EVENTLOG_SOURCE_H
#define ATTESTD_EVENTLOG_SOURCE_H

#include "daemon/eventlog_state.h"

#include <sys/types.h>

struct eventlog_source {
    enum attest_log log;
    char *path;
    enum eventlog_presence presence;
    bool known; /* it was opened, and was then this: */
    dev_t device;
    ino_t inode;
    struct attest_logfile *file;    /* IMA's and systemd's: read so far */
    struct eventlog_memory *memory; /* the firmware's, whole */
    enum attest_error error;        /* of one that is unreadable */
    struct attest_diag diag;
};

/* Forgets what was there; a zeroed source is accepted. */
void eventlog_source_reset(struct eventlog_source *source);

/* Looks whether the file is there and still the same; tells whether what was read of it counts no more, or can
 * be read only now. */
bool eventlog_source_refresh(struct eventlog_source *source);

/* From its beginning again. */
void eventlog_source_rewind(struct eventlog_source *source);

/* It can't be read on. Told in the log, once. */
void eventlog_source_fail(struct eventlog_source *source, enum attest_error error,
                          const struct attest_diag *diag);

/* Opens `path` for somebody else's reading, up to where it ends now. An error says what to do. */
enum attest_error eventlog_source_open(enum attest_log log, const char *path, struct attest_logfile **ret_file,
                                       struct attest_diag *diag) attest_must_check;

#endif
