/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes as the rest of the house uses them. */
#ifndef ATTEST_EVIDENCE_QUOTE_H
#define ATTEST_EVIDENCE_QUOTE_H

#include "attest/quote.h"
#include "codec/tpmwire.h"
#include "evidence/bundle.h"

void attest_quote_cleanup(struct attest_quote **quote);

/* The values that came with it: proven only by attest_quote_verify. */
const struct attest_pcrs *attest_quote_pcrs(const struct attest_quote *quote);

/* From a bundle inside another JSON text. */
enum attest_error attest_quote_from_object(const struct attest_json *object, struct attest_quote **ret_quote,
                                           struct attest_diag *diag) attest_must_check;

/* What the quote was read from, and its message taken apart. */
const struct attest_bundle *attest_quote_bundle(const struct attest_quote *quote);
const struct attest_tpm_attest *attest_quote_attest(const struct attest_quote *quote);

/* The part of attest_quote_verify that is about the quote itself, by that key (NULL: the check fails). */
enum attest_error attest_quote_check(const struct attest_quote *quote, const struct attest_key *key,
                                     const struct attest_quote_demands *demands, struct attest_verdict *verdict)
    attest_must_check;

/* Replays the logs that the bundle has against its values; NULL if it has none. */
enum attest_error attest_quote_replay(const struct attest_quote *quote, struct attest_eventlog **ret_eventlog,
                                      struct attest_diag *diag) attest_must_check;

/* The part of attest_quote_verify that is about logs and policy. */
enum attest_error attest_quote_check_context(const struct attest_quote *quote,
                                             const struct attest_quote_demands *demands,
                                             struct attest_verdict *verdict) attest_must_check;

#endif
