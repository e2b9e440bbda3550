/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a real TPM take our raw commands? TPM2_NV_ReadLock (Part 3 §31.14) has the shape of the vendor command:
 * one NV index as both handles, one session, no parameters; so swtpm can judge the builder.
 */
#include "tests/unit/swtpm.h"

#include "tpm/vendor.h"

#define INDEX 0x01500077u

static const struct attest_view password = { (const uint8_t *)"secret", 6 };

static void define_index(void)
{
    const TPM2B_AUTH auth = { 6, "secret" };
    const TPM2B_NV_PUBLIC public = {
        .nvPublic = {
            .nvIndex = INDEX,
            .nameAlg = TPM2_ALG_SHA256,
            .attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA | TPMA_NV_READ_STCLEAR,
            .dataSize = 8,
        },
    };
    ESYS_TR tr;

    assert_int_equal(Esys_NV_DefineSpace(swtpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                         ESYS_TR_NONE, &auth, &public, &tr),
                     TSS2_RC_SUCCESS);
    Esys_TR_Close(swtpm->esys, &tr);
}

static TPMA_NV attributes(void)
{
    _cleanup_esys_ TPM2B_NV_PUBLIC *public = NULL;
    ESYS_TR tr;

    assert_int_equal(Esys_TR_FromTPMPublic(swtpm->esys, INDEX, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &tr),
                     TSS2_RC_SUCCESS);
    assert_int_equal(
        Esys_NV_ReadPublic(swtpm->esys, tr, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &public, NULL),
        TSS2_RC_SUCCESS);
    Esys_TR_Close(swtpm->esys, &tr);
    return public->nvPublic.attributes;
}

static enum attest_error lock(struct attest_view auth, TPM2_HANDLE index, struct attest_diag *diag)
{
    return attest_tpm_vendor_send(swtpm, TPM2_CC_NV_ReadLock, "TPM2_NV_ReadLock", index, auth, diag);
}

static void test_sent(void **state)
{
    struct attest_diag diag = { 0 };

    (void)state;
    define_index();
    assert_error(lock(attest_view_text("wrong"), INDEX, &diag), ATTEST_TPM_FAILED);
    assert_int_equal(diag.native, 0x9a2); /* TPM_RC_BAD_AUTH of session 1 */
    assert_error(lock((struct attest_view){ 0 }, INDEX, &diag), ATTEST_TPM_FAILED);
    assert_int_equal(attributes() & TPMA_NV_READLOCKED, 0);
    assert_ok(lock(password, INDEX, &diag));
    assert_int_equal(attributes() & TPMA_NV_READLOCKED, TPMA_NV_READLOCKED);
    assert_ok(lock(password, INDEX, NULL)); /* and ESAPI in between did not mind */
    assert_false(attest_tpm_is_broken(swtpm));
}

static void test_unknown_command(void **state)
{
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_tpm_vendor_send(swtpm, 0x20000001, "vendor", INDEX, password, &diag),
                 ATTEST_TPM_FAILED);
    assert_int_equal(diag.native, TPM2_RC_COMMAND_CODE);
    assert_false(attest_tpm_is_broken(swtpm));
}

/* As for ESAPI's commands: an index that is gone says that the TPM is not the one we know. */
static void test_lost_index(void **state)
{
    (void)state;
    assert_error(lock(password, INDEX + 1, NULL), ATTEST_TPM_LOST);
    assert_true(attest_tpm_is_broken(swtpm));
}

static void test_encode(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(256);
    const uint8_t long_auth[65] = { 0 };

    (void)state;
    assert_ok(attest_tpm_vendor_encode(0x20000001, INDEX, attest_view_text(""), &out));
    assert_hex(attest_bytes_view(&out), "80020000001f20000001015000770150007700000009400000090000010000");
    attest_bytes_done(&out);
    assert_ok(attest_tpm_vendor_encode(0x20000001, INDEX, attest_view_text("ab"), &out));
    assert_hex(attest_bytes_view(&out), "8002000000212000000101500077015000770000000b4000000900000100026162");
    assert_error(attest_tpm_vendor_encode(0x20000001, INDEX, attest_view_of(long_auth), &out),
                 ATTEST_TOO_LARGE);
}

static enum attest_error parse(const char *bytes, size_t size, TPM2_RC *ret_code)
{
    uint8_t *copy = exact((struct attest_view){ (const uint8_t *)bytes, size });
    enum attest_error error = attest_tpm_vendor_parse((struct attest_view){ copy, size }, ret_code, NULL);

    free(copy);
    return error;
}

static void test_parse(void **state)
{
    static const char good[] = "\x80\x02\0\0\0\x13\0\0\0\0\0\0\0\0\0\0\x01\0\0";
    TPM2_RC code = 42;

    (void)state;
    assert_ok(parse(good, 19, &code));
    assert_int_equal(code, 0);
    assert_ok(parse("\x80\x01\0\0\0\x0a\0\0\x09\x22", 10, &code));
    assert_int_equal(code, TPM2_RC_RETRY);
    code = 42;
    for (size_t size = 0; size < 19; size++)
        assert_int_equal(attest_error_category(parse(good, size, &code)), ATTEST_CATEGORY_MALFORMED);
    assert_error(parse("\x80\x01\0\0\0\x0b\0\0\0\0", 10, &code), ATTEST_MALFORMED);       /* longer */
    assert_error(parse("\x80\x01\0\0\0\x09\0\0\0\0", 10, &code), ATTEST_MALFORMED);       /* shorter */
    assert_error(parse("\x80\x01\xff\xff\xff\xff\0\0\0\0", 10, &code), ATTEST_MALFORMED); /* much longer */
    assert_error(parse("\x80\x03\0\0\0\x0a\0\0\0\0", 10, &code), ATTEST_MALFORMED);       /* another tag */
    assert_error(parse("\x80\x02\0\0\0\x0a\0\0\x01\x43", 10, &code), ATTEST_MALFORMED);   /* that of success */
    assert_error(parse("\0\xc4\0\0\0\x0a\0\0\x01\x43", 10, &code), ATTEST_MALFORMED);     /* TPM 1.2 */
    assert_int_equal(code, 42);
}

int main(void)
{
    const struct CMUnitTest
        tests[] = {
            cmocka_unit_test(test_encode),     cmocka_unit_test(test_parse),
            cmocka_unit_test(test_sent),       cmocka_unit_test(test_unknown_command),
            cmocka_unit_test(test_lost_index), /* last: the connection is of no use after it */
        };
    return swtpm_run("vendor", tests);
}
