/* SPDX-License-Identifier: Apache-2.0 */
/* A verification of a quote, done and told: as text, or as JSON with --json. */
#ifndef ATTESTCTL_REPORT_H
#define ATTESTCTL_REPORT_H

#include "attest/quote.h"
#include "daemon/ctl/options.h"

/* Verifies, and writes checks, claims and the outcome to `out` (JSON always to standard output). What
 * attest_quote_verify returns. */
enum attest_error ctl_report_quote(struct ctl_call *call, const struct attest_quote *quote,
                                   const struct attest_quote_demands *demands, FILE *out) attest_must_check;

/* What the quote says, for a person. */
void ctl_report_claims(const struct attest_quote *quote, FILE *out);

/* With --json, that nothing could be verified: one failed check named "input". */
void ctl_report_failure(const struct ctl_call *call, enum attest_error error);

#endif
