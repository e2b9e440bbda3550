/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCRs extended, once: an extend cannot be taken back, and one that ran twice gives a value that nobody
 * predicted. So that asking again is safe where an answer was lost, the PCR is looked at before.
 */
#ifndef ATTEST_TPM_PCR_EXTEND_H
#define ATTEST_TPM_PCR_EXTEND_H

#include "codec/pcrs.h"
#include "tpm/context.h"

/* One PCR in each bank of `banks` (bit n: enum attest_hash n). */
struct attest_tpm_pcr_values {
    unsigned banks;
    uint8_t values[ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE];
};

/* What is to be extended: the digests of `event`, each bank with its own hash. */
struct attest_tpm_extend {
    unsigned pcr;
    unsigned banks; /* all that are active */
    struct attest_view event;
    struct attest_view before; /* what the PCR of the SHA-384 bank must be; empty: no matter */
};

/* How far it got; zeroed before the first call, kept for the next one after ATTEST_TPM_LOST. */
struct attest_tpm_extension {
    bool begun;
    bool was_there; /* it had been extended before, by somebody who was asked the same */
    struct attest_tpm_pcr_values before, after;
};

/* Extends by one command, in all banks or none, and reads what came of it into extension->after. If the PCR is
 * already what this very extend makes of `before`, or of what an earlier call with this `extension` found, it
 * is left alone. ATTEST_REFUSED if it is neither that nor what it was; ATTEST_TPM_UNSTABLE if somebody else
 * extended it at the same time. */
enum attest_error attest_tpm_pcr_extend(struct attest_tpm *tpm, const struct attest_tpm_extend *extend,
                                        struct attest_tpm_extension *extension, struct attest_diag *diag)
    attest_must_check;

#endif
