/* SPDX-License-Identifier: Apache-2.0 */
/* An X.509 certificate (RFC 5280), described for people. Nothing is verified. */
#ifndef ATTEST_BASE_CERTIFICATE_TEXT_H
#define ATTEST_BASE_CERTIFICATE_TEXT_H

#include "attest/hash.h"
#include "base/bytes.h"

#define ATTEST_CERTIFICATE_NAME_MAX   512 /* bytes; what is longer ends with "..." */
#define ATTEST_CERTIFICATE_SERIAL_MAX 64  /* digits: RFC 5280 §4.1.2.2 allows 40 */

struct attest_certificate_text {
    struct attest_bytes subject; /* RFC 2253, in UTF-8 */
    struct attest_bytes issuer;
    struct attest_bytes serial;           /* lowercase hexadecimal; its beginning, where it is longer */
    uint8_t sha256[ATTEST_HASH_MAX_SIZE]; /* of the DER; 32 bytes */
};

/* All of `der` must be one certificate. ATTEST_MALFORMED, ATTEST_TRAILING. The caller ends it with done. */
enum attest_error attest_certificate_describe(struct attest_view der, struct attest_certificate_text *ret_text,
                                              struct attest_diag *diag) attest_must_check;
void attest_certificate_text_done(struct attest_certificate_text *text);

#endif
