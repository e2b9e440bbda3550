/* SPDX-License-Identifier: Apache-2.0 */
/* attestd-unlock --check: what would be asked for, without asking. */
#ifndef ATTEST_UNLOCK_CHECK_H
#define ATTEST_UNLOCK_CHECK_H

#include "daemon/unlock/options.h"

/* Prints it. ATTEST_USAGE, or what else a run would meet before it asks attestd. */
enum attest_error check(const struct config *config, const struct unlock_options *options,
                        struct attest_diag *diag) attest_must_check;

#endif
