/* SPDX-License-Identifier: Apache-2.0 */
/* How the library's own code fills a struct attest_diag. */
#ifndef ATTEST_BASE_ERROR_H
#define ATTEST_BASE_ERROR_H

#include "attest/error.h"

/* Leave the current function on failure, with the diag as the callee filled it. */
#define attest_try(expression)                                                                                 \
    do {                                                                                                       \
        enum attest_error try_error_ = (expression);                                                           \
        if (try_error_ != ATTEST_OK)                                                                           \
            return try_error_;                                                                                 \
    } while (0)

/* Fills `diag` (if not NULL) and returns `error`. `found` may be NULL, may be hostile and may be long: it is
 * cut and made printable. `expected` is a printf format. Offset and native code stay as they are. */
enum attest_error attest_fail(struct attest_diag *diag, enum attest_error error, const char *found,
                              const char *expected, ...) __attribute__((format(printf, 4, 5)));

/* The same for a failed system call: native is `error_number`, found its text. */
enum attest_error attest_fail_errno(struct attest_diag *diag, int error_number, const char *expected, ...)
    __attribute__((format(printf, 3, 4)));

/* Says of what the failure in `diag` was, which a reader of bytes does not know: "KMS's answer: a JSON object".
 */
enum attest_error attest_fail_within(struct attest_diag *diag, enum attest_error error, const char *where);

/* Copies at most size - 1 bytes of `text` into `ret_text`, unprintable ones as '?', the end as "..." if cut. */
void attest_error_printable(const char *text, size_t text_size, char *ret_text, size_t size);

#endif
