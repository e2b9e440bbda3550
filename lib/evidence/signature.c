/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did this key sign this message? Trusts only the key. A TPMT_SIGNATURE (TPM 2.0 Part 2 §11.3.4) names its
 * scheme and hash; the bare forms of other tools don't, so that the key and the caller have to tell.
 */
#include "evidence/signature.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "codec/tpmwire.h"
#include "evidence/verdict.h"

#define SIGNATURE_MAX ((size_t)1024)

/* Of whatever form, ready to be checked. */
struct signature {
    enum attest_key_scheme scheme;
    bool bare; /* it does not say its scheme */
    enum attest_hash hash;
    struct attest_bytes value;
};

static void signature_done(struct signature *signature)
{
    attest_bytes_done(&signature->value);
}

static enum attest_error load_tpmt(const struct attest_tpm_signature *tpmt, struct signature *signature)
{
    signature->hash = attest_tpmwire_hash(tpmt->hash);
    if (tpmt->scheme == ATTEST_TPM_ALG_ECDSA) {
        signature->scheme = ATTEST_KEY_ECDSA;
        return attest_key_encode_ecdsa(tpmt->r, tpmt->s, &signature->value);
    }
    signature->scheme = tpmt->scheme == ATTEST_TPM_ALG_RSAPSS ? ATTEST_KEY_RSAPSS : ATTEST_KEY_RSASSA;
    attest_bytes_append(&signature->value, tpmt->r);
    return attest_bytes_check(&signature->value);
}

static enum attest_error load(struct attest_view wire, const struct attest_key *key, enum attest_hash bare_hash,
                              struct signature *signature)
{
    struct attest_tpm_signature tpmt;

    signature->value = attest_bytes_init(SIGNATURE_MAX);
    if (attest_tpmwire_parse_signature(wire, &tpmt, NULL) == ATTEST_OK)
        return load_tpmt(&tpmt, signature);
    signature->bare = true;
    signature->scheme = attest_key_is_rsa(key) ? ATTEST_KEY_RSASSA : ATTEST_KEY_ECDSA;
    signature->hash = bare_hash;
    attest_bytes_append(&signature->value, wire);
    return attest_bytes_check(&signature->value);
}

static enum attest_error verify(const struct signature *signature, const struct attest_key *key,
                                struct attest_view message)
{
    struct attest_view value = attest_bytes_view(&signature->value);

    enum attest_error error = attest_key_verify(key, signature->scheme, signature->hash, message, value);
    if (error == ATTEST_REFUSED && signature->bare && signature->scheme == ATTEST_KEY_RSASSA)
        error = attest_key_verify(key, ATTEST_KEY_RSAPSS, signature->hash, message, value);
    return error;
}

enum attest_error attest_signature_check(struct attest_view wire, const struct attest_key *key,
                                         struct attest_view message, enum attest_hash bare_hash,
                                         struct attest_verdict *verdict)
{
    _cleanup_(signature_done) struct signature signature = { 0 };

    if (!key) {
        attest_verdict_add(verdict, false, "signature", "expected a key to verify it with, found none");
        return ATTEST_OK;
    }
    attest_try(load(wire, key, bare_hash, &signature));
    if (signature.hash == ATTEST_HASH_SHA1 || signature.hash == ATTEST_HASH_NONE) {
        attest_verdict_add(verdict, false, "signature", "expected one of sha256, sha384 or sha512, found %s",
                           attest_hash_name(signature.hash));
        return ATTEST_OK;
    }
    enum attest_error error = verify(&signature, key, message);
    if (error != ATTEST_OK && error != ATTEST_REFUSED)
        return error;
    attest_verdict_add(verdict, error == ATTEST_OK, "signature",
                       error == ATTEST_OK ? "over the message, by the key, with %s"
                                          : "expected one by the key over the message, found another (%s)",
                       attest_hash_name(signature.hash));
    return ATTEST_OK;
}
