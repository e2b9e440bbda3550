/* SPDX-License-Identifier: Apache-2.0 */
/* Are GUIDs read in their mixed order (UEFI 2.10 appendix A), and known by name? */
#include "tests/unit/from_hex.h"

#include "codec/guid.h"

/* Wires as Python's uuid module has them (bytes_le). */
static const struct {
    const char *wire;
    const char *text;
    const char *name;
} guids[] = {
    { "61dfe48bca93d211aa0d00e098032b8c", "8be4df61-93ca-11d2-aa0d-00e098032b8c", "EFI_GLOBAL_VARIABLE" },
    { "cbb219d73a3d9645a3bcdad00e67656f", "d719b2cb-3d3a-4596-a3bc-dad00e67656f",
      "EFI_IMAGE_SECURITY_DATABASE_GUID" },
    { "50ab5d6046e00043abb63dd810dd8b23", "605dab50-e046-4300-abb6-3dd810dd8b23", "shim" },
    { "bd9afa775903324dbd6028f4e78f784b", "77fa9abd-0359-4d32-bd60-28f4e78f784b", "Microsoft" },
    { "28732ac11ff8d211ba4b00a0c93ec93b", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system partition" },
    { "000102030405060708090a0b0c0d0e0f", "03020100-0504-0706-0809-0a0b0c0d0e0f", NULL },
    { "00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000", NULL },
};

static void test_text_and_name(void **state)
{
    char text[ATTEST_GUID_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(guids); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(guids[i].wire);
        struct attest_view guid = attest_bytes_view(&wire);
        attest_guid_format(guid, text);
        assert_string_equal(text, guids[i].text);
        if (guids[i].name)
            assert_string_equal(attest_guid_name(guid), guids[i].name);
        else
            assert_null(attest_guid_name(guid));
        for (size_t byte = 0; guids[i].name && byte < 16; byte++) {
            wire.data[byte] ^= 0x10;
            assert_null(attest_guid_name(guid));
            wire.data[byte] ^= 0x10;
        }
    }
}

static void test_comparison(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(guids[0].wire);

    assert_true(attest_guid_is(attest_bytes_view(&wire), ATTEST_GUID_GLOBAL_VARIABLE));
    assert_false(attest_guid_is(attest_bytes_view(&wire), ATTEST_GUID_IMAGE_SECURITY_DATABASE));
}

static void test_other_sizes(void **state)
{
    static const uint8_t bytes[17];
    char text[ATTEST_GUID_TEXT_SIZE];

    (void)state;
    for (size_t size = 0; size <= 17; size += size == 15 ? 2 : 1) {
        attest_guid_format((struct attest_view){ bytes, size }, text);
        assert_string_equal(text, "");
        assert_null(attest_guid_name((struct attest_view){ bytes, size }));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_and_name),
        cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_other_sizes),
    };
    return cmocka_run_group_tests_name("guid", tests, NULL, NULL);
}
