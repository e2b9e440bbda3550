/* SPDX-License-Identifier: Apache-2.0 */
/* Does a quote get exactly the records that made its values? */
#include "tests/unit/ima_entries.h"

#include "evidence/logcut.h"

#define COUNT_MAX 12

static uint8_t ima[COUNT_MAX * ENTRY_SIZE];

static size_t cut(const struct attest_pcrs *pcrs, size_t size)
{
    struct attest_view logs[ATTEST_LOG_COUNT] = { [ATTEST_LOG_IMA] = { ima, size } };

    assert_ok(attest_logcut(logs, pcrs, NULL));
    assert_int_equal(logs[ATTEST_LOG_FIRMWARE].size, 0);
    assert_int_equal(logs[ATTEST_LOG_USERSPACE].size, 0);
    return logs[ATTEST_LOG_IMA].size;
}

static void test_every_value(void **state)
{
    (void)state;
    for (size_t extended = 0; extended <= COUNT_MAX; extended++) {
        struct attest_pcrs pcrs = make_ima(ima, COUNT_MAX, extended);
        assert_int_equal(cut(&pcrs, sizeof ima), extended * ENTRY_SIZE);
    }
}

/* What is written of the next entry does not matter. */
static void test_every_size(void **state)
{
    struct attest_pcrs pcrs = make_ima(ima, COUNT_MAX, 2);

    (void)state;
    for (size_t size = 2 * ENTRY_SIZE; size <= sizeof ima; size++)
        assert_int_equal(cut(&pcrs, size), 2 * ENTRY_SIZE);
}

/* The verifier has to see it. */
static void test_a_value_that_never_comes(void **state)
{
    struct attest_pcrs pcrs = make_ima(ima, COUNT_MAX, 3);

    (void)state;
    pcrs.values[10][0] ^= 1;
    assert_int_equal(cut(&pcrs, sizeof ima), sizeof ima);
    assert_int_equal(cut(&pcrs, sizeof ima - 1), sizeof ima - 1);
}

static void test_what_is_not_quoted(void **state)
{
    struct attest_pcrs pcrs = make_ima(ima, COUNT_MAX, 3);

    (void)state;
    pcrs.mask = 0xff;
    assert_int_equal(cut(&pcrs, sizeof ima), 0);
    assert_int_equal(cut(&pcrs, 0), 0);
}

static const char *const texts[] = { "enter-initrd", "leave-initrd", "machine-id:x", "sysinit" };
static const unsigned pcrs_of[] = { 11, 11, 15, 11 };

/* systemd's log; PCRs after `extended` records; where each record ends. */
static struct attest_pcrs make_userspace(size_t extended, char *ret_log, size_t size, size_t *ret_ends)
{
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA256, .mask = 1u << 11 | 1u << 15 };
    size_t used = 0;

    for (size_t i = 0; i < COUNT(texts); i++) {
        uint8_t both[2 * SHA256_SIZE];
        char hex[2 * SHA256_SIZE + 1];
        memcpy(both, pcrs.values[pcrs_of[i]], SHA256_SIZE);
        assert_true(EVP_Digest(texts[i], strlen(texts[i]), both + SHA256_SIZE, NULL, EVP_sha256(), NULL));
        for (size_t j = 0; j < SHA256_SIZE; j++)
            snprintf(hex + 2 * j, 3, "%02x", both[SHA256_SIZE + j]);
        if (i < extended)
            assert_true(EVP_Digest(both, sizeof both, pcrs.values[pcrs_of[i]], NULL, EVP_sha256(), NULL));
        used += (size_t)snprintf(ret_log + used, size - used,
                                 "\x1e{\"pcr\":%u,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"%s\"}],"
                                 "\"content_type\":\"systemd\",\"content\":{\"eventType\":\"phase\","
                                 "\"string\":\"%s\"}}\n",
                                 pcrs_of[i], hex, texts[i]);
        ret_ends[i] = used;
    }
    return pcrs;
}

static void test_userspace(void **state)
{
    size_t ends[COUNT(texts)];
    char log[4096];

    (void)state;
    for (size_t extended = 1; extended <= COUNT(texts); extended++) {
        struct attest_pcrs pcrs = make_userspace(extended, log, sizeof log, ends);
        struct attest_view logs[ATTEST_LOG_COUNT] = {
            [ATTEST_LOG_USERSPACE] = { (const uint8_t *)log, ends[COUNT(texts) - 1] },
        };
        assert_ok(attest_logcut(logs, &pcrs, NULL));
        assert_int_equal(logs[ATTEST_LOG_USERSPACE].size, ends[extended - 1]);
    }
}

static void test_what_is_no_log(void **state)
{
    static const uint8_t junk[200] = { 0xff, 0xff, 0xff, 0xff, 0x01 };
    struct attest_pcrs pcrs = make_ima(ima, 1, 1);

    (void)state;
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        struct attest_view logs[ATTEST_LOG_COUNT] = { 0 };
        logs[i] = attest_view_of(junk);
        assert_int_not_equal(attest_logcut(logs, &pcrs, NULL), ATTEST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_a_value_that_never_comes),
        cmocka_unit_test(test_what_is_not_quoted),
        cmocka_unit_test(test_userspace),
        cmocka_unit_test(test_what_is_no_log),
    };
    return cmocka_run_group_tests_name("logcut", tests, NULL, NULL);
}
