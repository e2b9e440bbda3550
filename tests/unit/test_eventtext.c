/* SPDX-License-Identifier: Apache-2.0 */
/* Is text recognised where there is some, and only there? */
#include "tests/unit/from_hex.h"

#include "codec/eventtext.h"

/* What is written between brackets, or "" where nothing is. */
static void assert_written(struct attest_view data, const char *expected)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1 << 16);
    struct attest_json_writer json = { .out = &out };
    _cleanup_free_ uint8_t *copy = exact(data);

    bool written = attest_eventtext_write(&json, "t", (struct attest_view){ copy, data.size });
    assert_ok(attest_bytes_check(&out));
    assert_int_equal(written, strlen(expected) > 0);
    assert_text(attest_bytes_view(&out), expected);
}

static void assert_hex_written(const char *hex, const char *expected)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = from_hex(hex);

    assert_written(attest_bytes_view(&data), expected);
}

static void test_text(void **state)
{
    (void)state;
    assert_hex_written("41", "\"t\":\"A\"");
    assert_hex_written("41426300", "\"t\":\"ABc\"");
    assert_hex_written("410a42090d000000", "\"t\":\"A\\nB\\u0009\\u000d\"");
    assert_hex_written("c3a4", "\"t\":\"\xc3\xa4\"");
    assert_hex_written("41004200", "\"t\":\"AB\"");
    assert_hex_written("4100420000000000", "\"t\":\"AB\"");
    assert_hex_written("4100e9004200", "\"t\":\"A\xc3\xa9"
                                       "B\"");
    assert_hex_written("410042003dd811dd", ""); /* half of it are not letters */
    assert_hex_written("4100420043003dd811dd", "\"t\":\"ABC\xf0\x9f\x94\x91\"");
}

static void test_no_text(void **state)
{
    static const char *const data[] = {
        "",           "00",
        "0000",       "01",
        "ff",         "4101",
        "4142ff",     "410042",
        "4100000042", "41001b00",
        "00410042",   "410042000000430044",
        "41003dd8",   "410042004300ffdb",
        "00000000ff", "417f",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(data); i++)
        assert_hex_written(data[i], "");
}

static void test_cut(void **state)
{
    static uint8_t data[2 * ATTEST_EVENTTEXT_MAX];
    static char expected[2 * ATTEST_EVENTTEXT_MAX];

    (void)state;
    memset(data, 'a', sizeof data);
    assert_true(snprintf(expected, sizeof expected, "\"t\":\"%.*s\"", ATTEST_EVENTTEXT_MAX, data) > 0);
    assert_written((struct attest_view){ data, ATTEST_EVENTTEXT_MAX }, expected);
    assert_true(snprintf(expected, sizeof expected, "\"t\":\"%.*s\",\"cut_after\":4096", ATTEST_EVENTTEXT_MAX,
                         data) > 0);
    assert_written((struct attest_view){ data, ATTEST_EVENTTEXT_MAX + 1 }, expected);
    for (size_t i = 1; i < sizeof data; i += 2)
        data[i] = 0;
    assert_true(snprintf(expected, sizeof expected, "\"t\":\"%0*d\",\"cut_after\":4096",
                         ATTEST_EVENTTEXT_MAX / 2, 0) > 0);
    for (size_t i = 0; i < sizeof data; i += 2)
        data[i] = '0';
    assert_written(attest_view_of(data), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_no_text),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests_name("eventtext", tests, NULL, NULL);
}
