/* SPDX-License-Identifier: Apache-2.0 */
/* The endorsement key, as EC2 and TPM makers know it. */
#ifndef ATTEST_TPM_EK_H
#define ATTEST_TPM_EK_H

#include "tpm/object.h"
#include "tpm/properties.h"

/* In the words of EC2's GetInstanceTpmEkPub. */
enum attest_tpm_ek_type {
    ATTEST_TPM_EK_RSA_2048,     /* template L-1 of the TCG EK Credential Profile, §B.3.3 */
    ATTEST_TPM_EK_ECC_SEC_P384, /* template H-3, §B.4.5 */
};

#define ATTEST_TPM_EK_TYPES 2

/* Makes the EK anew from its template, transient: it takes milliseconds, for RSA sometimes seconds. */
enum attest_error attest_tpm_ek_create(struct attest_tpm *tpm, enum attest_tpm_ek_type type,
                                       struct attest_tpm_handle *ret_handle, struct attest_tpmkey *ret_key,
                                       struct attest_diag *diag) attest_must_check;

/* The EK's certificate (X.509, DER) from NV, without what may be padded behind it; empty if the TPM has none.
 */
enum attest_error attest_tpm_ek_read_certificate(struct attest_tpm *tpm, enum attest_tpm_ek_type type,
                                                 const struct attest_tpm_properties *properties,
                                                 struct attest_bytes *ret_certificate, struct attest_diag *diag)
    attest_must_check;

#endif
