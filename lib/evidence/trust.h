/* SPDX-License-Identifier: Apache-2.0 */
/* The roots, and the certificates already verified, as the chain of evidence/x509.c uses them. */
#ifndef ATTEST_EVIDENCE_TRUST_H
#define ATTEST_EVIDENCE_TRUST_H

#include "attest/trust.h"
#include "base/certificate.h"

#include <stdbool.h>

#define ATTEST_TRUST_ROOTS_MAX 8
#define ATTEST_TRUST_CACHE_MAX 128 /* certificates: about 1 MiB of them, and far more than one chain has */

/* A certificate together with all above it: SHA-256 over the path of its issuer and its own DER. So nothing
 * verified under one root, or one issuer, is ever found under another. */
struct attest_trust_path {
    uint8_t digest[32];
};
enum attest_error attest_trust_path(const struct attest_trust_path *issuer, struct attest_view der,
                                    struct attest_trust_path *ret_path) attest_must_check;

/* The root that is `der`, byte for byte; NULL if there is none. */
const struct attest_certificate *attest_trust_root(const struct attest_trust *trust, struct attest_view der);

/* The certificate at the end of a path that was verified; NULL if it is not known. It lives until
 * ATTEST_TRUST_CACHE_MAX others were remembered or looked up since. */
const struct attest_certificate *attest_trust_recall(struct attest_trust *trust,
                                                     const struct attest_trust_path *path);

/* Takes over a certificate whose whole path was verified, in place of the one that was not used for longest. */
const struct attest_certificate *attest_trust_remember(struct attest_trust *trust,
                                                       const struct attest_trust_path *path,
                                                       struct attest_certificate **certificate);

/* Forgets all certificates but the roots: for measuring. */
void attest_trust_forget(struct attest_trust *trust);

void attest_trust_cleanup(struct attest_trust **trust);

#endif
