/* SPDX-License-Identifier: Apache-2.0 */
/* Is a yes only given to a question, and does the object say what its logs made? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/eventlog.h"
#include "evidence/verdict.h"

static struct log machine;
static struct attest_eventlog *eventlog;

static int begin(void **state)
{
    (void)state;
    log_boot(&machine, "sha256 sha384", true);
    assert_ok(attest_eventlog_new(&eventlog));
    return 0;
}

static int end(void **state)
{
    (void)state;
    attest_eventlog_free(eventlog);
    log_done(&machine);
    return 0;
}

static void expect(const char *bank, uint32_t mask)
{
    char pcrs[4096];

    log_pcrs(&machine, bank, mask, pcrs);
    assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
}

static void assert_failed(const struct attest_eventlog_demands *demands, const char *expected)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    char failed[1024] = "", *at = failed;

    enum attest_error error = attest_eventlog_verify(eventlog, demands, verdict);
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        assert_true(strlen(attest_verdict_check(verdict, i).detail) > 0);
        if (!attest_verdict_check(verdict, i).ok)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    }
    assert_string_equal(failed, expected);
    assert_int_equal(error == ATTEST_OK, !*expected);
    assert_int_equal(attest_verdict_holds(verdict), !*expected);
}

static void add(void)
{
    assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&machine), NULL));
}

static void test_no_values(void **state)
{
    const struct attest_eventlog_demands nothing = { 0 }, allowed = { .allow_missing_pcrs = true };
    const char *reason = NULL;

    (void)state;
    assert_failed(&nothing, "pcrs ");
    add();
    assert_failed(&nothing, "pcrs ");
    assert_failed(&allowed, "");
    assert_false(attest_eventlog_secure_boot(eventlog, &reason));
    assert_non_null(strstr(reason, "PCR 7"));
}

/* Values without a log: nothing made them. */
static void test_no_log(void **state)
{
    const struct attest_eventlog_demands nothing = { 0 };

    (void)state;
    expect("sha256", 0x11);
    assert_failed(&nothing, "pcr_0 pcr_4 ");
    assert_int_equal(attest_eventlog_compare(eventlog, ATTEST_HASH_SHA256, 4).state, ATTEST_PCR_UNEXPLAINED);
    assert_false(attest_eventlog_has(eventlog, ATTEST_LOG_FIRMWARE));
}

static void test_two_banks(void **state)
{
    const struct attest_eventlog_demands nothing = { 0 };

    (void)state;
    expect("sha256", 0xffffff);
    expect("sha384", 0xffffff);
    add();
    assert_failed(&nothing, "");
    assert_true(attest_eventlog_secure_boot(eventlog, NULL));
    for (unsigned i = 0; i < 8; i++)
        assert_true(attest_eventlog_agrees(eventlog, i));
}

/* Right in one bank, and wrong in the other. */
static void test_one_bank_differs(void **state)
{
    const struct attest_eventlog_demands nothing = { 0 };

    (void)state;
    expect("sha256", 0xff);
    log_extend(&machine, 4, attest_view_text("later"));
    expect("sha384", 0xff);
    add();
    assert_failed(&nothing, "pcr_4 ");
    assert_false(attest_eventlog_agrees(eventlog, 4));
    assert_true(attest_eventlog_agrees(eventlog, 5));
    assert_false(attest_eventlog_agrees(eventlog, 8));
}

static void test_values(void **state)
{
    (void)state;
    add();
    assert_int_equal(attest_eventlog_count(eventlog, ATTEST_LOG_FIRMWARE), machine.events);
    assert_int_equal(attest_eventlog_count(eventlog, ATTEST_LOG_COUNT), 0);
    for (unsigned i = 0; i < 24; i++) {
        struct attest_view value = attest_eventlog_pcr(eventlog, ATTEST_HASH_SHA384, i);
        if (i < 8 || i == 11)
            assert_view(value, (struct attest_view){ log_pcr(&machine, "sha384", i), 48 });
        else
            assert_null(value.data);
    }
    assert_null(attest_eventlog_pcr(eventlog, ATTEST_HASH_SHA512, 0).data);
    assert_null(attest_eventlog_pcr(eventlog, ATTEST_HASH_COUNT, 0).data);
    assert_null(attest_eventlog_pcr(eventlog, ATTEST_HASH_SHA384, 24).data);
    assert_null(attest_eventlog_pcr(eventlog, ATTEST_HASH_SHA384, UINT32_MAX).data);
    assert_int_equal(attest_eventlog_compare(eventlog, ATTEST_HASH_COUNT, 0).state, ATTEST_PCR_NOT_COMPARED);
    assert_string_equal(attest_eventlog_compare(eventlog, ATTEST_HASH_SHA256, 24).note, "");
    assert_int_equal(attest_eventlog_compare(eventlog, ATTEST_HASH_SHA256, 4).state, ATTEST_PCR_NOT_COMPARED);
}

static void test_padding_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++)
        log_u8(&machine, 0xff);
    add();
    assert_int_equal(attest_eventlog_padding(eventlog), 100);
}

static void test_values_refused(void **state)
{
    static const char *const texts[] = { "",
                                         "{}",
                                         "[]",
                                         "{\"bank\":\"sm3\",\"pcrs\":{}}",
                                         "{\"bank\":\"sha256\"}",
                                         "{\"bank\":\"sha256\",\"pcrs\":{\"0\":\"00\"}}",
                                         "{\"bank\":\"sha256\",\"pcrs\":null}" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_not_equal(attest_eventlog_expect(eventlog, attest_view_text(texts[i]), NULL), ATTEST_OK);
}

/* Whether it compares with those values, all of them and no others. */
static void test_expects(void **state)
{
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA256, .mask = 0x10 }, other = pcrs;

    (void)state;
    assert_false(attest_eventlog_expects(eventlog, &pcrs));
    attest_eventlog_expect_pcrs(eventlog, &pcrs);
    assert_true(attest_eventlog_expects(eventlog, &pcrs));
    other.values[4][31] = 1;
    assert_false(attest_eventlog_expects(eventlog, &other));
    other = pcrs;
    other.mask = 0x30;
    assert_false(attest_eventlog_expects(eventlog, &other));
    other.mask = 0;
    assert_false(attest_eventlog_expects(eventlog, &other));
    other = pcrs;
    other.bank = ATTEST_HASH_SHA384;
    assert_false(attest_eventlog_expects(eventlog, &other));
    attest_eventlog_expect_pcrs(eventlog, &other); /* another bank beside */
    assert_false(attest_eventlog_expects(eventlog, &pcrs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_values, begin, end),
        cmocka_unit_test_setup_teardown(test_no_log, begin, end),
        cmocka_unit_test_setup_teardown(test_two_banks, begin, end),
        cmocka_unit_test_setup_teardown(test_one_bank_differs, begin, end),
        cmocka_unit_test_setup_teardown(test_values, begin, end),
        cmocka_unit_test_setup_teardown(test_padding_is_told, begin, end),
        cmocka_unit_test_setup_teardown(test_values_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_expects, begin, end),
    };
    return cmocka_run_group_tests_name("eventlog", tests, NULL, NULL);
}
