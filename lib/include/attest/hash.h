/* SPDX-License-Identifier: Apache-2.0 */
/* The hash algorithms a PCR bank or a signature may use. */
#ifndef ATTEST_HASH_H
#define ATTEST_HASH_H

#include <stddef.h>

#pragma GCC visibility push(default)

enum attest_hash {
    ATTEST_HASH_NONE, /* a zeroed value names no algorithm */
    ATTEST_HASH_SHA1,
    ATTEST_HASH_SHA256,
    ATTEST_HASH_SHA384,
    ATTEST_HASH_SHA512,
};

#define ATTEST_HASH_COUNT    5
#define ATTEST_HASH_MAX_SIZE 64

/* "sha256" and the like, as PCR banks are called; "none" for anything else. */
const char *attest_hash_name(enum attest_hash hash);

/* Of a digest, in bytes; 0 for ATTEST_HASH_NONE. */
size_t attest_hash_size(enum attest_hash hash);

#pragma GCC visibility pop

#endif
