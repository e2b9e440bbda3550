/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do we hold in the TPM, and is it given back on every path? A TPM has three slots for transient objects:
 * one that is forgotten is missed soon (TPM 2.0 Part 1 §30).
 */
#include "tpm/handle.h"

#include "tpm/call.h"

static enum attest_error flush(struct attest_tpm *tpm, ESYS_TR tr, struct attest_diag *diag)
{
    return attest_tpm_call(tpm, diag, "TPM2_FlushContext", Esys_FlushContext_Async(tpm->esys, tr),
                           Esys_FlushContext_Finish(tpm->esys));
}

void attest_tpm_handle_done(struct attest_tpm_handle *handle)
{
    if (!handle->tpm)
        return;
    /* What could not be flushed, or was not ours to flush, is still to be freed on our side. */
    if (!handle->flush || attest_tpm_is_broken(handle->tpm) ||
        flush(handle->tpm, handle->tr, NULL) != ATTEST_OK)
        Esys_TR_Close(handle->tpm->esys, &handle->tr);
    *handle = (struct attest_tpm_handle){ 0 };
}

enum attest_error attest_tpm_handle_exists(struct attest_tpm *tpm, TPM2_HANDLE handle, bool *ret_exists,
                                           struct attest_diag *diag)
{
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;

    attest_try(attest_tpm_capability(tpm, TPM2_CAP_HANDLES, handle, 1, &data,
                                     diag)); /* the first from there on, which may be another */
    *ret_exists = data->data.handles.count > 0 && data->data.handles.handle[0] == handle;
    return ATTEST_OK;
}

enum attest_error attest_tpm_handle_load(struct attest_tpm *tpm, TPM2_HANDLE handle,
                                         struct attest_tpm_handle *ret_handle, struct attest_diag *diag)
{
    ESYS_TR tr = ESYS_TR_NONE;

    attest_try(attest_tpm_call(
        tpm, diag, "TPM2_ReadPublic",
        Esys_TR_FromTPMPublic_Async(tpm->esys, handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE),
        Esys_TR_FromTPMPublic_Finish(tpm->esys, &tr)));
    *ret_handle = (struct attest_tpm_handle){ .tpm = tpm, .tr = tr };
    return ATTEST_OK;
}

static enum attest_error reclaim(struct attest_tpm *tpm, TPM2_HANDLE first, unsigned *count,
                                 struct attest_diag *diag)
{
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;

    attest_try(attest_tpm_capability(tpm, TPM2_CAP_HANDLES, first, TPM2_MAX_CAP_HANDLES, &data, diag));
    for (uint32_t i = 0; i < data->data.handles.count; i++) {
        struct attest_tpm_handle stale;
        attest_try(attest_tpm_handle_load(tpm, data->data.handles.handle[i], &stale, diag));
        attest_try(flush(tpm, stale.tr, diag));
        (*count)++;
    }
    return ATTEST_OK;
}

enum attest_error attest_tpm_handle_reclaim(struct attest_tpm *tpm, unsigned *ret_count,
                                            struct attest_diag *diag)
{
    unsigned count = 0;

    attest_try(reclaim(tpm, TPM2_TRANSIENT_FIRST, &count, diag));
    attest_try(reclaim(tpm, TPM2_LOADED_SESSION_FIRST, &count, diag));
    *ret_count = count;
    return ATTEST_OK;
}
