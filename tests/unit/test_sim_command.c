/* SPDX-License-Identifier: Apache-2.0 */
/* Does the simulator see in a command what is there, wherever it is cut and whatever its sizes claim? */
#include "tests/unit/unit.h"

#include "swtpm-harness/nitrotpm-sim/command.h"

/* TPM2_NV_Write of "hi" at 5 to 0x01500010 with the password "pw". */
static const uint8_t nv_write[] = {
    0x80, 0x02, 0x00, 0x00, 0x00, 0x27, 0x00, 0x00, 0x01, 0x37, 0x01, 0x50, 0x00,
    0x10, 0x01, 0x50, 0x00, 0x10, 0x00, 0x00, 0x00, 0x0b, 0x40, 0x00, 0x00, 0x09,
    0x00, 0x00, 0x01, 0x00, 0x02, 'p',  'w',  0x00, 0x02, 'h',  'i',  0x00, 0x05,
};

/* TPM2_GetRandom: nothing of it is of interest. */
static const uint8_t get_random[] = { 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, 8 };

static void test_parts(void **state)
{
    struct command command;

    (void)state;
    assert_ok(command_parse(attest_view_of(nv_write), &command));
    assert_int_equal(command.tag, 0x8002);
    assert_int_equal(command.code, 0x137);
    assert_int_equal(command.handle_count, 2);
    assert_int_equal(command.handles[0], 0x01500010);
    assert_int_equal(command.handles[1], 0x01500010);
    assert_hex(command.authorisations, "40000009000001"
                                       "00027077");
    assert_hex(command.parameters, "000268690005");
    assert_true(command_has_password_only(&command));
    assert_int_equal(command_announced_size(nv_write), sizeof nv_write);
    assert_ok(command_parse(attest_view_of(get_random), &command));
    assert_int_equal(command.handle_count, 0);
    assert_int_equal(command.parameters.size, 0);
    assert_false(command_has_password_only(&command));
}

/* Cut, with the size that it then has, and with the size that it had. */
static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof nv_write; size++) {
        struct command command = { .code = 42 };
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ nv_write, size });
        struct attest_view wire = { cut, size };
        assert_error(command_parse(wire, &command), ATTEST_MALFORMED);
        assert_int_equal(command.code, 42);
        if (size < COMMAND_HEADER_SIZE)
            continue;
        cut[5] = (uint8_t)size;
        enum attest_error error = command_parse(wire, &command);
        assert_int_equal(command.code, 0x137);
        if (size < 33) { /* where the authorisations end */
            assert_error(error, ATTEST_TRUNCATED);
            assert_int_equal(command.handle_count, 0);
        } else {
            assert_ok(error);
            assert_int_equal(command.parameters.size, size - 33);
        }
    }
}

static void test_lying_sizes(void **state)
{
    struct command command;

    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        _cleanup_free_ uint8_t *wire = exact(attest_view_of(nv_write));
        wire[21] = (uint8_t)value; /* of the authorisations */
        enum attest_error error = command_parse((struct attest_view){ wire, sizeof nv_write }, &command);
        assert_error(error, value <= 17 ? ATTEST_OK : ATTEST_TRUNCATED);
        if (error == ATTEST_OK)
            assert_true(command_has_password_only(&command) == (value == 11));
    }
    for (unsigned value = 0; value < 256; value++) {
        _cleanup_free_ uint8_t *wire = exact(attest_view_of(nv_write));
        wire[30] = (uint8_t)value; /* of the password */
        assert_ok(command_parse((struct attest_view){ wire, sizeof nv_write }, &command));
        assert_true(command_has_password_only(&command) == (value == 2));
    }
}

static void test_announced(void **state)
{
    static const struct {
        uint8_t size[4];
        size_t announced;
    } cases[] = {
        { { 0, 0, 0, 0 }, 0 },
        { { 0, 0, 0, 9 }, 0 },
        { { 0, 0, 0, 10 }, 10 },
        { { 0, 0, 0x10, 0 }, 4096 },
        { { 0, 0, 0x10, 1 }, 0 },
        { { 0x80, 0, 0, 10 }, 0 },
        { { 0xff, 0xff, 0xff, 0xff }, 0 },
    };
    uint8_t wire[COMMAND_HEADER_SIZE] = { 0x80, 0x01 };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        memcpy(wire + 2, cases[i].size, 4);
        assert_int_equal(command_announced_size(wire), cases[i].announced);
    }
}

/* Two sessions, another handle, a nonce: nothing that is a password alone. */
static void test_other_sessions(void **state)
{
    static const uint8_t hmac[] = { 0x02, 0, 0, 0, 0, 0, 1, 0, 0 };
    static const uint8_t nonce[] = { 0x40, 0, 0, 9, 0, 1, 0x55, 1, 0, 0 };
    static const uint8_t two[] = { 0x40, 0, 0, 9, 0, 0, 1, 0, 0, 0x40, 0, 0, 9, 0, 0, 1, 0, 0 };
    const struct attest_view all[] = {
        attest_view_of(hmac), attest_view_of(nonce), attest_view_of(two), { 0 }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        const struct command command = { .authorisations = all[i] };
        assert_false(command_has_password_only(&command));
    }
}

static void test_reissue(void **state)
{
    static const uint8_t read_one[] = { 0, 1, 0, 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);
    struct command command;

    (void)state;
    assert_ok(command_parse(attest_view_of(nv_write), &command));
    command_reissue(&command, 0x14e, attest_view_of(read_one), &out);
    assert_hex(attest_bytes_view(&out), "8002"
                                        "00000025"
                                        "0000014e"
                                        "01500010"
                                        "01500010"
                                        "0000000b"
                                        "4000000900000100027077"
                                        "00010000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),          cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_lying_sizes),    cmocka_unit_test(test_announced),
        cmocka_unit_test(test_other_sessions), cmocka_unit_test(test_reissue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
