/* SPDX-License-Identifier: Apache-2.0 */
/* Where secrets may lie: in memory that no disk ever sees. */
#ifndef ATTEST_UNLOCK_MOUNT_H
#define ATTEST_UNLOCK_MOUNT_H

#include "attest/error.h"

/* Whether the file system of the folder `fd` (O_PATH will do) is ramfs, tmpfs mounted noswap, or tmpfs while
 * the machine has no swap. ATTEST_DENIED if it is another, or if that can't be found out. */
enum attest_error mount_check(int fd, const char *path, struct attest_diag *diag) attest_must_check;

#endif
