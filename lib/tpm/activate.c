/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does this AK live beside that EK? Whoever made the credential for both learns it from the answer; this side
 * only carries it to the TPM, which refuses one that was made for another pair.
 */
#include "tpm/activate.h"

#include "base/reader.h"
#include "tpm/call.h"

#include <string.h>

/* All of `wire` is one sized buffer (TPM 2.0 Part 2 §12.4.3, §11.4.3). */
static enum attest_error take_sized(struct attest_view wire, const char *name, size_t maximum, UINT16 *ret_size,
                                    BYTE *ret_buffer, struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);

    struct attest_view content = attest_reader_take_sized(&reader, maximum);
    if (attest_reader_end(&reader, NULL) != ATTEST_OK)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s, a size of two bytes and as many bytes", name);
    *ret_size = (UINT16)content.size;
    memcpy(ret_buffer, content.data ?: (const uint8_t *)"", content.size);
    return ATTEST_OK;
}

/* The session that the EK of template L-1 asks for: PolicySecret of the endorsement hierarchy (EK Credential
 * Profile §B.6.2). */
static enum attest_error open_policy(struct attest_tpm *tpm, struct attest_tpm_handle *ret_session,
                                     struct attest_diag *diag)
{
    const TPMT_SYM_DEF symmetric = { .algorithm = TPM2_ALG_NULL };
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle session = { .flush = true };

    attest_try(attest_tpm_call(tpm, diag, "TPM2_StartAuthSession",
                               Esys_StartAuthSession_Async(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                                           ESYS_TR_NONE, ESYS_TR_NONE, NULL, TPM2_SE_POLICY,
                                                           &symmetric, TPM2_ALG_SHA256),
                               Esys_StartAuthSession_Finish(tpm->esys, &session.tr)));
    session.tpm = tpm;
    /* Kept after its use, so that flushing it is always ours. */
    if (Esys_TRSess_SetAttributes(tpm->esys, session.tr, TPMA_SESSION_CONTINUESESSION, 0xff) != TSS2_RC_SUCCESS)
        return attest_fail(diag, ATTEST_INTERNAL, NULL, "a session whose attributes can be set");
    attest_try(
        attest_tpm_call(tpm, diag, "TPM2_PolicySecret",
                        Esys_PolicySecret_Async(tpm->esys, ESYS_TR_RH_ENDORSEMENT, session.tr, ESYS_TR_PASSWORD,
                                                ESYS_TR_NONE, ESYS_TR_NONE, NULL, NULL, NULL, 0),
                        Esys_PolicySecret_Finish(tpm->esys, NULL, NULL)));
    *ret_session = session;
    session = (struct attest_tpm_handle){ 0 };
    return ATTEST_OK;
}

static void wipe_digest(TPM2B_DIGEST **digest)
{
    if (*digest)
        explicit_bzero(*digest, sizeof **digest);
    Esys_Free(*digest);
}

static enum attest_error activate(const struct attest_tpm_ak *ak, ESYS_TR ek, ESYS_TR ek_session,
                                  const TPM2B_ID_OBJECT *blob, const TPM2B_ENCRYPTED_SECRET *secret,
                                  struct attest_bytes *ret_credential, struct attest_diag *diag)
{
    struct attest_tpm *tpm = ak->handle.tpm;
    _cleanup_(wipe_digest) TPM2B_DIGEST *info = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes credential = attest_bytes_init(sizeof info->buffer);

    enum attest_error error =
        attest_tpm_call(tpm, diag, "TPM2_ActivateCredential",
                        Esys_ActivateCredential_Async(tpm->esys, ak->handle.tr, ek, ESYS_TR_PASSWORD,
                                                      ek_session, ESYS_TR_NONE, blob, secret),
                        Esys_ActivateCredential_Finish(tpm->esys, &info));
    if (error == ATTEST_TPM_FAILED) /* the caller's mistake, not the TPM's */
        return attest_fail(diag, ATTEST_USAGE, NULL, "a credential made for this AK and this EK");
    attest_try(error);
    attest_bytes_append(&credential, (struct attest_view){ info->buffer, info->size });
    attest_try(attest_bytes_check(&credential));
    *ret_credential = attest_bytes_take(&credential);
    return ATTEST_OK;
}

enum attest_error attest_tpm_activate_credential(const struct attest_tpm_ak *ak, enum attest_tpm_ek_type type,
                                                 struct attest_view credential_blob, struct attest_view secret,
                                                 struct attest_bytes *ret_credential, struct attest_diag *diag)
{
    struct attest_tpm *tpm = ak->handle.tpm;
    TPM2B_ID_OBJECT blob = { 0 };
    TPM2B_ENCRYPTED_SECRET encrypted = { 0 };
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle ek = { 0 }, session = { 0 };
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey ek_key = { 0 };

    attest_try(take_sized(credential_blob, "credential_blob: TPM2B_ID_OBJECT", sizeof blob.credential,
                          &blob.size, blob.credential, diag));
    attest_try(take_sized(secret, "secret: TPM2B_ENCRYPTED_SECRET", sizeof encrypted.secret, &encrypted.size,
                          encrypted.secret, diag));
    attest_try(attest_tpm_ek_create(tpm, type, &ek, &ek_key, diag));
    if (type == ATTEST_TPM_EK_RSA_2048)
        attest_try(open_policy(tpm, &session, diag));
    /* Template H-3 has userWithAuth, and an empty authorisation. */
    return activate(ak, ek.tr, session.tpm ? session.tr : ESYS_TR_PASSWORD, &blob, &encrypted, ret_credential,
                    diag);
}
