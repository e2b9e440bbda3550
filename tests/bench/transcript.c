/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does a document cost where each one is made from nothing? The TPM commands that AWS's nitro-tpm-attest
 * sends for one, by its public source (aws NitroTPM-Tools 1.0), through ESAPI as it does, replayed on a
 * simulator:
 *
 *     a fresh RSA-2048 EK, made persistent, and evicted at the end;
 *     three HMAC sessions that are salted by it (SHA-512), two of them with encryption of parameters
 * (AES-128-CFB), and three more that are not salted; an NV index defined, written in the 15 pieces in which its
 * CBOR encoder writes the request, read in the 13 in which its decoder reads the answer, and removed; the
 * vendor command.
 *
 * Where it differs: nitrotpm-sim judges no HMAC session on its index of 8192 bytes, so that what goes through
 * HMAC sessions goes to an index of 2048 bytes, of which the reads read parts; and the vendor command is sent
 * with a password, on an index of 8192 bytes that was defined, and whose request was written, before. Both are
 * lighter. Nor does it start a process, load a TCTI or open the TPM twice for each document, as the tool does.
 *
 *     transcript TCTI COUNT
 */
#include "tests/bench/samples.h"

#include "base/cleanup.h"
#include "codec/nsm.h"
#include "tpm/call.h"
#include "tpm/nitrotpm.h"
#include "tpm/vendor.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_TIMEOUT 10000
#define EK_HANDLE       0x81010042u
#define INDEX           0x01500042u
#define INDEX_SIZE      2048
#define ANSWER_SIZE     1024 /* of a read, at most */

static const uint16_t writes[] = { 1, 1, 11, 1, 1, 9, 1, 1, 5, 1, 1, 32, 1, 10, 1 };
static const uint16_t reads[] = { 1, 1, 11, 1, 1, 8, 1, 2, 1024, 1024, 1024, 1024, 900 };

static struct attest_tpm *tpm;
static ESYS_CONTEXT *esys;
static unsigned commands;

#define must(expression)                                                                                       \
    do {                                                                                                       \
        TSS2_RC rc_ = (expression);                                                                            \
        commands++;                                                                                            \
        if (rc_ != TSS2_RC_SUCCESS)                                                                            \
            errx(1, "%s: 0x%08" PRIx32, #expression, rc_);                                                     \
    } while (0)

#define NO_SESSIONS ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE

static void capability(TPM2_CAP what, uint32_t first, uint32_t count)
{
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;
    TPMI_YES_NO more;

    must(Esys_GetCapability(esys, NO_SESSIONS, what, first, count, &more, &data));
}

static ESYS_TR session(ESYS_TR salt, TPM2_ALG_ID hash)
{
    const TPMT_SYM_DEF symmetric = { TPM2_ALG_AES, { .aes = 128 }, { .aes = TPM2_ALG_CFB } };
    ESYS_TR tr;

    must(Esys_StartAuthSession(esys, salt, ESYS_TR_NONE, NO_SESSIONS, NULL, TPM2_SE_HMAC, &symmetric, hash,
                               &tr));
    if (Esys_TRSess_SetAttributes(
            esys, tr, TPMA_SESSION_CONTINUESESSION | TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT, 0xff) != 0)
        errx(1, "session attributes");
    return tr;
}

/* Evicting and undefining have no parameter that could be encrypted. */
static ESYS_TR plain_session(void)
{
    ESYS_TR tr = session(ESYS_TR_NONE, TPM2_ALG_SHA256);

    if (Esys_TRSess_SetAttributes(esys, tr, TPMA_SESSION_CONTINUESESSION, 0xff) != 0)
        errx(1, "session attributes");
    return tr;
}

static ESYS_TR load(TPM2_HANDLE handle)
{
    ESYS_TR tr;

    must(Esys_TR_FromTPMPublic(esys, handle, NO_SESSIONS, &tr));
    return tr;
}

static void flush(ESYS_TR tr)
{
    must(Esys_FlushContext(esys, tr));
}

static void make_ek(void)
{
    const TPM2B_PUBLIC template = {
        .publicArea = {
            .type = TPM2_ALG_RSA,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |
                                TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
            .parameters.rsaDetail = {
                .symmetric = { TPM2_ALG_AES, { .aes = 128 }, { .aes = TPM2_ALG_CFB } },
                .scheme.scheme = TPM2_ALG_NULL,
                .keyBits = 2048,
            },
        },
    };
    const TPM2B_SENSITIVE_CREATE sensitive = { 0 };
    const TPM2B_DATA outside = { 0 };
    const TPML_PCR_SELECTION pcrs = { 0 };
    ESYS_TR key, persistent;

    capability(TPM2_CAP_HANDLES, TPM2_PERSISTENT_FIRST, TPM2_MAX_CAP_HANDLES);
    ESYS_TR encrypting = session(ESYS_TR_NONE, TPM2_ALG_SHA256);
    must(Esys_CreatePrimary(esys, ESYS_TR_RH_ENDORSEMENT, encrypting, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive,
                            &template, &outside, &pcrs, &key, NULL, NULL, NULL, NULL));
    if (Esys_TRSess_SetAttributes(esys, encrypting, TPMA_SESSION_CONTINUESESSION, 0xff) != 0)
        errx(1, "session attributes");
    must(Esys_EvictControl(esys, ESYS_TR_RH_OWNER, key, encrypting, ESYS_TR_NONE, ESYS_TR_NONE, EK_HANDLE,
                           &persistent));
    Esys_TR_Close(esys, &persistent);
    flush(encrypting);
    flush(key);
}

static void write_request(void)
{
    const TPM2B_AUTH auth = { .size = 64,
                              .buffer = "64 bytes that nobody else knows, as far as this is concerned...." };
    const TPM2B_NV_PUBLIC public = {
        .nvPublic = {
            .nvIndex = INDEX,
            .nameAlg = TPM2_ALG_SHA512,
            .attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE,
            .dataSize = INDEX_SIZE,
        },
    };
    _cleanup_esys_ TPM2B_NV_PUBLIC *read = NULL, *again = NULL;
    ESYS_TR index;
    UINT16 offset = 0;

    capability(TPM2_CAP_HANDLES, TPM2_NV_INDEX_FIRST, TPM2_MAX_CAP_HANDLES);
    ESYS_TR ek = load(EK_HANDLE), encrypting = session(ek, TPM2_ALG_SHA512);
    must(Esys_NV_DefineSpace(esys, ESYS_TR_RH_OWNER, encrypting, ESYS_TR_NONE, ESYS_TR_NONE, &auth, &public,
                             &index));
    must(Esys_NV_ReadPublic(esys, index, NO_SESSIONS, &read, NULL));
    capability(TPM2_CAP_TPM_PROPERTIES, TPM2_PT_NV_BUFFER_MAX, 1);
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; offset = (UINT16)(offset + writes[i++])) {
        const TPM2B_MAX_NV_BUFFER data = { .size = writes[i] };
        must(Esys_NV_Write(esys, index, index, encrypting, ESYS_TR_NONE, ESYS_TR_NONE, &data, offset));
    }
    Esys_TR_Close(esys, &index);
    index = load(INDEX);
    must(Esys_NV_ReadPublic(esys, index, NO_SESSIONS, &again, NULL));
    Esys_TR_Close(esys, &index);
    flush(encrypting);
    Esys_TR_Close(esys, &ek);
}

static void ask(const struct attest_tpm_nvbuffer *buffer)
{
    ESYS_TR ek = load(EK_HANDLE), salted = session(ek, TPM2_ALG_SHA512);
    struct attest_diag diag = { 0 };

    commands++;
    if (attest_tpm_vendor_send(tpm, ATTEST_TPM_NSM_REQUEST, "vendor command", buffer->index,
                               attest_tpm_nvbuffer_auth(buffer), &diag) != ATTEST_OK)
        errx(1, "expected %s, found %s", diag.expected, diag.found);
    flush(salted);
    Esys_TR_Close(esys, &ek);
}

static void read_answer(void)
{
    const TPM2B_AUTH auth = { .size = 64,
                              .buffer = "64 bytes that nobody else knows, as far as this is concerned...." };
    _cleanup_esys_ TPM2B_NV_PUBLIC *public = NULL;

    ESYS_TR ek = load(EK_HANDLE), encrypting = session(ek, TPM2_ALG_SHA512), index = load(INDEX);
    if (Esys_TR_SetAuth(esys, index, &auth) != TSS2_RC_SUCCESS)
        errx(1, "authorisation of the index");
    must(Esys_NV_ReadPublic(esys, index, NO_SESSIONS, &public, NULL));
    capability(TPM2_CAP_TPM_PROPERTIES, TPM2_PT_NV_BUFFER_MAX, 1);
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        _cleanup_esys_ TPM2B_MAX_NV_BUFFER *data = NULL;
        must(Esys_NV_Read(esys, index, index, encrypting, ESYS_TR_NONE, ESYS_TR_NONE, reads[i], 0, &data));
    }
    Esys_TR_Close(esys, &index);
    flush(encrypting);
    Esys_TR_Close(esys, &ek);
}

static void clean_up(void)
{
    ESYS_TR none, undefining = plain_session(), index = load(INDEX);

    must(Esys_NV_UndefineSpace(esys, ESYS_TR_RH_OWNER, index, undefining, ESYS_TR_NONE, ESYS_TR_NONE));
    flush(undefining);
    ESYS_TR evicting = plain_session(), ek = load(EK_HANDLE);
    must(Esys_EvictControl(esys, ESYS_TR_RH_OWNER, ek, evicting, ESYS_TR_NONE, ESYS_TR_NONE, EK_HANDLE, &none));
    flush(evicting);
}

static void make_document(const struct attest_tpm_nvbuffer *buffer)
{
    make_ek();
    write_request();
    ask(buffer);
    read_answer();
    clean_up();
}

static bool is_alive(const uint8_t owner[ATTEST_TPM_OWNER_SIZE])
{
    (void)owner;
    return true;
}

/* The index of 8192 bytes, with a request for a nonce of 32 bytes; the vendor command leaves an answer where
 * that was, which is written over each time. */
static void prepare(const struct attest_tpm_nvbuffer *buffer)
{
    static const uint8_t nonce[32] = { 1 };
    const struct attest_nsm_attestation attestation = { .nonce = attest_view_of(nonce) };
    _cleanup_(attest_bytes_done) struct attest_bytes request = attest_bytes_init(256);

    if (attest_nsm_write_attestation(&attestation, &request) != ATTEST_OK ||
        attest_tpm_nvbuffer_write(buffer, attest_bytes_view(&request), NULL) != ATTEST_OK)
        errx(1, "the request");
}

static void measure(const struct attest_tpm_nvbuffer *buffer, unsigned long documents)
{
    struct samples samples = { 0 };
    uint64_t elapsed = 0;

    for (unsigned long i = 0; i < documents; i++) {
        prepare(buffer);
        commands = 0;
        uint64_t begun = samples_now();
        make_document(buffer);
        uint64_t took = samples_now() - begun;
        samples_add(&samples, took);
        elapsed += took;
    }
    printf("{\"commands\":%u,", commands);
    samples_print(&samples, elapsed);
    printf("}\n");
    samples_done(&samples);
}

int main(int argc, char **argv)
{
    struct attest_tpm_options options = { .command_timeout = COMMAND_TIMEOUT };
    const struct attest_tpm_properties properties = { .nv_buffer_max = ANSWER_SIZE };
    const struct attest_tpm_owners owners = { .is_alive = is_alive };
    struct attest_tpm_nvbuffer buffer = { 0 };
    struct attest_diag diag = { 0 };

    if (argc != 3)
        errx(2, "usage: transcript TCTI COUNT");
    options.tcti = argv[1];
    if (attest_tpm_open(&options, &tpm, &diag) != ATTEST_OK ||
        attest_tpm_nvbuffer_open(tpm, &properties, &owners, &buffer, &diag) != ATTEST_OK)
        errx(1, "expected %s, found %s", diag.expected, diag.found);
    esys = tpm->esys;
    measure(&buffer, strtoul(argv[2], NULL, 10));
    attest_tpm_nvbuffer_close(&buffer);
    attest_tpm_close(tpm);
    return 0;
}
