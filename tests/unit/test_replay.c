/* SPDX-License-Identifier: Apache-2.0 */
/* Which values do events make, and how do values given compare with them? Expected values by OpenSSL (logs.c).
 */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/replay.h"

static struct attest_replay replay;
static struct log machine; /* the TPM, which extends what the tests tell it to */

static int begin(void **state)
{
    (void)state;
    log_begin(&machine, "sha1 sha256 sha384 sha512");
    assert_ok(attest_replay_init(&replay));
    return 0;
}

static int end(void **state)
{
    (void)state;
    attest_replay_done(&replay);
    log_done(&machine);
    return 0;
}

static size_t position;

/* Both extend; or the replay alone, or the TPM alone. */
static void extend_replay(unsigned pcr, const char *measured)
{
    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++) {
        uint8_t digest[64];
        size_t size = log_digest(attest_hash_name((enum attest_hash)bank), attest_view_text(measured), digest);
        assert_ok(attest_replay_extend(&replay, (enum attest_hash)bank, pcr,
                                       (struct attest_view){ digest, size },
                                       (struct attest_log_position){ ATTEST_LOG_IMA, position }));
    }
    position++;
}

static void extend(unsigned pcr, const char *measured)
{
    extend_replay(pcr, measured);
    log_extend(&machine, pcr, attest_view_text(measured));
}

/* The TPM's values of now, as given. */
static void expect(uint32_t mask)
{
    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++) {
        struct attest_pcrs pcrs = { .bank = (enum attest_hash)bank, .mask = mask };
        for (unsigned i = 0; i < 24; i++)
            memcpy(pcrs.values[i], log_pcr(&machine, attest_hash_name(pcrs.bank), i),
                   attest_hash_size(pcrs.bank));
        attest_replay_expect(&replay, &pcrs);
    }
}

static struct attest_pcr_comparison compare(unsigned pcr)
{
    struct attest_pcr_comparison first = attest_replay_compare(&replay, ATTEST_HASH_SHA256, pcr, false);

    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++) {
        struct attest_pcr_comparison other = attest_replay_compare(&replay, (enum attest_hash)bank, pcr, false);
        assert_int_equal(other.state, first.state);
        assert_int_equal(other.prefix, first.prefix);
        assert_non_null(other.note);
    }
    return first;
}

static void assert_state(unsigned pcr, enum attest_pcr_state expected)
{
    assert_int_equal(compare(pcr).state, expected);
}

static void test_values(void **state)
{
    (void)state;
    for (unsigned pcr = 0; pcr < 24; pcr++)
        for (unsigned n = 0; n < pcr % 4; n++)
            extend(pcr, n % 2 ? "one" : "two");
    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        for (unsigned pcr = 0; pcr < 24; pcr++)
            assert_memory_equal(attest_replay_pcr(&replay, (enum attest_hash)bank, pcr)->value,
                                log_pcr(&machine, attest_hash_name((enum attest_hash)bank), pcr),
                                attest_hash_size((enum attest_hash)bank));
    for (unsigned pcr = 0; pcr < 24; pcr++)
        assert_int_equal(attest_replay_is_extended(&replay, pcr), pcr % 4 > 0);
}

/* By /usr/bin/python3: sha256(zeros + sha256(b"event")), and sha256(ones + ...) for PCR 17. */
static void test_literals(void **state)
{
    (void)state;
    extend_replay(4, "event");
    extend_replay(17, "event");
    assert_hex((struct attest_view){ attest_replay_pcr(&replay, ATTEST_HASH_SHA256, 4)->value, 32 },
               "12db50484c569ef2d5446a9790ee2be42a913d1c755cde998469926762f54066");
    assert_hex((struct attest_view){ attest_replay_pcr(&replay, ATTEST_HASH_SHA256, 17)->value, 32 },
               "302bf3cf98023e0dd8f35f3952bf136b964b7853345f341b9f57d56c03ea5b03");
}

static void test_agrees(void **state)
{
    (void)state;
    log_extend(&machine, 4, attest_view_text("a"));
    log_extend(&machine, 4, attest_view_text("b"));
    expect(1u << 4 | 1u << 8 | 1u << 17);
    extend_replay(4, "a");
    assert_state(4, ATTEST_PCR_DIFFERS);
    assert_false(compare(4).prefix);
    extend_replay(4, "b");
    assert_state(4, ATTEST_PCR_AGREES);
    assert_int_equal(compare(4).extends, 2);
    assert_state(8, ATTEST_PCR_NOT_EXTENDED);
    assert_state(17, ATTEST_PCR_NOT_EXTENDED);
    assert_state(5, ATTEST_PCR_NOT_COMPARED);
    assert_true(attest_replay_agrees(&replay, ATTEST_HASH_SHA384, 4));
    assert_false(attest_replay_agrees(&replay, ATTEST_HASH_SHA384, 5));
}

static void test_prefix(void **state)
{
    (void)state;
    extend(4, "before");
    attest_replay_done(&replay);
    assert_ok(attest_replay_init(&replay));
    expect(1u << 4);
    position = 40;
    extend_replay(4, "before");
    extend_replay(5, "another PCR");
    extend_replay(4, "after");
    extend_replay(4, "after that");
    struct attest_pcr_comparison result = compare(4);
    assert_int_equal(result.state, ATTEST_PCR_DIFFERS);
    assert_true(result.prefix);
    assert_int_equal(result.log, ATTEST_LOG_IMA);
    assert_int_equal(result.index, 42);
    assert_int_equal(result.extends, 3);
    assert_int_equal(result.proven, 1);
}

/* The start value is a prefix of no events. */
static void test_prefix_of_none(void **state)
{
    (void)state;
    log_extend(&machine, 0, attest_view_text("so that the bank is in use"));
    expect(1u << 4 | 1u << 0);
    position = 7;
    extend_replay(4, "first");
    assert_true(compare(4).prefix);
    assert_int_equal(compare(4).index, 7);
    assert_int_equal(compare(4).proven, 0);
}

static void test_unexplained(void **state)
{
    (void)state;
    log_extend(&machine, 8, attest_view_text("x"));
    log_extend(&machine, 10, attest_view_text("x"));
    expect(1u << 8 | 1u << 10);
    assert_state(8, ATTEST_PCR_UNEXPLAINED);
    assert_state(10, ATTEST_PCR_UNEXPLAINED);
    assert_non_null(strstr(compare(10).note, "IMA"));
}

static void test_inactive(void **state)
{
    (void)state;
    expect(0xff);
    extend_replay(4, "x");
    assert_state(4, ATTEST_PCR_BANK_INACTIVE);
    assert_state(5, ATTEST_PCR_NOT_EXTENDED);
}

/* Without any of the firmware's PCRs nothing is known of the bank. */
static void test_alone_is_not_inactive(void **state)
{
    (void)state;
    extend(10, "before");
    attest_replay_done(&replay);
    assert_ok(attest_replay_init(&replay));
    expect(1u << 10);
    extend_replay(10, "before");
    extend_replay(10, "after");
    assert_state(10, ATTEST_PCR_DIFFERS);
    assert_true(compare(10).prefix);
}

/* Any of systemd's phases, in their order, behind what the logs have; not where its own log is there. */
static void test_phases(void **state)
{
    (void)state;
    log_extend(&machine, 11, attest_view_text("stub"));
    log_extend(&machine, 11, attest_view_text("enter-initrd"));
    log_extend(&machine, 11, attest_view_text("sysinit"));
    log_extend(&machine, 11, attest_view_text("ready"));
    expect(1u << 11);
    extend_replay(11, "stub");
    assert_state(11, ATTEST_PCR_AGREES);
    assert_int_equal(attest_replay_compare(&replay, ATTEST_HASH_SHA256, 11, true).state, ATTEST_PCR_DIFFERS);
    log_extend(&machine, 11, attest_view_text("enter-initrd"));
    expect(1u << 11);
    assert_state(11, ATTEST_PCR_DIFFERS); /* one of them again, and too late */
}

static void test_boot_end_missing(void **state)
{
    (void)state;
    log_extend(&machine, 5, attest_view_text("gpt"));
    log_extend(&machine, 5, attest_view_text("Exit Boot Services Invocation"));
    log_extend(&machine, 5, attest_view_text("Exit Boot Services Returned with Success"));
    expect(1u << 5);
    extend_replay(5, "gpt");
    assert_state(5, ATTEST_PCR_DIFFERS); /* told, and not accepted */
    assert_non_null(strstr(compare(5).note, "boot services"));
}

/* IMA's PCR: its own hash, or SHA-1 padded, whichever agrees; with what others extend in both. */
static void test_padded(void **state)
{
    const struct attest_log_position at = { ATTEST_LOG_IMA, 0 };
    uint8_t sha1[64], own[64], padded[64] = { 0 }, both[64], value[64];

    (void)state;
    size_t size = log_digest("sha1", attest_view_text("entry"), sha1);
    memcpy(padded, sha1, size);
    log_digest("sha256", attest_view_text("entry"), own);
    for (int way = 0; way < 2; way++)
        for (int other = 0; other < 2; other++) {
            struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA256, .mask = 1u << 10 };
            attest_replay_done(&replay);
            assert_ok(attest_replay_init(&replay));
            memset(value, 0, sizeof value);
            memcpy(both, value, 32);
            memcpy(both + 32, way ? padded : own, 32);
            log_digest("sha256", attest_view_of(both), pcrs.values[10]);
            attest_replay_expect(&replay, &pcrs);
            if (other) /* what the value does not have */
                extend_replay(10, "of another log");
            assert_ok(attest_replay_extend_ima(&replay, ATTEST_HASH_SHA256, (struct attest_view){ own, 32 },
                                               (struct attest_view){ sha1, size }, at));
            assert_int_equal(attest_replay_agrees(&replay, ATTEST_HASH_SHA256, 10), !other);
        }
}

/* Locality 3 starts PCR 0 with a last byte of 3. */
static void test_locality(void **state)
{
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA256, .mask = 1 };

    (void)state;
    pcrs.values[0][31] = 3;
    attest_replay_expect(&replay, &pcrs);
    attest_replay_start(&replay, 3);
    assert_true(attest_replay_agrees(&replay, ATTEST_HASH_SHA256, 0));
    attest_replay_start(&replay, 4);
    assert_false(attest_replay_agrees(&replay, ATTEST_HASH_SHA256, 0));
    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        assert_int_equal(replay.pcrs[bank][0].value[attest_hash_size((enum attest_hash)bank) - 1], 4);
}

/* Values that are given again replace the first ones, and what those matched. */
static void test_expected_twice(void **state)
{
    (void)state;
    expect(1u << 4 | 1);
    log_extend(&machine, 4, attest_view_text("x"));
    log_extend(&machine, 0, attest_view_text("x"));
    expect(1u << 4 | 1);
    extend_replay(4, "y");
    assert_state(4, ATTEST_PCR_DIFFERS);
    assert_false(compare(4).prefix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, begin, end),
        cmocka_unit_test_setup_teardown(test_literals, begin, end),
        cmocka_unit_test_setup_teardown(test_agrees, begin, end),
        cmocka_unit_test_setup_teardown(test_prefix, begin, end),
        cmocka_unit_test_setup_teardown(test_prefix_of_none, begin, end),
        cmocka_unit_test_setup_teardown(test_unexplained, begin, end),
        cmocka_unit_test_setup_teardown(test_inactive, begin, end),
        cmocka_unit_test_setup_teardown(test_alone_is_not_inactive, begin, end),
        cmocka_unit_test_setup_teardown(test_phases, begin, end),
        cmocka_unit_test_setup_teardown(test_boot_end_missing, begin, end),
        cmocka_unit_test_setup_teardown(test_padded, begin, end),
        cmocka_unit_test_setup_teardown(test_locality, begin, end),
        cmocka_unit_test_setup_teardown(test_expected_twice, begin, end),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
