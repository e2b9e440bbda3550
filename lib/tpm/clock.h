/* SPDX-License-Identifier: Apache-2.0 */
/* Which boot of the TPM this is. */
#ifndef ATTEST_TPM_CLOCK_H
#define ATTEST_TPM_CLOCK_H

#include "tpm/context.h"

struct attest_tpm_clock {
    uint32_t reset_count, restart_count;
    bool safe; /* its time was never later than it is now */
};

/* TPM2_ReadClock (Part 3 §29.1). ATTEST_TPM_FAILED, ATTEST_TPM_LOST, ATTEST_TPM_TIMEOUT. */
enum attest_error attest_tpm_clock_read(struct attest_tpm *tpm, struct attest_tpm_clock *ret_clock,
                                        struct attest_diag *diag) attest_must_check;

#endif
