/* SPDX-License-Identifier: Apache-2.0 */
/* The proof that the AK lives in the same TPM as the EK. */
#ifndef ATTEST_TPM_ACTIVATE_H
#define ATTEST_TPM_ACTIVATE_H

#include "tpm/ak.h"
#include "tpm/ek.h"

/* TPM2_ActivateCredential (TPM 2.0 Part 3 §12.5): `credential_blob` is TPM2B_ID_OBJECT, `secret` is
 * TPM2B_ENCRYPTED_SECRET, as TPM2_MakeCredential gives them. ATTEST_MALFORMED if they are not of that form;
 * ATTEST_USAGE if they are not for this AK and EK. */
enum attest_error attest_tpm_activate_credential(const struct attest_tpm_ak *ak, enum attest_tpm_ek_type type,
                                                 struct attest_view credential_blob, struct attest_view secret,
                                                 struct attest_bytes *ret_credential, struct attest_diag *diag)
    attest_must_check;

#endif
