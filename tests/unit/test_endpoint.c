/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts as AWS's SDKs build them (partitions.json, the rule set of KMS), and what must not become one. */
#include "tests/unit/unit.h"

#include "aws/endpoint.h"

static void test_hosts(void **state)
{
    static const struct {
        const char *region;
        bool fips, dualstack;
        const char *url, *service; /* NULL: kms */
    } cases[] = {
        { "eu-west-1", false, false, "https://s3.eu-west-1.amazonaws.com", "s3" },
        { "us-east-1", true, false, "https://s3-fips.us-east-1.amazonaws.com", "s3" },
        { "eu-west-1", false, true, "https://s3.dualstack.eu-west-1.amazonaws.com", "s3" },
        { "us-west-2", true, true, "https://s3-fips.dualstack.us-west-2.amazonaws.com", "s3" },
        { "cn-north-1", false, true, "https://s3.dualstack.cn-north-1.amazonaws.com.cn", "s3" },
        { "eu-west-1", false, false, "https://kms.eu-west-1.amazonaws.com", NULL },
        { "us-east-1", true, false, "https://kms-fips.us-east-1.amazonaws.com", NULL },
        { "eu-west-1", false, true, "https://kms.eu-west-1.api.aws", NULL },
        { "us-west-2", true, true, "https://kms-fips.us-west-2.api.aws", NULL },
        { "cn-north-1", false, false, "https://kms.cn-north-1.amazonaws.com.cn", NULL },
        { "cn-north-1", false, true, "https://kms.cn-north-1.api.amazonwebservices.com.cn", NULL },
        { "us-gov-west-1", true, false, "https://kms-fips.us-gov-west-1.amazonaws.com", NULL },
        { "us-gov-west-1", false, true, "https://kms.us-gov-west-1.api.aws", NULL },
        { "us-iso-east-1", false, false, "https://kms.us-iso-east-1.c2s.ic.gov", NULL },
        { "us-isob-east-1", false, false, "https://kms.us-isob-east-1.sc2s.sgov.gov", NULL },
        { "eusc-de-east-1", false, false, "https://kms.eusc-de-east-1.amazonaws.eu", NULL },
        { "mars-north-1", false, false, "https://kms.mars-north-1.amazonaws.com", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct attest_endpoint_options options = { NULL, cases[i].fips, cases[i].dualstack };
        char url[ATTEST_ENDPOINT_SIZE];
        assert_ok(attest_endpoint_find(cases[i].service ?: "kms", cases[i].region, &options, url, NULL));
        assert_string_equal(url, cases[i].url);
    }
}

static void test_own(void **state)
{
    static const struct {
        const char *given, *url;
    } cases[] = {
        { "https://vpce-0123.kms.eu-west-1.vpce.amazonaws.com",
          "https://vpce-0123.kms.eu-west-1.vpce.amazonaws.com" },
        { "https://127.0.0.1:4566", "https://127.0.0.1:4566" },
        { "https://[::1]:4566", "https://[::1]:4566" },
        { "https://kms.example:443", "https://kms.example" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct attest_endpoint_options options = { .url = cases[i].given };
        char url[ATTEST_ENDPOINT_SIZE];
        assert_ok(attest_endpoint_find("kms", "eu-west-1", &options, url, NULL));
        assert_string_equal(url, cases[i].url);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *region;
        struct attest_endpoint_options options;
    } cases[] = {
        { "", { 0 } },
        { "-", { 0 } },
        { "eu-west-1-", { 0 } },
        { "eu-west-1.evil.example", { 0 } },
        { "eu-west-1/", { 0 } },
        { "eu west 1", { 0 } },
        { "EU-WEST-1", { 0 } },
        { "a-region-that-is-longer-than-any-", { 0 } },
        { "us-iso-east-1", { .dualstack = true } },
        { "eu-west-1", { .url = "https://kms.example", .fips = true } },
        { "eu-west-1", { .url = "https://kms.example", .dualstack = true } },
        { "eu-west-1", { .url = "http://kms.example" } },
        { "eu-west-1", { .url = "http://127.0.0.1:80" } },
        { "eu-west-1", { .url = "https://kms.example/" } },
        { "eu-west-1", { .url = "https://user@kms.example" } },
        { "eu-west-1", { .url = "https://" } },
        { "eu-west-1", { .url = "" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_diag diag = { 0 };
        char url[ATTEST_ENDPOINT_SIZE] = "as before";
        assert_error(attest_endpoint_find("kms", cases[i].region, &cases[i].options, url, &diag), ATTEST_USAGE);
        assert_string_equal(url, "as before");
        assert_true(strlen(diag.expected) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
