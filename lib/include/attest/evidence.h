/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: an attestation document that endorses an attestation key (AK), and a new quote by that key with the
 * event logs behind it. So a quote, which costs a TPM little, leads up to AWS's root.
 *
 *     struct attest_evidence_demands demands = { .at = now, .live = true, .nonce = nonce, .policy = policy };
 *     if (attest_evidence_from_json(json, &evidence, NULL) == ATTEST_OK &&
 *         attest_evidence_verify(evidence, trust, &demands, verdict) == ATTEST_OK)
 *         ... the machine that AWS's document is about booted what the policy allows ...
 *
 * What it does not say: that nobody on that machine can use its TPM directly. Who can may endorse a key of his
 * own; with `fresh` the policy is held against what AWS itself says, and credential activation shows whether
 * the key is in the TPM.
 */
#ifndef ATTEST_EVIDENCE_H
#define ATTEST_EVIDENCE_H

#include "attest/document.h"
#include "attest/error.h"
#include "attest/policy.h"
#include "attest/quote.h"
#include "attest/trust.h"
#include "attest/verdict.h"
#include "attest/view.h"

#pragma GCC visibility push(default)

#define ATTEST_EVIDENCE_ENDORSEMENT_AGE 10800 /* seconds, where the policy has no endorsement_max_age */

struct attest_evidence;

/* From the JSON that attestd gives at /v1/evidence. Form only; the logs in it are replayed, not judged. The
 * caller frees. */
enum attest_error attest_evidence_from_json(struct attest_view json, struct attest_evidence **ret_evidence,
                                            struct attest_diag *diag) attest_must_check;
void attest_evidence_free(struct attest_evidence *evidence); /* NULL is accepted */

/* What the evidence has to satisfy. A yes always answers a question: without a nonce, and without a policy that
 * names PCR 4, 7 or 11 in each of its sets, nothing holds, unless that is allowed by name. */
struct attest_evidence_demands {
    uint64_t at;                            /* the moment to judge it at: milliseconds since 1970 */
    bool live;                              /* that moment is now: only changes what is said */
    uint32_t leeway;                        /* seconds; 0: ATTEST_DOCUMENT_LEEWAY */
    struct attest_view nonce;               /* empty: not given */
    struct attest_view bind;                /* if `data` is not NULL: the evidence's nonce must be
                                               SHA-256(nonce || bind) */
    const struct attest_policy *policy;     /* NULL if not given */
    const struct attest_evidence *previous; /* NULL: none; else of the same machine, verified when it was new */
    bool fresh; /* the endorsement too must have been made for the nonce, and PCRs count for the policy only if
                   the document has their values: then all of it is AWS's word */
    bool allow_missing_nonce;
    bool allow_missing_policy;
    bool allow_newer; /* as in attest_eventlog_demands */
};

/* Adds a check for each step to `verdict`, which must be a new one, and returns ATTEST_OK only if all hold,
 * else ATTEST_REFUSED; another error if it could not be found out. Names of checks begin with what they are
 * about: document_, endorsement_, quote_, eventlog_, policy_, previous_. */
enum attest_error attest_evidence_verify(const struct attest_evidence *evidence, struct attest_trust *trust,
                                         const struct attest_evidence_demands *demands,
                                         struct attest_verdict *verdict) attest_must_check;

/* What it says, true only if it was verified; and the document and the quote it is made of, which say more.
 * These live as long as the evidence. */
struct attest_evidence_claims {
    struct attest_view instance;    /* "i-..." */
    bool fresh;                     /* the endorsement was made for the nonce; else it is a cached one */
    bool secure_boot;               /* shown by PCR 7 and its events */
    const char *secure_boot_reason; /* why not; static */
};
struct attest_evidence_claims attest_evidence_claims(const struct attest_evidence *evidence);
const struct attest_document *attest_evidence_document(const struct attest_evidence *evidence);
const struct attest_quote *attest_evidence_quote(const struct attest_evidence *evidence);

/* Whose word the value of a quoted PCR is (attest_quote_pcr). */
enum attest_voucher {
    ATTEST_VOUCHER_NONE, /* it is not quoted */
    ATTEST_VOUCHER_AWS,  /* the document has the same value */
    ATTEST_VOUCHER_AK,   /* only the quote says so: it was extended since the document was made */
};
enum attest_voucher attest_evidence_voucher(const struct attest_evidence *evidence, unsigned index);

/* "none", "aws", "ak" */
const char *attest_voucher_name(enum attest_voucher voucher);

#pragma GCC visibility pop

#endif
