/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes of the kernel's. */
#ifndef ATTEST_BASE_RANDOM_H
#define ATTEST_BASE_RANDOM_H

#include "attest/error.h"

/* At most 256 bytes, which getrandom(2) gives whole or not at all. ATTEST_SYSTEM with errno. */
enum attest_error attest_random_fill(uint8_t *ret_data, size_t size, struct attest_diag *diag)
    attest_must_check;

#endif
