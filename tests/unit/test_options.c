/* SPDX-License-Identifier: Apache-2.0 */
/* Does attestd's command line mean what it says, and nothing else? */
#include "tests/unit/unit.h"

#include "daemon/options.h"

#include <getopt.h>

#define WORDS_MAX 32

/* Parses the words, which end with NULL; standard error is not looked at. */
static bool parse_words(const char *const words[], struct options *ret_options)
{
    char *arguments[WORDS_MAX] = { (char *)"attestd" };
    int count = 1;

    for (; words[count - 1]; count++)
        arguments[count] = (char *)words[count - 1];
    optind = 0; /* begins anew (getopt(3)) */
    opterr = 0;
    return options_parse(count, arguments, ret_options);
}

#define parse(options, ...) parse_words((const char *const[]){ __VA_ARGS__, NULL }, options)

static void test_nothing(void **state)
{
    struct options options = { .help = true };

    (void)state;
    assert_true(parse_words((const char *const[]){ NULL }, &options));
    assert_null(options.config.path);
    assert_null(options.config.tcti);
    assert_int_equal(options.address_count, 0);
    assert_false(options.help || options.version || options.check_config);
}

static void test_all(void **state)
{
    struct options options;

    (void)state;
    assert_true(parse(&options, "--config", "a", "--tcti=b", "--listen", "unix:/c", "--listen=tcp:d",
                      "--check-config", "--version", "--help"));
    assert_string_equal(options.config.path, "a");
    assert_string_equal(options.config.tcti, "b");
    assert_int_equal(options.address_count, 2);
    assert_string_equal(options.addresses[0], "unix:/c");
    assert_string_equal(options.addresses[1], "tcp:d");
    assert_true(options.help && options.version && options.check_config);
}

static void test_refused(void **state)
{
    static const char *const bad[][3] = {
        { "--nothing" },
        { "-h" },
        { "--config" },
        { "--check-config=yes" },
        { "operand" },
        { "--", "operand" },
        { "--tcti", "x", "operand" },
    };
    struct options options = { .address_count = 42 };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(parse(&options, bad[i][0], bad[i][1], bad[i][2]));
        assert_int_equal(options.address_count, 42);
    }
}

static void test_too_many_addresses(void **state)
{
    const char *words[LISTENERS_MAX + 2] = { 0 };
    struct options options;

    (void)state;
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        words[i] = "--listen=x";
    assert_true(parse_words(words, &options));
    assert_int_equal(options.address_count, LISTENERS_MAX);
    words[LISTENERS_MAX] = "--listen=x";
    assert_false(parse_words(words, &options));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_many_addresses),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
