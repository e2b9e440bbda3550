/* SPDX-License-Identifier: Apache-2.0 */
/* Does the simulator's NSM understand requests, and those only, wherever they are cut? The bytes are RFC
 * 8949's, by hand. */
#include "tests/unit/unit.h"

#include "swtpm-harness/nitrotpm-sim/nsm.h"

#define ATTESTATION                                                                                            \
    "\xa1\x6b"                                                                                                 \
    "Attestation"
#define USER_DATA                                                                                              \
    "\x69"                                                                                                     \
    "user_data"
#define NONCE                                                                                                  \
    "\x65"                                                                                                     \
    "nonce"
#define PUBLIC_KEY                                                                                             \
    "\x6a"                                                                                                     \
    "public_key"

/* As AWS's tool sends it. */
static const char whole[] = ATTESTATION "\xa3" USER_DATA "\x42hi" NONCE "\xf6" PUBLIC_KEY "\x40";
static const char indefinite[] = "\xbf\x6b"
                                 "Attestation"
                                 "\xbf" NONCE "\x43xyz\xff\xff";

#define view_of(text) ((struct attest_view){ (const uint8_t *)(text), sizeof(text) - 1 })

static void test_fields(void **state)
{
    struct nsm_request request = { 0 };

    (void)state;
    assert_null(nsm_parse(view_of(whole), &request));
    assert_true(request.user_data.given);
    assert_text(request.user_data.value, "hi");
    assert_false(request.nonce.given);
    assert_true(request.public_key.given);
    assert_int_equal(request.public_key.value.size, 0);
    assert_null(nsm_parse(view_of(indefinite), &request));
    assert_text(request.nonce.value, "xyz");
    assert_false(request.user_data.given);
}

static void test_cut_at_every_byte(void **state)
{
    static const struct attest_view all[] = { view_of(whole), view_of(indefinite) };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        for (size_t size = 0; size < all[i].size; size++) {
            _cleanup_free_ uint8_t *cut = exact((struct attest_view){ all[i].data, size });
            struct nsm_request request = { .nonce = { true, { 0 } } };
            assert_string_equal(nsm_parse((struct attest_view){ cut, size }, &request), "InvalidOperation");
            assert_true(request.nonce.given);
        }
    }
}

/* Any byte changed in any way: understood or refused, by an error that there is. */
static void test_every_bit_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8 * (sizeof whole - 1); i++) {
        _cleanup_free_ uint8_t *wire = exact(view_of(whole));
        struct nsm_request request;
        wire[i / 8] ^= (uint8_t)(1 << i % 8);
        const char *error = nsm_parse((struct attest_view){ wire, sizeof whole - 1 }, &request);
        assert_true(!error || nsm_is_error(error));
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *error;
        struct attest_view wire;
    } cases[] = {
        { "InvalidOperation", view_of("\x6b"
                                      "Attestation") },
        { "InvalidOperation", view_of("\x6b"
                                      "DescribeNSM") },
        { "InvalidOperation", view_of("\xa0") },
        { "InvalidOperation", view_of("\xa1\x6b"
                                      "attestation\xa0") },
        { "InvalidOperation", view_of(ATTESTATION "\xa1" NONCE "\x5b\xff\xff\xff\xff\xff\xff\xff\xff") },
        { "InvalidOperation", view_of(ATTESTATION "\xbb\xff\xff\xff\xff\xff\xff\xff\xff" NONCE "\x41n") },
        { "InvalidOperation", view_of(ATTESTATION "\xa1\x7f\x65nonce\xff\x41n") },
        { "InvalidOperation", view_of(ATTESTATION "\xa1" NONCE "\x1c") },
        { "InvalidArgument", view_of(ATTESTATION "\xa1" NONCE "\xf5") },
        { "InvalidArgument", view_of(ATTESTATION "\xa1" NONCE "\x80") },
        { "InvalidArgument", view_of(ATTESTATION "\xa1" NONCE "\xff") },
    };
    struct nsm_request request;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(nsm_parse(cases[i].wire, &request), cases[i].error);
}

static void test_limit(void **state)
{
    static const char head[] = ATTESTATION "\xa1" NONCE "\x59";

    (void)state;
    for (size_t size = 1023; size <= 1026; size++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(2000);
        struct nsm_request request;
        attest_bytes_append(&wire, view_of(head));
        attest_bytes_append_u16(&wire, (uint16_t)size);
        for (size_t i = 0; i < size; i++)
            attest_bytes_append_u8(&wire, 'n');
        assert_ok(attest_bytes_check(&wire));
        const char *error = nsm_parse(attest_bytes_view(&wire), &request);
        assert_string_equal(error ? error : "none", size <= 1024 ? "none" : "InputTooLarge");
    }
}

static void test_answers(void **state)
{
    static const uint8_t document[] = { 1, 2, 3 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100),
                                                     error = attest_bytes_init(100);

    (void)state;
    nsm_append_document(&out, attest_view_of(document));
    assert_hex(attest_bytes_view(&out), "a16b4174746573746174696f6e"
                                        "a168646f63756d656e74"
                                        "43010203");
    nsm_append_error(&error, "InternalError");
    assert_hex(attest_bytes_view(&error), "a1654572726f72"
                                          "6d496e7465726e616c4572726f72");
    assert_true(nsm_is_error("InvalidIndex"));
    assert_false(nsm_is_error("Success"));
    assert_false(nsm_is_error(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_every_bit_flipped),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
