/* SPDX-License-Identifier: Apache-2.0 */
/* An ECDSA signature (RFC 3279 §2.2.3) over more than is in memory at once: fed first, judged at the end. */
#ifndef ATTEST_BASE_VERIFIER_H
#define ATTEST_BASE_VERIFIER_H

#include "base/key.h"

struct attest_verifier;

/* `key` on a curve (ATTEST_REFUSED if it is none); it is no longer needed afterwards. The caller frees. */
enum attest_error attest_verifier_new(const struct attest_key *key, enum attest_hash hash,
                                      struct attest_verifier **ret_verifier) attest_must_check;
void attest_verifier_free(struct attest_verifier *verifier); /* NULL is accepted */
void attest_verifier_cleanup(struct attest_verifier **verifier);

enum attest_error attest_verifier_update(struct attest_verifier *verifier, struct attest_view message)
    attest_must_check;

/* ATTEST_OK only if `signature` is one over all that was fed; ATTEST_REFUSED. */
enum attest_error attest_verifier_finish(struct attest_verifier *verifier, struct attest_view signature)
    attest_must_check;

#endif
