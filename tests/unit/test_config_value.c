/* SPDX-License-Identifier: Apache-2.0 */
/* Values at their limits. (Through files, every key: test_config.c.) */
#include "tests/unit/unit.h"

#include "daemon/config_value.h"

#define UNTOUCHED 42u

static unsigned parse(config_value_parse *parser, const char *text, uint64_t least, uint64_t most,
                      enum attest_error expected)
{
    unsigned value = UNTOUCHED;
    struct attest_diag diag = { 0 };

    assert_error(parser(attest_view_text(text), &value, least, most, &diag), expected);
    if (expected != ATTEST_OK) {
        assert_int_equal(value, UNTOUCHED);
        assert_true(strlen(diag.expected) > 0);
    }
    return value;
}

static void test_duration(void **state)
{
    static const struct {
        const char *text;
        unsigned milliseconds;
    } good[] = { { "1", 1000 },
                 { "1s", 1000 },
                 { "1ms", 1 },
                 { "2min", 120000 },
                 { "500ms", 500 },
                 { "4294967295ms", UINT32_MAX },
                 { "4294967", 4294967000u } };
    static const char *const bad[] = { "",
                                       "s",
                                       "ms",
                                       "min",
                                       "1 s",
                                       "1h",
                                       "1us",
                                       "0x1s",
                                       "-1",
                                       "1.5s",
                                       "1S",
                                       "1ss",
                                       "01s",
                                       "4294967296ms",
                                       "4294968",
                                       "71583min",
                                       "18446744073709551616",
                                       "99999999999999999999999ms",
                                       "1\t" };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_int_equal(parse(config_value_DURATION, good[i].text, 0, UINT32_MAX, ATTEST_OK),
                         good[i].milliseconds);
    for (size_t i = 0; i < COUNT(bad); i++)
        parse(config_value_DURATION, bad[i], 0, UINT32_MAX, ATTEST_MALFORMED);
    parse(config_value_DURATION, "99ms", 100, 1500, ATTEST_MALFORMED);
    parse(config_value_DURATION, "0", 100, 1500, ATTEST_MALFORMED);
    parse(config_value_DURATION, "2s", 100, 1500, ATTEST_MALFORMED);
    assert_int_equal(parse(config_value_DURATION, "1500ms", 100, 1500, ATTEST_OK), 1500);
}

static void test_number(void **state)
{
    (void)state;
    assert_int_equal(parse(config_value_NUMBER, "4294967295", 0, UINT32_MAX, ATTEST_OK), UINT32_MAX);
    parse(config_value_NUMBER, "4294967296", 0, UINT32_MAX, ATTEST_MALFORMED);
    parse(config_value_NUMBER, "1", 2, 3, ATTEST_MALFORMED);
    parse(config_value_NUMBER, "4", 2, 3, ATTEST_MALFORMED);
    assert_int_equal(parse(config_value_NUMBER, "0", 0, 3, ATTEST_OK), 0);
}

static void test_handle(void **state)
{
    static const char *const bad[] = { "",           "0x",         "0x8101A77",  "0x8101A77E0", "8101A77E",
                                       "0X8101A77E", "0x8101A77G", "-0x101A77E", "0x 101A77E",  "0x8101A77E ",
                                       "0x80ffffff", "0x82000000", "0xffffffff", "0x00000000" };

    (void)state;
    assert_int_equal(parse(config_value_HANDLE, "0x8101A77E", 0x81000000, 0x817fffff, ATTEST_OK), 0x8101A77E);
    assert_int_equal(parse(config_value_HANDLE, "0x8101a77e", 0x81000000, 0x817fffff, ATTEST_OK), 0x8101A77E);
    for (size_t i = 0; i < COUNT(bad); i++)
        parse(config_value_HANDLE, bad[i], 0x81000000, 0x817fffff, ATTEST_MALFORMED);
}

/* The one before is freed. */
static void test_text(void **state)
{
    _cleanup_free_ char *text = strdup("before");

    (void)state;
    assert_error(config_value_TEXT(attest_view_text(""), &text, 1, 4, NULL), ATTEST_MALFORMED);
    assert_error(config_value_TEXT(attest_view_text("12345"), &text, 1, 4, NULL), ATTEST_MALFORMED);
    assert_string_equal(text, "before");
    assert_ok(config_value_TEXT(attest_view_text("1234"), &text, 1, 4, NULL));
    assert_string_equal(text, "1234");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_duration),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_handle),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests_name("config_value", tests, NULL, NULL);
}
