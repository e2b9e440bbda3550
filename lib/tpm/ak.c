/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key signs quotes? A primary of the endorsement hierarchy, so that resetCount, restartCount and clock
 * are not obfuscated (TPM 2.0 Part 1 §36.7) and the same key comes back after each boot; persistent, so that a
 * quote is one command, with a resource manager in between too.
 */
#include "tpm/ak.h"

#include "tpm/call.h"

/* The authorisation is empty, so lockout by others' wrong guesses (noDA clear) would protect nothing and could
 * stop every quote. */
#define AK_ATTRIBUTES                                                                                          \
    (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |                        \
     TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_SIGN_ENCRYPT)

static const TPMT_PUBLIC templates[] = {
    [ATTEST_TPM_AK_ECDSA_P256] = {
        .type = TPM2_ALG_ECC,
        .nameAlg = TPM2_ALG_SHA256,
        .objectAttributes = AK_ATTRIBUTES,
        .parameters.eccDetail = {
            .symmetric.algorithm = TPM2_ALG_NULL,
            .scheme = { TPM2_ALG_ECDSA, { .ecdsa.hashAlg = TPM2_ALG_SHA256 } },
            .curveID = TPM2_ECC_NIST_P256,
            .kdf.scheme = TPM2_ALG_NULL,
        },
    },
    [ATTEST_TPM_AK_ECDSA_P384] = {
        .type = TPM2_ALG_ECC,
        .nameAlg = TPM2_ALG_SHA384,
        .objectAttributes = AK_ATTRIBUTES,
        .parameters.eccDetail = {
            .symmetric.algorithm = TPM2_ALG_NULL,
            .scheme = { TPM2_ALG_ECDSA, { .ecdsa.hashAlg = TPM2_ALG_SHA384 } },
            .curveID = TPM2_ECC_NIST_P384,
            .kdf.scheme = TPM2_ALG_NULL,
        },
    },
    [ATTEST_TPM_AK_RSASSA_2048] = {
        .type = TPM2_ALG_RSA,
        .nameAlg = TPM2_ALG_SHA256,
        .objectAttributes = AK_ATTRIBUTES,
        .parameters.rsaDetail = {
            .symmetric.algorithm = TPM2_ALG_NULL,
            .scheme = { TPM2_ALG_RSASSA, { .rsassa.hashAlg = TPM2_ALG_SHA256 } },
            .keyBits = 2048,
        },
    },
};

static enum attest_error load(struct attest_tpm *tpm, const TPMT_PUBLIC *template, TPM2_HANDLE at,
                              struct attest_tpm_ak *ak, struct attest_diag *diag)
{
    bool matches = false;

    attest_try(attest_tpm_handle_load(tpm, at, &ak->handle, diag));
    enum attest_error error = attest_tpm_object_matches(&ak->handle, template, &ak->key, &matches, diag);
    if (error != ATTEST_OK && attest_error_category(error) != ATTEST_CATEGORY_MALFORMED)
        return error;
    if (!matches)
        return attest_fail(diag, ATTEST_TPM_HANDLE_TAKEN, "another object",
                           "the AK or nothing at 0x%08x: set ak-handle, or remove it (tpm2_evictcontrol)", at);
    return ATTEST_OK;
}

static enum attest_error provision(struct attest_tpm *tpm, const TPMT_PUBLIC *template, TPM2_HANDLE at,
                                   struct attest_tpm_ak *ak, struct attest_diag *diag)
{
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle primary = { 0 };
    ESYS_TR persistent = ESYS_TR_NONE;

    attest_try(attest_tpm_object_create(tpm, template, &primary, &ak->key, diag));
    attest_try(attest_tpm_call(tpm, diag, "TPM2_EvictControl",
                               Esys_EvictControl_Async(tpm->esys, ESYS_TR_RH_OWNER, primary.tr,
                                                       ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, at),
                               Esys_EvictControl_Finish(tpm->esys, &persistent)));
    ak->handle = (struct attest_tpm_handle){ .tpm = tpm, .tr = persistent };
    return ATTEST_OK;
}

enum attest_error attest_tpm_ak_open(struct attest_tpm *tpm, enum attest_tpm_ak_algorithm algorithm,
                                     TPM2_HANDLE at, struct attest_tpm_ak *ret_ak, struct attest_diag *diag)
{
    _cleanup_(attest_tpm_ak_done) struct attest_tpm_ak ak = { 0 };
    bool exists = false;

    attest_try(attest_tpm_handle_exists(tpm, at, &exists, diag));
    attest_try((exists ? load : provision)(tpm, &templates[algorithm], at, &ak, diag));
    *ret_ak = ak;
    ak = (struct attest_tpm_ak){ 0 };
    return ATTEST_OK;
}

void attest_tpm_ak_done(struct attest_tpm_ak *ak)
{
    attest_tpm_handle_done(&ak->handle);
    attest_tpmkey_done(&ak->key);
}
