/* SPDX-License-Identifier: Apache-2.0 */
/* How verifications write their verdict. */
#ifndef ATTEST_EVIDENCE_VERDICT_H
#define ATTEST_EVIDENCE_VERDICT_H

#include "attest/error.h"
#include "attest/verdict.h"

void attest_verdict_cleanup(struct attest_verdict **verdict);

/* Adds a check; a name has at most 47 bytes. Returns `ok`. */
bool attest_verdict_add(struct attest_verdict *verdict, bool ok, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the checks of a part, whose names then begin with `prefix`. */
void attest_verdict_adopt(struct attest_verdict *verdict, const struct attest_verdict *part,
                          const char *prefix);

/* Says that all checks were made: ATTEST_OK if every one was ok (and there was one), else ATTEST_REFUSED. */
enum attest_error attest_verdict_finish(struct attest_verdict *verdict) attest_must_check;

#endif
