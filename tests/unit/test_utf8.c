/* SPDX-License-Identifier: Apache-2.0 */
/* Is UTF-8 told from what is almost UTF-8, and cut between characters? */
#include "tests/unit/unit.h"

#include "base/utf8.h"

static void test_valid(void **state)
{
    static const char *const texts[] = {
        "",
        "plain",
        "\x01\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xec\xbf\xbf",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf3\xbf\xbf\xbf",
        "\xf4\x8f\xbf\xbf",
        "o\xc3\xa4o",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_true(attest_utf8_is_valid(attest_view_text(texts[i])));
    assert_true(attest_utf8_is_valid((struct attest_view){ 0 }));
    assert_true(attest_utf8_is_valid((struct attest_view){ (const uint8_t *)"\0", 1 }));
}

/* Overlong, surrogates, over U+10FFFF, cut, tails alone, tails wrong in each place. */
static void test_invalid(void **state)
{
    static const char *const texts[] = {
        "\x80",         "\xbf",         "\xc0\x80",         "\xc1\xbf",         "\xc2",
        "\xc2\x7f",     "\xc2\xc0",     "\xe0\x9f\xbf",     "\xe1\x80",         "\xe1\x80\x7f",
        "\xe1\x80\xc0", "\xed\xa0\x80", "\xed\xbf\xbf",     "\xf0\x8f\xbf\xbf", "\xf1\x80\x80",
        "\xf1\x80\x80", "\xf1\x80\x7f", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
        "ab\xff",       "\xfe\xff",     "\xf1\x80\x80\x7f",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        _cleanup_free_ uint8_t *copy = exact(attest_view_text(texts[i]));
        assert_false(attest_utf8_is_valid((struct attest_view){ copy, strlen(texts[i]) }));
    }
}

static void test_cut(void **state)
{
    const struct attest_view text = attest_view_text("a\xe2\x82\xac\xf0\x9f\x94\x91");
    const size_t expected[] = { 0, 1, 1, 1, 4, 4, 4, 4, 8, 8 };

    (void)state;
    for (size_t maximum = 0; maximum < COUNT(expected); maximum++) {
        struct attest_view cut = attest_utf8_cut(text, maximum);
        assert_ptr_equal(cut.data, text.data);
        assert_int_equal(cut.size, expected[maximum]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
