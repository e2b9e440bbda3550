/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation key. */
#ifndef ATTEST_TPM_AK_H
#define ATTEST_TPM_AK_H

#include "tpm/object.h"

enum attest_tpm_ak_algorithm {
    ATTEST_TPM_AK_ECDSA_P256,
    ATTEST_TPM_AK_ECDSA_P384,
    ATTEST_TPM_AK_RSASSA_2048,
};

struct attest_tpm_ak {
    struct attest_tpm_handle handle;
    struct attest_tpmkey key;
};

/* The AK that sits at the persistent handle `at`; made and made persistent first if nothing does. It is a
 * restricted signing primary of the endorsement hierarchy: the same after each boot. ATTEST_TPM_HANDLE_TAKEN if
 * something else is there, which is left alone. */
enum attest_error attest_tpm_ak_open(struct attest_tpm *tpm, enum attest_tpm_ak_algorithm algorithm,
                                     TPM2_HANDLE at, struct attest_tpm_ak *ret_ak, struct attest_diag *diag)
    attest_must_check;

/* A zeroed AK is accepted. It stays in the TPM. */
void attest_tpm_ak_done(struct attest_tpm_ak *ak);

#endif
