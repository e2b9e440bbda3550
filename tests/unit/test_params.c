/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken of a query or a JSON object, and what is said of what is not? */
#include "tests/unit/unit.h"

#include "daemon/params.h"
#include "daemon/routes.h"

static const char *const choices[] = { "one", "two", NULL };
static const struct param table[] = {
    { "hex", PARAM_HEX, .least = 2, .most = 4, .reserved = "abc", .what = "a hex" },
    { "blob", PARAM_BASE64, .required = true, .least = 1, .most = 4, .what = "a blob" },
    { "bank", PARAM_BANK, .what = "a bank" },
    { "choice", PARAM_CHOICE, .choices = choices, .what = "one or two" },
    { 0 },
};
static const struct param selection_table[] = { { "pcrs", PARAM_SELECTION, .what = "numbers" }, { 0 } };

static struct param_problem problem;
static struct attest_diag diag;

static enum attest_error set(struct params *params, const char *name, const char *text)
{
    problem = (struct param_problem){ 0 };
    diag = (struct attest_diag){ 0 };
    return params_set(params, name, attest_view_text(text), &problem, &diag);
}

static enum attest_error set_json(struct params *params, const char *text)
{
    problem = (struct param_problem){ 0 };
    diag = (struct attest_diag){ 0 };
    return params_set_json(params, attest_view_text(text), &problem, &diag);
}

static void test_values(void **state)
{
    _cleanup_(params_done) struct params params = { .table = table };
    _cleanup_(params_done) struct params selection = { .table = selection_table };

    (void)state;
    assert_ok(set(&params, "hex", "00fF"));
    assert_ok(set(&params, "blob", "AAEC"));
    assert_ok(set(&params, "bank", "sha512"));
    assert_ok(set(&params, "choice", "two"));
    assert_ok(set(&selection, "pcrs", "0-2,11"));
    assert_hex(attest_bytes_view(&params.values[0].bytes), "00ff");
    assert_hex(attest_bytes_view(&params.values[1].bytes), "000102");
    assert_int_equal(params.values[2].bank, ATTEST_HASH_SHA512);
    assert_int_equal(params.values[3].choice, 1);
    assert_int_equal(selection.values[0].mask, 0x807);
    assert_ok(params_check(&params, &problem, &diag));
    assert_string_equal(problem.parameter, "");
}

/* PEM and base64 of the same DER; the key is openssl-ec(1)'s. */
static void test_public_key(void **state)
{
    static const struct param key_table[] = {
        { "key", PARAM_PUBLIC_KEY, .least = 1, .most = 91, .what = "a key" },
        { 0 },
    };
    static const char base64[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIETPgf4Un7+LKWTlEDSmZXDYg27s"
                                 "9fIUWtncwmPR8l/h+BreYRjK83OyWGbtgJOpWFXb9CRUepNaZL5KlHCktA==";
    _cleanup_(params_done) struct params bare = { .table = key_table }, pem = { .table = key_table };
    char text[256];

    (void)state;
    assert_ok(set(&bare, "key", base64));
    snprintf(text, sizeof text, "-----BEGIN PUBLIC KEY-----\n%.64s\n%s\n-----END PUBLIC KEY-----\n", base64,
             base64 + 64);
    assert_ok(set(&pem, "key", text));
    assert_view(attest_bytes_view(&pem.values[0].bytes), attest_bytes_view(&bare.values[0].bytes));
    assert_int_equal(bare.values[0].bytes.size, 91);
    for (size_t size = 10; size < strlen(text) - 1; size++) {
        _cleanup_(params_done) struct params cut = { .table = key_table };
        text[size] ^= 0x40;
        if (set(&cut, "key", text) == ATTEST_OK)
            assert_int_equal(cut.values[0].bytes.size, 91);
        text[size] ^= 0x40;
    }
    strcat(text, "more");
    _cleanup_(params_done) struct params more = { .table = key_table };
    assert_error(set(&more, "key", text), ATTEST_MALFORMED);
}

static void test_refused(void **state)
{
    static const struct {
        const char *name, *text;
        enum attest_error error;
        bool has_length;
        size_t length;
    } refused[] = {
        { "hex", "00", ATTEST_MALFORMED, true, 1 },
        { "hex", "", ATTEST_MALFORMED, true, 0 },
        { "hex", "0001020304", ATTEST_MALFORMED, true, 5 },
        { "hex", "000", ATTEST_MALFORMED, false, 0 },
        { "hex", "0x00", ATTEST_MALFORMED, false, 0 },
        { "hex", "00 01", ATTEST_MALFORMED, false, 0 },
        { "hex", "616263", ATTEST_USAGE, false, 0 },
        { "hex", "61626364", ATTEST_USAGE, false, 0 },
        { "blob", "", ATTEST_MALFORMED, true, 0 },
        { "blob", "AAE", ATTEST_MALFORMED, false, 0 },
        { "blob", "AA-_", ATTEST_MALFORMED, false, 0 },
        { "blob", "AAAAAAAA", ATTEST_MALFORMED, true, 6 },
        { "bank", "SHA256", ATTEST_MALFORMED, false, 0 },
        { "bank", "none", ATTEST_MALFORMED, false, 0 },
        { "bank", "", ATTEST_MALFORMED, false, 0 },
        { "choice", "three", ATTEST_MALFORMED, false, 0 },
        { "choice", "on", ATTEST_MALFORMED, false, 0 },
        { "other", "x", ATTEST_MALFORMED, false, 0 },
        { "", "x", ATTEST_MALFORMED, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        _cleanup_(params_done) struct params params = { .table = table };
        assert_error(set(&params, refused[i].name, refused[i].text), refused[i].error);
        assert_string_equal(problem.parameter, refused[i].name);
        assert_int_equal(problem.has_length, refused[i].has_length);
        assert_int_equal(problem.got_length, refused[i].length);
        assert_true(strlen(diag.expected) > 0);
        for (size_t value = 0; value < PARAMS_MAX; value++)
            assert_false(params.values[value].given);
    }
}

static void test_twice(void **state)
{
    _cleanup_(params_done) struct params params = { .table = table };

    (void)state;
    assert_ok(set(&params, "hex", "0001"));
    assert_error(set(&params, "hex", "0002"), ATTEST_MALFORMED);
    assert_string_equal(diag.expected, "hex once");
    assert_hex(attest_bytes_view(&params.values[0].bytes), "0001");
}

static void test_required(void **state)
{
    _cleanup_(params_done) struct params params = { .table = table };

    (void)state;
    assert_error(params_check(&params, &problem, &diag), ATTEST_MALFORMED);
    assert_string_equal(problem.parameter, "blob");
    assert_non_null(strstr(diag.expected, "a blob"));
    assert_ok(set(&params, "blob", "AA=="));
    assert_ok(params_check(&params, &problem, &diag));
}

/* A name may be of any bytes and of any length: what is said of it is printable and bounded. */
static void test_hostile_name(void **state)
{
    char name[4096] = "\x01\xff\n";
    _cleanup_(params_done) struct params params = { .table = table };

    (void)state;
    memset(name + 3, 'x', sizeof name - 4);
    assert_error(set(&params, name, "x"), ATTEST_MALFORMED);
    assert_true(strlen(problem.parameter) < sizeof problem.parameter);
    assert_memory_equal(problem.parameter, "???xxx", 6);
    assert_memory_equal(diag.found, "???xxx", 6);
}

static void test_json(void **state)
{
    _cleanup_(params_done) struct params params = { .table = table };

    (void)state;
    assert_ok(set_json(&params, ""));
    assert_ok(set_json(&params, "{}"));
    assert_ok(set_json(&params, "{\"hex\":\"0001\",\"blob\":\"AA==\",\"choice\":\"one\"}"));
    assert_true(params.values[0].given && params.values[1].given && params.values[3].given);
    assert_false(params.values[2].given);
}

static void test_json_refused(void **state)
{
    static const struct {
        const char *text, *parameter;
    } refused[] = {
        { "{", "" },
        { "[]", "" },
        { "null", "" },
        { "\"hex\"", "" },
        { "{\"hex\":5}", "hex" },
        { "{\"hex\":null}", "hex" },
        { "{\"hex\":[\"0001\"]}", "hex" },
        { "{\"hex\":{}}", "hex" },
        { "{\"hex\":true}", "hex" },
        { "{\"other\":5}", "other" },
        { "{\"other\":\"x\"}", "other" },
        { "{\"hex\":\"zz\"}", "hex" },
        { "{\"\":\"\"}", "" },
        { "{\"hex\":\"0001\"}{}", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        _cleanup_(params_done) struct params params = { .table = table };
        enum attest_error error = set_json(&params, refused[i].text);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
        assert_string_equal(problem.parameter, refused[i].parameter);
        assert_true(strlen(diag.expected) > 0);
    }
}

static void test_json_name_twice(void **state)
{
    _cleanup_(params_done) struct params params = { .table = table };

    (void)state;
    assert_error(set_json(&params, "{\"hex\":\"0001\",\"hex\":\"0002\"}"), ATTEST_MALFORMED);
}

static void test_json_too_large(void **state)
{
    static char text[(16 << 10) + 2];
    _cleanup_(params_done) struct params params = { .table = table };

    (void)state;
    memset(text, ' ', sizeof text - 1);
    memcpy(text, "{}", 2);
    assert_error(set_json(&params, text), ATTEST_TOO_LARGE);
    text[sizeof text - 2] = '\0';
    assert_ok(set_json(&params, text));
}

/* Of the routes there are. */
static void test_tables(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        size_t count = 0;
        for (; route->params[count].name; count++) {
            const struct param *param = &route->params[count];
            bool has_bytes =
                param->type == PARAM_HEX || param->type == PARAM_BASE64 || param->type == PARAM_PUBLIC_KEY;
            bool is_number = param->type == PARAM_NUMBER;
            assert_non_null(param->what);
            assert_true(strlen(param->name) < sizeof problem.parameter);
            assert_int_equal(has_bytes || is_number, param->most > 0);
            assert_true(param->least <= param->most);
            assert_int_equal(param->type == PARAM_CHOICE, param->choices != NULL);
        }
        assert_true(count <= PARAMS_MAX);
    }
}

/* A number is one in JSON too; a name is that of a secret. */
static void test_number_and_name(void **state)
{
    static const struct param own_table[] = {
        { "number", PARAM_NUMBER, .least = 3, .most = 23, .what = "a number" },
        { "name", PARAM_NAME, .what = "a name" },
        { 0 },
    };
    static const char *const bad[] = { "{\"number\":\"7\"}", "{\"number\":2}",     "{\"number\":24}",
                                       "{\"number\":7.5}",   "{\"number\":-7}",    "{\"number\":true}",
                                       "{\"number\":null}",  "{\"name\":\"a/b\"}", "{\"name\":7}" };
    _cleanup_(params_done) struct params params = { .table = own_table }, other = { .table = own_table };

    (void)state;
    assert_ok(set_json(&params, "{\"number\":7,\"name\":\"db-password\"}"));
    assert_int_equal(params.values[0].number, 7);
    assert_text(attest_bytes_view(&params.values[1].bytes), "db-password");
    assert_ok(set(&other, "number", "23"));
    assert_error(set(&other, "name", ".hidden"), ATTEST_MALFORMED);
    for (size_t i = 0; i < COUNT(bad); i++) {
        _cleanup_(params_done) struct params refused = { .table = own_table };
        assert_error(set_json(&refused, bad[i]), ATTEST_MALFORMED);
        assert_true(problem.parameter[0] == 'n');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_key),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_required),
        cmocka_unit_test(test_hostile_name),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_refused),
        cmocka_unit_test(test_json_name_twice),
        cmocka_unit_test(test_json_too_large),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_number_and_name),
    };
    return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
