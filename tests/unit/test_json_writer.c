/* SPDX-License-Identifier: Apache-2.0 */
/* Is what is written JSON, whatever the texts hold, and is a full buffer noticed? */
#include "tests/unit/unit.h"

#include "codec/json_writer.h"

#include <json-c/json.h>

static void write_all(struct attest_json_writer *json)
{
    static const uint8_t bytes[] = { 0xde, 0xad, 0xbe, 0xef };

    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "text", "a");
    attest_json_write_text_view(json, "view", (struct attest_view){ (const uint8_t *)"bcd", 2 });
    attest_json_write_format(json, "format", "%s-%d", "n", 7);
    attest_json_write_hex(json, "hex", attest_view_of(bytes));
    attest_json_write_base64(json, "base64", attest_view_of(bytes));
    attest_json_write_unsigned(json, "unsigned", UINT64_MAX);
    attest_json_write_boolean(json, "yes", true);
    attest_json_write_boolean(json, "no", false);
    attest_json_open(json, "list", '[');
    attest_json_write_text(json, NULL, "x");
    attest_json_write_unsigned(json, NULL, 0);
    attest_json_open(json, NULL, '{');
    attest_json_close(json, '}');
    attest_json_close(json, ']');
    attest_json_open(json, "empty", '[');
    attest_json_close(json, ']');
    attest_json_write_member(json, attest_view_text("na\"me"), attest_view_text("value"));
    attest_json_write_text(json, "last", "");
    attest_json_close(json, '}');
}

static const char whole[] =
    "{\"text\":\"a\",\"view\":\"bc\",\"format\":\"n-7\",\"hex\":\"deadbeef\",\"base64\":\"3q2+7w==\","
    "\"unsigned\":18446744073709551615,\"yes\":true,\"no\":false,\"list\":[\"x\",0,{}],"
    "\"empty\":[],\"na\\\"me\":\"value\",\"last\":\"\"}";

static void test_forms(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(sizeof whole - 1);
    struct attest_json_writer json = { .out = &out };

    write_all(&json);
    assert_ok(attest_bytes_check(&out));
    assert_text(attest_bytes_view(&out), whole);
}

static void test_every_maximum(void **state)
{
    (void)state;
    for (size_t maximum = 0; maximum < sizeof whole - 1; maximum++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(maximum);
        struct attest_json_writer json = { .out = &out };
        write_all(&json);
        assert_error(attest_bytes_check(&out), ATTEST_TOO_LARGE);
        assert_true(out.size <= maximum);
    }
}

/* Another reader gets every text back as it was. */
static void assert_survives(struct attest_view text)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024);
    struct attest_json_writer json = { .out = &out };
    json_object *value;

    attest_json_open(&json, NULL, '{');
    attest_json_write_text_view(&json, "a\"\\\n", text);
    attest_json_close(&json, '}');
    attest_bytes_append_u8(&out, 0);
    assert_ok(attest_bytes_check(&out));
    for (size_t i = 0; i + 1 < out.size; i++)
        assert_true(out.data[i] >= ' ' && out.data[i] != 0x7f);
    json_object *root = json_tokener_parse((const char *)out.data);
    assert_non_null(root);
    assert_true(json_object_object_get_ex(root, "a\"\\\n", &value));
    assert_view((struct attest_view){ (const uint8_t *)json_object_get_string(value),
                                      (size_t)json_object_get_string_len(value) },
                text);
    json_object_put(root);
}

static void test_texts(void **state)
{
    (void)state;
    for (int byte = 0; byte < 0x80; byte++) {
        const uint8_t text[] = { 'a', (uint8_t)byte, '"', (uint8_t)byte };
        assert_survives(attest_view_of(text));
    }
    assert_survives(attest_view_text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91"));
    assert_survives((struct attest_view){ 0 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_every_maximum),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests_name("json_writer", tests, NULL, NULL);
}
