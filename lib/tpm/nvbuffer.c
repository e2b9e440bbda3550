/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where do we and the NSM exchange messages, and which NV indices are left of those who did? TPM 2.0 Part 3
 * §31. By passwords, not HMAC sessions: ESAPI makes a new library context for each hash of a session, which
 * costs more than the command, and an HMAC would protect only against whoever sits between us and the TPM, who
 * can ask for documents anyway. Trusts no index by its handle.
 */
#include "tpm/nvbuffer.h"

#include "base/random.h"
#include "tpm/call.h"

#include <string.h>

#define AUTH_SIZE   ((size_t)TPM2_SHA256_DIGEST_SIZE)
#define BOOT_SIZE   4
#define CHUNK_LEAST ((size_t)512) /* where the TPM does not say */
#define ATTRIBUTES  ((TPMA_NV)(TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA))

/* The first half of SHA-256 of "attestd: message buffer of a NitroTPM", without NUL. */
static const uint8_t marker[16] = {
    0x2c, 0x40, 0xb8, 0x9a, 0x5a, 0x62, 0x80, 0x2f, 0xb8, 0xc5, 0xaf, 0x07, 0x3c, 0xd0, 0x7d, 0xa0,
};

/* The marker, the boot, the owner: together as long as the digest that a policy would be. */
static void write_policy(const struct attest_tpm_owners *owners, uint8_t ret_policy[TPM2_SHA256_DIGEST_SIZE])
{
    memcpy(ret_policy, marker, sizeof marker);
    for (unsigned i = 0; i < BOOT_SIZE; i++)
        ret_policy[sizeof marker + i] = (uint8_t)(owners->reset_count >> (24 - 8 * i));
    memcpy(ret_policy + sizeof marker + BOOT_SIZE, owners->self, sizeof owners->self);
}

static TPM2B_NV_PUBLIC public_of(TPM2_HANDLE index, const struct attest_tpm_owners *owners)
{
    TPM2B_NV_PUBLIC public = {
        .nvPublic = {
            .nvIndex = index,
            .nameAlg = TPM2_ALG_SHA256,
            .attributes = ATTRIBUTES,
            .authPolicy = { .size = TPM2_SHA256_DIGEST_SIZE },
            .dataSize = (UINT16)ATTEST_TPM_NVBUFFER_SIZE,
        },
    };

    write_policy(owners, public.nvPublic.authPolicy.buffer);
    return public;
}

static bool is_buffer(const TPMS_NV_PUBLIC *public)
{
    return public->nameAlg == TPM2_ALG_SHA256 && public->dataSize == ATTEST_TPM_NVBUFFER_SIZE &&
           (public->attributes & ~(TPMA_NV)TPMA_NV_WRITTEN) == ATTRIBUTES &&
           public->authPolicy.size == TPM2_SHA256_DIGEST_SIZE &&
           memcmp(public->authPolicy.buffer, marker, sizeof marker) == 0;
}

static bool is_stale(const TPMS_NV_PUBLIC *public, const struct attest_tpm_owners *owners)
{
    const uint8_t *policy = public->authPolicy.buffer, *owner = policy + sizeof marker + BOOT_SIZE;
    uint8_t own[TPM2_SHA256_DIGEST_SIZE];

    if (!is_buffer(public))
        return false;
    write_policy(owners, own);
    return memcmp(policy, own, (size_t)(owner - policy)) != 0 ||
           memcmp(owner, owners->self, sizeof owners->self) == 0 || !owners->is_alive(owner);
}

/* Bit n: handle FIRST + n is taken. */
static enum attest_error list(struct attest_tpm *tpm, uint32_t *ret_taken, struct attest_diag *diag)
{
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;
    uint32_t taken = 0;

    attest_try(attest_tpm_capability(tpm, TPM2_CAP_HANDLES, ATTEST_TPM_NVBUFFER_FIRST,
                                     ATTEST_TPM_NVBUFFER_COUNT, &data, diag));
    for (uint32_t i = 0; i < data->data.handles.count; i++) {
        TPM2_HANDLE number = data->data.handles.handle[i] - ATTEST_TPM_NVBUFFER_FIRST;
        if (number < ATTEST_TPM_NVBUFFER_COUNT)
            taken |= 1u << number;
    }
    *ret_taken = taken;
    return ATTEST_OK;
}

static enum attest_error undefine(struct attest_tpm *tpm, ESYS_TR index, struct attest_diag *diag)
{
    return attest_tpm_call(tpm, diag, "TPM2_NV_UndefineSpace",
                           Esys_NV_UndefineSpace_Async(tpm->esys, ESYS_TR_RH_OWNER, index, ESYS_TR_PASSWORD,
                                                       ESYS_TR_NONE, ESYS_TR_NONE),
                           Esys_NV_UndefineSpace_Finish(tpm->esys));
}

/* ESAPI frees its own object with the index. */
static enum attest_error remove_index(struct attest_tpm_handle *handle, struct attest_diag *diag)
{
    enum attest_error error = undefine(handle->tpm, handle->tr, diag);

    if (error == ATTEST_OK)
        *handle = (struct attest_tpm_handle){ 0 };
    return error;
}

static enum attest_error reclaim(struct attest_tpm *tpm, TPM2_HANDLE index,
                                 const struct attest_tpm_owners *owners, unsigned *count,
                                 struct attest_diag *diag)
{
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle handle = { 0 };
    _cleanup_esys_ TPM2B_NV_PUBLIC *public = NULL;

    attest_try(attest_tpm_handle_load(tpm, index, &handle, diag));
    attest_try(attest_tpm_call(
        tpm, diag, "TPM2_NV_ReadPublic",
        Esys_NV_ReadPublic_Async(tpm->esys, handle.tr, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE),
        Esys_NV_ReadPublic_Finish(tpm->esys, &public, NULL)));
    if (!is_stale(&public->nvPublic, owners))
        return ATTEST_OK;
    enum attest_error error = remove_index(&handle, diag);
    *count += error == ATTEST_OK;
    return error == ATTEST_TPM_FAILED ? ATTEST_OK : error;
}

enum attest_error attest_tpm_nvbuffer_reclaim(struct attest_tpm *tpm, const struct attest_tpm_owners *owners,
                                              unsigned *ret_count, struct attest_diag *diag)
{
    unsigned count = 0;
    uint32_t taken = 0;

    attest_try(list(tpm, &taken, diag));
    for (uint32_t i = 0; i < ATTEST_TPM_NVBUFFER_COUNT; i++)
        if (taken >> i & 1)
            attest_try(reclaim(tpm, ATTEST_TPM_NVBUFFER_FIRST + i, owners, &count, diag));
    *ret_count = count;
    return ATTEST_OK;
}

/* An error of format one, whatever it is about (Part 2 §6.6.2). */
static bool is_format_one(uint32_t native, TPM2_RC code)
{
    return (native & TPM2_RC_FMT1) && (native & (TPM2_RC_FMT1 | 0x3f)) == code;
}

static bool is_refused_authorisation(uint32_t native)
{
    return is_format_one(native, TPM2_RC_BAD_AUTH) || is_format_one(native, TPM2_RC_AUTH_FAIL);
}

/* What stands in the way of a definition, in words that somebody can act on. */
static enum attest_error explain(enum attest_error error, struct attest_diag *diag)
{
    char found[sizeof diag->found];

    if (error != ATTEST_TPM_FAILED)
        return error;
    memcpy(found, diag->found, sizeof found);
    if (is_refused_authorisation(diag->native))
        return attest_fail(diag, error, found,
                           "an empty owner authorisation, with which to define the message buffer");
    if (diag->native == TPM2_RC_NV_SPACE)
        return attest_fail(diag, error, found, "room for the message buffer's %zu bytes in the TPM's NV memory",
                           ATTEST_TPM_NVBUFFER_SIZE);
    return error;
}

static enum attest_error define(struct attest_tpm *tpm, TPM2_HANDLE index,
                                const struct attest_tpm_owners *owners, const TPM2B_AUTH *auth,
                                struct attest_tpm_handle *ret_handle, struct attest_diag *diag)
{
    const TPM2B_NV_PUBLIC public = public_of(index, owners);
    ESYS_TR tr = ESYS_TR_NONE;

    attest_try(attest_tpm_call(tpm, diag, "TPM2_NV_DefineSpace",
                               Esys_NV_DefineSpace_Async(tpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
                                                         ESYS_TR_NONE, ESYS_TR_NONE, auth, &public),
                               Esys_NV_DefineSpace_Finish(tpm->esys, &tr)));
    *ret_handle = (struct attest_tpm_handle){ .tpm = tpm, .tr = tr };
    return ATTEST_OK;
}

/* At the first handle that is free, and still is when we come to it. */
static enum attest_error define_somewhere(struct attest_tpm *tpm, const struct attest_tpm_owners *owners,
                                          const TPM2B_AUTH *auth, struct attest_tpm_nvbuffer *buffer,
                                          struct attest_diag *diag)
{
    uint32_t taken = 0;

    attest_try(list(tpm, &taken, diag));
    for (uint32_t i = 0; i < ATTEST_TPM_NVBUFFER_COUNT; i++) {
        if (taken >> i & 1)
            continue;
        buffer->index = ATTEST_TPM_NVBUFFER_FIRST + i;
        enum attest_error error = define(tpm, buffer->index, owners, auth, &buffer->handle, diag);
        if (error != ATTEST_TPM_FAILED || diag->native != TPM2_RC_NV_DEFINED)
            return explain(error, diag);
    }
    return attest_fail(diag, ATTEST_TPM_FAILED, "none",
                       "a free NV index from 0x%08x to 0x%08x, for the message buffer",
                       ATTEST_TPM_NVBUFFER_FIRST, ATTEST_TPM_NVBUFFER_FIRST + ATTEST_TPM_NVBUFFER_COUNT - 1);
}

/* A last byte of zero would not count: a TPM takes trailing zeros off (Part 1 §19.6.4.3). */
static enum attest_error make_auth(struct attest_secret **ret_auth, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *auth = NULL;

    attest_try(attest_secret_new(AUTH_SIZE, &auth, diag));
    uint8_t *data = attest_secret_data(auth);
    attest_try(attest_random_fill(data, AUTH_SIZE, diag));
    data[AUTH_SIZE - 1] |= 1;
    *ret_auth = attest_steal(auth);
    return ATTEST_OK;
}

static void wipe_auth(TPM2B_AUTH *auth)
{
    explicit_bzero(auth, sizeof *auth);
}

static size_t chunk_of(const struct attest_tpm_properties *properties)
{
    size_t most = properties->nv_buffer_max;

    return most == 0 ? CHUNK_LEAST : most < TPM2_MAX_NV_BUFFER_SIZE ? most : TPM2_MAX_NV_BUFFER_SIZE;
}

enum attest_error attest_tpm_nvbuffer_open(struct attest_tpm *tpm,
                                           const struct attest_tpm_properties *properties,
                                           const struct attest_tpm_owners *owners,
                                           struct attest_tpm_nvbuffer *ret_buffer, struct attest_diag *diag)
{
    _cleanup_(attest_tpm_nvbuffer_close) struct attest_tpm_nvbuffer buffer = { .chunk = chunk_of(properties) };
    _cleanup_(wipe_auth) TPM2B_AUTH auth = { .size = (UINT16)AUTH_SIZE };
    struct attest_diag own = { 0 }; /* the native code decides, so that there has to be one */

    attest_try(make_auth(&buffer.auth, diag));
    memcpy(auth.buffer, attest_secret_data(buffer.auth), AUTH_SIZE);
    enum attest_error error = define_somewhere(tpm, owners, &auth, &buffer, diag ?: &own);
    attest_try(error);
    if (Esys_TR_SetAuth(tpm->esys, buffer.handle.tr, &auth) != TSS2_RC_SUCCESS)
        return attest_fail(diag, ATTEST_INTERNAL, NULL, "an index whose authorisation can be set");
    *ret_buffer = buffer;
    buffer = (struct attest_tpm_nvbuffer){ 0 };
    return ATTEST_OK;
}

static enum attest_error write_chunk(const struct attest_tpm_nvbuffer *buffer, struct attest_view part,
                                     UINT16 offset, struct attest_diag *diag)
{
    struct attest_tpm *tpm = buffer->handle.tpm;
    ESYS_TR index = buffer->handle.tr;
    TPM2B_MAX_NV_BUFFER data = { .size = (UINT16)part.size };
    struct attest_diag own = { 0 };
    struct attest_diag *told = diag ?: &own;

    memcpy(data.buffer, part.data, part.size);
    enum attest_error error = attest_tpm_call(tpm, told, "TPM2_NV_Write",
                                              Esys_NV_Write_Async(tpm->esys, index, index, ESYS_TR_PASSWORD,
                                                                  ESYS_TR_NONE, ESYS_TR_NONE, &data, offset),
                                              Esys_NV_Write_Finish(tpm->esys));
    return error == ATTEST_TPM_FAILED && is_refused_authorisation(told->native) ? ATTEST_DENIED : error;
}

enum attest_error attest_tpm_nvbuffer_write(const struct attest_tpm_nvbuffer *buffer,
                                            struct attest_view content, struct attest_diag *diag)
{
    if (content.size > ATTEST_TPM_NVBUFFER_SIZE)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a message of at most %zu bytes",
                           ATTEST_TPM_NVBUFFER_SIZE);
    for (size_t offset = 0; offset < content.size; offset += buffer->chunk) {
        size_t left = content.size - offset;
        struct attest_view part = { content.data + offset, left < buffer->chunk ? left : buffer->chunk };
        attest_try(write_chunk(buffer, part, (UINT16)offset, diag));
    }
    return ATTEST_OK;
}

enum attest_error attest_tpm_nvbuffer_read(const struct attest_tpm_nvbuffer *buffer, struct attest_bytes *out,
                                           struct attest_diag *diag)
{
    struct attest_tpm *tpm = buffer->handle.tpm;
    ESYS_TR index = buffer->handle.tr;
    size_t left = out->size < ATTEST_TPM_NVBUFFER_SIZE ? ATTEST_TPM_NVBUFFER_SIZE - out->size : 0;
    UINT16 size = (UINT16)(left < buffer->chunk ? left : buffer->chunk), offset = (UINT16)out->size;
    _cleanup_esys_ TPM2B_MAX_NV_BUFFER *data = NULL;

    attest_try(attest_tpm_call(
        tpm, diag, "TPM2_NV_Read",
        Esys_NV_Read_Async(tpm->esys, index, index, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, size, offset),
        Esys_NV_Read_Finish(tpm->esys, &data)));
    if (data->size != size || size == 0)
        return attest_fail(diag, ATTEST_TPM_FAILED, NULL, "%u bytes in TPM2_NV_Read's answer", size);
    attest_bytes_append(out, (struct attest_view){ data->buffer, data->size });
    return attest_bytes_check(out);
}

struct attest_view attest_tpm_nvbuffer_auth(const struct attest_tpm_nvbuffer *buffer)
{
    return (struct attest_view){ attest_secret_data(buffer->auth), attest_secret_size(buffer->auth) };
}

void attest_tpm_nvbuffer_forget(struct attest_tpm_nvbuffer *buffer)
{
    attest_tpm_handle_done(&buffer->handle);
    attest_secret_free(buffer->auth);
    *buffer = (struct attest_tpm_nvbuffer){ 0 };
}

void attest_tpm_nvbuffer_close(struct attest_tpm_nvbuffer *buffer)
{
    /* What can't be removed now is reclaimed at the next start. */
    if (buffer->handle.tpm && !attest_tpm_is_broken(buffer->handle.tpm))
        (void)!remove_index(&buffer->handle, NULL);
    attest_tpm_nvbuffer_forget(buffer);
}
