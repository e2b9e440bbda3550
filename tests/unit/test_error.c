/* SPDX-License-Identifier: Apache-2.0 */
/* Is the table of errors whole, and are diags printable whatever they are made of? */
#include "tests/unit/unit.h"

#include "base/error.h"

#include <errno.h>

static const enum attest_error all[] = {
#define X(name, category, sentence) ATTEST_##name,
    ATTEST_ERROR_TABLE(X)
#undef X
};

static void test_table_is_whole(void **state)
{
    (void)state;
    assert_int_equal(ATTEST_OK, 0); /* the only success; but a zeroed verdict is no trust: test_verdict.c */
    for (size_t i = 0; i < COUNT(all); i++) {
        const char *sentence = attest_error_sentence(all[i]);
        assert_int_equal(all[i], i);
        assert_true(strlen(sentence) > 1 && sentence[strlen(sentence) - 1] == '.');
        assert_true(strlen(attest_error_name(all[i])) > 1);
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(attest_error_name(all[i]), attest_error_name(all[other]));
            assert_string_not_equal(sentence, attest_error_sentence(all[other]));
        }
    }
}

static void test_only_ok_is_ok(void **state)
{
    (void)state;
    assert_int_equal(attest_error_category(ATTEST_OK), ATTEST_CATEGORY_OK);
    for (size_t i = 1; i < COUNT(all); i++)
        assert_int_not_equal(attest_error_category(all[i]), ATTEST_CATEGORY_OK);
}

static void test_categories(void **state)
{
    static const char *const names[] = {
#define X(name, text) text,
        ATTEST_CATEGORY_TABLE(X)
#undef X
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        bool used = false;
        assert_string_equal(attest_category_name((enum attest_category)i), names[i]);
        for (size_t error = 0; error < COUNT(all); error++)
            used |= attest_error_category(all[error]) == (enum attest_category)i;
        assert_true(used);
    }
    assert_int_equal(attest_error_category(ATTEST_TRUNCATED), ATTEST_CATEGORY_MALFORMED);
    assert_int_equal(attest_error_category(ATTEST_REFUSED), ATTEST_CATEGORY_REFUSED);
    assert_int_equal(attest_error_category(ATTEST_TPM_LOST), ATTEST_CATEGORY_TPM);
    assert_int_equal(attest_error_category(ATTEST_MEMORY), ATTEST_CATEGORY_SYSTEM);
}

static void test_unknown_values(void **state)
{
    const unsigned unknown[] = { COUNT(all), 1000, 0x7fffffff };

    (void)state;
    for (size_t i = 0; i < COUNT(unknown); i++) {
        enum attest_error error = (enum attest_error)unknown[i];
        assert_string_equal(attest_error_name(error), "INTERNAL");
        assert_string_equal(attest_error_sentence(error), attest_error_sentence(ATTEST_INTERNAL));
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_INTERNAL);
        assert_string_equal(attest_category_name((enum attest_category)unknown[i]), "internal");
    }
}

static void test_fail_fills_the_diag(void **state)
{
    struct attest_diag diag = { .offset = 7, .native = 9 };

    (void)state;
    assert_error(attest_fail(&diag, ATTEST_MALFORMED, "a\x1b[2Jb\n\xff", "%d things", 3), ATTEST_MALFORMED);
    assert_string_equal(diag.expected, "3 things");
    assert_string_equal(diag.found, "a?[2Jb??");
    assert_int_equal(diag.offset, 7);
    assert_int_equal(diag.native, 9);
    assert_error(attest_fail(&diag, ATTEST_REFUSED, NULL, "less"), ATTEST_REFUSED);
    assert_string_equal(diag.found, "");
    assert_error(attest_fail(NULL, ATTEST_DENIED, "x", "y"), ATTEST_DENIED);
}

static void test_fail_cuts(void **state)
{
    char text[1000];
    struct attest_diag diag = { 0 };

    (void)state;
    memset(text, '\n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_error(attest_fail(&diag, ATTEST_USAGE, text, "%s", text), ATTEST_USAGE);
    assert_int_equal(strlen(diag.expected), sizeof diag.expected - 1);
    assert_int_equal(strlen(diag.found), sizeof diag.found - 1);
    assert_string_equal(diag.expected + strlen(diag.expected) - 4, "?...");
    assert_string_equal(diag.found + strlen(diag.found) - 4, "?...");
}

static void test_fail_errno(void **state)
{
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_fail_errno(&diag, ENOENT, "to open %s", "it"), ATTEST_SYSTEM);
    assert_int_equal(diag.native, ENOENT);
    assert_string_equal(diag.expected, "to open it");
    assert_string_equal(diag.found, "No such file or directory");
    assert_error(attest_fail_errno(&diag, 123456, "to open %s", "it"), ATTEST_SYSTEM);
    assert_string_equal(diag.found, "unknown error");
    assert_error(attest_fail_errno(NULL, ENOENT, "to open %s", "it"), ATTEST_SYSTEM);
}

static void test_fail_within(void **state)
{
    struct attest_diag diag = { .found = "less" };

    (void)state;
    assert_error(attest_fail_within(NULL, ATTEST_MALFORMED, "it"), ATTEST_MALFORMED);
    assert_error(attest_fail_within(&diag, ATTEST_MALFORMED, "it"), ATTEST_MALFORMED);
    assert_string_equal(diag.expected + strlen("it: "), attest_error_sentence(ATTEST_MALFORMED));
    assert_error(attest_fail(&diag, ATTEST_MALFORMED, "less", "8 bytes"), ATTEST_MALFORMED);
    assert_error(attest_fail_within(&diag, ATTEST_MALFORMED, "the answer"), ATTEST_MALFORMED);
    assert_string_equal(diag.expected, "the answer: 8 bytes");
    assert_string_equal(diag.found, "less");
    for (size_t i = 0; i < sizeof diag.expected; i++)
        assert_error(attest_fail_within(&diag, ATTEST_MALFORMED, "x"), ATTEST_MALFORMED);
    assert_int_equal(strlen(diag.expected), sizeof diag.expected - 1);
}

static void test_printable(void **state)
{
    static const struct {
        const char *text;
        size_t text_size, size;
        const char *expected;
    } cases[] = {
        { "", 0, 1, "" },           { "abc", 3, 1, "" },          { "abc", 3, 4, "abc" },
        { "abcd", 4, 4, "abc" },    { "abcdef", 6, 5, "a..." },   { "a\0b", 3, 8, "a?b" },
        { "\x7f\x80", 2, 8, "??" }, { "abcdef", 6, 7, "abcdef" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *out = test_malloc(cases[i].size);
        attest_error_printable(cases[i].text, cases[i].text_size, out, cases[i].size);
        assert_string_equal(out, cases[i].expected);
        test_free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_whole),      cmocka_unit_test(test_only_ok_is_ok),
        cmocka_unit_test(test_categories),          cmocka_unit_test(test_unknown_values),
        cmocka_unit_test(test_fail_fills_the_diag), cmocka_unit_test(test_fail_cuts),
        cmocka_unit_test(test_fail_errno),          cmocka_unit_test(test_printable),
        cmocka_unit_test(test_fail_within),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
