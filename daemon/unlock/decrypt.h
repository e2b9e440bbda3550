/* SPDX-License-Identifier: Apache-2.0 */
/* attestd-unlock decrypt: one ciphertext from standard input to standard output. */
#ifndef ATTEST_UNLOCK_DECRYPT_H
#define ATTEST_UNLOCK_DECRYPT_H

#include "daemon/unlock/options.h"

/* No file, no extend, no report. */
enum attest_error decrypt(const struct config *config, const struct unlock_options *options,
                          struct attest_diag *diag) attest_must_check;

#endif
