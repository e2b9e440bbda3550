/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPM 2.0 quotes: read, and verified against a key and a nonce.
 *
 *     struct attest_quote *quote;
 *     struct attest_verdict *verdict = attest_verdict_new();
 *     struct attest_quote_demands demands = { .key = ak, .nonce = nonce };
 *     if (attest_quote_from_bundle(json, &quote, NULL) == ATTEST_OK &&
 *         attest_quote_verify(quote, &demands, verdict) == ATTEST_OK)
 *         ... the PCR values of attest_quote_pcr are what that TPM had when it was asked ...
 */
#ifndef ATTEST_QUOTE_H
#define ATTEST_QUOTE_H

#include "attest/error.h"
#include "attest/eventlog.h"
#include "attest/hash.h"
#include "attest/key.h"
#include "attest/policy.h"
#include "attest/verdict.h"
#include "attest/view.h"

#pragma GCC visibility push(default)

struct attest_quote;

/* From a quote bundle as attestd gives it (attestd-api(7)). The caller frees. */
enum attest_error attest_quote_from_bundle(struct attest_view json, struct attest_quote **ret_quote,
                                           struct attest_diag *diag) attest_must_check;

/* From separate parts, as other tools give them: `message` is TPMS_ATTEST; `signature` is TPMT_SIGNATURE, a
 * bare RSA value or DER ECDSA; `pcrs` is JSON, {"bank":"sha256","pcrs":{"0":"hex",...}}. */
enum attest_error attest_quote_from_parts(struct attest_view message, struct attest_view signature,
                                          struct attest_view pcrs, struct attest_quote **ret_quote,
                                          struct attest_diag *diag) attest_must_check;

void attest_quote_free(struct attest_quote *quote); /* NULL is accepted */

/* What the quote has to satisfy. A yes always answers a question: without a key or a nonce nothing holds,
 * unless that is allowed by name. */
struct attest_quote_demands {
    const struct attest_key *key; /* NULL if not given */
    struct attest_view nonce;     /* empty: not given, for it would prove no freshness */
    bool allow_missing_key;       /* then the bundle's own AK is used: proves integrity, not origin */
    bool allow_missing_nonce;
    bool allow_sha1; /* a SHA-1 bank; SHA-1 signatures never hold */

    /* Logs that expect this quote (attest_eventlog_expect_quote). NULL: those that the bundle has, if any. */
    const struct attest_eventlog *eventlog;
    bool allow_newer;                   /* as in attest_eventlog_demands */
    const struct attest_policy *policy; /* NULL: none is asked for */
};

/* Adds a check for each step to `verdict` and returns ATTEST_OK only if all hold, else ATTEST_REFUSED; another
 * error if it could not be found out. `verdict` must be a new one. Signature first, over the exact bytes; then
 * magic and type (TPM 2.0 Part 2 §10.12), nonce, selection, PCR digest, and the AK's own public area where
 * there is one; then the logs' replay against the PCR values, and the policy. A log that can't be read at all
 * is ATTEST_MALFORMED and the like. */
enum attest_error attest_quote_verify(const struct attest_quote *quote,
                                      const struct attest_quote_demands *demands,
                                      struct attest_verdict *verdict) attest_must_check;

/* What it says, true only if it was verified. Views live as long as the quote. */
struct attest_quote_claims {
    enum attest_hash bank;
    uint32_t pcr_mask; /* bit n: PCR n is quoted */
    struct attest_view nonce;
    struct attest_view ak_name; /* {NULL, 0} if not known */
    uint64_t clock;             /* milliseconds */
    uint32_t reset_count;
    uint32_t restart_count;
    uint64_t firmware_version;
    bool clock_safe;
};
struct attest_quote_claims attest_quote_claims(const struct attest_quote *quote);

/* The value of a PCR; {NULL, 0} if it was not quoted. */
struct attest_view attest_quote_pcr(const struct attest_quote *quote, unsigned index);

/* A log that the bundle has; {NULL, 0} if it does not. Lives as long as the quote. */
struct attest_view attest_quote_log(const struct attest_quote *quote, enum attest_log kind);

#pragma GCC visibility pop

#endif
