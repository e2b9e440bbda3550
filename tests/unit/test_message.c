/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers that an independent writer made (tests/fuzz/make_message_seeds.py): read right, refused when cut or
 * lying. That every bit counts is for test_unseal.c, for only the data key can tell.
 */
#include "tests/unit/seeds.h"

#include "seal/message.h"

static enum attest_error parse(struct attest_view wire, struct attest_message *ret_message)
{
    struct attest_message message = { .keys = 42 };
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_message_parse(wire, &message, &diag);
    assert_true(error == ATTEST_OK || (message.keys == 42 && strlen(diag.expected) > 0));
    if (error == ATTEST_OK && ret_message)
        *ret_message = message;
    return error;
}

static void test_version_2(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("message/0478-context");
    struct attest_message message;
    struct attest_view value;

    (void)state;
    assert_ok(parse(attest_bytes_view(&seed), &message));
    assert_int_equal(message.suite->id, 0x0478);
    assert_true(message.suite->is_committing);
    assert_false(attest_suite_is_signed(message.suite));
    assert_hex(message.message_id, "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f");
    assert_int_equal(message.pairs, 4);
    assert_true(attest_message_find(&message, "", &value));
    assert_text(value, "empty name");
    assert_true(attest_message_find(&message, "z\xc3\xbcrich", &value));
    assert_text(value, "\xe2\x82\xac");
    assert_false(attest_message_find(&message, "sta", &value));
    assert_true(message.is_framed);
    assert_int_equal(message.frame_length, 16);
    assert_int_equal(message.commitment.size, 32);
    assert_int_equal(message.iv.size, 0);
    assert_int_equal(message.tag.size, 16);
    assert_int_equal(message.header.size, message.body.size + 16);
}

static void test_keys(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("message/0478-context");
    struct attest_message_key key;
    struct attest_message message;

    (void)state;
    assert_ok(parse(attest_bytes_view(&seed), &message));
    assert_int_equal(message.keys, 2);
    struct attest_reader cursor = attest_reader_init(message.data_keys);
    for (int i = 0; i < 2; i++) {
        assert_true(attest_message_next_key(&cursor, &key));
        assert_text(key.provider, ATTEST_MESSAGE_PROVIDER_KMS);
        assert_text(key.info, "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555");
        assert_int_equal(key.ciphertext.size, 40);
    }
    assert_false(attest_message_next_key(&cursor, &key));
}

static void test_version_1(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("message/0178-unframed");
    struct attest_message message;

    (void)state;
    assert_ok(parse(attest_bytes_view(&seed), &message));
    assert_int_equal(message.suite->id, 0x0178);
    assert_int_equal(message.message_id.size, 16);
    assert_false(message.is_framed);
    assert_int_equal(message.frame_length, 0);
    assert_int_equal(message.commitment.size, 0);
    assert_hex(message.iv, "000000000000000000000000");
}

/* As much of a header as there is may be all that was read so far; what follows it doesn't matter. */
static void test_every_cut(void **state)
{
    static const char *const names[] = { "message/0478-context", "message/0178", "message/0578" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(names[i]);
        struct attest_message message;
        assert_ok(parse(attest_bytes_view(&seed), &message));
        for (size_t size = 0; size <= seed.size; size++) {
            _cleanup_free_ uint8_t *copy = exact((struct attest_view){ seed.data, size });
            assert_error(parse((struct attest_view){ copy, size }, NULL),
                         size < message.header.size ? ATTEST_TRUNCATED : ATTEST_OK);
        }
    }
}

static void test_lies(void **state)
{
    static const struct {
        const char *seed;
        enum attest_error error;
    } cases[] = {
        { "message/unsorted", ATTEST_OK },
        { "message/lie-twice", ATTEST_MALFORMED },
        { "message/lie-pairs-more", ATTEST_MALFORMED },
        { "message/lie-pairs-less", ATTEST_MALFORMED },
        { "message/lie-pairs-none", ATTEST_MALFORMED },
        { "message/lie-context-long", ATTEST_TRUNCATED },
        { "message/lie-context-latin", ATTEST_MALFORMED },
        { "message/lie-keys-none", ATTEST_MALFORMED },
        { "message/lie-keys-many", ATTEST_TOO_LARGE },
        { "message/lie-content-type", ATTEST_MALFORMED },
        { "message/lie-framed", ATTEST_MALFORMED },
        { "message/lie-frame-length-0", ATTEST_MALFORMED },
        { "message/lie-type", ATTEST_MALFORMED },
        { "message/lie-reserved", ATTEST_MALFORMED },
        { "message/lie-iv-length", ATTEST_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(cases[i].seed);
        assert_error(parse(attest_bytes_view(&seed), NULL), cases[i].error);
    }
}

/* Numbers of suites that there are not, not here, or not in this version. */
static void test_suites(void **state)
{
    static const struct {
        uint8_t version;
        uint16_t suite;
        enum attest_error error;
    } cases[] = {
        { 1, 0x0000, ATTEST_UNSUPPORTED }, { 1, 0x0070, ATTEST_UNSUPPORTED }, { 2, 0x6701, ATTEST_UNSUPPORTED },
        { 1, 0x0478, ATTEST_MALFORMED },   { 2, 0x0378, ATTEST_MALFORMED },   { 2, 0x0578, ATTEST_TRUNCATED },
        { 0, 0x0478, ATTEST_MALFORMED },   { 3, 0x0478, ATTEST_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t wire[4] = { cases[i].version, 0x80 };
        uint8_t *suite = cases[i].version == 1 ? wire + 2 : wire + 1;
        suite[0] = (uint8_t)(cases[i].suite >> 8);
        suite[1] = (uint8_t)cases[i].suite;
        assert_error(parse(attest_view_of(wire), NULL), cases[i].error);
    }
}

/* Data keys of the largest size, so that the header never ends. */
static void test_endless(void **state)
{
    static uint8_t wire[ATTEST_MESSAGE_HEADER_MAX + 1];

    (void)state;
    wire[0] = 2;
    wire[1] = 0x04;
    wire[2] = 0x78;
    wire[38] = 255;
    memset(wire + 39, 0xff, sizeof wire - 39);
    for (size_t at = 39; at + 2 + UINT16_MAX < sizeof wire; at += 2 + UINT16_MAX)
        memset(wire + at + 2, 'x', UINT16_MAX);
    assert_error(parse((struct attest_view){ wire, sizeof wire - 2 }, NULL), ATTEST_TRUNCATED);
    assert_error(parse((struct attest_view){ wire, sizeof wire - 1 }, NULL), ATTEST_TOO_LARGE);
    assert_error(parse((struct attest_view){ wire, sizeof wire }, NULL), ATTEST_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_2), cmocka_unit_test(test_keys), cmocka_unit_test(test_version_1),
        cmocka_unit_test(test_every_cut), cmocka_unit_test(test_lies), cmocka_unit_test(test_suites),
        cmocka_unit_test(test_endless),
    };

    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
