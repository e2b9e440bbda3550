/* SPDX-License-Identifier: Apache-2.0 */
/* Algorithm suites of AWS Encryption SDK messages (specification, framework/algorithm-suites.md), as a table.
 */
#ifndef ATTEST_SEAL_SUITE_H
#define ATTEST_SEAL_SUITE_H

#include "base/hash.h"
#include "base/key.h"

#define ATTEST_SUITE_COMMITTED 0x0478u /* AES-256-GCM, HKDF-SHA-512 with key commitment, no signature */

struct attest_suite {
    uint16_t id;
    uint8_t version;                 /* of the message format; the only one that may carry it */
    uint8_t key_size;                /* bytes of the data key and of the AES-GCM key alike */
    enum attest_hash kdf;            /* HKDF's; ATTEST_HASH_NONE: the data key itself is used */
    enum attest_hash signature_hash; /* ECDSA's; ATTEST_HASH_NONE: not signed */
    enum attest_key_curve curve;     /* where it is signed */
    bool is_committing;              /* the header binds the message to one data key */
};

/* NULL if there is no such suite. */
const struct attest_suite *attest_suite_find(uint16_t id);

bool attest_suite_is_signed(const struct attest_suite *suite);

#endif
