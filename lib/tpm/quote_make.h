/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes made. */
#ifndef ATTEST_TPM_QUOTE_MAKE_H
#define ATTEST_TPM_QUOTE_MAKE_H

#include "codec/pcrs.h"
#include "tpm/ak.h"

struct attest_tpm_quote {
    struct attest_bytes quoted;    /* TPMS_ATTEST */
    struct attest_bytes signature; /* TPMT_SIGNATURE */
    struct attest_pcrs pcrs;       /* the values that were quoted: their digest is in `quoted` */
};

/* A zeroed quote is accepted. */
void attest_tpm_quote_done(struct attest_tpm_quote *quote);

/* Quotes `mask` of `bank` with `nonce` as extraData. `cache` holds the values of `bank` known so far (zeroed at
 * first) and is kept up to date: PCRs are read only where the quote's digest says that they have changed.
 * ATTEST_USAGE for an inactive bank or a nonce that the TPM doesn't take; ATTEST_TPM_UNSTABLE. */
enum attest_error attest_tpm_quote_make(const struct attest_tpm_ak *ak, struct attest_view nonce, uint32_t mask,
                                        struct attest_pcrs *cache, struct attest_tpm_quote *ret_quote,
                                        struct attest_diag *diag) attest_must_check;

#endif
