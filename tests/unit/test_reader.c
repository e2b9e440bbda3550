/* SPDX-License-Identifier: Apache-2.0 */
/* Can the cursor be made to run past its end, or to forget that it failed? */
#include "tests/unit/unit.h"

#include "base/reader.h"

static const uint8_t wire[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
                                0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x00, 0x02, 'h',  'i' };

static void read_all(struct attest_reader *reader)
{
    attest_reader_u8(reader);
    attest_reader_u16(reader);
    attest_reader_u32(reader);
    attest_reader_u64(reader);
    attest_reader_take_sized(reader, 2);
}

static void test_values(void **state)
{
    struct attest_reader reader = attest_reader_init(attest_view_of(wire));

    (void)state;
    assert_int_equal(attest_reader_left(&reader), sizeof wire);
    assert_int_equal(attest_reader_u8(&reader), 0x01);
    assert_int_equal(attest_reader_u16(&reader), 0x0203);
    assert_int_equal(attest_reader_u32(&reader), 0x04050607);
    assert_true(attest_reader_u64(&reader) == 0x08090a0b0c0d0e0f);
    assert_text(attest_reader_take_sized(&reader, 2), "hi");
    assert_int_equal(attest_reader_left(&reader), 0);
    assert_ok(attest_reader_check(&reader, NULL));
    assert_ok(attest_reader_end(&reader, NULL));
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof wire; size++) {
        struct attest_diag diag = { 0 };
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ wire, size });
        struct attest_reader reader = attest_reader_init((struct attest_view){ cut, size });
        read_all(&reader);
        assert_error(attest_reader_end(&reader, &diag), ATTEST_TRUNCATED);
        assert_error(attest_reader_check(&reader, NULL), ATTEST_TRUNCATED);
        assert_true(diag.offset <= size);
        assert_int_equal(attest_reader_left(&reader), 0);
    }
}

static void test_failure_sticks(void **state)
{
    struct attest_reader reader = attest_reader_init(attest_view_of(wire));
    struct attest_view head;

    (void)state;
    assert_view(attest_reader_take(&reader, sizeof wire + 1), (struct attest_view){ 0 });
    assert_null(attest_reader_take(&reader, 1).data);
    assert_int_equal(attest_reader_u8(&reader), 0);
    assert_int_equal(attest_reader_u16(&reader), 0);
    assert_int_equal(attest_reader_u32(&reader), 0);
    assert_true(attest_reader_u64(&reader) == 0);
    assert_int_equal(attest_reader_take_sized(&reader, SIZE_MAX).size, 0);
    assert_false(attest_reader_split(&reader, 0x03, &head));
    assert_int_equal(head.size, 0);
    assert_error(attest_reader_end(&reader, NULL), ATTEST_TRUNCATED);
}

static void test_lying_sizes(void **state)
{
    const size_t sizes[] = { sizeof wire + 1, SIZE_MAX / 2, SIZE_MAX };
    const uint8_t announced[] = { 0xff, 0xff, 0x00 };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct attest_reader reader = attest_reader_init(attest_view_of(wire));
        attest_reader_u8(&reader); /* so that offset plus size would overflow */
        assert_null(attest_reader_take(&reader, sizes[i]).data);
        assert_error(attest_reader_check(&reader, NULL), ATTEST_TRUNCATED);
    }
    struct attest_reader reader = attest_reader_init(attest_view_of(announced));
    assert_null(attest_reader_take_sized(&reader, SIZE_MAX).data);
    assert_error(attest_reader_end(&reader, NULL), ATTEST_TRUNCATED);
}

static void test_sized_maximum(void **state)
{
    const uint8_t sized[] = { 0x00, 0x02, 'h', 'i' };

    (void)state;
    for (size_t maximum = 0; maximum < 4; maximum++) {
        struct attest_reader reader = attest_reader_init(attest_view_of(sized));
        size_t size = attest_reader_take_sized(&reader, maximum).size;
        assert_int_equal(size, maximum < 2 ? 0 : 2);
        assert_int_equal(reader.failed, maximum < 2);
    }
}

static void test_trailing(void **state)
{
    struct attest_reader reader = attest_reader_init(attest_view_of(wire));
    struct attest_diag diag = { 0 };

    (void)state;
    attest_reader_u16(&reader);
    assert_ok(attest_reader_check(&reader, &diag));
    assert_error(attest_reader_end(&reader, &diag), ATTEST_TRAILING);
    assert_int_equal(diag.offset, 2);
}

static void test_split(void **state)
{
    struct attest_reader reader = attest_reader_init(attest_view_text("a,,bc"));
    struct attest_view head;

    (void)state;
    assert_true(attest_reader_split(&reader, ',', &head));
    assert_text(head, "a");
    assert_true(attest_reader_split(&reader, ',', &head));
    assert_text(head, "");
    assert_false(attest_reader_split(&reader, ',', &head));
    assert_text(head, "bc");
    assert_false(attest_reader_split(&reader, ',', &head));
    assert_text(head, "");
    assert_ok(attest_reader_end(&reader, NULL));
}

static void test_empty(void **state)
{
    struct attest_reader reader = attest_reader_init((struct attest_view){ 0 });
    struct attest_view head;

    (void)state;
    assert_int_equal(attest_reader_take(&reader, 0).size, 0);
    assert_false(attest_reader_split(&reader, ',', &head));
    assert_ok(attest_reader_end(&reader, NULL));
    attest_reader_u8(&reader);
    assert_error(attest_reader_end(&reader, NULL), ATTEST_TRUNCATED);
}

static void test_little_endian(void **state)
{
    static const uint8_t little[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0xfe };

    (void)state;
    for (size_t size = 0; size <= sizeof little; size++) {
        uint8_t *copy = exact((struct attest_view){ little, size });
        struct attest_reader reader = attest_reader_init((struct attest_view){ copy, size });
        assert_true(attest_reader_le16(&reader) == (size < 2 ? 0 : 0x0201));
        assert_true(attest_reader_le32(&reader) == (size < 6 ? 0 : 0x06050403));
        assert_true(attest_reader_le64(&reader) == (size < 14 ? 0 : 0xfe0d0c0b0a090807));
        assert_int_equal(attest_reader_check(&reader, NULL), size < 14 ? ATTEST_TRUNCATED : ATTEST_OK);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),         cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_failure_sticks), cmocka_unit_test(test_lying_sizes),
        cmocka_unit_test(test_sized_maximum),  cmocka_unit_test(test_trailing),
        cmocka_unit_test(test_split),          cmocka_unit_test(test_empty),
        cmocka_unit_test(test_little_endian),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
