/* SPDX-License-Identifier: Apache-2.0 */
/* What attestd shows of the last run of attestd-unlock. */
#ifndef ATTESTD_UNLOCK_STATUS_H
#define ATTESTD_UNLOCK_STATUS_H

#include "evidence/unlockreport.h"

struct unlock_status {
    enum { UNLOCK_STATUS_NONE, UNLOCK_STATUS_UNREADABLE, UNLOCK_STATUS_READ } kind;
    struct attest_unlockreport report;
};

/* Reads the file, whatever it is: one that is missing, no report, or not a regular file is told as such. */
void unlock_status_read(const char *path, struct unlock_status *ret_status);
void unlock_status_done(struct unlock_status *status); /* a zeroed one is accepted */

void unlock_status_write(struct attest_json_writer *json, const struct unlock_status *status);

#endif
