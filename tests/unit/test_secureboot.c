/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is Secure Boot said to be on only where it was? The attacker of the second half is root on a machine where it
 * was off: he extends PCR 7 after the boot with a more pleasing account, and writes whatever log he likes. What
 * he can't do is to take back what was extended.
 */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/eventlog.h"
#include "evidence/secureboot.h"

static const uint8_t zeros[4];

/* The variable's data into `ret`. */
static struct attest_view variable(uint8_t ret[512], bool security, const char *name, const char *value,
                                   size_t size)
{
    return (struct attest_view){ ret, log_variable(ret, security, name,
                                                   (struct attest_view){ (const uint8_t *)value, size }) };
}

/* What PCR 7 has where it was on, as one letter each: S(ecureBoot), P(K), K(EK), d(b), x (dbx), t (dbt), | */
static struct attest_view data_of(char letter, uint8_t ret[512])
{
    switch (letter) {
    case 'S':
        return variable(ret, false, "SecureBoot", "\1", 1);
    case '0':
        return variable(ret, false, "SecureBoot", "\0", 1);
    case 'e':
        return variable(ret, false, "SecureBoot", "", 0);
    case '2':
        return variable(ret, false, "SecureBoot", "\1\1", 2);
    case 'Z':
        return variable(ret, true, "SecureBoot", "\1", 1); /* of another GUID */
    case 'P':
        return variable(ret, false, "PK", "p", 1);
    case 'K':
        return variable(ret, false, "KEK", "k", 1);
    case 'd':
        return variable(ret, true, "db", "d", 1);
    case 'D':
        return variable(ret, false, "db", "d", 1);
    case 'x':
        return variable(ret, true, "dbx", "", 0);
    case 't':
        return variable(ret, true, "dbt", "", 0);
    case 'a':
        return attest_view_text("DMA Protection Disabled");
    case 'u':
        return attest_view_text("UEFI Debug Mode");
    case 'b':
        return attest_view_text("\1\2\3 nothing that is known");
    case '1':
        return (struct attest_view){ (const uint8_t *)"\1\0\0\0", 4 };
    case 'f':
        return (struct attest_view){ (const uint8_t *)"\xff\xff\xff\xff", 4 };
    default:
        return attest_view_of(zeros);
    }
}

static bool is_on(const char *account, const char **ret_reason)
{
    struct attest_secureboot state = { 0 };
    uint8_t data[512];

    for (const char *at = account; *at; at++)
        if (*at == '?') /* the next is not proven */
            attest_secureboot_look(&state, data_of(*++at, data), false);
        else
            attest_secureboot_look(&state, data_of(*at, data), true);
    return attest_secureboot_is_on(&state, ret_reason);
}

static void test_on(void **state)
{
    static const char *const accounts[] = { "SPKdx|",    "SPKdxf",    "SPKdxt|",  "aSPKadx|", "SPKdx|a",
                                            "SPKdx|b?b", "SPKdx|d?d", "SPKdx|?S", "SPKdxa|u" };
    const char *reason = "unset";

    (void)state;
    for (size_t i = 0; i < COUNT(accounts); i++)
        assert_true(is_on(accounts[i], &reason));
    assert_string_equal(reason, "unset");
}

static void test_off(void **state)
{
    static const struct {
        const char *account, *reason;
    } cases[] = {
        { "", "PCR 7 lacks SecureBoot" },
        { "|", "PCR 7 lacks SecureBoot" },
        { "SPKdx", "no separator" },
        { "SPKd|", "PCR 7 lacks" },
        { "S|PKdx", "PCR 7 lacks" },
        { "0PKdx|", "says that it was off" },
        { "ePKdx|", "says that it was off" },
        { "2PKdx|", "says that it was off" },
        { "ZPKdx|", "does not begin" },
        { "PSKdx|", "does not begin" },
        { "SKPdx|", "does not begin" },
        { "SPKxd|", "does not begin" },
        { "SPKDx|", "does not begin" },
        { "SPPKdx|", "does not begin" },
        { "0SPKdx|", "does not begin" },
        { "tSPKdx|", "does not begin" },
        { "SPKdxS|", "twice" },
        { "SPKdx0|", "twice" },
        { "SPKdx|S", "twice" },
        { "SPKdx|0", "twice" },
        { "uSPKdx|", "debug" },
        { "SPKdxu|", "debug" },
        { "bSPKdx|", "no variable and no text" },
        { "?SPKdx|", "not proven" },
        { "SPK?dx|", "not proven" },
        { "SPKdx?|", "not proven" },
        { "?bSPKdx|", "not proven" },
        { "SPKdx1", "an error" },
        { "0PKdx|SPKdx|", "twice" }, /* root's account behind the firmware's */
        { "0|SPKdx|", "twice" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *reason = "";
        assert_false(is_on(cases[i].account, &reason));
        if (!strstr(reason, cases[i].reason))
            fail_msg("%s: %s", cases[i].account, reason);
    }
}

/* The machine: what its TPM has, in the banks named, and root's story behind it. */
static void attack(struct log *log, const char *banks)
{
    uint8_t data[512];

    log_begin(log, banks);
    for (const char *at = "0PKdx|SPKdx|"; *at; at++)
        log_extend(log, 7, data_of(*at, data));
}

static void write_story(struct log *log, const char *account, uint32_t type, const char *only)
{
    uint8_t data[512];

    for (const char *at = account; *at; at++)
        log_write(log, 7, strchr("|f", *at) ? ATTEST_EV_SEPARATOR : type, data_of(*at, data),
                  data_of(*at, data), only);
}

/* What the verifier says, who quotes `bank`; both logs may be given. */
static void assert_not_on(const struct log *log, const char *bank, const char *userspace)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    char pcrs[4096];

    assert_ok(attest_eventlog_new(&eventlog));
    log_pcrs(log, bank, 1u << 7, pcrs);
    assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
    assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(log), NULL));
    if (userspace)
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_USERSPACE, attest_view_text(userspace), NULL));
    assert_false(attest_eventlog_secure_boot(eventlog, NULL));
}

#define DRIVER ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG

/* The truth and the story, each whole or in part, in every order, with the truth under every type. */
static void test_attack_by_types(void **state)
{
    static const uint32_t types[] = {
#define X(value, name) value,
        ATTEST_TCG_TYPE_TABLE(X)
#undef X
    };
    static const char *const orders[][2] = { { "0PKdx|", "SPKdx|" }, { "SPKdx|", "0PKdx|" } };

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++)
        for (size_t order = 0; order < COUNT(orders); order++) {
            struct log log;
            attack(&log, "sha256 sha384");
            write_story(&log, orders[order][0], order == 0 ? types[i] : DRIVER, NULL);
            write_story(&log, orders[order][1], order == 0 ? DRIVER : types[i], NULL);
            assert_not_on(&log, "sha256", NULL);
            log_done(&log);
        }
}

/* The truth's digests with the story's data, event by event. */
static void test_attack_by_data(void **state)
{
    static const char truth[] = "0PKdx|SPKdx|", story[] = "SPKdx|aaaaaa";
    uint8_t real[512], told[512];
    struct log log;

    (void)state;
    attack(&log, "sha256");
    for (size_t i = 0; i + 1 < sizeof truth; i++)
        log_write(&log, 7, DRIVER, data_of(truth[i], real), data_of(story[i], told), NULL);
    assert_not_on(&log, "sha256", NULL);
    log_done(&log);
    attack(&log, "sha256"); /* a boot variable's digest may be of its value alone: not in PCR 7 */
    for (size_t i = 0; i + 1 < sizeof truth; i++) {
        uint8_t wrapped[512];
        struct attest_view inner = data_of(truth[i], real);
        struct attest_view outer = { wrapped, log_variable(wrapped, false, "SecureBoot", inner) };
        log_write(&log, 7, ATTEST_EV_EFI_VARIABLE_BOOT, inner, i == 0 ? outer : inner, NULL);
    }
    assert_not_on(&log, "sha256", NULL);
    log_done(&log);
}

/* The story has digests of a bank that is not compared, known or not; the truth goes for authorities. */
static void test_attack_by_banks(void **state)
{
    static const struct {
        const char *banks, *compared, *story;
    } cases[] = {
        { "sha256 sha512", "sha256", "sha512" }, { "sha256 sha1", "sha256", "sha1" },
        { "sha256 sm3", "sha256", "sm3" },       { "sha384 none", "sha384", "none" },
        { "sha256 sha512", "sha256", "nobody" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t data[512];
        struct log log;
        attack(&log, cases[i].banks);
        write_story(&log, "SPKdx|", DRIVER, cases[i].story);
        if (strcmp(cases[i].story, "nobody") == 0) /* no digest at all */
            for (size_t event = 1; event < log.events; event++)
                log.data[log.offsets[event] + 8] = 0;
        for (const char *at = "0PKdx|SPKdx|"; *at; at++)
            log_write(&log, 7, ATTEST_EV_EFI_VARIABLE_AUTHORITY, data_of(*at, data),
                      attest_view_text("authority"), cases[i].compared);
        assert_not_on(&log, cases[i].compared, NULL);
        log_done(&log);
    }
}

/* The firmware's log has the story in another bank; systemd's log makes the values of the one that is compared.
 */
static void test_attack_by_other_log(void **state)
{
    static const char *const others[] = { "sha512", "sm3" };
    uint8_t data[512], digest[64];

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        char userspace[8192] = "", *at = userspace;
        struct log machine, told;
        attack(&machine, "sha256");
        for (const char *letter = "0PKdx|SPKdx|"; *letter; letter++) {
            size_t size = log_digest("sha256", data_of(*letter, data), digest);
            at += sprintf(at, "\x1e{\"pcr\":7,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"");
            for (size_t byte = 0; byte < size; byte++)
                at += sprintf(at, "%02x", digest[byte]);
            at += sprintf(at, "\"}],\"content\":{\"eventType\":\"volume-key\"}}\n");
        }
        log_begin(&told, others[i]);
        write_story(&told, "SPKdx|", DRIVER, NULL);
        machine.size = 0;
        log_bytes(&machine, log_view(&told));
        assert_not_on(&machine, "sha256", userspace);
        log_done(&told);
        log_done(&machine);
    }
}

/* Another log first, so that the firmware's would come on top of it, is no way either. */
static void test_attack_by_order(void **state)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    struct log log;

    (void)state;
    log_boot(&log, "sha256", true);
    assert_ok(attest_eventlog_new(&eventlog));
    assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_USERSPACE, attest_view_text(""), NULL));
    assert_error(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&log), NULL), ATTEST_USAGE);
    assert_error(attest_eventlog_add(eventlog, ATTEST_LOG_IMA, attest_view_text(""), NULL), ATTEST_USAGE);
    assert_error(attest_eventlog_add(eventlog, ATTEST_LOG_USERSPACE, attest_view_text(""), NULL), ATTEST_USAGE);
    log_done(&log);
}

/* An honest machine, for the attacks above not to fail for another reason; and the same with SHA-1 alone. */
static void test_honest(void **state)
{
    static const struct {
        const char *banks, *compared;
        bool on, expected;
    } cases[] = {
        { "sha1 sha256", "sha256", true, true }, { "sha384", "sha384", true, true },
        { "sha256 sm3", "sha256", true, true },  { "sha256", "sha256", false, false },
        { "sha1 sha256", "sha1", true, false },  { "", "sha1", true, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
        const char *reason = NULL;
        char pcrs[4096];
        struct log log;
        log_boot(&log, cases[i].banks, cases[i].on);
        log_pcrs(&log, cases[i].compared, 1u << 7, pcrs);
        assert_ok(attest_eventlog_new(&eventlog));
        assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&log), NULL));
        assert_int_equal(attest_eventlog_secure_boot(eventlog, &reason), cases[i].expected);
        assert_int_equal(strlen(reason) == 0, cases[i].expected);
        log_done(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_honest),
        cmocka_unit_test(test_attack_by_types),
        cmocka_unit_test(test_attack_by_data),
        cmocka_unit_test(test_attack_by_banks),
        cmocka_unit_test(test_attack_by_other_log),
        cmocka_unit_test(test_attack_by_order),
    };
    return cmocka_run_group_tests_name("secureboot", tests, NULL, NULL);
}
