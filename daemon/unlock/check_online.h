/* SPDX-License-Identifier: Apache-2.0 */
/* attestd-unlock --check=online: each step of a run up to KMS's yes, one by one. */
#ifndef ATTEST_UNLOCK_CHECK_ONLINE_H
#define ATTEST_UNLOCK_CHECK_ONLINE_H

#include "daemon/unlock/plan.h"

/* Prints a line for each step, and advice behind the first that fails, where it ends. Nothing is extended,
 * decrypted or written. */
enum attest_error check_online(const struct config *config, struct plan *plan, struct attest_diag *diag)
    attest_must_check;

#endif
