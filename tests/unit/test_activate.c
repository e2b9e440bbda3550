/* SPDX-License-Identifier: Apache-2.0 */
/* Is a credential opened that was made for this pair of keys, and none that was made for another?
 * TPM2_MakeCredential makes them, in the same TPM: all it needs is the EK's public half. */
#include "tests/unit/swtpm.h"

#include "tpm/activate.h"

#include <tss2/tss2_mu.h>

static const TPM2B_DIGEST answer = { .size = 32, .buffer = "what only this pair can tell 012" };

struct credential {
    uint8_t blob[256], secret[512];
    size_t blob_size, secret_size;
};

static struct credential make(enum attest_tpm_ek_type type, struct attest_view name)
{
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle ek = { 0 };
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    _cleanup_esys_ TPM2B_ID_OBJECT *blob = NULL;
    _cleanup_esys_ TPM2B_ENCRYPTED_SECRET *secret = NULL;
    struct credential credential = { 0 };
    TPM2B_NAME object = { .size = (UINT16)name.size };

    memcpy(object.name, name.data, name.size);
    assert_ok(attest_tpm_ek_create(swtpm, type, &ek, &key, NULL));
    assert_int_equal(Esys_MakeCredential(swtpm->esys, ek.tr, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &answer,
                                         &object, &blob, &secret),
                     TSS2_RC_SUCCESS);
    assert_int_equal(
        Tss2_MU_TPM2B_ID_OBJECT_Marshal(blob, credential.blob, sizeof credential.blob, &credential.blob_size),
        TSS2_RC_SUCCESS);
    assert_int_equal(Tss2_MU_TPM2B_ENCRYPTED_SECRET_Marshal(secret, credential.secret, sizeof credential.secret,
                                                            &credential.secret_size),
                     TSS2_RC_SUCCESS);
    return credential;
}

static enum attest_error activate(enum attest_tpm_ek_type type, const struct credential *credential,
                                  struct attest_bytes *ret_answer)
{
    enum attest_error error = attest_tpm_activate_credential(
        &swtpm_ak, type, (struct attest_view){ credential->blob, credential->blob_size },
        (struct attest_view){ credential->secret, credential->secret_size }, ret_answer, NULL);

    assert_int_equal(swtpm_count(TRANSIENT), 0);
    assert_int_equal(swtpm_count(SESSION), 0);
    assert_false(attest_tpm_is_broken(swtpm));
    return error;
}

static void refuses(enum attest_tpm_ek_type type, const struct credential *credential,
                    enum attest_error expected)
{
    struct attest_bytes opened = { .size = 42 };

    assert_error(activate(type, credential, &opened), expected);
    assert_int_equal(opened.size, 42);
}

static void test_opened(void **state)
{
    const enum attest_tpm_ek_type types[] = { ATTEST_TPM_EK_RSA_2048, ATTEST_TPM_EK_ECC_SEC_P384 };

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes opened = attest_bytes_init(0);
        struct credential credential = make(types[i], attest_tpmkey_name(&swtpm_ak.key));
        assert_ok(activate(types[i], &credential, &opened));
        assert_view(attest_bytes_view(&opened), (struct attest_view){ answer.buffer, answer.size });
    }
}

static void test_another_ak(void **state)
{
    uint8_t name[34];

    (void)state;
    memcpy(name, swtpm_ak.key.name, sizeof name);
    name[33] ^= 1;
    struct credential credential = make(ATTEST_TPM_EK_RSA_2048, attest_view_of(name));
    refuses(ATTEST_TPM_EK_RSA_2048, &credential, ATTEST_USAGE);
}

static void test_another_ek(void **state)
{
    (void)state;
    struct credential credential = make(ATTEST_TPM_EK_RSA_2048, attest_tpmkey_name(&swtpm_ak.key));
    refuses(ATTEST_TPM_EK_ECC_SEC_P384, &credential, ATTEST_USAGE);
    credential = make(ATTEST_TPM_EK_ECC_SEC_P384, attest_tpmkey_name(&swtpm_ak.key));
    refuses(ATTEST_TPM_EK_RSA_2048, &credential, ATTEST_USAGE);
}

static void test_changed(void **state)
{
    (void)state;
    struct credential credential = make(ATTEST_TPM_EK_ECC_SEC_P384, attest_tpmkey_name(&swtpm_ak.key));
    for (size_t i = 2; i < credential.blob_size; i += 7) {
        credential.blob[i] ^= 0x10;
        refuses(ATTEST_TPM_EK_ECC_SEC_P384, &credential, ATTEST_USAGE);
        credential.blob[i] ^= 0x10;
    }
    credential.secret[credential.secret_size - 1] ^= 1; /* not on the curve */
    refuses(ATTEST_TPM_EK_ECC_SEC_P384, &credential, ATTEST_USAGE);
}

/* Without the TPM: what is not one sized buffer, cut at every byte. */
static void test_malformed(void **state)
{
    (void)state;
    struct credential whole = make(ATTEST_TPM_EK_ECC_SEC_P384, attest_tpmkey_name(&swtpm_ak.key));
    for (size_t size = 0; size < whole.blob_size; size++) {
        struct credential cut = whole;
        cut.blob_size = size;
        refuses(ATTEST_TPM_EK_ECC_SEC_P384, &cut, ATTEST_MALFORMED);
    }
    for (size_t size = 0; size < whole.secret_size; size++) {
        struct credential cut = whole;
        cut.secret_size = size;
        refuses(ATTEST_TPM_EK_ECC_SEC_P384, &cut, ATTEST_MALFORMED);
    }
    struct credential longer = whole;
    longer.blob_size++;
    refuses(ATTEST_TPM_EK_ECC_SEC_P384, &longer, ATTEST_MALFORMED);
    longer = whole;
    longer.secret_size++;
    refuses(ATTEST_TPM_EK_ECC_SEC_P384, &longer, ATTEST_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opened),  cmocka_unit_test(test_another_ak), cmocka_unit_test(test_another_ek),
        cmocka_unit_test(test_changed), cmocka_unit_test(test_malformed),
    };
    if (!swtpm_tcti())
        return swtpm_skip();
    return cmocka_run_group_tests_name("activate", tests, swtpm_open_ak, swtpm_close_ak);
}
