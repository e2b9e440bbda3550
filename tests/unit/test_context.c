/* SPDX-License-Identifier: Apache-2.0 */
/* Does a connection tell a TPM that says no from one that is not there, and does it see its deadline? (A TPM
 * that hangs is in test_tpm_worker.c: swtpm's TCTI can't time out.) */
#include "tests/unit/swtpm.h"

static void test_open_fails(void **state)
{
    static const char *const tctis[] = { "swtpm:path=/nonexistent/attestd", "device:/nonexistent/attestd",
                                         "no-such-tcti", "device:/dev/null/x" };

    (void)state;
    for (size_t i = 0; i < COUNT(tctis); i++) {
        const struct attest_tpm_options options = { .tcti = tctis[i], .command_timeout = 1000 };
        struct attest_tpm *tpm = swtpm;
        struct attest_diag diag = { 0 };
        assert_error(attest_tpm_open(&options, &tpm, &diag), ATTEST_TPM_LOST);
        assert_ptr_equal(tpm, swtpm);
        assert_int_not_equal(diag.native, 0);
        assert_true(strlen(diag.expected) > 0);
    }
    attest_tpm_close(NULL);
}

static unsigned begun, ended;

static void observe(void *context, bool in_command)
{
    assert_ptr_equal(context, &begun);
    (*(in_command ? &begun : &ended))++;
    assert_int_equal(begun, ended + in_command);
}

static void test_observed(void **state)
{
    const struct attest_tpm_options options = {
        .tcti = swtpm_tcti(), .command_timeout = TEST_TIMEOUT, .observe = observe, .observe_context = &begun
    };
    struct attest_diag diag = { 0 };
    struct attest_tpm *tpm;

    swtpm_close(state);
    assert_ok(attest_tpm_open(&options, &tpm, NULL));
    assert_ok(attest_tpm_call(tpm, &diag, "TPM2_SelfTest",
                              Esys_SelfTest_Async(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, 0),
                              Esys_SelfTest_Finish(tpm->esys)));
    attest_tpm_close(tpm);
    assert_int_equal(begun, 2);
    assert_int_equal(ended, 2);
    assert_int_equal(swtpm_open(state), 0);
}

/* What the TPM refuses leaves the connection as good as it was. */
static void test_refused(void **state)
{
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(
        attest_tpm_call(swtpm, &diag, "TPM2_Shutdown",
                        Esys_Shutdown_Async(swtpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, 0x77),
                        Esys_Shutdown_Finish(swtpm->esys)),
        ATTEST_TPM_FAILED);
    assert_non_null(strstr(diag.expected, "TPM2_Shutdown"));
    assert_int_not_equal(diag.native, 0);
    assert_false(attest_tpm_is_broken(swtpm));
    assert_int_equal(swtpm_count(TRANSIENT), 0);
}

/* By layer: what each code of the stack means to a caller. */
static void test_end(void **state)
{
    static const struct {
        TSS2_RC rc;
        enum attest_error error;
        bool broken;
    } ends[] = {
        { TSS2_RC_SUCCESS, ATTEST_OK, false },
        { TPM2_RC_VALUE, ATTEST_TPM_FAILED, false },
        { TPM2_RC_RETRY, ATTEST_TPM_FAILED, false },
        { TSS2_RESMGR_TPM_RC_LAYER | TPM2_RC_VALUE, ATTEST_TPM_FAILED, false },
        { TSS2_RESMGR_RC_LAYER | TSS2_BASE_RC_GENERAL_FAILURE, ATTEST_TPM_FAILED, false },
        { TSS2_ESYS_RC_TRY_AGAIN, ATTEST_TPM_TIMEOUT, true },
        { TSS2_TCTI_RC_TRY_AGAIN, ATTEST_TPM_TIMEOUT, true },
        { TSS2_TCTI_RC_IO_ERROR, ATTEST_TPM_LOST, true },
        { TSS2_ESYS_RC_GENERAL_FAILURE, ATTEST_TPM_LOST, true },
        { TSS2_TCTI_RC_NO_CONNECTION, ATTEST_TPM_LOST, true },
    };
    const struct attest_tpm_options options = { .command_timeout = 1 };

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct attest_tpm tpm = { .options = &options };
        assert_error(attest_tpm_end(&tpm, ends[i].rc, "it", NULL), ends[i].error);
        assert_int_equal(attest_tpm_is_broken(&tpm), ends[i].broken);
    }
}

/* Waiting and resubmitting end at the deadline. */
static void test_deadline(void **state)
{
    const struct attest_tpm_options options = { .command_timeout = 60 };
    struct attest_tpm tpm = { .options = &options };
    unsigned resubmitted = 0;

    (void)state;
    attest_tpm_begin(&tpm);
    assert_true(attest_tpm_is_waiting(&tpm, TSS2_ESYS_RC_TRY_AGAIN));
    assert_false(attest_tpm_is_waiting(&tpm, TPM2_RC_RETRY));
    assert_false(attest_tpm_is_waiting(&tpm, TSS2_RC_SUCCESS));
    assert_false(attest_tpm_is_refused_for_now(&tpm, TPM2_RC_VALUE));
    assert_false(attest_tpm_is_refused_for_now(&tpm, TSS2_ESYS_RC_TRY_AGAIN));
    while (attest_tpm_is_refused_for_now(&tpm, resubmitted % 2 ? TPM2_RC_RETRY : TPM2_RC_TESTING))
        resubmitted++;
    assert_in_range(resubmitted, 1, 4); /* 5, 10 and 20 ms; a busy machine makes it fewer */
    while (attest_tpm_is_waiting(&tpm, TSS2_ESYS_RC_TRY_AGAIN))
        usleep(1000);
    assert_false(attest_tpm_is_refused_for_now(&tpm, TPM2_RC_YIELDED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_fails), cmocka_unit_test(test_observed), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_end),        cmocka_unit_test(test_deadline),
    };
    return swtpm_run("context", tests);
}
