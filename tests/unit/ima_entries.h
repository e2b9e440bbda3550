/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of IMA's list and what they make of a PCR, by OpenSSL alone. */
#ifndef TESTS_UNIT_IMA_ENTRIES_H
#define TESTS_UNIT_IMA_ENTRIES_H

#include "tests/unit/unit.h"

#include "codec/pcrs.h"

#include <openssl/evp.h>

#define SHA1_SIZE   20
#define SHA256_SIZE 32
#define ENTRY_SIZE  103 /* of each entry made here */

static inline void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Template ima-ng, with a path of one letter. Extends `value`, if not NULL, which is SHA-256. */
static inline void make_entry(char letter, uint8_t ret_entry[ENTRY_SIZE], uint8_t *value)
{
    uint8_t data[4 + 8 + SHA256_SIZE + 4 + 2 + 15] = { 0 }, both[2 * SHA256_SIZE];
    const size_t name = 4 + 8 + SHA256_SIZE, size = sizeof data;

    put32(data, 8 + SHA256_SIZE);
    memcpy(data + 4, "sha256:", 8);
    put32(data + name, 17);
    memset(data + name + 4, letter, 16);
    put32(ret_entry, 10);
    assert_true(EVP_Digest(data, size, ret_entry + 4, NULL, EVP_sha1(), NULL));
    put32(ret_entry + 24, 6);
    memcpy(ret_entry + 28, "ima-ng", 6);
    put32(ret_entry + 34, (uint32_t)size);
    memcpy(ret_entry + 38, data, size);
    assert_int_equal(38 + size, ENTRY_SIZE);
    if (!value)
        return;
    memcpy(both, value, SHA256_SIZE);
    assert_true(EVP_Digest(data, size, both + SHA256_SIZE, NULL, EVP_sha256(), NULL));
    assert_true(EVP_Digest(both, sizeof both, value, NULL, EVP_sha256(), NULL));
}

/* `count` entries into `ret_log`, and PCR 10 after `extended` of them. */
static inline struct attest_pcrs make_ima(uint8_t *ret_log, size_t count, size_t extended)
{
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA256, .mask = ATTEST_PCR_ALL };

    for (size_t i = 0; i < count; i++)
        make_entry((char)('a' + i % 26), ret_log + i * ENTRY_SIZE, i < extended ? pcrs.values[10] : NULL);
    for (unsigned i = 17; i <= 22; i++)
        memset(pcrs.values[i], 0xff, SHA256_SIZE);
    return pcrs;
}

#endif
