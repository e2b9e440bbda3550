/* SPDX-License-Identifier: Apache-2.0 */
/* What is JSON, to the byte: each place with each byte, and the borders of UTF-8. (Refusals: test_json.c.) */
#include "tests/unit/unit.h"

#include "codec/json_grammar.h"

static enum attest_error check(struct attest_view text)
{
    size_t members = 42;
    struct attest_diag diag = { 0 };
    _cleanup_free_ uint8_t *copy = exact(text);

    enum attest_error error =
        attest_json_grammar_check((struct attest_view){ copy, text.size }, 16, &members, &diag);
    assert_true(error == ATTEST_OK || (members == 42 && strlen(diag.expected) > 0));
    assert_true(diag.offset <= text.size);
    return error;
}

static void test_accepted(void **state)
{
    static const struct {
        const char *text;
        size_t members;
    } cases[] = {
        { "{}", 0 },
        { "\t\r\n {\t\r\n }\t\r\n ", 0 },
        { "{\"\":\"\"}", 1 },
        { "{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]},\"d\":[]}", 5 },
        { "{\"a\":1,\"a\":2}", 2 },
        { "{\"n\":[0,-0,1,-10,0.5,1e1,1E+2,1.25e-3,123456789012345678901234567890]}", 1 },
        { "{\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uFFFF\\uabCD\"}", 1 },
        { "{\"s\":\"\\ud83d\\udd11\\uD800\\uDC00\\udbff\\udfff\"}", 1 },
        { "{\"s\":\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"}", 1 },
        { "{\"s\":\"\xf0\x90\x80\x80\xf3\xbf\xbf\xbf\xf4\x8f\xbf\xbf\"}", 1 },
        { "{\"l\":[true,false,null]}", 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t members = 42;
        assert_ok(attest_json_grammar_check(attest_view_text(cases[i].text), 16, &members, NULL));
        assert_int_equal(members, cases[i].members);
    }
}

/* The bytes with which `text` is still JSON when they come at `at`, in the order of their values. */
static void bytes_allowed(const char *text, size_t at, char ret_bytes[257])
{
    size_t count = 0;

    for (int byte = 1; byte < 256; byte++) {
        _cleanup_free_ uint8_t *changed = exact(attest_view_text(text));
        changed[at] = (uint8_t)byte;
        if (check((struct attest_view){ changed, strlen(text) }) == ATTEST_OK)
            ret_bytes[count++] = (char)byte;
    }
    ret_bytes[count] = '\0';
}

static void test_every_byte(void **state)
{
    static const struct {
        const char *text;
        size_t at;
        const char *allowed;
    } cases[] = {
        { "{ }", 1, "\t\n\r " },
        { "{} ", 2, "\t\n\r " },
        { "{\"a\":1 }", 5, "0123456789" },
        { "{\"a\":1 }", 6, "\t\n\r 0123456789" },
        { "{\"a\":01}", 5, "\t\n\r -123456789" },
        { "{\"a\":10 }", 6, "\t\n\r 0123456789" },
        { "{\"s\":\"\\n\"}", 7, "\"/\\bfnrt" },
        { "{\"s\":\"\\u0000\"}", 8, "0123456789ABCDEFabcdef" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char allowed[257];
        bytes_allowed(cases[i].text, cases[i].at, allowed);
        if (strcmp(allowed, cases[i].allowed) != 0)
            print_error("in %s at %zu\n", cases[i].text, cases[i].at);
        assert_string_equal(allowed, cases[i].allowed);
    }
}

static void test_nul_nowhere(void **state)
{
    static const char text[] = "{ \"a\" : [ -1.5e3 , \"\\n\" , true ] }";

    (void)state;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        _cleanup_free_ uint8_t *changed = exact(attest_view_text(text));
        changed[at] = 0;
        assert_int_not_equal(check((struct attest_view){ changed, sizeof text - 1 }), ATTEST_OK);
    }
}

/* A character of two bytes is right or wrong by RFC 3629's table, for all 65,536 of them. */
static void test_every_pair_of_bytes(void **state)
{
    uint8_t text[] = "{\"s\":\"xx\"}";

    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t high = (uint8_t)(pair >> 8), low = (uint8_t)pair;
        bool two = high >= 0xc2 && high <= 0xdf && low >= 0x80 && low <= 0xbf;
        bool plain = high >= ' ' && high < 0x80 && low >= ' ' && low < 0x80;
        size_t members;
        if (plain && strchr("\"\\", high))
            continue;
        text[6] = high;
        text[7] = low;
        bool expected = two || (plain && low != '"' && low != '\\');
        enum attest_error error =
            attest_json_grammar_check((struct attest_view){ text, sizeof text - 1 }, 16, &members, NULL);
        assert_int_equal(error == ATTEST_OK, expected);
    }
}

static void test_depth(void **state)
{
    static const char text[] = "{\"a\":[{\"b\":[1,{}]}]}";
    size_t members;

    (void)state;
    for (unsigned depth = 0; depth < 8; depth++)
        assert_error(attest_json_grammar_check(attest_view_text(text), depth, &members, NULL),
                     depth < 5 ? ATTEST_MALFORMED : ATTEST_OK);
    assert_ok(attest_json_grammar_check(attest_view_text("{\"a\":[],\"b\":[],\"c\":{}}"), 2, &members, NULL));
}

static void test_offset(void **state)
{
    struct attest_diag diag = { 0 };
    size_t members;

    (void)state;
    assert_error(attest_json_grammar_check(attest_view_text("{\"a\":nul}"), 16, &members, &diag),
                 ATTEST_MALFORMED);
    assert_int_equal(diag.offset, 8);
    assert_error(attest_json_grammar_check(attest_view_text("{} x"), 16, &members, &diag), ATTEST_TRAILING);
    assert_int_equal(diag.offset, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),    cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_nul_nowhere), cmocka_unit_test(test_every_pair_of_bytes),
        cmocka_unit_test(test_depth),       cmocka_unit_test(test_offset),
    };
    return cmocka_run_group_tests_name("json_grammar", tests, NULL, NULL);
}
