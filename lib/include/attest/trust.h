/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a verification of attestation documents believes: root certificates, and what was already found to be
 * signed by them. A new one believes nobody.
 *
 * It may be kept for many verifications and makes them faster: certificates whose signatures were verified are
 * remembered, a bounded number of them, each together with all that lead to its root. What can change with
 * time (validity) is looked at every time. One trust is for one thread at a time; separate ones are
 * independent.
 */
#ifndef ATTEST_TRUST_H
#define ATTEST_TRUST_H

#include "attest/error.h"
#include "attest/view.h"

#pragma GCC visibility push(default)

struct attest_trust;

/* NULL without memory. */
struct attest_trust *attest_trust_new(void);
void attest_trust_free(struct attest_trust *trust); /* NULL is accepted */

/* AWS's root for Nitro (G1), which is built in. */
enum attest_error attest_trust_add_aws(struct attest_trust *trust) attest_must_check;

/* The one certificate of a PEM text (RFC 7468 §5): another partition's root, or a simulator's. At most 8 roots.
 * ATTEST_MALFORMED or ATTEST_TOO_LARGE. */
enum attest_error attest_trust_add_root(struct attest_trust *trust, struct attest_view pem,
                                        struct attest_diag *diag) attest_must_check;

/* The SHA-256 fingerprint of AWS's root, in lowercase hexadecimal. */
const char *attest_trust_aws_fingerprint(void);

#pragma GCC visibility pop

#endif
