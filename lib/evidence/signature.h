/* SPDX-License-Identifier: Apache-2.0 */
/* A signature over a TPM's message, as the TPM or another tool writes it. */
#ifndef ATTEST_EVIDENCE_SIGNATURE_H
#define ATTEST_EVIDENCE_SIGNATURE_H

#include "attest/verdict.h"
#include "base/key.h"

/* Adds the check "signature": that `wire`, a TPMT_SIGNATURE, a bare RSA value or DER ECDSA, is one over
 * `message` by `key`, and not with SHA-1. Without a key (NULL) it fails. `bare_hash` is the hash of a signature
 * that does not say it. Fails only where it can't be found out. */
enum attest_error attest_signature_check(struct attest_view wire, const struct attest_key *key,
                                         struct attest_view message, enum attest_hash bare_hash,
                                         struct attest_verdict *verdict) attest_must_check;

#endif
