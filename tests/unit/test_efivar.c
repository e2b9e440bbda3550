/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI_VARIABLE_DATA made by Python's struct: read right, and refused when cut, lengthened or lying. */
#include "tests/unit/from_hex.h"

#include "codec/efivar.h"

#define SECUREBOOT_HEX                                                                                         \
    "61dfe48bca93d211aa0d00e098032b8c0a00000000000000010000000000000053006500630075007200"                     \
    "650042006f006f00740001"

static enum attest_error parse(const uint8_t *data, size_t size, struct attest_efivar *ret_variable)
{
    struct attest_diag diag = { 0 };
    struct attest_efivar variable = { .data = { .size = 42 } };
    _cleanup_free_ uint8_t *copy = exact((struct attest_view){ data, size });

    enum attest_error error = attest_efivar_parse((struct attest_view){ copy, size }, &variable, &diag);
    assert_true(error == ATTEST_OK || (variable.data.size == 42 && strlen(diag.expected) > 0));
    if (error == ATTEST_OK && ret_variable)
        assert_ok(attest_efivar_parse((struct attest_view){ data, size }, ret_variable, NULL));
    return error;
}

static void test_parts(void **state)
{
    struct attest_efivar variable;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(SECUREBOOT_HEX);
    assert_ok(parse(wire.data, wire.size, &variable));
    assert_hex(variable.vendor, "61dfe48bca93d211aa0d00e098032b8c");
    assert_hex(variable.name, "53006500630075007200650042006f006f007400");
    assert_hex(variable.data, "01");
    assert_true(attest_efivar_is_global(&variable, "SecureBoot"));
    assert_false(attest_efivar_is_global(&variable, "SecureBoo"));
    assert_false(attest_efivar_is_global(&variable, "SecureBoot2"));
    assert_false(attest_efivar_is_global(&variable, "secureBoot"));
    assert_false(attest_efivar_is_security(&variable, "SecureBoot"));
    wire.data[33] = 1; /* U+0153 */
    assert_false(attest_efivar_is_global(&variable, "SecureBoot"));
    wire.data[33] = 0;
    wire.data[0] ^= 1;
    assert_false(attest_efivar_is_global(&variable, "SecureBoot"));
}

static void test_security(void **state)
{
    struct attest_efivar variable;

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire =
        from_hex("cbb219d73a3d9645a3bcdad00e67656f0200000000000000000000000000000064006200");
    assert_ok(parse(wire.data, wire.size, &variable));
    assert_int_equal(variable.data.size, 0);
    assert_true(attest_efivar_is_security(&variable, "db"));
    assert_false(attest_efivar_is_security(&variable, "dbx"));
    assert_false(attest_efivar_is_global(&variable, "db"));
}

static void test_cut_and_trailing(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(SECUREBOOT_HEX);

    for (size_t size = 0; size < wire.size; size++)
        assert_error(parse(wire.data, size, NULL), ATTEST_TRUNCATED);
    attest_bytes_append_u8(&wire, 0);
    assert_error(parse(wire.data, wire.size, NULL), ATTEST_TRAILING);
}

/* Both lengths with values that overflow when they are doubled or added. */
static void test_lying_lengths(void **state)
{
    static const uint64_t lies[] = { 0,
                                     9,
                                     11,
                                     0x7fffffff,
                                     0x80000000,
                                     UINT32_MAX,
                                     (uint64_t)1 << 63,
                                     ((uint64_t)1 << 63) + 10,
                                     ((uint64_t)1 << 63) - 1,
                                     UINT64_MAX };

    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(SECUREBOOT_HEX);
    for (size_t at = 16; at <= 24; at += 8)
        for (size_t i = 0; i < COUNT(lies); i++) {
            _cleanup_free_ uint8_t *copy = exact(attest_bytes_view(&wire));
            memcpy(copy + at, &lies[i], sizeof lies[i]); /* x86 and arm64 are little-endian */
            enum attest_error error = parse(copy, wire.size, NULL);
            assert_true(error == ATTEST_TRUNCATED || error == ATTEST_TRAILING);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_security),
        cmocka_unit_test(test_cut_and_trailing),
        cmocka_unit_test(test_lying_lengths),
    };
    return cmocka_run_group_tests_name("efivar", tests, NULL, NULL);
}
