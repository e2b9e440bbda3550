/* SPDX-License-Identifier: Apache-2.0 */
/* What a verification found, check by check. */
#ifndef ATTEST_VERDICT_H
#define ATTEST_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

struct attest_verdict;

struct attest_check {
    const char *name; /* this and the detail live as long as the verdict */
    bool ok;
    const char *detail; /* what was expected and found */
};

/* Not trusted, and without checks. NULL without memory. */
struct attest_verdict *attest_verdict_new(void);
void attest_verdict_free(struct attest_verdict *verdict); /* NULL is accepted */

/* True only after a verification ran to its end and every check was ok. False for NULL. */
bool attest_verdict_holds(const struct attest_verdict *verdict);

size_t attest_verdict_count(const struct attest_verdict *verdict);
struct attest_check attest_verdict_check(const struct attest_verdict *verdict, size_t index);

#pragma GCC visibility pop

#endif
