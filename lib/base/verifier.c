/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did the holder of this key sign all that came by? As attest_key_verify, for what streams. Trusts no signature
 * to be well-formed.
 */
#include "base/verifier.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <openssl/err.h>

struct attest_verifier {
    EVP_MD_CTX *context;
};

static enum attest_error outcome(bool done, enum attest_error error)
{
    if (done)
        return ATTEST_OK;
    ERR_clear_error();
    return error;
}

enum attest_error attest_verifier_new(const struct attest_key *key, enum attest_hash hash,
                                      struct attest_verifier **ret_verifier)
{
    if (attest_hash_size(hash) == 0 || attest_key_is_rsa(key))
        return ATTEST_REFUSED;
    _cleanup_(attest_verifier_cleanup) struct attest_verifier *verifier = calloc(1, sizeof *verifier);
    if (!verifier || !(verifier->context = EVP_MD_CTX_new()))
        return ATTEST_MEMORY;
    /* A key is OpenSSL's own object (key.c). */
    attest_try(outcome(EVP_DigestVerifyInit(verifier->context, NULL, attest_hash_md(hash), NULL,
                                            (EVP_PKEY *)(uintptr_t)key) == 1,
                       ATTEST_INTERNAL));
    *ret_verifier = attest_steal(verifier);
    return ATTEST_OK;
}

void attest_verifier_free(struct attest_verifier *verifier)
{
    if (!verifier)
        return;
    EVP_MD_CTX_free(verifier->context);
    free(verifier);
}

void attest_verifier_cleanup(struct attest_verifier **verifier)
{
    attest_verifier_free(*verifier);
}

enum attest_error attest_verifier_update(struct attest_verifier *verifier, struct attest_view message)
{
    return outcome(EVP_DigestVerifyUpdate(verifier->context, message.data, message.size) == 1, ATTEST_INTERNAL);
}

enum attest_error attest_verifier_finish(struct attest_verifier *verifier, struct attest_view signature)
{
    return outcome(EVP_DigestVerifyFinal(verifier->context, signature.data, signature.size) == 1,
                   ATTEST_REFUSED);
}
