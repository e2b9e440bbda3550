/* SPDX-License-Identifier: Apache-2.0 */
/* Is the effective configuration the same text however it was written, and another when anything differs? */
#include "tests/unit/unit.h"

#include "daemon/config_text.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "arn:aws:kms:eu-west-1:111122223333:key/mrk-1"
#define DB  "[secret db]\nsource = file:/db\nkey-id = " KEY "\n"
#define API "[secret api]\nsource = file:/api\nkey-id = " KEY "\n"

static char path[] = "/tmp/attestd-config-text-XXXXXX";

static struct attest_bytes text_of(const char *content)
{
    _cleanup_(config_cleanup) struct config *config = NULL;
    struct attest_bytes text = attest_bytes_init(0);
    struct attest_diag diag = { 0 };
    char where[256];
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_ok(config_load(&(struct config_source){ .path = path }, &config, where, sizeof where, &diag));
    assert_ok(config_text_write(config, &text));
    return text;
}

static bool are_same(const char *a, const char *b)
{
    _cleanup_(attest_bytes_done) struct attest_bytes left = text_of(a), right = text_of(b);

    return attest_view_equal(attest_bytes_view(&left), attest_bytes_view(&right));
}

static void test_text(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text =
        text_of("[unlock]\ncap-pcr = 14\n" DB "mode = 440\n");

    (void)state;
    assert_text(attest_bytes_view(&text), "[unlock]\n"
                                          "attestd = unix:/run/attestd-private/unlock.sock\n"
                                          "cap-pcr = 14\n"
                                          "measure-config = no\n"
                                          "report = /run/attestd-unlock/report.json\n"
                                          "timeout = 300000ms\n"
                                          "[aws]\n"
                                          "endpoint-kms = none\n"
                                          "endpoint-s3 = none\n"
                                          "endpoint-imds = none\n"
                                          "imds-ipv6 = no\n"
                                          "fips = no\n"
                                          "dualstack = no\n"
                                          "ca-file = none\n"
                                          "proxy = none\n"
                                          "attestation-root = none\n"
                                          "trust-environment = no\n"
                                          "[secret db]\n"
                                          "source = file:/db\n"
                                          "format = aws-encryption-sdk\n"
                                          "key-id = " KEY "\n"
                                          "encryption-context = attestd:secret=db\n"
                                          "digest = none\n"
                                          "output = /run/attestd-secrets/db\n"
                                          "owner = root\n"
                                          "group = root\n"
                                          "mode = 0440\n"
                                          "measure-pcr = none\n"
                                          "required = yes\n"
                                          "timeout = 300000ms\n");
}

static void test_same(void **state)
{
    (void)state;
    assert_true(are_same(DB API, "# a comment\n" API DB));
    assert_true(are_same(DB, DB "timeout = 300s\nmode = 0400\nencryption-context = attestd:secret=db\n"));
    assert_true(are_same(DB, DB "[daemon]\nqueue-length = 7\n[access]\nak = nobody\n"));
    assert_false(are_same(DB, DB "mode = 0440\n"));
    assert_false(are_same(DB, DB "[aws]\nattestation-root = /etc/root.pem\n"));
    assert_false(are_same(DB, DB API));
    assert_false(are_same(DB "encryption-context = a=b,c=d\n", DB "encryption-context = a=b\n"));
}

static int set_up(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    umask(022);
    return fd >= 0 ? close(fd) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_text), cmocka_unit_test(test_same) };

    if (getuid() != 0) {
        puts("1..0 # SKIP needs root: only what root owns is read");
        return 0;
    }
    return cmocka_run_group_tests_name("config_text", tests, set_up, tear_down);
}
