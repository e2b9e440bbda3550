/* SPDX-License-Identifier: Apache-2.0 */
/* Does the simulator write and read CBOR as RFC 8949 has it? Most of the bytes are those of its appendix A. */
#include "tests/unit/unit.h"

#include "swtpm-harness/nitrotpm-sim/cbor.h"

static const struct {
    uint64_t value;
    uint8_t wire[9];
    size_t size;
} integers[] = {
    { 0, { 0x00 }, 1 },
    { 23, { 0x17 }, 1 },
    { 24, { 0x18, 0x18 }, 2 },
    { 255, { 0x18, 0xff }, 2 },
    { 256, { 0x19, 0x01, 0x00 }, 3 },
    { 1000, { 0x19, 0x03, 0xe8 }, 3 },
    { 65535, { 0x19, 0xff, 0xff }, 3 },
    { 65536, { 0x1a, 0x00, 0x01, 0x00, 0x00 }, 5 },
    { 1000000, { 0x1a, 0x00, 0x0f, 0x42, 0x40 }, 5 },
    { UINT32_MAX, { 0x1a, 0xff, 0xff, 0xff, 0xff }, 5 },
    { 1000000000000, { 0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00 }, 9 },
    { UINT64_MAX, { 0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 9 },
};

static void test_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(integers); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(9);
        const struct attest_view wire = { integers[i].wire, integers[i].size };
        cbor_append_head(&out, CBOR_UNSIGNED, integers[i].value);
        assert_view(attest_bytes_view(&out), wire);
        struct attest_reader reader = attest_reader_init(wire);
        struct cbor_head head = cbor_take_head(&reader);
        assert_ok(attest_reader_end(&reader, NULL));
        assert_int_equal(head.major, CBOR_UNSIGNED);
        assert_false(head.indefinite);
        assert_true(head.value == integers[i].value);
    }
}

static void test_strings_and_maps(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);
    static const uint8_t bytes[] = { 1, 2, 3, 4 };

    (void)state;
    cbor_append_map_begin(&out);
    cbor_append_text(&out, "IETF");
    cbor_append_bytes(&out, attest_view_of(bytes));
    cbor_append_text(&out, "");
    cbor_append_bytes(&out, (struct attest_view){ 0 });
    cbor_append_head(&out, CBOR_ARRAY, 25);
    cbor_append_null(&out);
    cbor_append_break(&out);
    assert_hex(attest_bytes_view(&out), "bf"
                                        "6449455446"
                                        "4401020304"
                                        "60"
                                        "40"
                                        "9819"
                                        "f6"
                                        "ff");
}

/* Heads that are not well-formed (§3, appendix F), and heads cut short. */
static void test_malformed_heads(void **state)
{
    (void)state;
    for (unsigned initial = 0; initial < 256; initial++) {
        static const size_t more[32] = { [24] = 1, [25] = 2, [26] = 4, [27] = 8 };
        unsigned major = initial >> 5, info = initial & 31;
        const uint8_t wire[9] = { (uint8_t)initial };
        bool good = info < 28 || (info == 31 && major != 0 && major != 1 && major != 6);
        for (size_t size = 1; size <= 1 + more[info]; size++) {
            _cleanup_free_ uint8_t *cut = exact((struct attest_view){ wire, size });
            struct attest_reader reader = attest_reader_init((struct attest_view){ cut, size });
            struct cbor_head head = cbor_take_head(&reader);
            assert_int_equal(reader.failed, !good || size < 1 + more[info]);
            assert_int_equal(head.major, major);
        }
    }
}

static void test_strings_taken(void **state)
{
    static const struct {
        uint8_t wire[9];
        size_t size;
        bool good;
    } cases[] = {
        { { 0x43, 'a', 'b', 'c' }, 4, true },
        { { 0x43, 'a', 'b' }, 3, false },
        { { 0x63, 'a', 'b', 'c' }, 4, false }, /* text */
        { { 0x5f, 0x41, 'a', 0xff }, 4, false },
        { { 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 9, false },
        { { 0x5b, 0, 0, 0, 1, 0, 0, 0, 0 }, 9, false },
        { { 0x40 }, 1, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_free_ uint8_t *wire = exact((struct attest_view){ cases[i].wire, cases[i].size });
        struct attest_reader reader = attest_reader_init((struct attest_view){ wire, cases[i].size });
        struct attest_view string = cbor_take_string(&reader, cbor_take_head(&reader), CBOR_BYTES);
        assert_int_equal(!reader.failed, cases[i].good);
        assert_int_equal(string.size, cases[i].good ? cases[i].size - 1 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_strings_and_maps),
        cmocka_unit_test(test_malformed_heads),
        cmocka_unit_test(test_strings_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
