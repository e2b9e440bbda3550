/* SPDX-License-Identifier: Apache-2.0 */
/* A question to attestd, through its unlock door (attestd-api(7)). */
#ifndef ATTEST_UNLOCK_ATTESTD_H
#define ATTEST_UNLOCK_ATTESTD_H

#include "base/bytes.h"

struct attestd_parameter {
    const char *name;
    const char *text; /* NULL: the number */
    unsigned number;
};

/* POST, again until `deadline` (steady time) while attestd is not there or can't answer now; `parameters` end
 * with a NULL name; the answer has to be of that type, and is not looked into. ATTEST_REMOTE if there is none
 * or attestd can't give it now; ATTEST_REFUSED if attestd refuses it for good (status 4xx, 501).
 */
enum attest_error attestd_ask(const char *address, uint64_t deadline, const char *path,
                              const struct attestd_parameter *parameters, const char *type, size_t maximum,
                              struct attest_bytes *ret_answer, struct attest_diag *diag) attest_must_check;

#endif
