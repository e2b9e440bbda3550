/* SPDX-License-Identifier: Apache-2.0 */
/* Only full key ARNs are keys: the forms of KMS's developer guide, and every way to be something else. */
#include "tests/unit/unit.h"

#include "aws/arn.h"

#define UUID "1234abcd-12ab-34cd-56ef-1234567890ab"
#define MRK  "mrk-1234abcd12ab34cd56ef1234567890ab"

static void test_parts(void **state)
{
    struct attest_arn arn;

    (void)state;
    assert_ok(attest_arn_parse(attest_view_text("arn:aws:kms:eu-west-1:111122223333:key/" UUID), &arn, NULL));
    assert_string_equal(arn.partition, "aws");
    assert_string_equal(arn.region, "eu-west-1");
    assert_string_equal(arn.account, "111122223333");
    assert_string_equal(arn.key_id, UUID);
    assert_false(arn.multi_region);
}

static void test_forms(void **state)
{
    static const struct {
        const char *text, *partition, *region;
        bool multi_region;
    } cases[] = {
        { "arn:aws:kms:us-east-1:111122223333:key/" MRK, "aws", "us-east-1", true },
        { "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234", "aws", "eu-west-1", true },
        { "arn:aws-cn:kms:cn-north-1:111122223333:key/" UUID, "aws-cn", "cn-north-1", false },
        { "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/" UUID, "aws-us-gov", "us-gov-west-1", false },
        { "arn:aws-iso-b:kms:us-isob-east-1:111122223333:key/" UUID, "aws-iso-b", "us-isob-east-1", false },
        { "arn:aws:kms:mx-central-1:000000000000:key/a", "aws", "mx-central-1", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_arn arn;
        assert_ok(attest_arn_parse(attest_view_text(cases[i].text), &arn, NULL));
        assert_string_equal(arn.partition, cases[i].partition);
        assert_string_equal(arn.region, cases[i].region);
        assert_true(arn.multi_region == cases[i].multi_region);
    }
}

static void assert_refused(struct attest_view text)
{
    struct attest_arn untouched = { .account = "as before" };
    struct attest_diag diag = { 0 };

    assert_error(attest_arn_parse(text, &untouched, &diag), ATTEST_MALFORMED);
    assert_string_equal(untouched.account, "as before");
    assert_true(strlen(diag.expected) > 0);
}

static void test_refused(void **state)
{
    static const char *const cases[] = {
        "",
        UUID,
        "alias/app",
        "arn:aws:kms:eu-west-1:111122223333:alias/app",
        "arn:aws:kms:eu-west-1:111122223333:key/",
        "arn:aws:kms:eu-west-1:111122223333:key/" UUID "/",
        "arn:aws:kms:eu-west-1:111122223333:key/" UUID " ",
        "arn:aws:kms:eu-west-1:111122223333:key/" UUID "\n",
        "arn:aws:kms:eu-west-1:111122223333:key/../" UUID,
        "arn:aws:kms:eu-west-1:111122223333:key/" UUID ":x",
        "arn:aws:kms:eu-west-1:11112222333:key/" UUID,
        "arn:aws:kms:eu-west-1:1111222233334:key/" UUID,
        "arn:aws:kms:eu-west-1:11112222333x:key/" UUID,
        "arn:aws:kms:eu-west-1::key/" UUID,
        "arn:aws:kms::111122223333:key/" UUID,
        "arn:aws:kms:*:111122223333:key/" UUID,
        "arn:aws:kms:eu-west-1.evil.example:111122223333:key/" UUID,
        "arn:aws:kms:eu-west-1@evil:111122223333:key/" UUID,
        "arn:aws:kms:EU-WEST-1:111122223333:key/" UUID,
        "arn:aws:kms:cn-north-1:111122223333:key/" UUID, /* of another partition */
        "arn:aws-cn:kms:eu-west-1:111122223333:key/" UUID,
        "arn:aws:s3:eu-west-1:111122223333:key/" UUID,
        "ARN:aws:kms:eu-west-1:111122223333:key/" UUID,
        " arn:aws:kms:eu-west-1:111122223333:key/" UUID,
        "arn:aws:kms:eu-west-1-which-is-longer-than-any-region:111122223333:key/" UUID,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_refused(attest_view_text(cases[i]));
}

/* Cut anywhere but within the key id, it is none; and a byte of zero is never part of one. */
static void test_cuts_and_zeros(void **state)
{
    static const char whole[] = "arn:aws:kms:eu-west-1:111122223333:key/" UUID;

    (void)state;
    for (size_t size = 0; size <= strlen(whole) - strlen(UUID); size++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ (const uint8_t *)whole, size });
        assert_refused((struct attest_view){ copy, size });
    }
    for (size_t at = 0; at < strlen(whole); at++) {
        _cleanup_free_ uint8_t *copy = exact(attest_view_text(whole));
        copy[at] = 0;
        assert_refused((struct attest_view){ copy, strlen(whole) });
    }
}

static void test_same_key(void **state)
{
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {
        { "arn:aws:kms:eu-west-1:111122223333:key/" UUID, "arn:aws:kms:eu-west-1:111122223333:key/" UUID,
          true },
        { "arn:aws:kms:eu-west-1:111122223333:key/" UUID, "arn:aws:kms:us-east-1:111122223333:key/" UUID,
          false },
        { "arn:aws:kms:eu-west-1:111122223333:key/" MRK, "arn:aws:kms:us-east-1:111122223333:key/" MRK, true },
        { "arn:aws:kms:eu-west-1:111122223333:key/" MRK, "arn:aws:kms:eu-west-1:111122223334:key/" MRK, false },
        { "arn:aws:kms:eu-west-1:111122223333:key/" MRK, "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
          false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_arn one, other;
        assert_ok(attest_arn_parse(attest_view_text(cases[i].one), &one, NULL));
        assert_ok(attest_arn_parse(attest_view_text(cases[i].other), &other, NULL));
        assert_true(attest_arn_is_same_key(&one, &other) == cases[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),          cmocka_unit_test(test_forms),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cuts_and_zeros), cmocka_unit_test(test_same_key),
    };
    return cmocka_run_group_tests_name("arn", tests, NULL, NULL);
}
