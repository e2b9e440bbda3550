/* SPDX-License-Identifier: Apache-2.0 */
/* A public key that signatures are checked with. */
#ifndef ATTEST_KEY_H
#define ATTEST_KEY_H

#include "attest/error.h"
#include "attest/view.h"

#pragma GCC visibility push(default)

struct attest_key;

/* From a PEM SubjectPublicKeyInfo (RFC 7468 §13) of at most 16 KiB: RSA of 2048 to 4096 bits, or ECDSA over
 * P-256, P-384 or P-521. ATTEST_MALFORMED or ATTEST_UNSUPPORTED. The caller frees. */
enum attest_error attest_key_from_pem(struct attest_view pem, struct attest_key **ret_key,
                                      struct attest_diag *diag) attest_must_check;

/* NULL is accepted. */
void attest_key_free(struct attest_key *key);

#pragma GCC visibility pop

#endif
