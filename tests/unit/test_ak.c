/* SPDX-License-Identifier: Apache-2.0 */
/* Is the AK made once, found again as the same, and nothing else taken for it? */
#include "tests/unit/swtpm.h"

#include "tpm/ak.h"

static const enum attest_tpm_ak_algorithm algorithms[] = { ATTEST_TPM_AK_ECDSA_P256, ATTEST_TPM_AK_ECDSA_P384,
                                                           ATTEST_TPM_AK_RSASSA_2048 };
static const char *const names[] = { "ecdsa-p256", "ecdsa-p384", "rsassa-2048" };

static enum attest_error open_ak(enum attest_tpm_ak_algorithm algorithm, struct attest_tpmkey *ret_key,
                                 struct attest_diag *diag)
{
    struct attest_tpm_ak ak = { 0 };

    enum attest_error error = attest_tpm_ak_open(swtpm, algorithm, TEST_HANDLE, &ak, diag);
    assert_int_equal(swtpm_count(TRANSIENT), 0);
    if (error != ATTEST_OK)
        assert_null(ak.handle.tpm);
    if (ret_key) {
        *ret_key = ak.key;
        ak.key = (struct attest_tpmkey){ 0 };
    }
    attest_tpm_ak_done(&ak);
    return error;
}

/* Also after it was removed: it is a primary, always the same key. */
static void test_made_then_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey made = { 0 };
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey found = { 0 };
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey again = { 0 };
        assert_ok(open_ak(algorithms[i], &made, NULL));
        assert_null(attest_tpmkey_flaw(&made));
        assert_string_equal(attest_tpmkey_algorithm(&made), names[i]);
        swtpm_close(NULL);
        assert_int_equal(swtpm_open(NULL), 0);
        assert_ok(open_ak(algorithms[i], &found, NULL));
        assert_view(attest_tpmkey_name(&found), attest_tpmkey_name(&made));
        swtpm_evict(TEST_HANDLE);
        assert_ok(open_ak(algorithms[i], &again, NULL));
        assert_view(attest_tpmkey_name(&again), attest_tpmkey_name(&made));
        swtpm_evict(TEST_HANDLE);
    }
}

/* What Esys_ReadPublic says the object at the handle is called. */
static TPM2B_NAME name_at_handle(void)
{
    _cleanup_esys_ TPM2B_NAME *name = NULL;
    ESYS_TR object;

    assert_int_equal(
        Esys_TR_FromTPMPublic(swtpm->esys, TEST_HANDLE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &object),
        TSS2_RC_SUCCESS);
    assert_int_equal(Esys_TR_GetName(swtpm->esys, object, &name), TSS2_RC_SUCCESS);
    assert_int_equal(Esys_TR_Close(swtpm->esys, &object), TSS2_RC_SUCCESS);
    return *name;
}

static void refuses_and_keeps(enum attest_tpm_ak_algorithm algorithm)
{
    struct attest_diag diag = { 0 };
    TPM2B_NAME before = name_at_handle();

    assert_error(open_ak(algorithm, NULL, &diag), ATTEST_TPM_HANDLE_TAKEN);
    assert_non_null(strstr(diag.expected, "0x81010042"));
    TPM2B_NAME after = name_at_handle();
    assert_view((struct attest_view){ after.name, after.size },
                (struct attest_view){ before.name, before.size });
}

static void test_another_object(void **state)
{
    const ESYS_TR hierarchies[] = { ESYS_TR_RH_OWNER, ESYS_TR_RH_ENDORSEMENT };

    (void)state;
    for (size_t i = 0; i < COUNT(hierarchies); i++) {
        ESYS_TR object = swtpm_create(hierarchies[i], true);
        swtpm_persist(object, TEST_HANDLE);
        swtpm_flush(object);
        refuses_and_keeps(ATTEST_TPM_AK_ECDSA_P256);
        swtpm_evict(TEST_HANDLE);
    }
}

/* An AK, but not of the algorithm that is configured. */
static void test_another_algorithm(void **state)
{
    (void)state;
    assert_ok(open_ak(ATTEST_TPM_AK_ECDSA_P384, NULL, NULL));
    refuses_and_keeps(ATTEST_TPM_AK_ECDSA_P256);
    refuses_and_keeps(ATTEST_TPM_AK_RSASSA_2048);
    swtpm_evict(TEST_HANDLE);
}

/* The same public template under the owner hierarchy: there the clock would be obfuscated. */
static void test_another_hierarchy(void **state)
{
    (void)state;
    assert_ok(open_ak(ATTEST_TPM_AK_ECDSA_P256, NULL, NULL));
    ESYS_TR object, twin;
    _cleanup_esys_ TPM2B_PUBLIC *public = NULL;
    const TPM2B_SENSITIVE_CREATE sensitive = { 0 };
    const TPM2B_DATA outside = { 0 };
    const TPML_PCR_SELECTION pcrs = { 0 };

    assert_int_equal(
        Esys_TR_FromTPMPublic(swtpm->esys, TEST_HANDLE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &object),
        TSS2_RC_SUCCESS);
    assert_int_equal(
        Esys_ReadPublic(swtpm->esys, object, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &public, NULL, NULL),
        TSS2_RC_SUCCESS);
    assert_int_equal(Esys_TR_Close(swtpm->esys, &object), TSS2_RC_SUCCESS);
    memset(&public->publicArea.unique, 0, sizeof public->publicArea.unique);
    assert_int_equal(Esys_CreatePrimary(swtpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                        ESYS_TR_NONE, &sensitive, public, &outside, &pcrs, &twin, NULL, NULL,
                                        NULL, NULL),
                     TSS2_RC_SUCCESS);
    swtpm_evict(TEST_HANDLE);
    swtpm_persist(twin, TEST_HANDLE);
    swtpm_flush(twin);
    refuses_and_keeps(ATTEST_TPM_AK_ECDSA_P256);
    swtpm_evict(TEST_HANDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_then_found),
        cmocka_unit_test(test_another_object),
        cmocka_unit_test(test_another_algorithm),
        cmocka_unit_test(test_another_hierarchy),
    };
    return swtpm_run("ak", tests);
}
