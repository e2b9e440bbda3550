/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is the digest of these bytes? OpenSSL computes; this file knows the names and sizes.
 */
#include "base/hash.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <string.h>

static const struct {
    const char *name;
    size_t size;
    const EVP_MD *(*md)(void);
} hashes[ATTEST_HASH_COUNT] = {
    [ATTEST_HASH_NONE] = { "none", 0, EVP_md_null },     [ATTEST_HASH_SHA1] = { "sha1", 20, EVP_sha1 },
    [ATTEST_HASH_SHA256] = { "sha256", 32, EVP_sha256 }, [ATTEST_HASH_SHA384] = { "sha384", 48, EVP_sha384 },
    [ATTEST_HASH_SHA512] = { "sha512", 64, EVP_sha512 },
};

static size_t row(enum attest_hash hash)
{
    return (size_t)hash < ATTEST_HASH_COUNT ? (size_t)hash : ATTEST_HASH_NONE;
}

const char *attest_hash_name(enum attest_hash hash)
{
    return hashes[row(hash)].name;
}

size_t attest_hash_size(enum attest_hash hash)
{
    return hashes[row(hash)].size;
}

const EVP_MD *attest_hash_md(enum attest_hash hash)
{
    return hashes[row(hash)].md();
}

enum attest_hash attest_hash_find(struct attest_view name)
{
    for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++)
        if (attest_view_equal(name, attest_view_text(hashes[i].name)))
            return (enum attest_hash)i;
    return ATTEST_HASH_NONE;
}

/* A context for each algorithm, set up once: with EVP_sha256() and the like OpenSSL looks the algorithm up for
 * every digest, which takes longer than the digest of a PCR. */
struct attest_hasher {
    EVP_MD_CTX *contexts[ATTEST_HASH_COUNT];
};

enum attest_error attest_hasher_new(struct attest_hasher **ret_hasher)
{
    _cleanup_(attest_hasher_cleanup) struct attest_hasher *hasher = calloc(1, sizeof *hasher);

    if (!hasher)
        return ATTEST_MEMORY;
    *ret_hasher = attest_steal(hasher);
    return ATTEST_OK;
}

void attest_hasher_free(struct attest_hasher *hasher)
{
    if (!hasher)
        return;
    for (size_t i = 0; i < ATTEST_HASH_COUNT; i++)
        EVP_MD_CTX_free(hasher->contexts[i]);
    free(hasher);
}

void attest_hasher_cleanup(struct attest_hasher **hasher)
{
    attest_hasher_free(*hasher);
}

static enum attest_error set_up(enum attest_hash hash, EVP_MD_CTX **ret_context)
{
    _cleanup_(EVP_MD_freep) EVP_MD *md = EVP_MD_fetch(NULL, attest_hash_name(hash), NULL);
    _cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (!context)
        return ATTEST_MEMORY;
    if (!md || !EVP_DigestInit_ex2(context, md, NULL))
        return ATTEST_INTERNAL;
    *ret_context = attest_steal(context);
    return ATTEST_OK;
}

/* The algorithm's context, at the beginning of a digest. */
static enum attest_error begin(struct attest_hasher *hasher, enum attest_hash hash, EVP_MD_CTX **ret_context)
{
    EVP_MD_CTX **context = &hasher->contexts[row(hash)];

    if (attest_hash_size(hash) == 0)
        return ATTEST_UNSUPPORTED;
    if (!*context)
        attest_try(set_up(hash, context));
    else if (!EVP_DigestInit_ex2(*context, NULL, NULL)) /* the algorithm that it has */
        return ATTEST_INTERNAL;
    *ret_context = *context;
    return ATTEST_OK;
}

enum attest_error attest_hasher_digest(struct attest_hasher *hasher, enum attest_hash hash,
                                       const struct attest_view *parts, size_t count,
                                       uint8_t ret_digest[ATTEST_HASH_MAX_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };
    EVP_MD_CTX *context;

    attest_try(begin(hasher, hash, &context));
    for (size_t i = 0; i < count; i++)
        if (!EVP_DigestUpdate(context, parts[i].data, parts[i].size))
            return ATTEST_INTERNAL;
    if (!EVP_DigestFinal_ex(context, digest, NULL))
        return ATTEST_INTERNAL;
    memcpy(ret_digest, digest, attest_hash_size(hash));
    return ATTEST_OK;
}

enum attest_error attest_hash_digest(enum attest_hash hash, const struct attest_view *parts, size_t count,
                                     uint8_t ret_digest[ATTEST_HASH_MAX_SIZE])
{
    _cleanup_(attest_hasher_cleanup) struct attest_hasher *hasher = NULL;

    attest_try(attest_hasher_new(&hasher));
    return attest_hasher_digest(hasher, hash, parts, count, ret_digest);
}

enum attest_error attest_hash_hmac(enum attest_hash hash, struct attest_view key, struct attest_view message,
                                   uint8_t ret_code[ATTEST_HASH_MAX_SIZE])
{
    uint8_t code[EVP_MAX_MD_SIZE];
    unsigned size = sizeof code;

    if (attest_hash_size(hash) == 0)
        return ATTEST_UNSUPPORTED;
    if (key.size > INT_MAX)
        return ATTEST_TOO_LARGE;
    /* OpenSSL takes a key of NULL for "the same as before". */
    if (!HMAC(attest_hash_md(hash), key.data ?: (const uint8_t *)"", (int)key.size, message.data, message.size,
              code, &size))
        return ATTEST_INTERNAL;
    memcpy(ret_code, code, attest_hash_size(hash));
    OPENSSL_cleanse(code, sizeof code);
    return ATTEST_OK;
}
