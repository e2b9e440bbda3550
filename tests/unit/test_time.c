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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
