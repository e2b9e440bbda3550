/* SPDX-License-Identifier: Apache-2.0 */
/* EFI_LOAD_OPTION made by Python's struct: read right, and refused where it does not end. */
#include "tests/unit/from_hex.h"

#include "codec/loadoption.h"

#define OPTION_HEX                                                                                             \
    "0100000040004400e9006a00e0002000760075002000000004012a000100000000080000000000000010"                     \
    "00000000000028732ac11ff8d211ba4b00a0c93ec93b0202040412005c0061002e006500660069000000"                     \
    "7fff04006f7074"

static enum attest_error parse(struct attest_view wire, struct attest_loadoption *ret_option)
{
    struct attest_loadoption option = { .attributes = 42 };
    struct attest_diag diag = { 0 };
    _cleanup_free_ uint8_t *copy = exact(wire);

    enum attest_error error = attest_loadoption_parse((struct attest_view){ copy, wire.size }, &option, &diag);
    assert_true(error == ATTEST_OK || (option.attributes == 42 && strlen(diag.expected) > 0));
    if (error == ATTEST_OK && ret_option)
        assert_ok(attest_loadoption_parse(wire, ret_option, NULL));
    return error;
}

static void test_parts(void **state)
{
    struct attest_loadoption option;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(OPTION_HEX);
    assert_ok(parse(attest_bytes_view(&wire), &option));
    assert_int_equal(option.attributes, ATTEST_LOADOPTION_ACTIVE);
    assert_hex(option.description, "4400e9006a00e000200076007500"
                                   "2000");
    assert_int_equal(option.device_paths.size, 64);
    assert_int_equal(option.device_paths.data[0], 4);
    assert_text(option.optional, "opt");
}

static void test_cut_at_every_byte(void **state)
{
    struct attest_loadoption option;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(OPTION_HEX);
    for (size_t size = 0; size < wire.size - 3; size++)
        assert_error(parse((struct attest_view){ wire.data, size }, NULL), ATTEST_TRUNCATED);
    for (size_t more = 0; more <= 3; more++) {
        assert_ok(parse((struct attest_view){ wire.data, wire.size - more }, &option));
        assert_int_equal(option.optional.size, 3 - more);
    }
}

static void test_smallest(void **state)
{
    struct attest_loadoption option;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex("0000000000000000");
    assert_ok(parse(attest_bytes_view(&wire), &option));
    assert_int_equal(option.description.size, 0);
    assert_int_equal(option.device_paths.size, 0);
    assert_int_equal(option.optional.size, 0);
    wire.data[4] = 1; /* a device path that is not there */
    assert_error(parse(attest_bytes_view(&wire), NULL), ATTEST_TRUNCATED);
    wire.data[6] = 1; /* a description that does not end */
    assert_error(parse(attest_bytes_view(&wire), NULL), ATTEST_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_smallest),
    };
    return cmocka_run_group_tests_name("loadoption", tests, NULL, NULL);
}
