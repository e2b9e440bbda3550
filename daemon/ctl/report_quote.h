/* SPDX-License-Identifier: Apache-2.0 */
/* A verification of a quote, done and told. */
#ifndef ATTESTCTL_REPORT_QUOTE_H
#define ATTESTCTL_REPORT_QUOTE_H

#include "attest/quote.h"
#include "daemon/ctl/options.h"

/* Verifies, and reports to `out` (ctl_report_verdict). What attest_quote_verify returns. */
enum attest_error ctl_report_quote(struct ctl_call *call, const struct attest_quote *quote,
                                   const struct attest_quote_demands *demands, FILE *out) attest_must_check;

/* What the quote says, for a person. */
void ctl_report_quote_claims(const struct attest_quote *quote, FILE *out);

#endif
