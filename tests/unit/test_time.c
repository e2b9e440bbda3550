/* SPDX-License-Identifier: Apache-2.0 */
/* Are moments read and written as the calendar has them? Compared with what date(1) says. */
#include "tests/unit/unit.h"

#include "base/time.h"

static void check(const char *text, uint64_t expected)
{
    uint64_t found = 0;

    assert_ok(attest_time_parse(attest_view_text(text), &found, NULL));
    assert_true(found == expected);
}

static void test_parse(void **state)
{
    (void)state;
    check("1970-01-01T00:00:00Z", 0);
    check("2026-02-03T10:12:02Z", 1770113522000);
    check("2026-02-03T10:12:02.5Z", 1770113522500);
    check("2026-02-03T10:12:02.4379999Z", 1770113522437);
    check("2024-02-29T23:59:59Z", 1709251199000);
    check("9999-12-31T23:59:59Z", 253402300799000);
    check("0", 0);
    check("1770113522", 1770113522000);
    check("253402300799", 253402300799000);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "now",
        "-1",
        "+1",
        "1.5",
        "01",
        "253402300800",
        "1969-12-31T23:59:59Z",
        "2026-02-03",
        "2026-02-03T10:12:02",
        "2026-02-03T10:12:02z",
        "2026-02-03t10:12:02Z",
        "2026-02-03 10:12:02Z",
        "2026-02-03T10:12:02+00:00",
        "2026-02-03T10:12:02.Z",
        "2026-02-03T10:12:02,5Z",
        "2026-02-03T10:12:02Z ",
        "2026-02-30T10:12:02Z",
        "2023-02-29T10:12:02Z",
        "2026-13-03T10:12:02Z",
        "2026-00-03T10:12:02Z",
        "2026-02-00T10:12:02Z",
        "2026-02-03T24:00:00Z",
        "2026-02-03T10:60:02Z",
        "2026-12-31T23:59:60Z",
        "26-02-03T10:12:02Z",
        "12026-02-03T10:12:02Z",
        "2026-2-3T10:12:02Z",
    };
    struct attest_diag diag = { 0 };
    uint64_t found = 77;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_error(attest_time_parse(attest_view_text(texts[i]), &found, &diag), ATTEST_MALFORMED);
    assert_true(found == 77);
    assert_string_equal(diag.found, "2026-2-3T10:12:02Z");
}

static void test_format(void **state)
{
    char text[ATTEST_TIME_SIZE];

    (void)state;
    attest_time_format(1770113522, text);
    assert_string_equal(text, "2026-02-03T10:12:02Z");
    attest_time_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    attest_time_format(253402300799, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    attest_time_format(-1, text);
    assert_string_equal(text, "out of range");
    attest_time_format(INT64_MAX, text);
    assert_string_equal(text, "out of range");
}

static void test_http(void **state)
{
    static const struct {
        const char *text;
        uint64_t seconds;
    } cases[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 }, /* RFC 9110 §5.6.7 */
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t milliseconds = 1;
        assert_ok(attest_time_parse_http(attest_view_text(cases[i].text), &milliseconds, NULL));
        assert_true(milliseconds == cases[i].seconds * 1000);
    }
}

static void test_http_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 19x4 08:49:37 GMT",
        "unF, 06 Nov 1994 08:49:37 GMT",
    };
    static const char whole[] = "Sun, 06 Nov 1994 08:49:37 GMT";

    (void)state;
    for (size_t i = 0; i < COUNT(texts) + strlen(whole); i++) {
        struct attest_view text = i < COUNT(texts)
                                      ? attest_view_text(texts[i])
                                      : (struct attest_view){ (const uint8_t *)whole, i - COUNT(texts) };
        _cleanup_free_ uint8_t *copy = exact(text);
        uint64_t untouched = 42;
        text.data = copy;
        assert_error(attest_time_parse_http(text, &untouched, NULL), ATTEST_MALFORMED);
        assert_true(untouched == 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http),    cmocka_unit_test(test_http_refused), cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
