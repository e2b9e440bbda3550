/* SPDX-License-Identifier: Apache-2.0 */
/* The file that says what a run did, and beside it the lock that makes runs follow one another. */
#ifndef ATTEST_UNLOCK_REPORT_H
#define ATTEST_UNLOCK_REPORT_H

#include "evidence/unlockreport.h"

/* Waits for another run to end, until `deadline` (steady time). ATTEST_SYSTEM if the folder is not there. The
 * descriptor is the lock; it ends with the process. */
enum attest_error report_lock(const char *path, uint64_t deadline, int *ret_fd, struct attest_diag *diag)
    attest_must_check;

/* Replaces the file whole. What can't be written is logged, and is no reason to keep a secret back. */
void report_write(const char *path, const struct attest_unlockreport *report);

/* Now, as reports have it. */
void report_stamp(char ret_text[ATTEST_TIME_SIZE]);

#endif
