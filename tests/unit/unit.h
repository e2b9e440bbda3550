/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test includes: cmocka, and how errors and bytes are compared. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "attest/error.h"
#include "base/bytes.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* By name, so that a failure reads well. */
#define assert_error(expression, error)                                                                        \
    assert_string_equal(attest_error_name(expression), attest_error_name(error))
#define assert_ok(expression) assert_error(expression, ATTEST_OK)

static inline void assert_view(struct attest_view found, struct attest_view expected)
{
    assert_int_equal(found.size, expected.size);
    if (expected.size > 0)
        assert_memory_equal(found.data, expected.data, expected.size);
}

static inline void assert_text(struct attest_view found, const char *expected)
{
    assert_view(found, attest_view_text(expected));
}

/* `expected` in lowercase hexadecimal, which is written here by printf and not by the code under test. */
static inline void assert_hex(struct attest_view found, const char *expected)
{
    char digits[1024] = "";

    assert_true(2 * found.size < sizeof digits);
    for (size_t i = 0; i < found.size; i++)
        snprintf(digits + 2 * i, 3, "%02x", found.data[i]);
    assert_string_equal(digits, expected);
}

/* An exact copy on the heap, behind whose end a sanitizer sees every read. The caller frees. */
static inline uint8_t *exact(struct attest_view view)
{
    uint8_t *copy = malloc(view.size > 0 ? view.size : 1);

    assert_non_null(copy);
    if (view.size > 0)
        memcpy(copy, view.data, view.size);
    return copy;
}

#endif
