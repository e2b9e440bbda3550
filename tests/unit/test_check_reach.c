/* SPDX-License-Identifier: Apache-2.0 */
/* Names and connections of --check=online, on loopback alone. */
#include "tests/unit/unit.h"

#include "daemon/unlock/check_reach.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void test_forms(void **state)
{
    static const struct {
        const char *url, *address;
    } cases[] = {
        { "https://127.0.0.1", "127.0.0.1" },   { "https://127.0.0.1:8443", "127.0.0.1" },
        { "http://127.0.0.1:80", "127.0.0.1" }, { "https://[::1]", "::1" },
        { "https://[::1]:8443", "::1" },        { "https://127.0.0.1/", "127.0.0.1" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char found[64] = "";
        assert_error(check_reach_dns(cases[i].url, found, sizeof found, NULL), ATTEST_OK);
        assert_string_equal(found, cases[i].address);
    }
}

static void test_refused(void **state)
{
    char url[400], name[300], found[64] = "as it was";
    struct attest_diag diag = { 0 };

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(url, sizeof url, "https://%s", name);
    assert_error(check_reach_dns(url, found, sizeof found, &diag), ATTEST_USAGE);
    assert_error(check_reach_dns("127.0.0.1", found, sizeof found, &diag), ATTEST_USAGE);
    assert_error(check_reach_dns("https://"
                                 "a b",
                                 found, sizeof found, &diag),
                 ATTEST_REMOTE);
    assert_non_null(strstr(diag.expected, "a b"));
    assert_string_equal(found, "as it was");
}

static void test_connections(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof address;
    struct attest_diag diag = { 0 };
    char url[64];

    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%u", ntohs(address.sin_port));
    assert_error(check_reach_tcp(url, 2000, &diag), ATTEST_REMOTE);
    assert_string_equal(diag.found, "Connection refused");
    assert_int_equal(listen(fd, 1), 0);
    assert_error(check_reach_tcp(url, 2000, &diag), ATTEST_OK);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_connections),
    };
    return cmocka_run_group_tests_name("check_reach", tests, NULL, NULL);
}
