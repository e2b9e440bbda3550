/* SPDX-License-Identifier: Apache-2.0 */
/* Are primaries told apart by template and hierarchy? (That keys are found again is in test_ak.c.) */
#include "tests/unit/swtpm.h"

#include "tpm/object.h"

static TPMT_PUBLIC make_template(TPM2_ECC_CURVE curve)
{
    return (TPMT_PUBLIC){
        .type = TPM2_ALG_ECC,
        .nameAlg = TPM2_ALG_SHA256,
        .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
                            TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_SIGN_ENCRYPT,
        .parameters.eccDetail = {
            .symmetric.algorithm = TPM2_ALG_NULL,
            .scheme.scheme = TPM2_ALG_NULL,
            .curveID = curve,
            .kdf.scheme = TPM2_ALG_NULL,
        },
    };
}

static bool matches(const struct attest_tpm_handle *handle, const TPMT_PUBLIC *template)
{
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    bool same = false;

    assert_ok(attest_tpm_object_matches(handle, template, &key, &same, NULL));
    assert_true(key.name_size > 0);
    return same;
}

static void test_create(void **state)
{
    const TPMT_PUBLIC template = make_template(TPM2_ECC_NIST_P256);
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle first = { 0 };
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle second = { 0 };
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey first_key = { 0 };
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey second_key = { 0 };
    _cleanup_esys_ TPM2B_NAME *name = NULL;

    (void)state;
    assert_ok(attest_tpm_object_create(swtpm, &template, &first, &first_key, NULL));
    assert_ok(attest_tpm_object_create(swtpm, &template, &second, &second_key, NULL));
    assert_view(attest_tpmkey_name(&first_key), attest_tpmkey_name(&second_key));
    assert_int_equal(Esys_TR_GetName(swtpm->esys, first.tr, &name), TSS2_RC_SUCCESS);
    assert_view(attest_tpmkey_name(&first_key), (struct attest_view){ name->name, name->size });
    assert_true(first.flush);
}

static void test_matches(void **state)
{
    const TPMT_PUBLIC template = make_template(TPM2_ECC_NIST_P256), p384 = make_template(TPM2_ECC_NIST_P384);
    TPMT_PUBLIC decrypting = template;
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle handle = { 0 };
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };

    (void)state;
    decrypting.objectAttributes ^= TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_DECRYPT;
    assert_ok(attest_tpm_object_create(swtpm, &template, &handle, &key, NULL));
    assert_true(matches(&handle, &template));
    assert_false(matches(&handle, &p384));
    assert_false(matches(&handle, &decrypting));
}

static void test_matches_hierarchy(void **state)
{
    const TPMT_PUBLIC template = make_template(TPM2_ECC_NIST_P256);
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle owner = { swtpm,
                                                                         swtpm_create(ESYS_TR_RH_OWNER, true),
                                                                         true };
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle endorsement = {
        swtpm, swtpm_create(ESYS_TR_RH_ENDORSEMENT, true), true
    };

    (void)state;
    assert_false(matches(&owner, &template));
    assert_true(matches(&endorsement, &template));
}

static void test_template_refused(void **state)
{
    const TPMT_PUBLIC template = make_template(0x7777);
    struct attest_tpm_handle handle = { 0 };
    struct attest_tpmkey key = { .name_size = 42 };
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_tpm_object_create(swtpm, &template, &handle, &key, &diag), ATTEST_TPM_FAILED);
    assert_null(handle.tpm);
    assert_int_equal(key.name_size, 42);
    assert_int_equal(swtpm_count(TRANSIENT), 0);
    assert_false(attest_tpm_is_broken(swtpm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_matches_hierarchy),
        cmocka_unit_test(test_template_refused),
    };
    return swtpm_run("object", tests);
}
