/* SPDX-License-Identifier: Apache-2.0 */
/* Is only RFC 8259 read as JSON, and is nothing of it cut or guessed? */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "codec/json.h"

#define MAXIMUM ((size_t)4096)

static struct attest_json *parse(const char *text)
{
    struct attest_json *root = NULL;

    assert_ok(attest_json_parse(attest_view_text(text), MAXIMUM, &root, NULL));
    assert_non_null(root);
    return root;
}

static void test_types(void **state)
{
    (void)state;
    _cleanup_(attest_json_cleanup) struct attest_json *root =
        parse(" {\"t\":\"a\\u00e4\\n\",\"b\":true,\"n\":7,\"o\":{\"x\":\"y\"},\"z\":null,\"a\":[1]} \r\n\t");
    struct attest_view text = { 0 };
    bool boolean = false;
    uint64_t number = 0;

    assert_true(attest_json_is_object(root));
    assert_true(attest_json_text(attest_json_member(root, "t"), &text));
    assert_text(text, "a\xc3\xa4\n");
    assert_true(attest_json_boolean(attest_json_member(root, "b"), &boolean));
    assert_true(boolean);
    assert_true(attest_json_unsigned(attest_json_member(root, "n"), &number));
    assert_true(number == 7);
    assert_true(attest_json_is_object(attest_json_member(root, "o")));
    assert_true(attest_json_text(attest_json_member(attest_json_member(root, "o"), "x"), &text));
    assert_text(text, "y");
    assert_null(attest_json_member(root, "none"));
    assert_null(attest_json_member(root, "z"));
    assert_null(attest_json_member(attest_json_member(root, "t"), "x"));
    assert_null(attest_json_member(NULL, "x"));
}

/* What is asked for as another type than it is, NULL included, is not there, and nothing is written. */
static void test_wrong_types(void **state)
{
    static const char *const names[] = { "t", "b", "n", "o", "a", "f", "none" };

    (void)state;
    _cleanup_(attest_json_cleanup) struct attest_json *root =
        parse("{\"t\":\"1\",\"b\":false,\"n\":1,\"o\":{},\"a\":[],\"f\":1.5}");
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct attest_json *value = attest_json_member(root, names[i]);
        struct attest_view text = { NULL, 42 };
        bool boolean = true;
        uint64_t number = 42;
        assert_int_equal(attest_json_text(value, &text), names[i][0] == 't');
        assert_int_equal(attest_json_boolean(value, &boolean), names[i][0] == 'b');
        assert_int_equal(attest_json_unsigned(value, &number), strcmp(names[i], "n") == 0);
        assert_int_equal(attest_json_is_object(value), names[i][0] == 'o');
        assert_int_equal(text.size, names[i][0] == 't' ? 1 : 42);
        assert_int_equal(boolean, names[i][0] != 'b');
        assert_true(number == (strcmp(names[i], "n") == 0 ? 1 : 42));
    }
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } cases[] = {
        { "{\"n\":0}", true, 0 },
        { "{\"n\":9223372036854775807}", true, INT64_MAX },
        { "{\"n\":9223372036854775808}", true, (uint64_t)INT64_MAX + 1 },
        { "{\"n\":18446744073709551614}", true, UINT64_MAX - 1 },
        { "{\"n\":18446744073709551616}", false, 0 }, /* larger than any: not the largest */
        { "{\"n\":99999999999999999999}", false, 0 },
        { "{\"n\":-1}", false, 0 },
        { "{\"n\":-99999999999999999999}", false, 0 },
        { "{\"n\":1.0}", false, 0 },
        { "{\"n\":1e3}", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_json_cleanup) struct attest_json *root = parse(cases[i].text);
        uint64_t value = 42;
        assert_int_equal(attest_json_unsigned(attest_json_member(root, "n"), &value), cases[i].ok);
        assert_true(value == (cases[i].ok ? cases[i].value : 42));
    }
}

static void assert_refused(struct attest_view text, enum attest_error error)
{
    struct attest_json *root = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error found = attest_json_parse(text, MAXIMUM, &root, &diag);
    if (found == ATTEST_OK)
        print_error("accepted: %.*s\n", (int)text.size, (const char *)text.data);
    assert_error(found, error);
    assert_null(root);
    assert_true(strlen(diag.expected) > 0);
    assert_true(diag.offset <= text.size);
    assert_error(attest_json_parse(text, MAXIMUM, &root, NULL), error);
}

static void test_malformed(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "}",
        "{]",
        "[]",
        "1",
        "\"a\"",
        "null",
        "true",
        "{a:1}",
        "{'a':1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":[1,]}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":0x1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":TRUE}",
        "{\"a\":nul}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc3\"}",
        "{\"\xff\":1}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xc0\x80\"}",
        "{\"a\":\"",
        "/* c */{}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"line\nbreak\"}",
        "{\"a\":\"\x01\"}",
        "{\"a\x01\":1}",
        "{\"a\":'x'}",
        "{\"a\":-01}",
        "{\"a\":1.e1}",
        "{\"a\":1e}",
        "{\"a\":\"\\ud800\"}", /* half a character */
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\xf5\x80\x80\x80\"}", /* over U+10FFFF */
        "{\"a\":\"\xf4\x90\x80\x80\"}",
        "{\"a\":\"\xe0\x80\x80\"}", /* longer than it has to be */
        "{\"a\":\"\xf0\x80\x80\x80\"}",
        "{\"type\\u0000x\":1}", /* json-c would cut the name there */
        "{\"a\":1,\"a\":2}",    /* two readers may choose differently, RFC 8259 §4 */
        "{\"a\":1,\"\\u0061\":2}",
        "{\"o\":{\"a\":1,\"b\":2,\"a\":1}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_refused(attest_view_text(texts[i]), ATTEST_MALFORMED);
}

static void test_trailing(void **state)
{
    static const char *const texts[] = { "{}{}", "{} x", "{}]", "{}\x0b", "{},", "{}\xc2\xa0", "{}//c" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_refused(attest_view_text(texts[i]), ATTEST_TRAILING);
    assert_refused((struct attest_view){ (const uint8_t *)"{}\0", 3 }, ATTEST_TRAILING);
}

static void test_nul(void **state)
{
    static const uint8_t inside[] = "{\"a\":\"x\0y\"}", between[] = "{\"a\"\0:1}";

    (void)state;
    assert_refused((struct attest_view){ inside, sizeof inside - 1 }, ATTEST_MALFORMED);
    assert_refused((struct attest_view){ between, sizeof between - 1 }, ATTEST_MALFORMED);
    _cleanup_(attest_json_cleanup) struct attest_json *root = parse("{\"a\":\"x\\u0000y\"}");
    struct attest_view text;
    assert_true(attest_json_text(attest_json_member(root, "a"), &text));
    assert_view(text, (struct attest_view){ (const uint8_t *)"x\0y", 3 });
}

/* `depth` objects in one another. */
static enum attest_error parse_nested(size_t depth, size_t maximum, const char *inside)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(8 * depth + 8);
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    for (size_t i = 1; i < depth; i++)
        attest_bytes_append_text(&text, "{\"a\":");
    attest_bytes_append_text(&text, inside);
    for (size_t i = 1; i < depth; i++)
        attest_bytes_append_u8(&text, '}');
    return attest_json_parse(attest_bytes_view(&text), maximum, &root, NULL);
}

static void test_depth(void **state)
{
    (void)state;
    assert_ok(parse_nested(1, MAXIMUM, "{}"));
    assert_ok(parse_nested(16, MAXIMUM, "{}"));
    assert_ok(parse_nested(16, MAXIMUM, "{\"b\":1}"));
    assert_error(parse_nested(15, MAXIMUM, "{\"b\":[1,[]]}"), ATTEST_MALFORMED);
    assert_error(parse_nested(17, MAXIMUM, "{}"), ATTEST_MALFORMED);
    assert_error(parse_nested(16, MAXIMUM, "{\"b\":[]}"), ATTEST_MALFORMED);
    assert_error(parse_nested(100000, 8 * 100000, "{}"), ATTEST_MALFORMED);
}

static void test_maximum(void **state)
{
    struct attest_view text = attest_view_text("{\"a\":\"0123456789\"}");
    struct attest_json *root = NULL;

    (void)state;
    for (size_t maximum = 0; maximum < text.size; maximum++)
        assert_error(attest_json_parse(text, maximum, &root, NULL), ATTEST_TOO_LARGE);
    assert_null(root);
    assert_ok(attest_json_parse(text, text.size, &root, NULL));
    attest_json_free(root);
    attest_json_free(NULL);
    assert_refused((struct attest_view){ text.data, SIZE_MAX }, ATTEST_TOO_LARGE);
    assert_error(
        attest_json_parse((struct attest_view){ text.data, (size_t)INT32_MAX + 1 }, SIZE_MAX, &root, NULL),
        ATTEST_TOO_LARGE);
}

static void test_cut_at_every_byte(void **state)
{
    struct attest_view whole = attest_view_text("{\"a\":\"\\u00e4\",\"b\":[true,{\"c\":-1.5e3}],\"d\":null}");

    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ whole.data, size });
        assert_refused((struct attest_view){ cut, size }, ATTEST_MALFORMED);
    }
}

static enum attest_error count(const char *name, const struct attest_json *value, void *context,
                               struct attest_diag *diag)
{
    (void)value;
    ++*(size_t *)context;
    return strcmp(name, "stop") == 0 ? attest_fail(diag, ATTEST_DENIED, name, "to go on") : ATTEST_OK;
}

static void test_each(void **state)
{
    (void)state;
    _cleanup_(attest_json_cleanup) struct attest_json *root =
        parse("{\"a\":1,\"b\":null,\"o\":{\"stop\":1,\"x\":2}}");
    size_t calls = 0;

    assert_ok(attest_json_each(root, count, &calls, NULL));
    assert_int_equal(calls, 3);
    assert_error(attest_json_each(attest_json_member(root, "o"), count, &calls, NULL), ATTEST_DENIED);
    assert_int_equal(calls, 4);
    assert_error(attest_json_each(attest_json_member(root, "a"), count, &calls, NULL), ATTEST_MALFORMED);
    assert_error(attest_json_each(NULL, count, &calls, NULL), ATTEST_MALFORMED);
}

static void test_only(void **state)
{
    static const char *const both[] = { "a", "b", NULL }, *const one[] = { "a", NULL };
    struct attest_diag diag = { 0 };

    (void)state;
    _cleanup_(attest_json_cleanup) struct attest_json *root = parse("{\"a\":1,\"b\":2}");
    assert_ok(attest_json_only(root, both, &diag));
    assert_error(attest_json_only(root, one, &diag), ATTEST_MALFORMED);
    assert_string_equal(diag.found, "b");
}

static void test_null(void **state)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    (void)state;
    assert_ok(
        attest_json_parse(attest_view_text("{\"a\":[null,1,null],\"n\":null,\"e\":[]}"), 100, &root, NULL));
    assert_int_equal(attest_json_count(attest_json_member(root, "a")), 3);
    assert_null(attest_json_element(attest_json_member(root, "a"), 0));
    assert_non_null(attest_json_element(attest_json_member(root, "a"), 1));
    assert_int_equal(attest_json_count(attest_json_member(root, "e")), 0);
    assert_int_equal(attest_json_count(root), 0);
    assert_int_equal(attest_json_count(NULL), 0);
    assert_null(attest_json_member(root, "n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_trailing),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_only),
        cmocka_unit_test(test_null),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
