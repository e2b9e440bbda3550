/* SPDX-License-Identifier: Apache-2.0 */
/* Is what is written the shortest form? The bytes are those of RFC 8949 appendix A. */
#include "tests/unit/unit.h"

#include "codec/cbor_writer.h"

static void check_unsigned(uint64_t value, const char *digits)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(16);

    attest_cbor_write_unsigned(&out, value);
    assert_ok(attest_bytes_check(&out));
    assert_hex(attest_bytes_view(&out), digits);
}

static void test_unsigned(void **state)
{
    (void)state;
    check_unsigned(0, "00");
    check_unsigned(23, "17");
    check_unsigned(24, "1818");
    check_unsigned(255, "18ff");
    check_unsigned(256, "190100");
    check_unsigned(65535, "19ffff");
    check_unsigned(65536, "1a00010000");
    check_unsigned(4294967295, "1affffffff");
    check_unsigned(4294967296, "1b0000000100000000");
    check_unsigned(UINT64_MAX, "1bffffffffffffffff");
}

static void test_structure(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(64);

    (void)state;
    attest_cbor_write_map(&out, 2);
    attest_cbor_write_text(&out, "a");
    attest_cbor_write_array(&out, 2);
    attest_cbor_write_null(&out);
    attest_cbor_write_bytes(&out, (struct attest_view){ 0 });
    attest_cbor_write_unsigned(&out, 1);
    attest_cbor_write_bytes(&out, attest_view_text("0123456789abcdefghijklmn"));
    assert_ok(attest_bytes_check(&out));
    assert_hex(attest_bytes_view(&out), "a2616182f640015818303132333435363738396162636465666768696a6b6c6d6e");
}

static void test_maximum(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(2);

    (void)state;
    attest_cbor_write_text(&out, "ab");
    assert_error(attest_bytes_check(&out), ATTEST_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unsigned),
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_maximum),
    };
    return cmocka_run_group_tests_name("cbor_writer", tests, NULL, NULL);
}
