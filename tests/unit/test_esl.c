/* SPDX-License-Identifier: Apache-2.0 */
/* EFI_SIGNATURE_LISTs made by Python's struct: every entry, in order, and no list whose sizes don't agree. */
#include "tests/unit/from_hex.h"

#include "codec/esl.h"
#include "codec/guid.h"

/* Three hashes; a list with a header of four bytes and one entry; a list with none. */
#define LISTS_HEX                                                                                              \
    "2616c4c14c509240aca941f936934328ac0000000000000030000000bd9afa775903324dbd6028f4e78f"                     \
    "784b0101010101010101010101010101010101010101010101010101010101010101bd9afa775903324d"                     \
    "bd6028f4e78f784b0202020202020202020202020202020202020202020202020202020202020202bd9a"                     \
    "fa775903324dbd6028f4e78f784b03030303030303030303030303030303030303030303030303030303"                     \
    "03030303a159c0a5e494a74a87b5ab155c2bf07234000000040000001400000068656164bd9afa775903"                     \
    "324dbd6028f4e78f784b636572742616c4c14c509240aca941f9369343281c0000000000000030000000"

static enum attest_error count(struct attest_view input, size_t *ret_count)
{
    _cleanup_free_ uint8_t *copy = exact(input);
    struct attest_esl esl = attest_esl_init((struct attest_view){ copy, input.size });
    struct attest_diag diag = { 0 };
    struct attest_esl_entry entry;

    for (*ret_count = 0; attest_esl_next(&esl, &entry); ++*ret_count) {
        assert_int_equal(entry.owner.size, ATTEST_GUID_SIZE);
        assert_int_equal(entry.wire.size, ATTEST_GUID_SIZE + entry.data.size);
    }
    assert_false(attest_esl_next(&esl, &entry));
    enum attest_error error = attest_esl_end(&esl, &diag);
    assert_true(error == ATTEST_OK || strlen(diag.expected) > 0);
    return error;
}

static void test_entries(void **state)
{
    struct attest_esl_entry entry;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(LISTS_HEX);
    struct attest_esl esl = attest_esl_init(attest_bytes_view(&wire));
    for (uint8_t i = 1; i <= 3; i++) {
        assert_true(attest_esl_next(&esl, &entry));
        assert_true(attest_guid_is(entry.type, ATTEST_GUID_CERT_SHA256));
        assert_true(attest_guid_is(entry.owner, ATTEST_GUID_MICROSOFT));
        assert_int_equal(entry.data.size, 32);
        assert_int_equal(entry.data.data[0], i);
        assert_int_equal(entry.data.data[31], i);
    }
    assert_true(attest_esl_next(&esl, &entry));
    assert_true(attest_guid_is(entry.type, ATTEST_GUID_CERT_X509));
    assert_text(entry.data, "cert");
    assert_ptr_equal(entry.wire.data, entry.owner.data);
    assert_false(attest_esl_next(&esl, &entry));
    assert_ok(attest_esl_end(&esl, NULL));
}

static void test_nothing(void **state)
{
    size_t found;

    (void)state;
    assert_ok(count((struct attest_view){ 0 }, &found));
    assert_int_equal(found, 0);
}

/* A cut between lists is none; lists are 172, 52 and 28 bytes. */
static void test_cut_at_every_byte(void **state)
{
    size_t found;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(LISTS_HEX);
    assert_int_equal(wire.size, 172 + 52 + 28);
    for (size_t size = 1; size < wire.size; size++) {
        enum attest_error error = count((struct attest_view){ wire.data, size }, &found);
        assert_error(error, size == 172 || size == 224 ? ATTEST_OK : ATTEST_TRUNCATED);
        assert_int_equal(found, size < 172 ? 0 : size < 224 ? 3 : 4);
    }
}

/* Of the first list: its size at 16 (172), its header's at 20 (0), an entry's at 24 (48). */
static void test_lying_sizes(void **state)
{
    static const struct {
        size_t at;
        uint32_t size;
        enum attest_error error;
    } lies[] = {
        { 16, 0, ATTEST_MALFORMED },
        { 16, 27, ATTEST_MALFORMED },
        { 16, 171, ATTEST_MALFORMED },
        { 16, 173, ATTEST_MALFORMED },
        { 16, 28 + 48 * 100, ATTEST_TRUNCATED },
        { 16, UINT32_MAX, ATTEST_MALFORMED },
        { 20, 1, ATTEST_MALFORMED },
        { 20, 145, ATTEST_MALFORMED },
        { 20, UINT32_MAX, ATTEST_MALFORMED },
        { 24, 0, ATTEST_MALFORMED },
        { 24, 15, ATTEST_MALFORMED },
        { 24, 47, ATTEST_MALFORMED },
        { 24, UINT32_MAX, ATTEST_MALFORMED },
        { 24, 16, ATTEST_OK }, /* nine owners without data */
        { 20, 48, ATTEST_OK }, /* the first hash becomes a header */
    };
    size_t found;

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(LISTS_HEX);
        memcpy(wire.data + lies[i].at, &lies[i].size, 4); /* x86 and arm64 are little-endian */
        assert_error(count(attest_bytes_view(&wire), &found), lies[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_lying_sizes),
    };
    return cmocka_run_group_tests_name("esl", tests, NULL, NULL);
}
