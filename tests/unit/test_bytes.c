/* SPDX-License-Identifier: Apache-2.0 */
/* Does the owner of bytes keep its maximum, and does a failure stick? */
#include "tests/unit/unit.h"

static void test_append(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(64);

    assert_null(bytes.data);
    attest_bytes_append_u8(&bytes, 0x01);
    attest_bytes_append_u16(&bytes, 0x0203);
    attest_bytes_append_u32(&bytes, 0x04050607);
    attest_bytes_append_text(&bytes, "az");
    attest_bytes_append(&bytes, (struct attest_view){ 0 });
    assert_ok(attest_bytes_check(&bytes));
    assert_hex(attest_bytes_view(&bytes), "01020304050607617a");
}

static void test_append_format(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(1024);

    attest_bytes_append_format(&bytes, "%s-%d", "a", 7);
    assert_text(attest_bytes_view(&bytes), "a-7");
    attest_bytes_append_format(&bytes, "%0300d", 0);
    assert_ok(attest_bytes_check(&bytes));
    assert_int_equal(bytes.size, 3 + 255);
}

static void test_every_maximum(void **state)
{
    (void)state;
    for (size_t maximum = 0; maximum < 200; maximum++) {
        _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(maximum);
        for (size_t i = 0; i < maximum; i++)
            attest_bytes_append_u8(&bytes, (uint8_t)i);
        assert_ok(attest_bytes_check(&bytes));
        assert_int_equal(bytes.size, maximum);
        assert_true(bytes.capacity <= maximum);
        for (size_t i = 0; i < maximum; i++)
            assert_int_equal(bytes.data[i], (uint8_t)i);
        attest_bytes_append_u8(&bytes, 0);
        assert_error(attest_bytes_check(&bytes), ATTEST_TOO_LARGE);
        assert_int_equal(bytes.size, maximum);
    }
}

static void test_failure_sticks(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(4);

    attest_bytes_append_text(&bytes, "ab");
    attest_bytes_append_text(&bytes, "cde");
    attest_bytes_append_text(&bytes, "f"); /* would fit */
    assert_error(attest_bytes_check(&bytes), ATTEST_TOO_LARGE);
    assert_text(attest_bytes_view(&bytes), "ab");
    attest_bytes_done(&bytes);
    attest_bytes_append_text(&bytes, "wxyz");
    assert_ok(attest_bytes_check(&bytes));
    assert_text(attest_bytes_view(&bytes), "wxyz");
}

static void test_lying_sizes(void **state)
{
    static const uint8_t byte = 0;
    const size_t sizes[] = { 5, SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(4);
        attest_bytes_append_u8(&bytes, 1);
        attest_bytes_append(&bytes, (struct attest_view){ &byte, sizes[i] });
        assert_error(attest_bytes_check(&bytes), ATTEST_TOO_LARGE);
        assert_int_equal(bytes.size, 1);
    }
}

static void test_take_moves(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes from = attest_bytes_init(8);

    attest_bytes_append_text(&from, "moved");
    const uint8_t *data = from.data;
    _cleanup_(attest_bytes_done) struct attest_bytes to = attest_bytes_take(&from);
    assert_ptr_equal(to.data, data);
    assert_null(from.data);
    assert_int_equal(from.size, 0);
    assert_int_equal(from.maximum, 8);
    assert_text(attest_bytes_view(&to), "moved");
    attest_bytes_append_text(&from, "usable");
    assert_ok(attest_bytes_check(&from));
}

static void test_zeroed_is_empty(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = { 0 };

    assert_view(attest_bytes_view(&bytes), (struct attest_view){ 0 });
    attest_bytes_append_u8(&bytes, 1);
    assert_error(attest_bytes_check(&bytes), ATTEST_TOO_LARGE);
}

static void test_view_equal(void **state)
{
    static const uint8_t bytes[] = { 'a', 0, 'b' };

    (void)state;
    assert_true(attest_view_equal((struct attest_view){ 0 }, (struct attest_view){ bytes, 0 }));
    assert_true(attest_view_equal(attest_view_of(bytes), (struct attest_view){ bytes, 3 }));
    assert_false(attest_view_equal(attest_view_of(bytes), attest_view_text("a")));
    assert_false(attest_view_equal(attest_view_text("abc"), attest_view_text("abd")));
    assert_int_equal(attest_view_text("").size, 0);
}

static int *stolen_from;

static void note(int **pointer)
{
    stolen_from = *pointer;
}

static void test_steal(void **state)
{
    int value = 1, *kept = NULL;

    (void)state;
    {
        _cleanup_(note) int *guarded = &value;
        kept = attest_steal(guarded);
    }
    assert_null(stolen_from);
    assert_ptr_equal(kept, &value);
}

static void test_extend_shrink_drop(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(100);

    (void)state;
    memset(attest_bytes_extend(&bytes, 10), 'a', 10);
    memset(attest_bytes_extend(&bytes, 90), 'b', 90);
    assert_int_equal(bytes.size, 100);
    attest_bytes_shrink(&bytes, 80);
    assert_text(attest_bytes_view(&bytes), "aaaaaaaaaabbbbbbbbbb");
    attest_bytes_drop(&bytes, 0);
    attest_bytes_drop(&bytes, 8);
    assert_text(attest_bytes_view(&bytes), "aabbbbbbbbbb");
    assert_non_null(attest_bytes_extend(&bytes, 88)); /* what was dropped counts no more */
    attest_bytes_drop(&bytes, 100);
    assert_int_equal(bytes.size, 0);
    attest_bytes_append_text(&bytes, "x");
    attest_bytes_drop(&bytes, SIZE_MAX);
    attest_bytes_shrink(&bytes, SIZE_MAX);
    assert_int_equal(bytes.size, 0);
    assert_ok(attest_bytes_check(&bytes));
    assert_null(attest_bytes_extend(&bytes, 101));
    assert_error(attest_bytes_check(&bytes), ATTEST_TOO_LARGE);
    assert_null(attest_bytes_extend(&bytes, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),          cmocka_unit_test(test_append_format),
        cmocka_unit_test(test_every_maximum),   cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_lying_sizes),     cmocka_unit_test(test_take_moves),
        cmocka_unit_test(test_zeroed_is_empty), cmocka_unit_test(test_view_equal),
        cmocka_unit_test(test_steal),           cmocka_unit_test(test_extend_shrink_drop),
    };
    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
