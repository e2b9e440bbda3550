/* SPDX-License-Identifier: Apache-2.0 */
/* A TPM that is no NitroTPM: known for that, and nothing is done to it. What one does is tested with
 * nitrotpm-sim (tests/integration/document.py). */
#include "tests/unit/swtpm.h"

#include "tpm/nitrotpm.h"

static bool nobody_is_alive(const uint8_t owner[ATTEST_TPM_OWNER_SIZE])
{
    (void)owner;
    return false;
}

static const struct attest_tpm_owners owners = { .self = "0123456789a", .is_alive = nobody_is_alive };

static struct attest_tpm_properties properties_of(const char *vendor)
{
    struct attest_tpm_properties properties = { .nv_buffer_max = 1024 };

    snprintf(properties.vendor, sizeof properties.vendor, "%s", vendor);
    return properties;
}

static void test_another(void **state)
{
    const struct attest_tpm_properties properties = properties_of("SWTPM");
    const struct attest_nsm_attestation nothing = { 0 };
    struct attest_tpm_nitrotpm nitrotpm = { 0 };
    struct attest_bytes document = { 0 };
    struct attest_diag diag = { 0 };
    unsigned reclaimed = 1;

    (void)state;
    assert_ok(attest_tpm_nitrotpm_open(swtpm, &properties, &owners, &nitrotpm, &reclaimed, NULL));
    assert_false(nitrotpm.present);
    assert_int_equal(reclaimed, 1);
    assert_error(attest_tpm_nitrotpm_document(&nitrotpm, &nothing, &document, &diag), ATTEST_TPM_UNABLE);
    assert_string_equal(diag.found, "SWTPM");
    assert_non_null(strstr(diag.expected, "NitroTPM"));
    assert_error(attest_tpm_nitrotpm_document(&nitrotpm, &nothing, &document, NULL), ATTEST_TPM_UNABLE);
    attest_tpm_nitrotpm_close(&nitrotpm);
    attest_tpm_nitrotpm_close(&nitrotpm);
}

/* One that claims to be one, and has no room for the buffer: the rest works, documents say why they don't. */
static void test_no_room(void **state)
{
    const struct attest_tpm_properties properties = properties_of("NitroTPM");
    const struct attest_nsm_attestation nothing = { 0 };
    struct attest_tpm_nitrotpm nitrotpm = { 0 };
    struct attest_bytes document = { 0 };
    struct attest_diag diag = { 0 };
    unsigned reclaimed = 0;

    (void)state;
    assert_ok(attest_tpm_nitrotpm_open(swtpm, &properties, &owners, &nitrotpm, &reclaimed, NULL));
    assert_true(nitrotpm.present);
    assert_false(nitrotpm.refused); /* not listed, but there is no resource manager */
    assert_null(nitrotpm.buffer.handle.tpm);
    for (int i = 0; i < 3; i++)
        assert_error(attest_tpm_nitrotpm_document(&nitrotpm, &nothing, &document, &diag), ATTEST_TPM_FAILED);
    assert_int_equal(diag.native, 0x2d5); /* TPM_RC_SIZE of parameter 2 */
    assert_false(attest_tpm_is_broken(swtpm));
    attest_tpm_nitrotpm_close(&nitrotpm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another),
        cmocka_unit_test(test_no_room),
    };
    return swtpm_run("nitrotpm", tests);
}
