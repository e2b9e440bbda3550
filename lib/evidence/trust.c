/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom do we believe, and whose signature did we see already? A certificate gets in here only after its whole
 * path to a root was verified, and is found again only under that same path. Judging it (validity, names, path
 * lengths) is not remembered: that is done each time.
 */
#include "evidence/trust.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "evidence/aws_root.h"

#include <string.h>

struct entry {
    struct attest_trust_path path;
    struct attest_certificate *certificate; /* NULL: free */
    uint64_t used;                          /* when it was last, by attest_trust.uses */
};

struct attest_trust {
    size_t root_count;
    struct attest_certificate *roots[ATTEST_TRUST_ROOTS_MAX];
    uint64_t uses;
    struct entry cache[ATTEST_TRUST_CACHE_MAX];
};

struct attest_trust *attest_trust_new(void)
{
    return calloc(1, sizeof(struct attest_trust));
}

void attest_trust_forget(struct attest_trust *trust)
{
    for (size_t i = 0; i < ATTEST_TRUST_CACHE_MAX; i++) {
        attest_certificate_free(trust->cache[i].certificate);
        trust->cache[i] = (struct entry){ 0 };
    }
}

void attest_trust_free(struct attest_trust *trust)
{
    if (!trust)
        return;
    attest_trust_forget(trust);
    for (size_t i = 0; i < trust->root_count; i++)
        attest_certificate_free(trust->roots[i]);
    free(trust);
}

void attest_trust_cleanup(struct attest_trust **trust)
{
    attest_trust_free(*trust);
}

/* Takes over the certificate. */
static enum attest_error add(struct attest_trust *trust, struct attest_certificate **root,
                             struct attest_diag *diag)
{
    if (trust->root_count == ATTEST_TRUST_ROOTS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "at most %d roots", ATTEST_TRUST_ROOTS_MAX);
    trust->roots[trust->root_count++] = attest_steal(*root);
    return ATTEST_OK;
}

enum attest_error attest_trust_add_aws(struct attest_trust *trust)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *root = NULL;

    attest_try(attest_certificate_parse(attest_aws_root_der(), &root, NULL));
    return add(trust, &root, NULL);
}

enum attest_error attest_trust_add_root(struct attest_trust *trust, struct attest_view pem,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *root = NULL;

    attest_try(attest_certificate_from_pem(pem, &root, diag));
    return add(trust, &root, diag);
}

const char *attest_trust_aws_fingerprint(void)
{
    return attest_aws_root_fingerprint();
}

enum attest_error attest_trust_path(const struct attest_trust_path *issuer, struct attest_view der,
                                    struct attest_trust_path *ret_path)
{
    const struct attest_view parts[] = { { issuer->digest, sizeof issuer->digest }, der };
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(attest_hash_digest(ATTEST_HASH_SHA256, parts, 2, digest));
    memcpy(ret_path->digest, digest, sizeof ret_path->digest);
    return ATTEST_OK;
}

const struct attest_certificate *attest_trust_root(const struct attest_trust *trust, struct attest_view der)
{
    for (size_t i = 0; i < trust->root_count; i++)
        if (attest_view_equal(attest_certificate_der(trust->roots[i]), der))
            return trust->roots[i];
    return NULL;
}

const struct attest_certificate *attest_trust_recall(struct attest_trust *trust,
                                                     const struct attest_trust_path *path)
{
    for (size_t i = 0; i < ATTEST_TRUST_CACHE_MAX; i++) {
        struct entry *entry = &trust->cache[i];
        if (!entry->certificate || memcmp(&entry->path, path, sizeof *path) != 0)
            continue;
        entry->used = ++trust->uses;
        return entry->certificate;
    }
    return NULL;
}

const struct attest_certificate *attest_trust_remember(struct attest_trust *trust,
                                                       const struct attest_trust_path *path,
                                                       struct attest_certificate **certificate)
{
    struct entry *oldest = &trust->cache[0]; /* one that is free was never used */

    for (size_t i = 1; i < ATTEST_TRUST_CACHE_MAX; i++)
        if (trust->cache[i].used < oldest->used)
            oldest = &trust->cache[i];
    attest_certificate_free(oldest->certificate);
    *oldest = (struct entry){ *path, attest_steal(*certificate), ++trust->uses };
    return oldest->certificate;
}
