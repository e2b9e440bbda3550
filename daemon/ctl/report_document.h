/* SPDX-License-Identifier: Apache-2.0 */
/* A verification of an attestation document, done and told. */
#ifndef ATTESTCTL_REPORT_DOCUMENT_H
#define ATTESTCTL_REPORT_DOCUMENT_H

#include "attest/document.h"
#include "daemon/ctl/options.h"

/* Verifies, and reports to `out` (ctl_report_verdict). What attest_document_verify returns. */
enum attest_error ctl_report_document(struct ctl_call *call, const struct attest_document *document,
                                      struct attest_trust *trust, const struct attest_document_demands *demands,
                                      FILE *out) attest_must_check;

/* What the document says, for a person; it was not verified. */
void ctl_report_document_claims(const struct attest_document *document, FILE *out);

#endif
