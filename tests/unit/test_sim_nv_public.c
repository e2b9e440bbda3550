/* SPDX-License-Identifier: Apache-2.0 */
/* Are definitions and public areas of NV indices read as they are, and is the Name the one that sha256sum(1)
 * gives? */
#include "tests/unit/unit.h"

#include "swtpm-harness/nitrotpm-sim/nv_public.h"

/* The password "pw"; 0x01500010, SHA-256, AUTHREAD|AUTHWRITE|NO_DA, a policy of two bytes, 8192. */
static const uint8_t definition_wire[] = {
    0x00, 0x02, 'p',  'w',  0x00, 0x10, 0x01, 0x50, 0x00, 0x10, 0x00,
    0x0b, 0x02, 0x04, 0x00, 0x04, 0x00, 0x02, 0xaa, 0xbb, 0x20, 0x00,
};

#define PUBLIC_HEX "01500010000b020400040002aabb2000"
/* printf '\x01\x50\x00\x10\x00\x0b\x02\x04\x00\x04\x00\x02\xaa\xbb\x20\x00' | sha256sum */
#define DIGEST_HEX "d10b93bdcdd9af88405f2b77d62c28d1137ca05a754e0e7c4fcd12d0dd207a34"

static void test_definition(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);
    struct nv_definition definition;

    (void)state;
    assert_ok(nv_public_parse_definition(attest_view_of(definition_wire), &definition));
    assert_text(definition.authorisation, "pw");
    assert_int_equal(definition.public.handle, 0x01500010);
    assert_int_equal(definition.public.name_alg, 0x000b);
    assert_int_equal(definition.public.attributes, 0x02040004);
    assert_hex(definition.public.policy, "aabb");
    assert_int_equal(definition.public.size, 8192);
    assert_true(nv_public_is_ordinary(&definition.public));
    definition.public.attributes |= 0x10;
    assert_false(nv_public_is_ordinary(&definition.public));
    definition.public.attributes &= ~0x10u;
    nv_public_append_definition(&out, &definition);
    assert_view(attest_bytes_view(&out), attest_view_of(definition_wire));
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof definition_wire; size++) {
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ definition_wire, size });
        struct nv_definition definition = { .public.size = 42 };
        assert_error(nv_public_parse_definition((struct attest_view){ cut, size }, &definition),
                     ATTEST_TRUNCATED);
        assert_int_equal(definition.public.size, 42);
    }
}

static void test_lying_sizes(void **state)
{
    static const size_t places[] = { 1, 5, 17 };
    struct nv_definition definition;

    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        for (unsigned value = 0; value < 256; value++) {
            _cleanup_free_ uint8_t *wire = exact(attest_view_of(definition_wire));
            if (wire[places[i]] == value)
                continue;
            wire[places[i]] = (uint8_t)value;
            assert_true(nv_public_parse_definition((struct attest_view){ wire, sizeof definition_wire },
                                                   &definition) != ATTEST_OK);
        }
    }
}

static void test_response(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(200);
    struct nv_definition definition;
    struct nv_public public;

    (void)state;
    assert_ok(nv_public_parse_definition(attest_view_of(definition_wire), &definition));
    assert_ok(nv_public_append_response(&out, &definition.public));
    assert_hex(attest_bytes_view(&out), "8001"
                                        "00000040"
                                        "00000000"
                                        "0010" PUBLIC_HEX "0022"
                                        "000b" DIGEST_HEX);
    assert_ok(nv_public_parse_response(attest_bytes_view(&out), &public));
    assert_int_equal(public.size, 8192);
    for (size_t size = 0; size < out.size; size++) {
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ out.data, size });
        assert_error(nv_public_parse_response((struct attest_view){ cut, size }, &public), ATTEST_TRUNCATED);
    }
}

static void test_unknown_hash(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(200);
    const struct nv_public public = { .name_alg = 0x0012 };

    (void)state;
    assert_error(nv_public_append_response(&out, &public), ATTEST_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),   cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_lying_sizes),  cmocka_unit_test(test_response),
        cmocka_unit_test(test_unknown_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
