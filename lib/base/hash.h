/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, and codes made of them. */
#ifndef ATTEST_BASE_HASH_H
#define ATTEST_BASE_HASH_H

#include "attest/error.h"
#include "attest/hash.h"
#include "attest/view.h"

/* By its name; ATTEST_HASH_NONE if there is no such. */
enum attest_hash attest_hash_find(struct attest_view name);

/* The digest over the concatenation of `parts`, attest_hash_size(hash) bytes of it. */
enum attest_error attest_hash_digest(enum attest_hash hash, const struct attest_view *parts, size_t count,
                                     uint8_t ret_digest[ATTEST_HASH_MAX_SIZE]) attest_must_check;

/* HMAC (RFC 2104) of `message` under `key`, attest_hash_size(hash) bytes of it. What comes of a secret key is a
 * secret too, for the caller to wipe. */
enum attest_error attest_hash_hmac(enum attest_hash hash, struct attest_view key, struct attest_view message,
                                   uint8_t ret_code[ATTEST_HASH_MAX_SIZE]) attest_must_check;

/* What computes many digests without starting from nothing each time. */
struct attest_hasher;

enum attest_error attest_hasher_new(struct attest_hasher **ret_hasher) attest_must_check;
void attest_hasher_free(struct attest_hasher *hasher); /* NULL is accepted */
void attest_hasher_cleanup(struct attest_hasher **hasher);

/* As attest_hash_digest. */
enum attest_error attest_hasher_digest(struct attest_hasher *hasher, enum attest_hash hash,
                                       const struct attest_view *parts, size_t count,
                                       uint8_t ret_digest[ATTEST_HASH_MAX_SIZE]) attest_must_check;

#endif
