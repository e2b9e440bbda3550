/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI_GPT_DATA made by Python's struct: read right, and refused when cut, lengthened or lying. */
#include "tests/unit/from_hex.h"

#include "codec/gpt.h"
#include "codec/guid.h"

/* Two partitions with entries of 128 bytes; one with 256. */
#define GPT_HEX                                                                                                \
    "4546492050415254000001005c000000443322110000000001000000000000000f270000000000002200"                     \
    "000000000000282300000000000022221111333344445555666677778888020000000000000002000000"                     \
    "8000000088776655020000000000000028732ac11ff8d211ba4b00a0c93ec93bd4c3b2a1221144335566"                     \
    "778899aabbcc0008000000000000ff0f0000000000000000000000000010450053005000000000000000"                     \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"                     \
    "000000000000000000000000000000000000e3bc684fcde8b14d96e7fbcaf984b709d4c3b2a122114433"                     \
    "5566778899aabbcc01080000000000000010000000000000000000000000001072006f006f0074000000"                     \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"                     \
    "0000000000000000000000000000000000000000"
#define GPT256_HEX                                                                                             \
    "4546492050415254000001005c000000443322110000000001000000000000000f270000000000002200"                     \
    "000000000000282300000000000022221111333344445555666677778888020000000000000001000000"                     \
    "0001000088776655010000000000000028732ac11ff8d211ba4b00a0c93ec93bd4c3b2a1221144335566"                     \
    "778899aabbcc0008000000000000ff0f0000000000000000000000000010450053005000000000000000"                     \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"                     \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"                     \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"                     \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"                     \
    "0000000000000000000000000000000000000000"

static enum attest_error parse(struct attest_view wire)
{
    struct attest_gpt gpt = { .count = 42 };
    struct attest_diag diag = { 0 };
    _cleanup_free_ uint8_t *copy = exact(wire);

    enum attest_error error = attest_gpt_parse((struct attest_view){ copy, wire.size }, &gpt, &diag);
    assert_true(error == ATTEST_OK || (gpt.count == 42 && strlen(diag.expected) > 0));
    return error;
}

static void test_partitions(void **state)
{
    struct attest_gpt_entry entry;
    struct attest_gpt gpt;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(GPT_HEX);
    assert_ok(attest_gpt_parse(attest_bytes_view(&wire), &gpt, NULL));
    assert_hex(gpt.disk, "22221111333344445555666677778888");
    assert_int_equal(gpt.first_usable, 34);
    assert_int_equal(gpt.last_usable, 9000);
    assert_int_equal(gpt.count, 2);
    assert_true(attest_gpt_entry_at(&gpt, 1, &entry));
    assert_true(attest_guid_is(entry.type, ATTEST_GUID_PARTITION_ROOT_X86_64));
    assert_hex(entry.unique, "d4c3b2a1221144335566778899aabbcc");
    assert_int_equal(entry.first, 2049);
    assert_int_equal(entry.last, 4096);
    assert_true(entry.attributes == (uint64_t)1 << 60);
    assert_hex(entry.name, "72006f006f007400");
    assert_false(attest_gpt_entry_at(&gpt, 2, &entry));
    assert_false(attest_gpt_entry_at(&gpt, SIZE_MAX, &entry));
}

static void test_larger_entries(void **state)
{
    struct attest_gpt_entry entry;
    struct attest_gpt gpt;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(GPT256_HEX);
    assert_ok(attest_gpt_parse(attest_bytes_view(&wire), &gpt, NULL));
    assert_int_equal(gpt.count, 1);
    assert_int_equal(gpt.entry_size, 256);
    assert_true(attest_gpt_entry_at(&gpt, 0, &entry));
    assert_hex(entry.name, "450053005000");
}

static void test_cut_and_trailing(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(GPT_HEX);

    for (size_t size = 0; size < wire.size; size++)
        assert_error(parse((struct attest_view){ wire.data, size }), ATTEST_TRUNCATED);
    attest_bytes_append_u8(&wire, 0);
    assert_error(parse(attest_bytes_view(&wire)), ATTEST_TRAILING);
}

/* The size of an entry is at 84, the count of those that follow at 92. */
static void test_lies(void **state)
{
    static const struct {
        size_t at, width;
        uint64_t value;
        enum attest_error error;
    } lies[] = {
        { 0, 1, 'e', ATTEST_MALFORMED },
        { 84, 4, 0, ATTEST_MALFORMED },
        { 84, 4, 127, ATTEST_MALFORMED },
        { 84, 4, 129, ATTEST_TRUNCATED },
        { 84, 4, UINT32_MAX, ATTEST_TRUNCATED },
        { 92, 8, 0, ATTEST_TRAILING },
        { 92, 8, 1, ATTEST_TRAILING },
        { 92, 8, 3, ATTEST_TRUNCATED },
        { 92, 8, (uint64_t)1 << 57, ATTEST_TRUNCATED }, /* times 128 is 0 */
        { 92, 8, UINT64_MAX, ATTEST_TRUNCATED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(GPT_HEX);
        memcpy(wire.data + lies[i].at, &lies[i].value, lies[i].width); /* x86 and arm64 are little-endian */
        assert_error(parse(attest_bytes_view(&wire)), lies[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_larger_entries),
        cmocka_unit_test(test_cut_and_trailing),
        cmocka_unit_test(test_lies),
    };
    return cmocka_run_group_tests_name("gpt", tests, NULL, NULL);
}
