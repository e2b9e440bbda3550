/* SPDX-License-Identifier: Apache-2.0 */
/* Whom HTTP is spoken with: nobody beyond the host without TLS. */
#include "tests/unit/unit.h"

#include "aws/http_address.h"

static void test_taken(void **state)
{
    static const struct {
        const char *text;
        bool tls;
        const char *host, *socket_path;
    } cases[] = {
        { "unix:/run/attestd/attestd.sock", false, "localhost", "/run/attestd/attestd.sock" },
        { "tcp:127.0.0.1:8550", false, "127.0.0.1:8550", NULL },
        { "tcp:[::1]:8550", false, "[::1]:8550", NULL },
        { "tcp:127.0.0.1:80", false, "127.0.0.1", NULL },
        { "http://169.254.169.254", false, "169.254.169.254", NULL },
        { "http://[fd00:ec2::254]", false, "[fd00:ec2::254]", NULL },
        { "http://169.254.170.2", false, "169.254.170.2", NULL },
        { "http://169.254.170.23:80", false, "169.254.170.23", NULL },
        { "http://[fd00:ec2::23]:8080", false, "[fd00:ec2::23]:8080", NULL },
        { "http://127.0.0.1:1", false, "127.0.0.1:1", NULL },
        { "http://[::1]:65535", false, "[::1]:65535", NULL },
        { "https://kms.eu-west-1.amazonaws.com", true, "kms.eu-west-1.amazonaws.com", NULL },
        { "https://kms.eu-west-1.amazonaws.com:443", true, "kms.eu-west-1.amazonaws.com", NULL },
        { "https://kms.eu-west-1.amazonaws.com:8443", true, "kms.eu-west-1.amazonaws.com:8443", NULL },
        { "https://[2001:db8::1]", true, "[2001:db8::1]", NULL },
        { "https://127.0.0.1:80", true, "127.0.0.1:80", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_http_address address;
        assert_ok(attest_http_address_parse(cases[i].text, &address, NULL));
        assert_true(address.tls == cases[i].tls);
        assert_string_equal(address.host, cases[i].host);
        if (cases[i].socket_path)
            assert_string_equal(address.socket_path, cases[i].socket_path);
        else
            assert_null(address.socket_path);
    }
}

static void assert_refused(const char *text)
{
    struct attest_http_address untouched = { .host = "as before" };
    struct attest_diag diag = { 0 };

    assert_error(attest_http_address_parse(text, &untouched, &diag), ATTEST_USAGE);
    assert_string_equal(untouched.host, "as before");
    assert_string_equal(diag.expected + strlen(diag.expected) - 4, "only"); /* the form, not cut */
}

static void test_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "unix:",
        "/run/attestd/attestd.sock",
        "tcp:127.0.0.1",
        "tcp:127.0.0.1:",
        "tcp:127.0.0.1:0",
        "tcp:127.0.0.1:65536",
        "tcp:127.0.0.1:80x",
        "tcp:localhost:80",
        "tcp:127.1:80",
        "tcp:10.0.0.1:80",
        "tcp:169.254.169.254:80",
        "http://localhost:80",
        "http://kms.eu-west-1.amazonaws.com",
        "http://169.254.169.254.evil.example",
        "http://169.254.169.253",
        "http://169.254.169.254/",
        "http://169.254.169.254:",
        "http://[fd00:ec2::254",
        "http://fd00:ec2::254",
        "http://0x7f000001:80",
        "https://",
        "https://:443",
        "https://.example",
        "https://-x.example",
        "https://exa mple",
        "https://example/",
        "https://example?x",
        "https://example#x",
        "https://user@example",
        "https://example:443:443",
        "https://[::1",
        "https://[]",
        "https://[::1]x",
        "https://exam%70le",
        "https://ex\xc3\xa4mple",
        "HTTPS://example",
        "ftp://example",
        "file:///etc/passwd",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_refused(cases[i]);
}

/* The longest that fits, and one more. */
static void test_lengths(void **state)
{
    struct attest_http_address address;
    char text[400] = "https://";

    (void)state;
    memset(text + 8, 'a', 253);
    strcpy(text + 8 + 253, ":65535");
    assert_ok(attest_http_address_parse(text, &address, NULL));
    assert_int_equal(strlen(address.host), 253 + 6);
    memset(text + 8, 'a', 254);
    strcpy(text + 8 + 254, ":65535");
    assert_refused(text);
    strcpy(text, "https://[");
    memset(text + 9, '1', 253);
    strcpy(text + 9 + 253, "]:65535");
    assert_ok(attest_http_address_parse(text, &address, NULL));
    memset(text, 'p', sizeof text - 1);
    memcpy(text, "unix:", 5);
    assert_refused(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests_name("http_address", tests, NULL, NULL);
}
