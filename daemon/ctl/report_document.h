/* SPDX-License-Identifier: Apache-2.0 */
/* A verification of an attestation document, done and told. */
#ifndef ATTESTCTL_REPORT_DOCUMENT_H
#define ATTESTCTL_REPORT_DOCUMENT_H

#include "attest/document.h"
#include "codec/json_writer.h"
#include "daemon/ctl/options.h"

/* Verifies, and reports to `out` (ctl_report_verdict). What attest_document_verify returns. */
enum attest_error ctl_report_document(struct ctl_call *call, const struct attest_document *document,
                                      struct attest_trust *trust, const struct attest_document_demands *demands,
                                      FILE *out) attest_must_check;

/* Which module it is about, when it was made, and under which root. */
void ctl_report_document_print_origin(FILE *out, const struct attest_document *document, bool live);
void ctl_report_document_write_origin(struct attest_json_writer *json, const struct attest_document *document,
                                      bool live);

/* What the document says, for a person; it was not verified. */
void ctl_report_document_claims(const struct attest_document *document, FILE *out);

#endif
