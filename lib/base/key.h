/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys and the checking of signatures. */
#ifndef ATTEST_BASE_KEY_H
#define ATTEST_BASE_KEY_H

#include "attest/key.h"
#include "base/bytes.h"
#include "base/hash.h"

#include <stdbool.h>

enum attest_key_scheme {
    ATTEST_KEY_RSASSA, /* PKCS #1 v1.5 (RFC 8017 §8.2) */
    ATTEST_KEY_RSAPSS, /* any salt length: TPMs use the digest's or the longest (TPM 2.0 Part 1 §B.7) */
    ATTEST_KEY_ECDSA,  /* the signature in DER (RFC 3279 §2.2.3) */
};

enum attest_key_curve {
    ATTEST_KEY_P256,
    ATTEST_KEY_P384,
    ATTEST_KEY_P521,
};

/* Integers big-endian. The point must be on the curve. */
enum attest_error attest_key_from_rsa(struct attest_view modulus, uint32_t exponent,
                                      struct attest_key **ret_key, struct attest_diag *diag) attest_must_check;
enum attest_error attest_key_from_ec(enum attest_key_curve curve, struct attest_view x, struct attest_view y,
                                     struct attest_key **ret_key, struct attest_diag *diag) attest_must_check;

/* From the point as SEC 1 §2.3.3 compresses it. */
enum attest_error attest_key_from_compressed(enum attest_key_curve curve, struct attest_view point,
                                             struct attest_key **ret_key, struct attest_diag *diag)
    attest_must_check;

void attest_key_cleanup(struct attest_key **key);

bool attest_key_equal(const struct attest_key *a, const struct attest_key *b);
bool attest_key_is_rsa(const struct attest_key *key);

/* Appends the PEM SubjectPublicKeyInfo. */
enum attest_error attest_key_encode_pem(const struct attest_key *key, struct attest_bytes *out)
    attest_must_check;

/* The DER that `pem`, one SubjectPublicKeyInfo in PEM with nothing around it, holds, as it is: whether it is a
 * key is not looked at. ATTEST_MALFORMED, ATTEST_TOO_LARGE if it has more than `maximum` bytes. */
enum attest_error attest_key_decode_pem(struct attest_view pem, size_t maximum, struct attest_bytes *ret_der,
                                        struct attest_diag *diag) attest_must_check;

/* Appends r and s (big-endian) as a DER ECDSA-Sig-Value. */
enum attest_error attest_key_encode_ecdsa(struct attest_view r, struct attest_view s, struct attest_bytes *out)
    attest_must_check;

/* ATTEST_OK only if `signature` is one over `message`; ATTEST_REFUSED if not, or if scheme and key don't fit.
 */
enum attest_error attest_key_verify(const struct attest_key *key, enum attest_key_scheme scheme,
                                    enum attest_hash hash, struct attest_view message,
                                    struct attest_view signature) attest_must_check;

/* The length of the X.509 certificate (DER) that `der` begins with; 0 if there is none. */
size_t attest_key_certificate_size(struct attest_view der);

#endif
