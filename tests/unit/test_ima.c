/* SPDX-License-Identifier: Apache-2.0 */
/* Does IMA's log make the values that a kernel makes, and are its breaches named? The kernel here is OpenSSL's.
 */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/eventlog.h"
#include "evidence/verdict.h"

/* Two logs of one machine; the first may be none. */
struct boot {
    struct log log; /* the firmware's, and the TPM */
    struct log ima;
    bool padded; /* the kernel lacks the banks' hashes */
};

static void begin(struct boot *boot, const char *banks)
{
    *boot = (struct boot){ .ima = { .data = malloc(LOG_MAX) } };
    log_boot(&boot->log, banks, true);
}

static void done(struct boot *boot)
{
    log_done(&boot->log);
    log_done(&boot->ima);
}

/* Extends by digests that are given, bank by bank. */
static void extend_by(struct boot *boot, unsigned pcr, struct attest_view data, bool violation)
{
    struct log *log = &boot->log;

    for (size_t i = 0; i < log->bank_count; i++) {
        uint8_t both[128], sha1[64] = { 0 };
        size_t size = log->banks[i]->size;
        memcpy(both, log->pcrs[i][pcr], size);
        log_digest("sha1", data, sha1);
        if (violation)
            memset(both + size, 0xff, size);
        else if (boot->padded)
            memcpy(both + size, sha1, size);
        else
            log_digest(log->banks[i]->name, data, both + size);
        log_digest(log->banks[i]->name, (struct attest_view){ both, 2 * size }, log->pcrs[i][pcr]);
    }
}

static void write_entry(struct boot *boot, uint32_t pcr, struct attest_view data, bool violation)
{
    uint8_t hash[64] = { 0 };

    log_u32(&boot->ima, pcr);
    if (!violation)
        log_digest("sha1", data, hash);
    log_bytes(&boot->ima, (struct attest_view){ hash, 20 });
    log_u32(&boot->ima, 6);
    log_bytes(&boot->ima, attest_view_text("ima-ng"));
    log_u32(&boot->ima, (uint32_t)data.size);
    log_bytes(&boot->ima, data);
}

/* d-ng and n-ng into `ret`. */
static struct attest_view entry_data(uint8_t ret[512], const char *algorithm, struct attest_view digest,
                                     const char *path)
{
    struct log data = { .data = ret };

    log_u32(&data, (uint32_t)(strlen(algorithm) + 2 + digest.size));
    log_bytes(&data, attest_view_text(algorithm));
    log_bytes(&data, (struct attest_view){ (const uint8_t *)":", 2 });
    log_bytes(&data, digest);
    log_u32(&data, (uint32_t)strlen(path) + 1);
    log_bytes(&data, (struct attest_view){ (const uint8_t *)path, strlen(path) + 1 });
    return log_view(&data);
}

static void measure(struct boot *boot, uint32_t pcr, const char *path, bool violation)
{
    uint8_t buffer[512];
    struct attest_view data =
        entry_data(buffer, "sha256", attest_view_text("0123456789abcdef0123456789abcdef"), path);

    write_entry(boot, pcr, data, violation);
    extend_by(boot, pcr, data, violation);
}

/* boot_aggregate over the first `count` PCRs. */
static void measure_aggregate(struct boot *boot, const char *bank, unsigned count)
{
    uint8_t buffer[512], digest[64], unused[64];
    struct log values = { .data = malloc(LOG_MAX) };
    size_t size = log_digest(bank, attest_view_text(""), unused);

    for (unsigned i = 0; i < count; i++)
        log_bytes(&values, (struct attest_view){ log_pcr(&boot->log, bank, i), size });
    log_digest(bank, log_view(&values), digest);
    struct attest_view data = entry_data(buffer, bank, (struct attest_view){ digest, size }, "boot_aggregate");
    write_entry(boot, 10, data, false);
    extend_by(boot, 10, data, false);
    log_done(&values);
}

static struct attest_eventlog *replay(const struct boot *boot, const char *bank, bool firmware, uint32_t mask)
{
    struct attest_eventlog *eventlog = NULL;
    char pcrs[4096];

    log_pcrs(&boot->log, bank, mask, pcrs);
    assert_ok(attest_eventlog_new(&eventlog));
    assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
    if (firmware)
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&boot->log), NULL));
    assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_IMA, log_view(&boot->ima), NULL));
    return eventlog;
}

static void assert_failed(const struct attest_eventlog *eventlog, bool allow_newer, const char *expected)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_eventlog_demands demands = { .allow_newer = allow_newer };
    char failed[1024] = "", *at = failed;

    enum attest_error error = attest_eventlog_verify(eventlog, &demands, verdict);
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    assert_string_equal(failed, expected);
    assert_int_equal(error == ATTEST_OK, !*expected);
}

static void assert_detail(const struct attest_eventlog *eventlog, const char *name, const char *expected)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_eventlog_demands demands = { .allow_newer = true };
    const char *detail = NULL;

    assert_ok(attest_eventlog_verify(eventlog, &demands, verdict));
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (strcmp(attest_verdict_check(verdict, i).name, name) == 0)
            detail = attest_verdict_check(verdict, i).detail;
    assert_string_equal(detail, expected);
}

static void check(const struct boot *boot, const char *expected)
{
    for (size_t i = 0; i < boot->log.bank_count; i++) {
        struct attest_eventlog *eventlog = replay(boot, boot->log.banks[i]->name, true, 0xffffff);
        assert_failed(eventlog, false, expected);
        attest_eventlog_free(eventlog);
    }
}

static void test_values(void **state)
{
    struct boot boot;

    (void)state;
    for (int padded = 0; padded < 2; padded++) {
        begin(&boot, "sha1 sha256 sha384");
        boot.padded = padded;
        measure_aggregate(&boot, "sha256", 10);
        measure(&boot, 10, "/bin/sh", false);
        measure(&boot, 10, "/var/log/messages", true);
        measure(&boot, 10, "/bin/ls", false);
        if (!padded)
            measure(&boot, 11, "/etc/passwd", false);
        check(&boot, "");
        done(&boot);
    }
}

/* Without the firmware's log there is nothing that boot_aggregate could be held against. */
static void test_alone(void **state)
{
    struct boot boot;

    (void)state;
    begin(&boot, "sha256");
    measure(&boot, 10, "/bin/sh", false);
    struct attest_eventlog *eventlog = replay(&boot, "sha256", false, 1u << 10);
    assert_failed(eventlog, false, "");
    assert_int_equal(attest_eventlog_count(eventlog, ATTEST_LOG_IMA), 1);
    assert_int_equal(attest_eventlog_count(eventlog, ATTEST_LOG_FIRMWARE), 0);
    assert_memory_equal(attest_eventlog_pcr(eventlog, ATTEST_HASH_SHA256, 10).data,
                        log_pcr(&boot.log, "sha256", 10), 32);
    assert_null(attest_eventlog_pcr(eventlog, ATTEST_HASH_SHA384, 10).data);
    attest_eventlog_free(eventlog);
    done(&boot);
}

static void test_aggregate(void **state)
{
    static const struct {
        const char *bank;
        unsigned count;
        const char *failed;
    } cases[] = {
        { "sha1", 8, "" },
        { "sha256", 8, "" },
        { "sha256", 10, "" },
        { "sha256", 9, "ima_boot_aggregate " },
        { "sha256", 7, "ima_boot_aggregate " },
        { "sha512", 0, "" }, /* which the firmware's log does not have */
    };
    struct boot boot;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin(&boot, "sha1 sha256");
        measure_aggregate(&boot, cases[i].bank, cases[i].count);
        measure(&boot, 10, "/bin/sh", false);
        check(&boot, cases[i].failed);
        done(&boot);
    }
    begin(&boot, "sha256"); /* another entry first */
    measure(&boot, 10, "/bin/sh", false);
    measure_aggregate(&boot, "sha256", 10);
    check(&boot, "ima_boot_aggregate ");
    done(&boot);
}

static void test_entries_refused(void **state)
{
    struct boot boot;

    (void)state;
    begin(&boot, "sha256"); /* a PCR of the firmware's */
    measure_aggregate(&boot, "sha256", 8);
    measure(&boot, 7, "/bin/sh", false);
    check(&boot, "ima_template ");
    done(&boot);
    begin(&boot, "sha256"); /* a hash of something else */
    measure_aggregate(&boot, "sha256", 8);
    boot.ima.data[5] ^= 1;
    check(&boot, "ima_template ");
    done(&boot);
    begin(&boot, "sha256"); /* other data: in neither way of extending */
    measure_aggregate(&boot, "sha256", 8);
    measure(&boot, 10, "/bin/sh", false);
    boot.ima.data[boot.ima.size - 2] ^= 1;
    check(&boot, "ima_template pcr_10 ");
    done(&boot);
    begin(&boot, "sha256"); /* an entry less */
    measure_aggregate(&boot, "sha256", 8);
    size_t size = boot.ima.size;
    measure(&boot, 10, "/bin/sh", false);
    boot.ima.size = size;
    check(&boot, "pcr_10 ");
    boot.ima.size = size - 1; /* and the one before cut */
    check(&boot, "ima_form pcr_10 ");
    done(&boot);
}

/* The list has grown since the values were read: allowed by name, and only behind what the values have. */
static void test_newer(void **state)
{
    static const uint32_t masks[] = { 0xffffff, 1u << 10 };
    struct boot boot, before;

    (void)state;
    for (size_t i = 0; i < COUNT(masks); i++) {
        begin(&boot, "sha256");
        measure_aggregate(&boot, "sha256", 10);
        measure(&boot, 10, "/bin/sh", false);
        before = boot;
        measure(&boot, 10, "/bin/ls", false);
        measure(&boot, 10, "/bin/cat", false);
        before.ima.size = boot.ima.size; /* the longer list, the older values */
        struct attest_eventlog *eventlog = replay(&before, "sha256", true, masks[i]);
        assert_failed(eventlog, false, "pcr_10 ");
        assert_failed(eventlog, true, "");
        assert_detail(eventlog, "pcr_10",
                      "sha256: 2 events make the value; 2 newer ones, from ima event 2 on, are not in it");
        struct attest_pcr_comparison result = attest_eventlog_compare(eventlog, ATTEST_HASH_SHA256, 10);
        assert_true(result.prefix);
        assert_int_equal(result.index, 2);
        assert_int_equal(result.log, ATTEST_LOG_IMA);
        attest_eventlog_free(eventlog);
        done(&boot);
    }
}

/* What can't be read in its middle is an error, and leaves no log that would pass for whole. */
static void test_unreadable(void **state)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    struct boot boot;
    char pcrs[4096];

    (void)state;
    begin(&boot, "sha256");
    measure_aggregate(&boot, "sha256", 10);
    log_pcrs(&boot.log, "sha256", 0xffffff, pcrs);
    log_u32(&boot.ima, 99);
    for (size_t i = 0; i < 60; i++)
        log_u8(&boot.ima, 1);
    assert_ok(attest_eventlog_new(&eventlog));
    assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
    assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&boot.log), NULL));
    assert_error(attest_eventlog_add(eventlog, ATTEST_LOG_IMA, log_view(&boot.ima), NULL), ATTEST_TOO_LARGE);
    assert_failed(eventlog, false, "ima_form ");
    done(&boot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),          cmocka_unit_test(test_alone), cmocka_unit_test(test_aggregate),
        cmocka_unit_test(test_entries_refused), cmocka_unit_test(test_newer), cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests_name("ima", tests, NULL, NULL);
}
