/* SPDX-License-Identifier: Apache-2.0 */
/* Is the TPM known for what swtpm says it is (tpm2_getcap properties-fixed)? */
#include "tests/unit/swtpm.h"

#include "tpm/properties.h"

static void test_read(void **state)
{
    struct attest_tpm_properties properties = { 0 };

    (void)state;
    assert_ok(attest_tpm_properties_read(swtpm, &properties, NULL));
    assert_string_equal(properties.manufacturer, "IBM");
    assert_string_equal(properties.vendor, "SWTPM");
    assert_int_not_equal(properties.firmware_version >> 32, 0);
    assert_int_equal(properties.nonce_max, sizeof((TPM2B_DATA *)NULL)->buffer); /* it has SHA-512 */
    assert_int_equal(properties.nv_buffer_max, 1024);
    /* as under-swtpm allocates them */
    assert_int_equal(properties.banks, 1u << ATTEST_HASH_SHA256 | 1u << ATTEST_HASH_SHA384);
}

/* Texts do not pile up. */
static void test_twice(void **state)
{
    struct attest_tpm_properties first = { 0 }, second;

    (void)state;
    memset(&second, 0xff, sizeof second);
    assert_ok(attest_tpm_properties_read(swtpm, &first, NULL));
    assert_ok(attest_tpm_properties_read(swtpm, &second, NULL));
    assert_string_equal(first.vendor, second.vendor);
    assert_int_equal(first.banks, second.banks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_twice),
    };
    return swtpm_run("properties", tests);
}
