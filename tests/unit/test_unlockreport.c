/* SPDX-License-Identifier: Apache-2.0 */
/* Is a report read whole or not at all, whatever it is? */
#include "tests/unit/unit.h"

#include "evidence/unlockreport.h"

#define SECRET "{\"name\":\"db\",\"state\":\"failed\",\"required\":true,\"detail\":\"no\"}"
#define STAGES "{\"key\":1,\"document\":2,\"kms\":3,\"cap\":4,\"delivery\":5}"
#define REPORT                                                                                                 \
    "{\"type\":\"attestd-unlock-report\",\"result\":\"failed\",\"started\":\"2026-02-03T10:12:02Z\","          \
    "\"finished\":\"2026-02-03T10:12:03Z\",\"detail\":\"why\",\"root\":\"aws\",\"capped\":true,"               \
    "\"milliseconds\":" STAGES ",\"secrets\":[" SECRET "]}"

static enum attest_error parse(const char *text, struct attest_unlockreport *ret_report)
{
    return attest_unlockreport_parse(attest_view_text(text), ret_report, NULL);
}

static void test_read(void **state)
{
    _cleanup_(attest_unlockreport_done) struct attest_unlockreport report = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes again = attest_bytes_init(0);

    (void)state;
    assert_ok(parse(REPORT, &report));
    assert_int_equal(report.result, ATTEST_UNLOCKREPORT_FAILED);
    assert_string_equal(report.started, "2026-02-03T10:12:02Z");
    assert_string_equal(report.finished, "2026-02-03T10:12:03Z");
    assert_string_equal(report.detail, "why");
    assert_string_equal(report.root, "aws");
    assert_true(report.capped);
    for (unsigned i = 0; i < ATTEST_UNLOCKREPORT_STAGE_COUNT; i++)
        assert_int_equal(report.milliseconds[i], i + 1);
    assert_int_equal(report.count, 1);
    assert_string_equal(report.secrets[0].name, "db");
    assert_int_equal(report.secrets[0].state, ATTEST_UNLOCKREPORT_SECRET_FAILED);
    assert_string_equal(report.secrets[0].detail, "no");
    assert_ok(attest_unlockreport_write(&report, &again));
    assert_text(attest_bytes_view(&again), REPORT "\n");
}

static void test_cut(void **state)
{
    struct attest_unlockreport report = { 0 };

    (void)state;
    for (size_t size = 0; size < strlen(REPORT); size++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ (const uint8_t *)REPORT, size });
        assert_int_not_equal(attest_unlockreport_parse((struct attest_view){ copy, size }, &report, NULL),
                             ATTEST_OK);
    }
    assert_null(report.secrets);
}

/* Each bit of it flipped: read or not, it never is more than a report. */
static void test_flipped(void **state)
{
    _cleanup_free_ uint8_t *copy = exact(attest_view_text(REPORT));

    (void)state;
    for (size_t i = 0; i < 8 * strlen(REPORT); i++) {
        _cleanup_(attest_unlockreport_done) struct attest_unlockreport report = { 0 };
        copy[i / 8] ^= (uint8_t)(1u << i % 8);
        if (attest_unlockreport_parse((struct attest_view){ copy, strlen(REPORT) }, &report, NULL) == ATTEST_OK)
            assert_in_range(report.count, 1, 1);
        copy[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

/* One text in place of another. */
static void refuses(const char *text, const char *other)
{
    struct attest_unlockreport report = { 0 };
    const char *found = strstr(REPORT, text);
    char changed[4096];

    assert_non_null(found);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(found - REPORT), REPORT, other, found + strlen(text));
    assert_error(parse(changed, &report), ATTEST_MALFORMED);
    assert_null(report.secrets);
}

static void test_refused(void **state)
{
    char text[400];

    (void)state;
    refuses("\"type\":\"attestd-unlock-report\",", "");
    refuses("attestd-unlock-report", "attestd-unlock-reporT");
    refuses("\"result\":\"failed\"", "\"result\":\"lost\"");
    refuses("2026-02-03T10:12:02Z", "2026-02-30T10:12:02Z");
    refuses("\"detail\":\"why\"", "\"detail\":7");
    refuses("\"detail\":\"why\"", "\"detail\":\"\\u0007\"");
    snprintf(text, sizeof text, "\"detail\":\"%0256d\"", 0);
    refuses("\"detail\":\"why\"", text);
    snprintf(text, sizeof text, "\"root\":\"%065d\"", 0);
    refuses("\"root\":\"aws\"", text);
    refuses("\"capped\":true", "\"capped\":1");
    refuses("\"capped\":true", "\"capped\":true,\"more\":1");
    refuses(STAGES, "[]");
    refuses("\"kms\":3", "\"kms\":3,\"more\":3");
    refuses("\"kms\":3", "\"kms\":4294967296");
    refuses("\"kms\":3", "\"kms\":\"3\"");
    refuses("[" SECRET "]", "{}");
    refuses(SECRET, "7");
    refuses("\"name\":\"db\"", "\"name\":\"a/b\"");
    refuses("\"required\":true", "\"required\":true,\"value\":\"x\"");
    refuses("\"state\":\"failed\"", "\"state\":\"\"");
}

static void test_many(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(ATTEST_UNLOCKREPORT_MAX);
    struct attest_unlockreport report = { 0 };
    const char *secrets = strstr(REPORT, SECRET);

    (void)state;
    attest_bytes_append(&text, (struct attest_view){ (const uint8_t *)REPORT, (size_t)(secrets - REPORT) });
    for (int i = 0; i < ATTEST_UNLOCKREPORT_SECRETS; i++)
        attest_bytes_append_text(&text, SECRET ",");
    attest_bytes_append_text(&text, SECRET "]}");
    assert_ok(attest_bytes_check(&text));
    assert_error(attest_unlockreport_parse(attest_bytes_view(&text), &report, NULL), ATTEST_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_read), cmocka_unit_test(test_cut),
                                        cmocka_unit_test(test_flipped), cmocka_unit_test(test_refused),
                                        cmocka_unit_test(test_many) };

    return cmocka_run_group_tests_name("unlockreport", tests, NULL, NULL);
}
