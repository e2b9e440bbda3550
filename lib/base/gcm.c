/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are these bytes what the holder of the key encrypted? NIST SP 800-38D by OpenSSL, whose context has the key's
 * schedule, once for all messages under it, and is wiped by OpenSSL when it is freed.
 */
#include "base/gcm.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <openssl/err.h>

ATTEST_OSSL_CLEANUP(EVP_CIPHER, EVP_CIPHER_free)

#define PIECE_MAX ((size_t)1 << 30) /* OpenSSL counts in int */

struct attest_gcm {
    EVP_CIPHER_CTX *context;
};

static const struct {
    size_t key_size;
    const char *name;
} ciphers[] = { { 16, "AES-128-GCM" }, { 24, "AES-192-GCM" }, { 32, "AES-256-GCM" } };

static const char *cipher_name(size_t key_size)
{
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++)
        if (ciphers[i].key_size == key_size)
            return ciphers[i].name;
    return NULL;
}

static enum attest_error outcome(bool done, enum attest_error error)
{
    if (done)
        return ATTEST_OK;
    ERR_clear_error(); /* our errors say it */
    return error;
}

enum attest_error attest_gcm_new(struct attest_secret *key, bool encrypt, struct attest_gcm **ret_gcm,
                                 struct attest_diag *diag)
{
    const char *name = cipher_name(attest_secret_size(key));

    if (!name)
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "an AES key of 16, 24 or 32 bytes");
    _cleanup_(EVP_CIPHER_freep) EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    _cleanup_(attest_gcm_cleanup) struct attest_gcm *gcm = calloc(1, sizeof *gcm);
    if (!gcm || !(gcm->context = EVP_CIPHER_CTX_new()))
        return ATTEST_MEMORY;
    attest_try(outcome(cipher && EVP_CipherInit_ex2(gcm->context, cipher, attest_secret_data(key), NULL,
                                                    encrypt ? 1 : 0, NULL),
                       ATTEST_INTERNAL));
    *ret_gcm = attest_steal(gcm);
    return ATTEST_OK;
}

void attest_gcm_free(struct attest_gcm *gcm)
{
    if (!gcm)
        return;
    EVP_CIPHER_CTX_free(gcm->context);
    free(gcm);
}

void attest_gcm_cleanup(struct attest_gcm **gcm)
{
    attest_gcm_free(*gcm);
}

/* Into `output`, or for the tag alone where that is NULL. */
static bool update(struct attest_gcm *gcm, struct attest_view input, uint8_t *output)
{
    while (input.size > 0) {
        size_t piece = input.size < PIECE_MAX ? input.size : PIECE_MAX;
        int done = 0;
        if (!EVP_CipherUpdate(gcm->context, output, &done, input.data, (int)piece) || (size_t)done != piece)
            return false;
        input.data += piece;
        input.size -= piece;
        output += output ? piece : 0;
    }
    return true;
}

enum attest_error attest_gcm_begin(struct attest_gcm *gcm, const uint8_t iv[ATTEST_GCM_IV_SIZE],
                                   struct attest_view aad)
{
    /* -1: in the direction that it has. */
    return outcome(EVP_CipherInit_ex2(gcm->context, NULL, NULL, iv, -1, NULL) && update(gcm, aad, NULL),
                   ATTEST_INTERNAL);
}

enum attest_error attest_gcm_update(struct attest_gcm *gcm, struct attest_view input, uint8_t *ret_output)
{
    return outcome(update(gcm, input, ret_output), ATTEST_INTERNAL);
}

enum attest_error attest_gcm_verify(struct attest_gcm *gcm, const uint8_t tag[ATTEST_GCM_TAG_SIZE])
{
    uint8_t none[1];
    int done = 0;

    if (!EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_SET_TAG, ATTEST_GCM_TAG_SIZE, (void *)(uintptr_t)tag))
        return outcome(false, ATTEST_INTERNAL);
    return outcome(EVP_CipherFinal_ex(gcm->context, none, &done) == 1, ATTEST_REFUSED);
}

enum attest_error attest_gcm_finish(struct attest_gcm *gcm, uint8_t ret_tag[ATTEST_GCM_TAG_SIZE])
{
    uint8_t none[1];
    int done = 0;

    return outcome(EVP_CipherFinal_ex(gcm->context, none, &done) == 1 &&
                       EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_GET_TAG, ATTEST_GCM_TAG_SIZE, ret_tag) ==
                           1,
                   ATTEST_INTERNAL);
}
