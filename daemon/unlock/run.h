/* SPDX-License-Identifier: Apache-2.0 */
/* A run of attestd-unlock, from the configuration to the files. */
#ifndef ATTEST_UNLOCK_RUN_H
#define ATTEST_UNLOCK_RUN_H

#include "daemon/unlock/options.h"

/* ATTEST_OK once every required secret is out. Log and report say what happened; so does `diag`. */
enum attest_error run(const struct config *config, const struct unlock_options *options,
                      struct attest_diag *diag) attest_must_check;

#endif
