/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule does each breach in the firmware's log break, where the values themselves agree? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/eventlog.h"
#include "evidence/verdict.h"

static const uint8_t zeros[4], ones[] = { 0xff, 0xff, 0xff, 0xff }, error_separator[] = { 1, 0, 0, 0 };

/* The names of the checks that fail, each with a blank behind. */
static void judge(const struct log *log, const char *bank, char failed[1024])
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_eventlog_demands nothing = { 0 };
    char pcrs[4096], *at = failed;

    log_pcrs(log, bank, 0xffffff, pcrs);
    assert_ok(attest_eventlog_new(&eventlog));
    assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
    assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(log), NULL));
    enum attest_error error = attest_eventlog_verify(eventlog, &nothing, verdict);
    *at = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    assert_int_equal(error == ATTEST_OK, *failed == '\0');
}

static void assert_failed(struct log *log, const char *expected)
{
    char failed[1024];

    for (size_t i = 0; i < log->bank_count; i++) {
        if (log->banks[i]->alg == 0x12 || log->banks[i]->alg == 0xffff)
            continue;
        judge(log, log->banks[i]->name, failed);
        assert_string_equal(failed, expected);
    }
    log_done(log);
}

static void test_honest(void **state)
{
    static const char *const banks[] = { "", "sha256", "sha1 sha256 sha384", "sm3 sha512" };
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(banks); i++) {
        log_boot(&log, banks[i], i % 2);
        assert_failed(&log, "");
    }
}

/* One event that breaks a rule, in a log of its own, and what that is called. */
static void test_one_event(void **state)
{
    static const struct {
        uint32_t pcr, type;
        const char *measured, *data, *failed;
    } cases[] = {
        { 8, ATTEST_EV_IPL, "x", "y", "" },
        { 16, ATTEST_EV_IPL, "x", "y", "log_types " },
        { 4, 0x8401, "x", "x", "log_types " },
        { 4, 0xffffffff, "x", "x", "log_types " },
        { 4, ATTEST_EV_UNUSED, "x", "x", "log_types " },
        { 4, ATTEST_EV_S_CRTM_VERSION, "x", "x", "log_types " },
        { 0, ATTEST_EV_EFI_GPT_EVENT, "x", "x", "log_types " },
        { 7, ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, "x", "x", "log_types " },
        { 7, ATTEST_EV_EFI_VARIABLE_BOOT, "x", "x", "log_types " },
        { 0, ATTEST_EV_EFI_ACTION, "x", "x", "log_types " },
        { 4, ATTEST_EV_EFI_ACTION, "x", "x", "" },
        { 4, ATTEST_EV_EFI_ACTION, "x", "y", "log_digests " },
        { 4, ATTEST_EV_ACTION, "x", "y", "log_digests " },
        { 5, ATTEST_EV_EFI_GPT_EVENT, "x", "y", "log_digests " },
        { 7, ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG, "x", "y", "log_digests " },
        { 4, ATTEST_EV_SEPARATOR, "x", "x", "log_separators " },
        { 4, ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, "x", "y", "" },
        { 7, ATTEST_EV_EFI_VARIABLE_AUTHORITY, "x", "y", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct log log;
        log_begin(&log, "sha256 sha1");
        log_event_of(&log, cases[i].pcr, cases[i].type, attest_view_text(cases[i].measured),
                     attest_view_text(cases[i].data));
        assert_failed(&log, cases[i].failed);
    }
}

/* A text is measured without its NUL, whether the log has that or not; nothing else is cut. */
static void test_nul(void **state)
{
    static const struct attest_view with = { (const uint8_t *)"text", 5 },
                                    without = { (const uint8_t *)"text", 4 };
    struct log log;

    (void)state;
    log_begin(&log, "sha256");
    log_event_of(&log, 4, ATTEST_EV_EFI_ACTION, without, with);
    log_event_of(&log, 4, ATTEST_EV_EFI_ACTION, with, with);
    assert_failed(&log, "");
    log_begin(&log, "sha256");
    log_event_of(&log, 4, ATTEST_EV_EFI_ACTION, with, without);
    assert_failed(&log, "log_digests ");
    log_begin(&log, "sha256");
    log_event_of(&log, 5, ATTEST_EV_EFI_GPT_EVENT, without, with);
    assert_failed(&log, "log_digests ");
}

static void test_separators(void **state)
{
    const struct attest_view kinds[] = { attest_view_of(zeros), attest_view_of(ones),
                                         attest_view_of(error_separator) };
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        log_begin(&log, "sha256 sha1");
        log_event(&log, 4, ATTEST_EV_SEPARATOR, kinds[i]);
        log_event(&log, 8, ATTEST_EV_SEPARATOR, kinds[i]); /* the system's: as often as it likes */
        log_event(&log, 8, ATTEST_EV_SEPARATOR, kinds[i]);
        assert_failed(&log, "");
        for (size_t second = 0; second < COUNT(kinds); second++) {
            log_begin(&log, "sha256 sha1");
            log_event(&log, 4, ATTEST_EV_SEPARATOR, kinds[i]);
            log_event(&log, 4, ATTEST_EV_SEPARATOR, kinds[second]);
            assert_failed(&log, "log_separators ");
        }
        log_begin(&log, "sha256 sha1"); /* retagged */
        log_event(&log, 4, ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, kinds[i]);
        assert_failed(&log, "log_separators ");
        log_begin(&log, "sha256 sha1"); /* and with other data */
        log_event_of(&log, 4, ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, kinds[i], attest_view_text("path"));
        assert_failed(&log, "log_separators ");
    }
}

/* BootOrder may have the four bytes of a separator, and its digest. */
static void test_like_separator(void **state)
{
    uint8_t data[512];
    struct log log;

    (void)state;
    size_t size = log_variable(data, false, "BootOrder", attest_view_of(zeros));
    log_begin(&log, "sha256");
    log_event_of(&log, 1, ATTEST_EV_EFI_VARIABLE_BOOT, attest_view_of(zeros),
                 (struct attest_view){ data, size });
    log_event(&log, 1, ATTEST_EV_SEPARATOR, attest_view_of(zeros));
    log_event(&log, 0, ATTEST_EV_S_CRTM_CONTENTS, attest_view_of(zeros));
    log_event(&log, 0, ATTEST_EV_SEPARATOR, attest_view_of(zeros));
    assert_failed(&log, "");
    log_begin(&log, "sha256"); /* no variable of four bytes */
    log_event_of(&log, 1, ATTEST_EV_EFI_VARIABLE_BOOT, attest_view_of(zeros),
                 (struct attest_view){ data, size - 1 });
    assert_failed(&log, "log_separators ");
}

#define BOOT_END "Exit Boot Services Returned with Success"

/* Whatever type and data the end of boot services is given: it is known by its digest. */
static void test_boot_end(void **state)
{
    static const struct {
        uint32_t type;
        const char *data;
    } ends[] = {
        { ATTEST_EV_EFI_ACTION, BOOT_END },
        { ATTEST_EV_EVENT_TAG, BOOT_END },
        { ATTEST_EV_IPL, "something" },
    };
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++)
        for (uint32_t pcr = 0; pcr < 16; pcr++) {
            log_begin(&log, "sha1 sha256");
            log_event_of(&log, 5, ends[i].type, attest_view_text(BOOT_END), attest_view_text(ends[i].data));
            uint32_t type = pcr == 0   ? ATTEST_EV_POST_CODE
                            : pcr == 7 ? ATTEST_EV_EFI_VARIABLE_AUTHORITY
                            : pcr < 8  ? ATTEST_EV_EFI_ACTION
                                       : ATTEST_EV_IPL;
            log_event(&log, pcr, type, attest_view_text("late"));
            assert_failed(&log, pcr < 8 ? "log_boot_services " : "");
        }
}

/* EV_NO_ACTION extends nothing, whatever its digest says. */
static void test_no_action(void **state)
{
    struct log log;

    (void)state;
    log_begin(&log, "sha256");
    log_write(&log, 4, ATTEST_EV_NO_ACTION, attest_view_of(zeros), attest_view_of(zeros), NULL);
    log_write(&log, 0xffffffff, ATTEST_EV_NO_ACTION, attest_view_text("x"), attest_view_text("y"), NULL);
    assert_failed(&log, "");
    log_begin(&log, "sha256"); /* a real event retagged */
    log_event(&log, 4, ATTEST_EV_EFI_ACTION, attest_view_text("x"));
    memcpy(log.data + log.offsets[1] + 4, "\3\0\0\0", 4);
    assert_failed(&log, "pcr_4 ");
}

/* Digests that not every bank compared has. */
static void test_bank_lacking(void **state)
{
    char failed[1024];
    struct log log;

    (void)state;
    log_begin(&log, "sha256 sha384");
    log_event(&log, 4, ATTEST_EV_EFI_ACTION, attest_view_text("x"));
    log_write(&log, 4, ATTEST_EV_EFI_ACTION, attest_view_text("y"), attest_view_text("y"), "sha384");
    judge(&log, "sha256", failed);
    assert_string_equal(failed, "log_digests ");
    log_done(&log);
    log_begin(&log, "sha256 sm3");
    log_write(&log, 4, ATTEST_EV_EFI_ACTION, attest_view_text("y"), attest_view_text("y"), "sm3");
    judge(&log, "sha256", failed);
    assert_string_equal(failed, "log_digests ");
    log_done(&log);
}

/* Each letter is an event: 0, 3, 4, 9 a locality; p one of another PCR; x a measurement of PCR 0; s one too
 * short. */
static void test_locality(void **state)
{
    static const struct {
        const char *events;
        uint8_t start;
        const char *failed;
    } cases[] = {
        { "x", 0, "" },
        { "0x", 0, "" },
        { "3x", 3, "" },
        { "4x", 4, "" },
        { "4", 4, "" },
        { "3x", 0, "pcr_0 " },
        { "x", 3, "pcr_0 " },
        { "33x", 3, "log_locality " },
        { "34x", 3, "log_locality " },
        { "x3", 0, "log_locality " },
        { "9x", 0, "log_locality " },
        { "sx", 0, "log_locality " },
        { "px", 0, "log_locality " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t data[17] = "StartupLocality";
        struct log log;
        log_begin(&log, "sha256 sha1");
        for (size_t bank = 0; bank < log.bank_count; bank++)
            log.pcrs[bank][0][log.banks[bank]->size - 1] = cases[i].start;
        for (const char *at = cases[i].events; *at; at++) {
            data[16] = *at == 'p' ? 3 : (uint8_t)(*at - '0');
            if (*at == 'x')
                log_event(&log, 0, ATTEST_EV_S_CRTM_VERSION, attest_view_text("v"));
            else
                log_event(&log, *at == 'p' ? 1 : 0, ATTEST_EV_NO_ACTION,
                          (struct attest_view){ data, *at == 's' ? 16 : 17 });
        }
        assert_failed(&log, cases[i].failed);
    }
}

/* Cut, and with something behind its end. */
static void test_form(void **state)
{
    struct log log;

    (void)state;
    log_boot(&log, "sha256", true);
    for (size_t i = 0; i < 30; i++)
        log_u8(&log, 0);
    assert_failed(&log, "");
    log_boot(&log, "sha256", true);
    log_u8(&log, 1);
    assert_failed(&log, "log_form ");
    log_boot(&log, "sha256", true);
    log.size--;
    assert_failed(&log, "log_form pcr_5 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_honest),
        cmocka_unit_test(test_one_event),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_like_separator),
        cmocka_unit_test(test_boot_end),
        cmocka_unit_test(test_no_action),
        cmocka_unit_test(test_bank_lacking),
        cmocka_unit_test(test_locality),
        cmocka_unit_test(test_form),
    };
    return cmocka_run_group_tests_name("firmware", tests, NULL, NULL);
}
