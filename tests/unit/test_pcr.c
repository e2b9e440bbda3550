/* SPDX-License-Identifier: Apache-2.0 */
/* PCRs read in every selection, against extends computed by hand. */
#include "tests/unit/swtpm.h"

#include "base/hash.h"
#include "tpm/pcr.h"

/* What a PCR of zeros becomes when `byte` is extended, as swtpm_extend does. */
static void expect_extended(enum attest_hash bank, uint8_t byte, uint8_t ret_value[ATTEST_HASH_MAX_SIZE])
{
    uint8_t both[2 * ATTEST_HASH_MAX_SIZE] = { 0 };
    size_t size = attest_hash_size(bank);
    const struct attest_view view = { both, 2 * size };

    memset(both + size, byte, size);
    assert_ok(attest_hash_digest(bank, &view, 1, ret_value));
}

static void test_selection(void **state)
{
    TPML_PCR_SELECTION selection = attest_tpm_pcr_selection(ATTEST_HASH_SHA384, 0x810203);

    (void)state;
    assert_int_equal(selection.count, 1);
    assert_int_equal(selection.pcrSelections[0].hash, TPM2_ALG_SHA384);
    assert_int_equal(selection.pcrSelections[0].sizeofSelect, 3);
    assert_memory_equal(selection.pcrSelections[0].pcrSelect, "\x03\x02\x81", 3);
}

static void test_extended(void **state)
{
    const enum attest_hash banks[] = { ATTEST_HASH_SHA256, ATTEST_HASH_SHA384 };

    (void)state;
    swtpm_extend(23, 7);
    for (size_t i = 0; i < COUNT(banks); i++) {
        struct attest_pcrs pcrs;
        uint8_t expected[ATTEST_HASH_MAX_SIZE];
        uint32_t counter;
        expect_extended(banks[i], 7, expected);
        assert_ok(attest_tpm_pcr_read(swtpm, banks[i], ATTEST_PCR_ALL, &pcrs, &counter, NULL));
        assert_int_equal(pcrs.bank, banks[i]);
        assert_int_equal(pcrs.mask, ATTEST_PCR_ALL);
        assert_memory_equal(pcrs.values[23], expected, attest_hash_size(banks[i]));
        for (size_t byte = 0; byte < attest_hash_size(banks[i]); byte++) {
            assert_int_equal(pcrs.values[0][byte], 0);
            assert_int_equal(pcrs.values[17][byte], 0xff); /* no dynamic launch yet */
        }
    }
}

/* One at a time or more than the eight of a command: each value is where it belongs. */
static void test_every_selection(void **state)
{
    struct attest_pcrs all, some;
    uint32_t counter;

    (void)state;
    for (unsigned i = 0; i < 16; i++)
        swtpm_extend(i, (uint8_t)i);
    assert_ok(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA384, ATTEST_PCR_ALL, &all, &counter, NULL));
    const uint32_t masks[] = { 1, 1u << 23, 0x1ff, 0xaaaaaa, 0x00ff00, 0x010101 };
    for (size_t i = 0; i < COUNT(masks); i++) {
        assert_ok(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA384, masks[i], &some, &counter, NULL));
        assert_int_equal(some.mask, masks[i]);
        for (unsigned pcr = 0; pcr < ATTEST_PCR_COUNT; pcr++)
            if (masks[i] >> pcr & 1)
                assert_view(attest_pcrs_value(&some, pcr), attest_pcrs_value(&all, pcr));
    }
}

/* It moves with PCR 0 and not with PCR 16 (PC Client Platform TPM Profile §4.6.2). */
static void test_update_counter(void **state)
{
    struct attest_pcrs pcrs;
    uint32_t before, after;

    (void)state;
    assert_ok(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA256, 1, &pcrs, &before, NULL));
    swtpm_extend(16, 1);
    assert_ok(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA256, 1, &pcrs, &after, NULL));
    assert_int_equal(after, before);
    swtpm_extend(0, 1);
    assert_ok(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA256, 1, &pcrs, &after, NULL));
    assert_true(after > before);
}

static void test_inactive_bank(void **state)
{
    struct attest_pcrs pcrs = { .mask = 42 };
    struct attest_diag diag = { 0 };
    uint32_t counter = 42;

    (void)state;
    assert_error(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA1, 1, &pcrs, &counter, &diag), ATTEST_USAGE);
    assert_non_null(strstr(diag.expected, "sha1"));
    assert_error(attest_tpm_pcr_read(swtpm, ATTEST_HASH_SHA512, 1, &pcrs, &counter, &diag), ATTEST_USAGE);
    assert_int_equal(pcrs.mask, 42);
    assert_int_equal(counter, 42);
    assert_false(attest_tpm_is_broken(swtpm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection),       cmocka_unit_test(test_extended),
        cmocka_unit_test(test_every_selection), cmocka_unit_test(test_update_counter),
        cmocka_unit_test(test_inactive_bank),
    };
    return swtpm_run("pcr", tests);
}
