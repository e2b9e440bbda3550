/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which keys come from this one? RFC 5869, in its two steps, for one secret may give several keys. OpenSSL
 * computes, and wipes what it kept meanwhile.
 */
#include "base/hkdf.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>

ATTEST_OSSL_CLEANUP(EVP_KDF, EVP_KDF_free)
ATTEST_OSSL_CLEANUP(EVP_KDF_CTX, EVP_KDF_CTX_free)

#define PARAMS_MAX 5

static OSSL_PARAM octets(const char *name, const uint8_t *data, size_t size)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)data, size); /* which it only reads */
}

/* One step; `other` is the salt of the first, the info of the second, and is left out where it is empty. */
static enum attest_error derive(int mode, enum attest_hash hash, struct attest_secret *key,
                                const char *other_name, struct attest_view other, struct attest_secret *out)
{
    OSSL_PARAM params[PARAMS_MAX], *next = params;

    *next++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
    *next++ =
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)attest_hash_name(hash), 0);
    *next++ = octets(OSSL_KDF_PARAM_KEY, attest_secret_data(key), attest_secret_size(key));
    if (other.size > 0)
        *next++ = octets(other_name, other.data, other.size);
    *next = OSSL_PARAM_construct_end();

    _cleanup_(EVP_KDF_freep) EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
    _cleanup_(EVP_KDF_CTX_freep) EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    if (context && EVP_KDF_derive(context, attest_secret_data(out), attest_secret_size(out), params) == 1)
        return ATTEST_OK;
    ERR_clear_error();
    return ATTEST_INTERNAL;
}

enum attest_error attest_hkdf_extract(enum attest_hash hash, struct attest_view salt, struct attest_secret *key,
                                      struct attest_secret **ret_prk, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *prk = NULL;

    if (attest_hash_size(hash) == 0)
        return ATTEST_UNSUPPORTED;
    attest_try(attest_secret_new(attest_hash_size(hash), &prk, diag));
    attest_try(derive(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, hash, key, OSSL_KDF_PARAM_SALT, salt, prk));
    *ret_prk = attest_steal(prk);
    return ATTEST_OK;
}

enum attest_error attest_hkdf_expand(enum attest_hash hash, struct attest_secret *prk, struct attest_view info,
                                     size_t size, struct attest_secret **ret_key, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL;

    if (attest_hash_size(hash) == 0 || size > 255 * attest_hash_size(hash)) /* §2.3: L <= 255*HashLen */
        return ATTEST_UNSUPPORTED;
    attest_try(attest_secret_new(size, &key, diag));
    attest_try(derive(EVP_KDF_HKDF_MODE_EXPAND_ONLY, hash, prk, OSSL_KDF_PARAM_INFO, info, key));
    *ret_key = attest_steal(key);
    return ATTEST_OK;
}
