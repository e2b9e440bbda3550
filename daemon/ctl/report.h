/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict told: as text, or as JSON with --json. What was verified brings its own claims: report_quote.c,
 * report_document.c, report_evidence.c.
 */
#ifndef ATTESTCTL_REPORT_H
#define ATTESTCTL_REPORT_H

#include "attest/verdict.h"
#include "codec/json_writer.h"
#include "daemon/ctl/options.h"

#define CTL_UNASKED_MAX 4

struct ctl_report {
    const char *noun;                     /* "quote": what holds or does not */
    const char *unasked[CTL_UNASKED_MAX]; /* what a yes leaves open; NULL for what it does not */
    void (*write_claims)(struct attest_json_writer *json, const void *subject); /* members of "claims" */
    void (*print_claims)(FILE *out, const void *subject);                       /* the same for a person */
    const void *subject;
};

/* Writes checks, claims and the outcome to `out` (JSON always to standard output), where `outcome` says that
 * the verdict was found: ATTEST_OK or ATTEST_REFUSED. Returns `outcome`, or why it could not be told. */
enum attest_error ctl_report_verdict(const struct ctl_call *call, const struct ctl_report *report,
                                     const struct attest_verdict *verdict, enum attest_error outcome, FILE *out)
    attest_must_check;

/* With --json, that nothing could be verified: one failed check named "input". */
void ctl_report_failure(const struct ctl_call *call, enum attest_error error);

#endif
