/* SPDX-License-Identifier: Apache-2.0 */
/* A verification of evidence, done and told. */
#ifndef ATTESTCTL_REPORT_EVIDENCE_H
#define ATTESTCTL_REPORT_EVIDENCE_H

#include "attest/evidence.h"
#include "daemon/ctl/options.h"

/* Verifies, and reports to `out` (ctl_report_verdict). What attest_evidence_verify returns. */
enum attest_error ctl_report_evidence(struct ctl_call *call, const struct attest_evidence *evidence,
                                      struct attest_trust *trust, const struct attest_evidence_demands *demands,
                                      FILE *out) attest_must_check;

/* What the evidence says, for a person; it was not verified. */
void ctl_report_evidence_claims(const struct attest_evidence *evidence, FILE *out);

#endif
