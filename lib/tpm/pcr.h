/* SPDX-License-Identifier: Apache-2.0 */
/* PCRs read consistently. */
#ifndef ATTEST_TPM_PCR_H
#define ATTEST_TPM_PCR_H

#include "codec/pcrs.h"
#include "tpm/context.h"

#include <tss2/tss2_tpm2_types.h>

/* The values of `mask` in `bank`, all of one moment: read again, a few times, while the update counter moves
 * between the commands that this takes. Note that the counter does not move for PCR 16 and 21 to 23 on a PC (PC
 * Client Platform TPM Profile §4.6.2). ATTEST_TPM_UNSTABLE; ATTEST_USAGE if the bank is not active. */
enum attest_error attest_tpm_pcr_read(struct attest_tpm *tpm, enum attest_hash bank, uint32_t mask,
                                      struct attest_pcrs *ret_pcrs, uint32_t *ret_update_counter,
                                      struct attest_diag *diag) attest_must_check;

TPML_PCR_SELECTION attest_tpm_pcr_selection(enum attest_hash bank, uint32_t mask);

#endif
