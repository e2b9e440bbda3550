/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To whom can somebody encrypt, so that only this process reads it, and only while it runs? Trusts OpenSSL to
 * put p, q, d and what is computed from them into the secure heap (BN_secure_new), which it does when it
 * generates a key and when it copies one; tests/unit/test_recipient.c looks.
 */
#include "base/recipient.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"
#include "base/secureheap.h"

#include <openssl/err.h>

#define SPKI_MAX ((size_t)1024) /* as a document's public_key */

struct attest_recipient {
    EVP_PKEY *pkey;
    struct attest_bytes spki;
};

static enum attest_error encode_spki(const EVP_PKEY *pkey, struct attest_bytes *out)
{
    uint8_t *der = NULL;

    int size = i2d_PUBKEY(pkey, &der);
    if (size <= 0)
        return ATTEST_MEMORY;
    attest_bytes_append(out, (struct attest_view){ der, (size_t)size });
    OPENSSL_free(der);
    return attest_bytes_check(out);
}

enum attest_error attest_recipient_adopt(EVP_PKEY **pkey, struct attest_recipient **ret_key)
{
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = calloc(1, sizeof *key);

    if (!key)
        return ATTEST_MEMORY;
    key->pkey = attest_steal(*pkey);
    key->spki = attest_bytes_init(SPKI_MAX);
    attest_try(encode_spki(key->pkey, &key->spki));
    *ret_key = attest_steal(key);
    return ATTEST_OK;
}

enum attest_error attest_recipient_new(struct attest_recipient **ret_key, struct attest_diag *diag)
{
    attest_try(attest_secureheap_init(diag));
    _cleanup_(EVP_PKEY_freep) EVP_PKEY *pkey = EVP_RSA_gen(ATTEST_RECIPIENT_BITS);
    if (!pkey) {
        ERR_clear_error();
        return attest_fail(diag, ATTEST_SYSTEM, NULL, "an RSA key of %d bits", ATTEST_RECIPIENT_BITS);
    }
    return attest_recipient_adopt(&pkey, ret_key);
}

void attest_recipient_free(struct attest_recipient *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    attest_bytes_done(&key->spki);
    free(key);
}

void attest_recipient_cleanup(struct attest_recipient **key)
{
    attest_recipient_free(*key);
}

struct attest_view attest_recipient_spki(const struct attest_recipient *key)
{
    return attest_bytes_view(&key->spki);
}

EVP_PKEY *attest_recipient_dup(const struct attest_recipient *key)
{
    return EVP_PKEY_dup(key->pkey);
}
