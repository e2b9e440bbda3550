/* SPDX-License-Identifier: Apache-2.0 */
/* Does systemd's log make the values that systemd makes, and is what it can't have measured named? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/eventlog.h"
#include "evidence/verdict.h"

static struct log machine;
static char text[8192];

static int begin(void **state)
{
    (void)state;
    log_boot(&machine, "sha256 sha384", false);
    text[0] = '\0';
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_done(&machine);
    return 0;
}

/* A record with digests of `measured` in the banks named, which tells `string`. */
static void record(int pcr, const char *type, const char *measured, const char *string, const char *banks)
{
    char *at = text + strlen(text);
    const char *comma = "";

    at += sprintf(at, "\x1e{");
    if (pcr >= 0)
        at += sprintf(at, "\"pcr\":%d,", pcr);
    at += sprintf(at, "\"digests\":[");
    for (size_t i = 0; i < machine.bank_count; i++) {
        const char *bank = machine.banks[i]->name;
        uint8_t digest[64];
        if (!strstr(banks, bank))
            continue;
        size_t size = log_digest(bank, attest_view_text(measured), digest);
        at += sprintf(at, "%s{\"hashAlg\":\"%s\",\"digest\":\"", comma, bank);
        for (size_t byte = 0; byte < size; byte++)
            at += sprintf(at, "%02x", digest[byte]);
        at += sprintf(at, "\"}");
        comma = ",";
    }
    sprintf(at, "],\"content\":{\"string\":\"%s\",\"eventType\":\"%s\"}}\n", string, type);
}

static void measure(int pcr, const char *type, const char *measured, const char *string)
{
    record(pcr, type, measured, string, "sha256 sha384");
    log_extend(&machine, (unsigned)pcr, attest_view_text(measured));
}

static void check(bool incomplete, const char *expected)
{
    for (size_t bank = 0; bank < machine.bank_count; bank++) {
        _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
        _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
        const struct attest_eventlog_demands demands = { 0 };
        char pcrs[4096], failed[1024] = "", *at = failed;
        log_pcrs(&machine, machine.banks[bank]->name, 0xffffff, pcrs);
        assert_ok(attest_eventlog_new(&eventlog));
        assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&machine), NULL));
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_USERSPACE, attest_view_text(text), NULL));
        if (incomplete)
            attest_eventlog_mark_incomplete(eventlog);
        enum attest_error error = attest_eventlog_verify(eventlog, &demands, verdict);
        for (size_t i = 0; i < attest_verdict_count(verdict); i++)
            if (!attest_verdict_check(verdict, i).ok)
                at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
        assert_string_equal(failed, expected);
        assert_int_equal(error == ATTEST_OK, !*expected);
    }
}

static void test_values(void **state)
{
    (void)state;
    measure(11, "phase", "enter-initrd", "enter-initrd");
    measure(15, "machine-id", "machine-id:0123", "machine-id:0123");
    measure(15, "volume-key", "a secret", "cryptsetup:root:uuid");
    record(-1, "nvpcr-init", "x", "nvpcr", "sha256");
    check(false, "");
}

static void test_empty(void **state)
{
    (void)state;
    check(false, "");
    check(true, "userspace_form ");
}

static void test_incomplete(void **state)
{
    (void)state;
    measure(11, "phase", "enter-initrd", "enter-initrd");
    check(true, "userspace_form ");
}

static void test_other_words(void **state)
{
    (void)state;
    measure(11, "phase", "enter-initrd", "ready");
    check(false, "userspace_digests ");
}

static void test_record_less(void **state)
{
    (void)state;
    log_extend(&machine, 11, attest_view_text("enter-initrd"));
    check(false, "pcr_11 ");
}

static void test_cut(void **state)
{
    (void)state;
    measure(11, "phase", "enter-initrd", "enter-initrd");
    text[strlen(text) - 1] = '\0';
    check(false, "userspace_form pcr_11 ");
}

/* The firmware's PCRs are not systemd's, whatever it says that it measured. */
static void test_pcr_of_firmware(void **state)
{
    (void)state;
    measure(7, "volume-key", "anything", "anything");
    check(false, "userspace_digests ");
}

/* In the log, and in none of the values that are compared. */
static void test_other_bank(void **state)
{
    (void)state;
    record(11, "phase", "ready", "ready", "none of them");
    check(false, "userspace_digests ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, begin, end),
        cmocka_unit_test_setup_teardown(test_empty, begin, end),
        cmocka_unit_test_setup_teardown(test_incomplete, begin, end),
        cmocka_unit_test_setup_teardown(test_other_words, begin, end),
        cmocka_unit_test_setup_teardown(test_record_less, begin, end),
        cmocka_unit_test_setup_teardown(test_cut, begin, end),
        cmocka_unit_test_setup_teardown(test_pcr_of_firmware, begin, end),
        cmocka_unit_test_setup_teardown(test_other_bank, begin, end),
    };
    return cmocka_run_group_tests_name("userspace", tests, NULL, NULL);
}
