/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key is this object of the TPM, and is it one that we would have made? The qualified name tells where in
 * the hierarchies a key stands (TPM 2.0 Part 1 §26.5), so that no key needs to be made again to compare.
 */
#include "tpm/object.h"

#include "tpm/call.h"

#include <tss2/tss2_mu.h>

#define PUBLIC_MAX ((size_t)1024)

static enum attest_error marshal(const TPMT_PUBLIC *public, uint8_t wire[PUBLIC_MAX],
                                 struct attest_view *ret_view, struct attest_diag *diag)
{
    size_t size = 0;

    TSS2_RC rc = Tss2_MU_TPMT_PUBLIC_Marshal(public, wire, PUBLIC_MAX, &size);
    if (rc != TSS2_RC_SUCCESS)
        return attest_fail(diag, ATTEST_INTERNAL, NULL, "a public area that can be marshalled");
    *ret_view = (struct attest_view){ wire, size };
    return ATTEST_OK;
}

static enum attest_error to_key(const TPMT_PUBLIC *public, struct attest_tpmkey *ret_key,
                                struct attest_diag *diag)
{
    uint8_t wire[PUBLIC_MAX];
    struct attest_view view;

    attest_try(marshal(public, wire, &view, diag));
    return attest_tpmkey_parse(view, ret_key, diag);
}

enum attest_error attest_tpm_object_create(struct attest_tpm *tpm, const TPMT_PUBLIC *template,
                                           struct attest_tpm_handle *ret_handle, struct attest_tpmkey *ret_key,
                                           struct attest_diag *diag)
{
    const TPM2B_PUBLIC in_public = { .publicArea = *template };
    const TPM2B_SENSITIVE_CREATE sensitive = { 0 };
    const TPM2B_DATA outside = { 0 };
    const TPML_PCR_SELECTION creation_pcrs = { 0 };
    _cleanup_esys_ TPM2B_PUBLIC *out_public = NULL;
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle handle = { .flush = true };

    attest_try(attest_tpm_call(
        tpm, diag, "TPM2_CreatePrimary",
        Esys_CreatePrimary_Async(tpm->esys, ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                 ESYS_TR_NONE, &sensitive, &in_public, &outside, &creation_pcrs),
        Esys_CreatePrimary_Finish(tpm->esys, &handle.tr, &out_public, NULL, NULL, NULL)));
    handle.tpm = tpm;
    attest_try(to_key(&out_public->publicArea, ret_key, diag));
    *ret_handle = handle;
    handle = (struct attest_tpm_handle){ 0 };
    return ATTEST_OK;
}

/* Two public areas, but for the key itself. */
static enum attest_error same_template(TPMT_PUBLIC a, TPMT_PUBLIC b, bool *ret_same, struct attest_diag *diag)
{
    uint8_t wire_a[PUBLIC_MAX], wire_b[PUBLIC_MAX];
    struct attest_view view_a, view_b;

    a.unique = b.unique = (TPMU_PUBLIC_ID){ 0 };
    attest_try(marshal(&a, wire_a, &view_a, diag));
    attest_try(marshal(&b, wire_b, &view_b, diag));
    *ret_same = attest_view_equal(view_a, view_b);
    return ATTEST_OK;
}

enum attest_error attest_tpm_object_matches(const struct attest_tpm_handle *handle, const TPMT_PUBLIC *template,
                                            struct attest_tpmkey *ret_key, bool *ret_matches,
                                            struct attest_diag *diag)
{
    struct attest_tpm *tpm = handle->tpm;
    _cleanup_esys_ TPM2B_PUBLIC *public = NULL;
    _cleanup_esys_ TPM2B_NAME *qualified = NULL;
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    uint8_t expected[ATTEST_TPMKEY_NAME_MAX];
    size_t expected_size = 0;
    bool same = false;

    attest_try(
        attest_tpm_call(tpm, diag, "TPM2_ReadPublic",
                        Esys_ReadPublic_Async(tpm->esys, handle->tr, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE),
                        Esys_ReadPublic_Finish(tpm->esys, &public, NULL, &qualified)));
    attest_try(to_key(&public->publicArea, &key, diag));
    attest_try(attest_tpmkey_qualify(&key, ATTEST_TPM_RH_ENDORSEMENT, expected, &expected_size));
    attest_try(same_template(public->publicArea, *template, &same, diag));
    *ret_matches = same && attest_view_equal((struct attest_view){ expected, expected_size },
                                             (struct attest_view){ qualified->name, qualified->size });
    *ret_key = key;
    key = (struct attest_tpmkey){ 0 };
    return ATTEST_OK;
}
