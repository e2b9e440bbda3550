/* SPDX-License-Identifier: Apache-2.0 */
/* Does an extend run once, in every bank, however often it is asked for? Values are computed here by hand. */
#include "tests/unit/swtpm.h"

#include "base/hash.h"
#include "tpm/pcr.h"
#include "tpm/pcr_extend.h"

#define PCR   14
#define BANKS (1u << ATTEST_HASH_SHA256 | 1u << ATTEST_HASH_SHA384)

static const uint8_t event[] = "an event";
static const struct attest_tpm_extend plain = { .pcr = PCR, .banks = BANKS, .event = { event, 8 } };

static void read_pcr(enum attest_hash bank, uint8_t ret_value[ATTEST_HASH_MAX_SIZE])
{
    struct attest_pcrs pcrs;
    uint32_t counter;

    assert_ok(attest_tpm_pcr_read(swtpm, bank, 1u << PCR, &pcrs, &counter, NULL));
    memcpy(ret_value, pcrs.values[PCR], ATTEST_HASH_MAX_SIZE);
}

static void expect(enum attest_hash bank, const uint8_t *before, uint8_t ret_value[ATTEST_HASH_MAX_SIZE])
{
    size_t size = attest_hash_size(bank);
    uint8_t both[2 * ATTEST_HASH_MAX_SIZE];
    const struct attest_view view = { both, 2 * size };

    memcpy(both, before, size);
    assert_ok(attest_hash_digest(bank, &plain.event, 1, both + size));
    assert_ok(attest_hash_digest(bank, &view, 1, ret_value));
}

static void test_all_banks(void **state)
{
    struct attest_tpm_extension extension = { 0 };
    uint8_t before[ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE], found[ATTEST_HASH_MAX_SIZE],
        expected[ATTEST_HASH_MAX_SIZE];

    (void)state;
    for (int bank = ATTEST_HASH_SHA256; bank <= ATTEST_HASH_SHA384; bank++)
        read_pcr((enum attest_hash)bank, before[bank]);
    assert_ok(attest_tpm_pcr_extend(swtpm, &plain, &extension, NULL));
    assert_false(extension.was_there);
    for (int bank = ATTEST_HASH_SHA256; bank <= ATTEST_HASH_SHA384; bank++) {
        expect((enum attest_hash)bank, before[bank], expected);
        read_pcr((enum attest_hash)bank, found);
        assert_memory_equal(found, expected, attest_hash_size((enum attest_hash)bank));
        assert_memory_equal(extension.after.values[bank], expected, attest_hash_size((enum attest_hash)bank));
    }
}

/* As after a lost answer: what was begun is known to be done, or is done now. */
static void test_again(void **state)
{
    struct attest_tpm_extension extension = { 0 };
    uint8_t found[ATTEST_HASH_MAX_SIZE];
    uint8_t after[ATTEST_HASH_MAX_SIZE];

    (void)state;
    assert_ok(attest_tpm_pcr_extend(swtpm, &plain, &extension, NULL));
    read_pcr(ATTEST_HASH_SHA384, after);
    assert_ok(attest_tpm_pcr_extend(swtpm, &plain, &extension, NULL));
    read_pcr(ATTEST_HASH_SHA384, found);
    assert_memory_equal(found, after, 48);
    swtpm_extend(PCR, 1); /* somebody else */
    assert_error(attest_tpm_pcr_extend(swtpm, &plain, &extension, NULL), ATTEST_REFUSED);
}

static void test_before(void **state)
{
    struct attest_tpm_extension extensions[3] = { 0 };
    struct attest_tpm_extend wanted = plain;
    uint8_t before[ATTEST_HASH_MAX_SIZE], after[ATTEST_HASH_MAX_SIZE], found[ATTEST_HASH_MAX_SIZE];

    (void)state;
    read_pcr(ATTEST_HASH_SHA384, before);
    wanted.before = (struct attest_view){ before, 48 };
    assert_ok(attest_tpm_pcr_extend(swtpm, &wanted, &extensions[0], NULL));
    assert_false(extensions[0].was_there);
    read_pcr(ATTEST_HASH_SHA384, after);
    assert_ok(attest_tpm_pcr_extend(swtpm, &wanted, &extensions[1], NULL));
    assert_true(extensions[1].was_there);
    swtpm_extend(PCR, 1);
    read_pcr(ATTEST_HASH_SHA384, after);
    assert_error(attest_tpm_pcr_extend(swtpm, &wanted, &extensions[2], NULL), ATTEST_REFUSED);
    read_pcr(ATTEST_HASH_SHA384, found);
    assert_memory_equal(found, after, 48);
}

/* PCR 17 is the dynamic launch's: not for locality 0. */
static void test_locality(void **state)
{
    struct attest_tpm_extension extension = { 0 };
    struct attest_tpm_extend wanted = plain;

    (void)state;
    wanted.pcr = 17;
    assert_error(attest_tpm_pcr_extend(swtpm, &wanted, &extension, NULL), ATTEST_TPM_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_all_banks), cmocka_unit_test(test_again),
                                        cmocka_unit_test(test_before), cmocka_unit_test(test_locality) };

    return swtpm_run("pcr_extend", tests);
}
