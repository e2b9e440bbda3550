/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes as the rest of the house uses them. */
#ifndef ATTEST_EVIDENCE_QUOTE_H
#define ATTEST_EVIDENCE_QUOTE_H

#include "attest/quote.h"
#include "codec/pcrs.h"

void attest_quote_cleanup(struct attest_quote **quote);

/* The values that came with it: proven only by attest_quote_verify. */
const struct attest_pcrs *attest_quote_pcrs(const struct attest_quote *quote);

/* The part of attest_quote_verify that is about logs and policy. */
enum attest_error attest_quote_check_context(const struct attest_quote *quote,
                                             const struct attest_quote_demands *demands,
                                             struct attest_verdict *verdict) attest_must_check;

#endif
