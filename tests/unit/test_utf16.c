/* SPDX-License-Identifier: Apache-2.0 */
/* Does UTF-16LE become the UTF-8 that iconv(3) makes of it, and is what is none made visible? */
#include "tests/unit/from_hex.h"

#include "base/utf8.h"
#include "codec/utf16.h"

#include <iconv.h>

static void assert_becomes(const char *hex, const char *expected, bool valid)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024), text = from_hex(hex);
    _cleanup_free_ uint8_t *copy = exact(attest_bytes_view(&text));
    struct attest_view input = { copy, text.size };

    attest_utf16_append(&out, input);
    assert_ok(attest_bytes_check(&out));
    assert_text(attest_bytes_view(&out), expected);
    assert_int_equal(attest_utf16_is_valid(input), valid);
}

static void test_forms(void **state)
{
    (void)state;
    assert_becomes("", "", true);
    assert_becomes("41007f00", "A\x7f", true);
    assert_becomes("8000e900ff07", "\xc2\x80\xc3\xa9\xdf\xbf", true);
    assert_becomes("0008ac20ffd700e0ffff", "\xe0\xa0\x80\xe2\x82\xac\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf",
                   true);
    assert_becomes("00d800dc3dd811ddffdbffdf", "\xf0\x90\x80\x80\xf0\x9f\x94\x91\xf4\x8f\xbf\xbf", true);
}

static void test_what_is_none(void **state)
{
    (void)state;
    assert_becomes("410000004200",
                   "A\xe2\x90\x80"
                   "B",
                   false);
    assert_becomes("00d8", "\xef\xbf\xbd", false);
    assert_becomes("00dc4100",
                   "\xef\xbf\xbd"
                   "A",
                   false);
    assert_becomes("00d84100",
                   "\xef\xbf\xbd"
                   "A",
                   false);
    assert_becomes("00d800d800dc", "\xef\xbf\xbd\xf0\x90\x80\x80", false);
    assert_becomes("00dc00d8", "\xef\xbf\xbd\xef\xbf\xbd", false);
    assert_becomes("410042", "A\xef\xbf\xbd", false);
    assert_becomes("00d800", "\xef\xbf\xbd\xef\xbf\xbd", false);
}

/* Every unit there is, before an A: as iconv has it, and where that refuses, still UTF-8. */
static void test_every_unit(void **state)
{
    iconv_t other = iconv_open("UTF-8", "UTF-16LE");

    (void)state;
    assert_true(other != (iconv_t)-1);
    for (unsigned unit = 1; unit <= 0xffff; unit++) {
        char wire[4] = { (char)(unit & 0xff), (char)(unit >> 8), 'A', 0 }, expected[16];
        char *from = wire, *to = expected;
        size_t from_size = sizeof wire, to_size = sizeof expected;
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(16);
        attest_utf16_append(&out, attest_view_of(wire));
        if (iconv(other, &from, &from_size, &to, &to_size) != (size_t)-1) {
            assert_true(attest_utf16_is_valid(attest_view_of(wire)));
            assert_view(attest_bytes_view(&out),
                        (struct attest_view){ (uint8_t *)expected, sizeof expected - to_size });
        } else {
            assert_false(attest_utf16_is_valid(attest_view_of(wire)));
            assert_true(attest_utf8_is_valid(attest_bytes_view(&out)));
            iconv(other, NULL, NULL, NULL, NULL);
        }
    }
    iconv_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_every_unit),
    };
    return cmocka_run_group_tests_name("utf16", tests, NULL, NULL);
}
