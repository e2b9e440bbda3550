/* SPDX-License-Identifier: Apache-2.0 */
/* Is what we held in the TPM given back, and what others left there? */
#include "tests/unit/swtpm.h"

#include "tpm/handle.h"

static void start_session(void)
{
    const TPMT_SYM_DEF symmetric = { .algorithm = TPM2_ALG_NULL };
    ESYS_TR session;

    assert_int_equal(Esys_StartAuthSession(swtpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                           ESYS_TR_NONE, NULL, TPM2_SE_POLICY, &symmetric, TPM2_ALG_SHA256,
                                           &session),
                     TSS2_RC_SUCCESS);
}

static void test_done_flushes(void **state)
{
    struct attest_tpm_handle handle = { 0 };

    (void)state;
    attest_tpm_handle_done(&handle);
    handle = (struct attest_tpm_handle){ swtpm, swtpm_create(ESYS_TR_RH_OWNER, true), true };
    assert_int_equal(swtpm_count(TRANSIENT), 1);
    attest_tpm_handle_done(&handle);
    assert_null(handle.tpm);
    assert_int_equal(swtpm_count(TRANSIENT), 0);
}

static void test_persistent_stays(void **state)
{
    struct attest_tpm_handle handle = { 0 };
    ESYS_TR object = swtpm_create(ESYS_TR_RH_OWNER, true);
    bool exists = true;

    (void)state;
    assert_ok(attest_tpm_handle_exists(swtpm, TEST_HANDLE, &exists, NULL));
    assert_false(exists);
    swtpm_persist(object, TEST_HANDLE);
    swtpm_flush(object);
    assert_ok(attest_tpm_handle_load(swtpm, TEST_HANDLE, &handle, NULL));
    attest_tpm_handle_done(&handle);
    assert_ok(attest_tpm_handle_exists(swtpm, TEST_HANDLE, &exists, NULL));
    assert_true(exists);
    assert_ok(attest_tpm_handle_exists(swtpm, TEST_HANDLE - 1, &exists, NULL));
    assert_false(exists);
    swtpm_evict(TEST_HANDLE);
}

static void test_load_of_nothing(void **state)
{
    struct attest_tpm_handle handle = { .flush = true };
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_tpm_handle_load(swtpm, TEST_HANDLE, &handle, &diag), ATTEST_TPM_LOST);
    assert_null(handle.tpm);
    assert_true(handle.flush);
    assert_int_not_equal(diag.native, 0);
    assert_true(attest_tpm_is_broken(swtpm)); /* what we hold in this TPM is not what we think */
}

/* As a process that was killed leaves them: three objects fill the TPM. */
static void test_reclaim(void **state)
{
    unsigned count = 42;

    (void)state;
    for (int i = 0; i < 3; i++)
        swtpm_create(ESYS_TR_RH_OWNER, i % 2 == 0);
    for (int i = 0; i < 3; i++)
        start_session();
    swtpm_close(NULL);
    assert_int_equal(swtpm_open(NULL), 0);
    assert_int_equal(swtpm_count(TRANSIENT), 3);
    assert_int_equal(swtpm_count(SESSION), 3);
    assert_ok(attest_tpm_handle_reclaim(swtpm, &count, NULL));
    assert_int_equal(count, 6);
    assert_int_equal(swtpm_count(TRANSIENT), 0);
    assert_int_equal(swtpm_count(SESSION), 0);
    assert_ok(attest_tpm_handle_reclaim(swtpm, &count, NULL));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done_flushes), cmocka_unit_test(test_persistent_stays),
        cmocka_unit_test(test_reclaim),
        cmocka_unit_test(test_load_of_nothing), /* last: the connection is of no use after it */
    };
    return swtpm_run("handle", tests);
}
