/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from literals in hexadecimal, read by the C library. */
#ifndef TESTS_UNIT_FROM_HEX_H
#define TESTS_UNIT_FROM_HEX_H

#include "tests/unit/unit.h"

/* The caller ends it with attest_bytes_done. */
static inline struct attest_bytes from_hex(const char *digits)
{
    struct attest_bytes bytes = attest_bytes_init(1 << 16);
    char pair[3] = "";

    for (; digits[0] && digits[1]; digits += 2) {
        pair[0] = digits[0];
        pair[1] = digits[1];
        attest_bytes_append_u8(&bytes, (uint8_t)strtoul(pair, NULL, 16));
    }
    assert_ok(attest_bytes_check(&bytes));
    return bytes;
}

#endif
