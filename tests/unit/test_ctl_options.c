/* SPDX-License-Identifier: Apache-2.0 */
/* Does the command line mean what the tables say, and nothing else? */
#include "tests/unit/unit.h"

#include "daemon/ctl/options.h"

static const struct ctl_option quote_options[] = {
    { CTL_NONCE, "HEX", "a nonce" },
    { CTL_OUT, "FILE", "a file" },
    { CTL_ROOT, "PEM", "one that repeats" },
    { CTL_VERIFY, NULL, "a switch" },
    { 0 },
};
static const struct ctl_option no_options[] = { { 0 } };
static const struct ctl_command quote = { .name = "quote", .about = "Quotes.", .options = quote_options };
static const struct ctl_command verify_quote = {
    .name = "verify quote", .operand = "FILE", .about = "Verifies.", .options = no_options
};
static const struct ctl_command *const commands[] = { &quote, &verify_quote, NULL };

static struct ctl_call call;

/* Parses the words, which end with NULL, into `call`. */
#define parse(...)                                                                                             \
    (call = (struct ctl_call){ 0 },                                                                            \
     ctl_options_parse((const char *const[]){ __VA_ARGS__, NULL }, commands, &call))

static void test_commands(void **state)
{
    (void)state;
    assert_ok(parse("quote"));
    assert_ptr_equal(call.command, &quote);
    assert_ok(parse("verify", "quote", "x"));
    assert_ptr_equal(call.command, &verify_quote);
    assert_string_equal(call.operand, "x");
    assert_ok(parse("verify", "--json", "quote", "-"));
    assert_string_equal(call.operand, "-");
    assert_error(parse("verify"), ATTEST_USAGE);
    assert_error(parse("verify", "verify"), ATTEST_USAGE);
    assert_error(parse("verify quote"), ATTEST_USAGE);
    assert_error(parse("quot"), ATTEST_USAGE);
    assert_error(parse("quotes"), ATTEST_USAGE);
    assert_error(parse(""), ATTEST_USAGE);
    assert_error(parse("quote", "x"), ATTEST_USAGE);
    assert_error(parse("verify", "quote", "x", "y"), ATTEST_USAGE);
    assert_error(parse("--json"), ATTEST_USAGE);
    assert_ok(parse("--help"));
    assert_null(call.command);
}

static void test_values(void **state)
{
    (void)state;
    assert_ok(parse("--url", "a", "quote", "--nonce=bc", "-od", "--verify", "--json"));
    assert_string_equal(call.value[CTL_URL], "a");
    assert_string_equal(call.value[CTL_NONCE], "bc");
    assert_string_equal(call.value[CTL_OUT], "d");
    assert_string_equal(call.value[CTL_VERIFY], "");
    assert_string_equal(call.value[CTL_JSON], "");
    assert_null(call.value[CTL_HELP]);
    assert_ok(parse("quote", "--nonce", "--verify"));
    assert_string_equal(call.value[CTL_NONCE], "--verify");
    assert_null(call.value[CTL_VERIFY]);
    assert_ok(parse("quote", "--nonce="));
    assert_string_equal(call.value[CTL_NONCE], "");
    assert_ok(parse("verify", "quote", "--", "--json"));
    assert_string_equal(call.operand, "--json");
    assert_null(call.value[CTL_JSON]);
}

static void test_refused(void **state)
{
    (void)state;
    assert_error(parse("quote", "--nonc", "x"), ATTEST_USAGE);
    assert_error(parse("quote", "--nonces", "x"), ATTEST_USAGE);
    assert_error(parse("quote", "--nonce"), ATTEST_USAGE);
    assert_error(parse("quote", "-o"), ATTEST_USAGE);
    assert_error(parse("quote", "--verify=yes"), ATTEST_USAGE);
    assert_error(parse("quote", "--json", "--json"), ATTEST_USAGE);
    assert_error(parse("--nonce", "x", "quote"), ATTEST_USAGE);
    assert_error(parse("verify", "quote", "--nonce", "x"), ATTEST_USAGE);
    assert_error(parse("verify", "quote", "--eventlog", "x"), ATTEST_USAGE);
    assert_string_equal(call.diag.found, "--eventlog");
}

static void test_repeated(void **state)
{
    (void)state;
    assert_ok(parse("quote", "--root", "a", "-o", "x", "--root=b", "--root", "c"));
    assert_string_equal(ctl_option_value(&call, CTL_ROOT, 0), "a");
    assert_string_equal(ctl_option_value(&call, CTL_ROOT, 1), "b");
    assert_string_equal(ctl_option_value(&call, CTL_ROOT, 2), "c");
    assert_null(ctl_option_value(&call, CTL_ROOT, 3));
    assert_string_equal(ctl_option_value(&call, CTL_OUT, 0), "x");
    assert_null(ctl_option_value(&call, CTL_OUT, 1));
    assert_error(parse("quote", "-o", "x", "-o", "y"), ATTEST_USAGE);

    const char *words[2 * CTL_REPEATED_MAX + 6] = { "quote" };
    for (size_t i = 0; i < CTL_REPEATED_MAX + 2; i++) {
        words[1 + 2 * i] = "--root";
        words[2 + 2 * i] = "a";
    }
    call = (struct ctl_call){ 0 };
    assert_error(ctl_options_parse(words, commands, &call), ATTEST_USAGE);
}

/* Every option of the tables is in the help, on a line of its own. */
static void test_help(void **state)
{
    _cleanup_free_ char *text = NULL;
    size_t size;

    (void)state;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    ctl_options_help(&quote, commands, out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "Usage: attestctl quote [OPTION]...\n\nQuotes.\n"));
    assert_non_null(strstr(text, "\n  --nonce HEX "));
    assert_non_null(strstr(text, "\n  -o FILE "));
    assert_non_null(strstr(text, "\n  --verify "));
    for (const struct ctl_option *option = ctl_options_global; option->help; option++)
        assert_non_null(strstr(text, ctl_option_name(option->id)));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") < 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands), cmocka_unit_test(test_values), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_repeated), cmocka_unit_test(test_help),
    };
    return cmocka_run_group_tests_name("ctl_options", tests, NULL, NULL);
}
