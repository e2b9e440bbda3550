/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of X.509 certificates as AWS's attestation documents carry it, from a root down to the leaf. */
#ifndef ATTEST_EVIDENCE_X509_H
#define ATTEST_EVIDENCE_X509_H

#include "evidence/trust.h"
#include "evidence/verdict.h"

#define ATTEST_X509_CHAIN_MAX 9 /* with the leaf; AWS's have 5 */

struct attest_x509_chain {
    size_t count;
    struct attest_view der[ATTEST_X509_CHAIN_MAX]; /* the root first, the leaf last */
};

struct attest_x509_leaf {
    const struct attest_key *key; /* NULL if the chain does not lead to a root that is trusted; else it lives
                                     until the trust is used again */
    int64_t not_before, not_after;
};

/* Adds a check for each step to `verdict`: root, certificates, names, authorities, path_length, key_usage,
 * chain, valid_from, valid_until. `at` is the moment for which validity is asked, in seconds since 1970, and
 * `leeway` the seconds that it may be before the beginning of one. Fails only where it can't be found out. The
 * leaf's key is given whether or not the chain is valid at that moment, so that the caller can tell what else
 * is wrong. */
enum attest_error attest_x509_verify(struct attest_trust *trust, const struct attest_x509_chain *chain,
                                     int64_t at, int64_t leeway, struct attest_verdict *verdict,
                                     struct attest_x509_leaf *ret_leaf) attest_must_check;

/* When the first of the certificates expires, in seconds since 1970; nothing else of them is judged. For who
 * has to have a document made anew in time. ATTEST_MALFORMED if one can't be read. */
enum attest_error attest_x509_until(const struct attest_x509_chain *chain, int64_t *ret_until)
    attest_must_check;

#endif
