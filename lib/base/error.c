/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which error is it, and what does it say? Trusts nothing in `found`: it may come straight from the wire.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    enum attest_category category;
    const char *name;
    const char *sentence;
} errors[] = {
#define X(name, category, sentence) { ATTEST_CATEGORY_##category, #name, sentence },
    ATTEST_ERROR_TABLE(X)
#undef X
};

static const char *const categories[] = {
#define X(name, text) text,
    ATTEST_CATEGORY_TABLE(X)
#undef X
};

static size_t row(enum attest_error error)
{
    size_t index = (size_t)error;
    return index < sizeof errors / sizeof errors[0] ? index : (size_t)ATTEST_INTERNAL;
}

enum attest_category attest_error_category(enum attest_error error)
{
    return errors[row(error)].category;
}

const char *attest_error_name(enum attest_error error)
{
    return errors[row(error)].name;
}

const char *attest_error_sentence(enum attest_error error)
{
    return errors[row(error)].sentence;
}

const char *attest_category_name(enum attest_category category)
{
    size_t index = (size_t)category;
    return categories[index < sizeof categories / sizeof categories[0] ? index : ATTEST_CATEGORY_INTERNAL];
}

void attest_error_printable(const char *text, size_t text_size, char *ret_text, size_t size)
{
    static const char cut[] = "...";
    size_t length = text_size < size ? text_size : size - 1;

    for (size_t i = 0; i < length; i++)
        ret_text[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    ret_text[length] = '\0';
    if (length < text_size && length >= sizeof cut)
        memcpy(ret_text + length - (sizeof cut - 1), cut, sizeof cut);
}

__attribute__((format(printf, 2, 0))) static void fill_expected(struct attest_diag *diag, const char *format,
                                                                va_list arguments)
{
    char text[2 * sizeof diag->expected];

    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length >= 0)
        attest_error_printable(text, strlen(text), diag->expected, sizeof diag->expected);
}

enum attest_error attest_fail(struct attest_diag *diag, enum attest_error error, const char *found,
                              const char *expected, ...)
{
    va_list arguments;

    if (!diag)
        return error;
    va_start(arguments, expected);
    fill_expected(diag, expected, arguments);
    va_end(arguments);
    diag->found[0] = '\0';
    if (found)
        attest_error_printable(found, strlen(found), diag->found, sizeof diag->found);
    return error;
}

/* What was expected is formatted elsewhere before it is replaced. */
static void refill(struct attest_diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void refill(struct attest_diag *diag, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill_expected(diag, format, arguments);
    va_end(arguments);
}

enum attest_error attest_fail_within(struct attest_diag *diag, enum attest_error error, const char *where)
{
    if (diag)
        refill(diag, "%s: %s", where, diag->expected[0] ? diag->expected : attest_error_sentence(error));
    return error;
}

enum attest_error attest_fail_errno(struct attest_diag *diag, int error_number, const char *expected, ...)
{
    va_list arguments;

    if (!diag)
        return ATTEST_SYSTEM;
    va_start(arguments, expected);
    fill_expected(diag, expected, arguments);
    va_end(arguments);
    diag->native = (uint32_t)error_number;
    snprintf(diag->found, sizeof diag->found, "%s", strerrordesc_np(error_number) ?: "unknown error");
    return ATTEST_SYSTEM;
}
