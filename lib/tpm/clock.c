/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Was the TPM reset since? TPM 2.0 Part 3 §29.1. Not signed: for decisions of our own, which no verifier sees.
 */
#include "tpm/clock.h"

#include "tpm/call.h"

enum attest_error attest_tpm_clock_read(struct attest_tpm *tpm, struct attest_tpm_clock *ret_clock,
                                        struct attest_diag *diag)
{
    _cleanup_esys_ TPMS_TIME_INFO *time = NULL;

    attest_try(attest_tpm_call(tpm, diag, "TPM2_ReadClock",
                               Esys_ReadClock_Async(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE),
                               Esys_ReadClock_Finish(tpm->esys, &time)));
    *ret_clock = (struct attest_tpm_clock){
        .reset_count = time->clockInfo.resetCount,
        .restart_count = time->clockInfo.restartCount,
        .safe = time->clockInfo.safe == TPM2_YES,
    };
    return ATTEST_OK;
}
