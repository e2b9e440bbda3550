/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is the digest of these bytes? OpenSSL computes; this file knows the names and sizes.
 */
#include "base/hash.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/ossl.h"

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

enum attest_error attest_hash_digest(enum attest_hash hash, const struct attest_view *parts, size_t count,
                                     uint8_t ret_digest[ATTEST_HASH_MAX_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };

    if (attest_hash_size(hash) == 0)
        return ATTEST_UNSUPPORTED;
    _cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context)
        return ATTEST_MEMORY;
    if (!EVP_DigestInit_ex(context, attest_hash_md(hash), NULL))
        return ATTEST_INTERNAL;
    for (size_t i = 0; i < count; i++)
        if (!EVP_DigestUpdate(context, parts[i].data, parts[i].size))
            return ATTEST_INTERNAL;
    if (!EVP_DigestFinal_ex(context, digest, NULL))
        return ATTEST_INTERNAL;
    for (size_t i = 0; i < attest_hash_size(hash); i++)
        ret_digest[i] = digest[i];
    return ATTEST_OK;
}
