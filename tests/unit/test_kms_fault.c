/* SPDX-License-Identifier: Apache-2.0 */
/* Is an operator told what KMS's errors mean, and what was presented to it? */
#include "tests/unit/unit.h"

#include "aws/kms_fault.h"
#include "evidence/document.h"
#include "tests/unit/seeds.h"

static void test_known(void **state)
{
    /* Those of Decrypt and GenerateDataKey in the AWS KMS API Reference, and common ones. */
    static const char *const types[] = {
        "AccessDeniedException",
        "DependencyTimeoutException",
        "DisabledException",
        "DryRunOperationException",
        "ExpiredTokenException",
        "IncorrectKeyException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InternalFailure",
        "InvalidCiphertextException",
        "InvalidGrantTokenException",
        "InvalidKeyUsageException",
        "InvalidSignatureException",
        "KeyUnavailableException",
        "KMSInternalException",
        "KMSInvalidStateException",
        "LimitExceededException",
        "MissingAuthenticationToken",
        "NotFoundException",
        "ServiceUnavailable",
        "ThrottlingException",
        "UnrecognizedClientException",
        "UnsupportedOperationException",
        "ValidationException",
        "CustomKeyStoreNotFoundException",
        "XksProxyUriUnreachableException",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        const struct attest_kms_fault *fault = attest_kms_fault_find(types[i]);
        print_message("%s\n", types[i]);
        assert_string_not_equal(fault->type, "");
        assert_int_equal(strncmp(fault->type, types[i], strcspn(fault->type, "*")), 0);
        assert_true(strlen(fault->meaning) > 0 && strlen(fault->advice) > 0);
    }
}

static void test_unknown(void **state)
{
    static const char *const types[] = { "", "New", "accessdeniedexception", "AccessDeniedExceptions", "*" };

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        const struct attest_kms_fault *fault = attest_kms_fault_find(types[i]);
        assert_string_equal(fault->type, "");
        assert_true(strlen(fault->meaning) > 0 && strlen(fault->advice) > 0);
    }
}

/* A document of a seed, PCR `zero` (if not negative) overwritten; nothing here looks at its signature. */
static struct attest_bytes presented(const char *seed, int zero)
{
    _cleanup_(attest_bytes_done) struct attest_bytes wire = read_seed(seed);
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;
    struct attest_bytes out = attest_bytes_init(1 << 16);
    uint8_t value[48];

    if (zero >= 0) {
        memset(value, zero + 1, sizeof value); /* as make_document_seeds.py has it */
        uint8_t *found = memmem(wire.data, wire.size, value, sizeof value);
        assert_non_null(found);
        memset(found, 0, sizeof value);
    }
    assert_ok(attest_document_parse(attest_bytes_view(&wire), &document, NULL));
    assert_ok(attest_kms_fault_presented(document, &out));
    attest_bytes_append_u8(&out, '\0');
    return out;
}

static void test_presented(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = presented("document/nitrotpm", 4);
    char line[256];

    (void)state;
    for (int i = 0; i < 24; i++) {
        int length = snprintf(line, sizeof line, "kms:RecipientAttestation:NitroTPMPCR%d = ", i);
        for (int j = 0; j < 48; j++)
            length += snprintf(line + length, sizeof line - (size_t)length, "%02x", i + 1);
        snprintf(line + length, sizeof line - (size_t)length, "\n");
        assert_int_equal(strstr((const char *)text.data, line) != NULL, i != 4);
    }
    assert_non_null(strstr((const char *)text.data, "\nall zero: PCR 4\n"));
}

static void test_presented_by_enclaves(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes enclave = presented("document/enclave", -1);
    _cleanup_(attest_bytes_done) struct attest_bytes debug = presented("document/debug", -1);

    (void)state;
    assert_int_equal(strncmp((const char *)enclave.data, "kms:RecipientAttestation:PCR0 = 0101", 36), 0);
    assert_null(strstr((const char *)enclave.data, "NitroTPM"));
    assert_null(strstr((const char *)enclave.data, "zero"));
    assert_string_equal((const char *)debug.data, "all zero: PCR 0-15\n");
}

static void test_no_room(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes wire = read_seed("document/nitrotpm");
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);

    (void)state;
    assert_ok(attest_document_parse(attest_bytes_view(&wire), &document, NULL));
    assert_error(attest_kms_fault_presented(document, &out), ATTEST_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_presented), cmocka_unit_test(test_presented_by_enclaves),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests_name("kms_fault", tests, NULL, NULL);
}
