/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI as systemd writes it (systemd.syntax(7)), less continuation lines and inline comments: sections in
 * brackets, `key = value`, comment lines that begin with '#' or ';'. A line is at most 16 KiB; nothing is ever
 * cut.
 */
#ifndef ATTEST_CODEC_INI_H
#define ATTEST_CODEC_INI_H

#include "attest/error.h"
#include "attest/view.h"

#define ATTEST_INI_LINE_MAX ((size_t)16 << 10)

/* One assignment. All views are without surrounding blanks; `value` may be empty, `section` and `key` are not.
 */
struct attest_ini_entry {
    struct attest_view section;
    struct attest_view key;
    struct attest_view value;
    unsigned line; /* from 1 */
};

typedef enum attest_error attest_ini_visit(const struct attest_ini_entry *entry, void *context,
                                           struct attest_diag *diag);

/* Calls `visit` for each section and assignment, in order, until it fails; what it returns is returned. On
 * failure `native` of the diag is the number of the line. ATTEST_MALFORMED or ATTEST_TOO_LARGE for what is not
 * of that form. */
enum attest_error attest_ini_parse(struct attest_view text, attest_ini_visit *visit, void *context,
                                   struct attest_diag *diag) attest_must_check;

#endif
