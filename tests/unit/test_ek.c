/* SPDX-License-Identifier: Apache-2.0 */
/* Is the EK the one that others know: tpm2_createek, and swtpm_setup, who certified it? */
#include "tests/unit/swtpm.h"

#include "base/file.h"
#include "tpm/ek.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <spawn.h>
#include <sys/wait.h>

static const struct {
    enum attest_tpm_ek_type type;
    const char *tool_name;
} types[] = { { ATTEST_TPM_EK_RSA_2048, "rsa" }, { ATTEST_TPM_EK_ECC_SEC_P384, "ecc384" } };

static struct attest_tpmkey create(enum attest_tpm_ek_type type)
{
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle handle = { 0 };
    struct attest_tpmkey key = { 0 };

    assert_ok(attest_tpm_ek_create(swtpm, type, &handle, &key, NULL));
    return key;
}

static struct attest_bytes read_certificate(enum attest_tpm_ek_type type)
{
    struct attest_bytes certificate = { 0 };
    struct attest_tpm_properties properties;

    assert_ok(attest_tpm_properties_read(swtpm, &properties, NULL));
    assert_ok(attest_tpm_ek_read_certificate(swtpm, type, &properties, &certificate, NULL));
    return certificate;
}

/* Runs a program of tpm2-tools with the connection closed; false if there is no such. */
static bool run_tool(const char *const arguments[])
{
    extern char **environ;
    unsigned left;
    pid_t pid;
    int status;

    swtpm_close(NULL);
    bool started = posix_spawnp(&pid, "timeout", NULL, NULL, (char *const *)arguments, environ) == 0;
    bool ended = started && waitpid(pid, &status, 0) == pid;
    assert_int_equal(swtpm_open(NULL), 0);
    assert_ok(attest_tpm_handle_reclaim(swtpm, &left, NULL)); /* the tool leaves the key in the TPM */
    if (!ended || status != 0)
        print_message("skipped: tpm2_createek does not run here\n");
    return ended && status == 0;
}

static void test_as_createek(void **state)
{
    char folder[] = "/tmp/attestd-ek-XXXXXX", public[64], context[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(public, sizeof public, "%s/public", folder);
    snprintf(context, sizeof context, "%s/context", folder);
    for (size_t i = 0; i < COUNT(types); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(0);
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = create(types[i].type);
        if (!run_tool((const char *const[]){ "timeout", "60", "tpm2_createek", "-T", swtpm_tcti(), "-G",
                                             types[i].tool_name, "-c", context, "-u", public, NULL }))
            continue;
        assert_ok(attest_file_read(public, 4096, &wire, NULL));
        /* a TPM2B_PUBLIC: the size is in front */
        assert_view((struct attest_view){ wire.data + 2, wire.size - 2 }, attest_bytes_view(&key.wire));
    }
    unlink(public);
    unlink(context);
    rmdir(folder);
}

/* The certificate holds this very key, and ends where it says. */
static void test_certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes certificate = read_certificate(types[i].type);
        _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = create(types[i].type);
        const uint8_t *end = certificate.data;
        X509 *x509 = d2i_X509(NULL, &end, (long)certificate.size);
        assert_non_null(x509);
        assert_ptr_equal(end, certificate.data + certificate.size);
        BIO *bio = BIO_new(BIO_s_mem());
        char *text;
        assert_int_equal(PEM_write_bio_PUBKEY(bio, X509_get0_pubkey(x509)), 1);
        size_t size = (size_t)BIO_get_mem_data(bio, &text);
        assert_ok(attest_key_encode_pem(key.key, &pem));
        assert_view(attest_bytes_view(&pem), (struct attest_view){ (const uint8_t *)text, size });
        BIO_free(bio);
        X509_free(x509);
    }
}

/* A TPM whose NV holds none says so by an empty one. */
static void test_no_certificate(void **state)
{
    static const TPM2_HANDLE indices[] = { 0x01c00002, 0x01c00016 };

    (void)state;
    for (size_t i = 0; i < COUNT(indices); i++) {
        ESYS_TR index;
        assert_int_equal(
            Esys_TR_FromTPMPublic(swtpm->esys, indices[i], ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &index),
            TSS2_RC_SUCCESS);
        assert_int_equal(Esys_NV_UndefineSpace(swtpm->esys, ESYS_TR_RH_PLATFORM, index, ESYS_TR_PASSWORD,
                                               ESYS_TR_NONE, ESYS_TR_NONE),
                         TSS2_RC_SUCCESS);
        _cleanup_(attest_bytes_done) struct attest_bytes certificate = read_certificate(types[i].type);
        assert_int_equal(certificate.size, 0);
    }
}

static void test_flushed(void **state)
{
    (void)state;
    assert_int_equal(swtpm_count(TRANSIENT), 0);
    for (int i = 0; i < 4; i++) { /* one more than a TPM has room for */
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = create(ATTEST_TPM_EK_ECC_SEC_P384);
        assert_int_equal(key.name_size, 50);
    }
    assert_int_equal(swtpm_count(TRANSIENT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_createek), cmocka_unit_test(test_certificate), cmocka_unit_test(test_flushed),
        cmocka_unit_test(test_no_certificate), /* last: it removes them */
    };
    return swtpm_run("ek", tests);
}
