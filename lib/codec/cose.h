/* SPDX-License-Identifier: Apache-2.0 */
/* COSE_Sign1 (RFC 9052 §4.2), of the one form that AWS's documents have. Views point into the input. */
#ifndef ATTEST_CODEC_COSE_H
#define ATTEST_CODEC_COSE_H

#include "base/bytes.h"

#define ATTEST_COSE_ES384      (-35) /* ECDSA with SHA-384, RFC 9053 §2.1 */
#define ATTEST_COSE_ES384_SIZE 96    /* of a signature: r and s, 48 bytes each */
#define ATTEST_COSE_TAG_SIGN1  18    /* RFC 9052 §2 */

struct attest_cose_sign1 {
    struct attest_view protected; /* the header's bytes, which are what is signed */
    int64_t algorithm;
    struct attest_view payload;
    struct attest_view signature;
};

/* All of `wire` must be one, untagged or with tag 18; the protected header names the algorithm (label 1) and
 * nothing else, the unprotected one is empty, the payload is there. Which algorithm it is, is not judged.
 * ATTEST_TRUNCATED, ATTEST_TRAILING, ATTEST_MALFORMED, ATTEST_UNSUPPORTED or ATTEST_TOO_LARGE. */
enum attest_error attest_cose_parse(struct attest_view wire, struct attest_cose_sign1 *ret_sign1,
                                    struct attest_diag *diag) attest_must_check;

/* Appends what the signature is over: the Sig_structure (§4.4) of the bytes as they were received. */
enum attest_error attest_cose_signed(const struct attest_cose_sign1 *sign1, struct attest_bytes *out)
    attest_must_check;

#endif
