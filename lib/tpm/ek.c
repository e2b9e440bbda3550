/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which TPM is this, in the word of who made it? The EK from the well-known templates and its certificate from
 * the well-known index (TCG EK Credential Profile 2.5, §2.2, annex B).
 */
#include "tpm/ek.h"

#include "tpm/call.h"

#define CERTIFICATE_MAX ((size_t)16 << 10)

#define EK_ATTRIBUTES                                                                                          \
    (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |                        \
     TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)

/* PolicyA with SHA-256, and PolicyB with SHA-384: §B.6.2, §B.6.5 */
#define POLICY_A_SHA256                                                                                        \
    "\x83\x71\x97\x67\x44\x84\xb3\xf8\x1a\x90\xcc\x8d\x46\xa5\xd7\x24"                                         \
    "\xfd\x52\xd7\x6e\x06\x52\x0b\x64\xf2\xa1\xda\x1b\x33\x14\x69\xaa"
#define POLICY_B_SHA384                                                                                        \
    "\xb2\x6e\x7d\x28\xd1\x1a\x50\xbc\x53\xd8\x82\xbc\xf5\xfd\x3a\x1a"                                         \
    "\x07\x41\x48\xbb\x35\xd3\xb4\xe4\xcb\x1c\x0a\xd9\xbd\xe4\x19\xca"                                         \
    "\xcb\x47\xba\x09\x69\x96\x46\x15\x0f\x9f\xc0\x00\xf3\xf8\x0e\x12"

static const struct {
    TPM2_HANDLE certificate; /* NV index */
    TPMT_PUBLIC template;
} keys[ATTEST_TPM_EK_TYPES] = {
    [ATTEST_TPM_EK_RSA_2048] = {
        .certificate = 0x01c00002,
        .template = {
            .type = TPM2_ALG_RSA,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = EK_ATTRIBUTES,
            .authPolicy = { 32, POLICY_A_SHA256 },
            .parameters.rsaDetail = {
                .symmetric = { TPM2_ALG_AES, { .aes = 128 }, { .aes = TPM2_ALG_CFB } },
                .scheme.scheme = TPM2_ALG_NULL,
                .keyBits = 2048,
            },
            .unique.rsa.size = 256, /* zeros */
        },
    },
    [ATTEST_TPM_EK_ECC_SEC_P384] = {
        .certificate = 0x01c00016,
        .template = {
            .type = TPM2_ALG_ECC,
            .nameAlg = TPM2_ALG_SHA384,
            .objectAttributes = EK_ATTRIBUTES | TPMA_OBJECT_USERWITHAUTH,
            .authPolicy = { 48, POLICY_B_SHA384 },
            .parameters.eccDetail = {
                .symmetric = { TPM2_ALG_AES, { .aes = 256 }, { .aes = TPM2_ALG_CFB } },
                .scheme.scheme = TPM2_ALG_NULL,
                .curveID = TPM2_ECC_NIST_P384,
                .kdf.scheme = TPM2_ALG_NULL,
            },
        },
    },
};

enum attest_error attest_tpm_ek_create(struct attest_tpm *tpm, enum attest_tpm_ek_type type,
                                       struct attest_tpm_handle *ret_handle, struct attest_tpmkey *ret_key,
                                       struct attest_diag *diag)
{
    return attest_tpm_object_create(tpm, &keys[type].template, ret_handle, ret_key, diag);
}

static enum attest_error read_chunk(const struct attest_tpm_handle *index, uint16_t size, uint16_t offset,
                                    struct attest_bytes *content, struct attest_diag *diag)
{
    struct attest_tpm *tpm = index->tpm;
    _cleanup_esys_ TPM2B_MAX_NV_BUFFER *chunk = NULL;

    attest_try(attest_tpm_call(tpm, diag, "TPM2_NV_Read",
                               Esys_NV_Read_Async(tpm->esys, index->tr, index->tr, ESYS_TR_PASSWORD,
                                                  ESYS_TR_NONE, ESYS_TR_NONE, size, offset),
                               Esys_NV_Read_Finish(tpm->esys, &chunk)));
    if (chunk->size != size)
        return attest_fail(diag, ATTEST_TPM_FAILED, NULL, "%u bytes in TPM2_NV_Read's answer", size);
    attest_bytes_append(content, (struct attest_view){ chunk->buffer, chunk->size });
    return attest_bytes_check(content);
}

static enum attest_error read_index(const struct attest_tpm_handle *index, size_t chunk_max,
                                    struct attest_bytes *content, struct attest_diag *diag)
{
    struct attest_tpm *tpm = index->tpm;
    _cleanup_esys_ TPM2B_NV_PUBLIC *public = NULL;

    attest_try(attest_tpm_call(
        tpm, diag, "TPM2_NV_ReadPublic",
        Esys_NV_ReadPublic_Async(tpm->esys, index->tr, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE),
        Esys_NV_ReadPublic_Finish(tpm->esys, &public, NULL)));
    while (content->size < public->nvPublic.dataSize) {
        size_t left = public->nvPublic.dataSize - content->size;
        attest_try(read_chunk(index, (uint16_t)(left < chunk_max ? left : chunk_max), (uint16_t)content->size,
                              content, diag));
    }
    return ATTEST_OK;
}

enum attest_error attest_tpm_ek_read_certificate(struct attest_tpm *tpm, enum attest_tpm_ek_type type,
                                                 const struct attest_tpm_properties *properties,
                                                 struct attest_bytes *ret_certificate, struct attest_diag *diag)
{
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle index = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(CERTIFICATE_MAX);
    size_t chunk_max = properties->nv_buffer_max < TPM2_MAX_NV_BUFFER_SIZE ? properties->nv_buffer_max
                                                                           : TPM2_MAX_NV_BUFFER_SIZE;
    bool exists = false;

    attest_try(attest_tpm_handle_exists(tpm, keys[type].certificate, &exists, diag));
    if (exists && chunk_max > 0) {
        attest_try(attest_tpm_handle_load(tpm, keys[type].certificate, &index, diag));
        attest_try(read_index(&index, chunk_max, &content, diag));
    }
    content.size = attest_key_certificate_size(attest_bytes_view(&content));
    *ret_certificate = attest_bytes_take(&content);
    return ATTEST_OK;
}
