/* SPDX-License-Identifier: Apache-2.0 */
/* Is the first breach of each rule kept, and in words that can be printed? */
#include "tests/unit/unit.h"

#include "evidence/findings.h"

static void test_first_is_kept(void **state)
{
    const struct attest_log_position first = { ATTEST_LOG_FIRMWARE, 3 }, second = { ATTEST_LOG_FIRMWARE, 4 };
    struct attest_findings findings = { 0 };

    (void)state;
    attest_findings_note(&findings, ATTEST_FINDING_TYPES, first, "one in PCR %u", 4);
    attest_findings_note(&findings, ATTEST_FINDING_TYPES, second, "another");
    attest_findings_note(&findings, ATTEST_FINDING_DIGESTS, second, "x\n\x7f\xff");
    assert_string_equal(findings.rules[ATTEST_FINDING_TYPES].what, "one in PCR 4");
    assert_int_equal(findings.rules[ATTEST_FINDING_TYPES].at.index, 3);
    assert_true(findings.rules[ATTEST_FINDING_DIGESTS].found);
    for (const char *at = findings.rules[ATTEST_FINDING_DIGESTS].what; *at; at++)
        assert_true(*at >= ' ' && *at <= '~');
    assert_false(findings.rules[ATTEST_FINDING_FORM].found);
}

static void test_long(void **state)
{
    const struct attest_log_position at = { ATTEST_LOG_IMA, 0 };
    struct attest_findings findings = { 0 };
    char text[1000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    attest_findings_note(&findings, ATTEST_FINDING_IMA_FORM, at, "%s", text);
    assert_true(strlen(findings.rules[ATTEST_FINDING_IMA_FORM].what) <
                sizeof findings.rules[ATTEST_FINDING_IMA_FORM].what);
}

static void test_table(void **state)
{
    (void)state;
    for (int rule = 0; rule < ATTEST_FINDING_COUNT; rule++) {
        assert_true(strlen(attest_findings_name((enum attest_finding_rule)rule)) > 0);
        assert_true(strlen(attest_findings_demand((enum attest_finding_rule)rule)) > 0);
        assert_true(attest_findings_log((enum attest_finding_rule)rule) < ATTEST_LOG_COUNT);
    }
    assert_int_equal(attest_findings_log(ATTEST_FINDING_IMA_FORM), ATTEST_LOG_IMA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_is_kept),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
