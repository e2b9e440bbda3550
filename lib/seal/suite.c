/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which algorithms does a suite's number stand for? AWS Encryption SDK specification,
 * framework/algorithm-suites.md, "ESDK algorithm suites"; the numbers of other formats (S3, DynamoDB) are none
 * of ours.
 */
#include "seal/suite.h"

static const struct attest_suite suites[] = {
    { 0x0014, 1, 16, ATTEST_HASH_NONE, ATTEST_HASH_NONE, ATTEST_KEY_P256, false },
    { 0x0046, 1, 24, ATTEST_HASH_NONE, ATTEST_HASH_NONE, ATTEST_KEY_P256, false },
    { 0x0078, 1, 32, ATTEST_HASH_NONE, ATTEST_HASH_NONE, ATTEST_KEY_P256, false },
    { 0x0114, 1, 16, ATTEST_HASH_SHA256, ATTEST_HASH_NONE, ATTEST_KEY_P256, false },
    { 0x0146, 1, 24, ATTEST_HASH_SHA256, ATTEST_HASH_NONE, ATTEST_KEY_P256, false },
    { 0x0178, 1, 32, ATTEST_HASH_SHA256, ATTEST_HASH_NONE, ATTEST_KEY_P256, false },
    { 0x0214, 1, 16, ATTEST_HASH_SHA256, ATTEST_HASH_SHA256, ATTEST_KEY_P256, false },
    { 0x0346, 1, 24, ATTEST_HASH_SHA384, ATTEST_HASH_SHA384, ATTEST_KEY_P384, false },
    { 0x0378, 1, 32, ATTEST_HASH_SHA384, ATTEST_HASH_SHA384, ATTEST_KEY_P384, false },
    { 0x0478, 2, 32, ATTEST_HASH_SHA512, ATTEST_HASH_NONE, ATTEST_KEY_P384, true },
    { 0x0578, 2, 32, ATTEST_HASH_SHA512, ATTEST_HASH_SHA384, ATTEST_KEY_P384, true },
};

const struct attest_suite *attest_suite_find(uint16_t id)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (suites[i].id == id)
            return &suites[i];
    return NULL;
}

bool attest_suite_is_signed(const struct attest_suite *suite)
{
    return suite->signature_hash != ATTEST_HASH_NONE;
}
