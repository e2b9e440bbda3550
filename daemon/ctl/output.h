/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person reads. Whatever comes from the daemon or from a file is made printable on its way out; colour
 * is only for terminals, and not where NO_COLOR or TERM=dumb says so.
 */
#ifndef ATTESTCTL_OUTPUT_H
#define ATTESTCTL_OUTPUT_H

#include "attest/view.h"
#include "daemon/ctl/options.h"

#include <stdbool.h>

enum ctl_colour {
    CTL_GREEN,
    CTL_RED,
};

/* The text, which is ours, in colour where there is colour. */
void ctl_output_coloured(FILE *out, enum ctl_colour colour, const char *text);

/* Every byte that is not printable ASCII as '?'; lines stay lines where `lines` says so. */
void ctl_output_text(FILE *out, struct attest_view text, bool lines);
void ctl_output_hex(FILE *out, struct attest_view data);

/* A line of a label, in its column, and a value. */
void ctl_output_label(FILE *out, const char *label);
void ctl_output_field(FILE *out, const char *label, struct attest_view value);
void ctl_output_field_hex(FILE *out, const char *label, struct attest_view value);

/* JSON to standard output: as it is, or printable if that is a terminal. */
void ctl_output_raw(struct attest_view json);

/* A JSON object to standard output, in a line of its own: as it is, or printable if that is a terminal. */
void ctl_output_json(struct attest_view json);

/* Whether -o - has standard output for itself. */
bool ctl_output_is_taken(const struct ctl_call *call);

/* Refuses (ATTEST_USAGE) two things that both want standard output: --json and -o -. */
enum attest_error ctl_output_check(struct ctl_call *call) attest_must_check;

/* What went wrong, in one line: to standard error, or into `ret_text`, always printable. */
void ctl_output_failure(const struct ctl_call *call, enum attest_error error);
void ctl_output_describe(const struct ctl_call *call, enum attest_error error, char *ret_text, size_t size);

#endif
