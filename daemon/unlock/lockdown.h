/* SPDX-License-Identifier: Apache-2.0 */
/* What this process gives up before it has anything to hide. */
#ifndef ATTEST_UNLOCK_LOCKDOWN_H
#define ATTEST_UNLOCK_LOCKDOWN_H

#include "attest/error.h"

/* No core file, no debugger, no new privileges, no page of ours in swap. ATTEST_SYSTEM with what was refused.
 */
enum attest_error lockdown(struct attest_diag *diag) attest_must_check;

/* How much stack a thread gets: all of it is locked. */
#define LOCKDOWN_STACK_SIZE ((size_t)512 << 10)

#endif
