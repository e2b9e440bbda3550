/* SPDX-License-Identifier: Apache-2.0 */
/* A TPM to test with, and what others do to it. */
#include "tests/unit/swtpm.h"

#define assert_rc(expression) assert_int_equal(expression, TSS2_RC_SUCCESS)

struct attest_tpm *swtpm;
struct attest_tpm_ak swtpm_ak;

const char *swtpm_tcti(void)
{
    return getenv("ATTESTD_TCTI");
}

int swtpm_skip(void)
{
    puts("1..0 # SKIP no TPM in ATTESTD_TCTI: run it by tests/unit/under-swtpm");
    return 0;
}

int swtpm_open(void **state)
{
    static struct attest_tpm_options options = { .command_timeout = TEST_TIMEOUT };

    (void)state;
    options.tcti = swtpm_tcti();
    return attest_tpm_open(&options, &swtpm, NULL) == ATTEST_OK ? 0 : -1;
}

int swtpm_close(void **state)
{
    (void)state;
    attest_tpm_close(swtpm);
    swtpm = NULL;
    return 0;
}

int swtpm_open_ak(void **state)
{
    if (swtpm_open(state) != 0)
        return -1;
    return attest_tpm_ak_open(swtpm, ATTEST_TPM_AK_ECDSA_P256, TEST_HANDLE, &swtpm_ak, NULL) == ATTEST_OK ? 0
                                                                                                          : -1;
}

int swtpm_close_ak(void **state)
{
    attest_tpm_ak_done(&swtpm_ak);
    return swtpm_close(state);
}

void swtpm_extend(unsigned pcr, uint8_t byte)
{
    TPML_DIGEST_VALUES digests = { .count = 2 };

    digests.digests[0].hashAlg = TPM2_ALG_SHA256;
    digests.digests[1].hashAlg = TPM2_ALG_SHA384;
    memset(digests.digests[0].digest.sha256, byte, TPM2_SHA256_DIGEST_SIZE);
    memset(digests.digests[1].digest.sha384, byte, TPM2_SHA384_DIGEST_SIZE);
    assert_rc(Esys_PCR_Extend(swtpm->esys, pcr, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &digests));
}

unsigned swtpm_count(TPM2_HANDLE first)
{
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;
    TPMI_YES_NO more;

    assert_rc(Esys_GetCapability(swtpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CAP_HANDLES, first,
                                 TPM2_MAX_CAP_HANDLES, &more, &data));
    return data->data.handles.count;
}

ESYS_TR swtpm_create(ESYS_TR hierarchy, bool is_signing)
{
    const TPM2B_SENSITIVE_CREATE sensitive = { 0 };
    const TPM2B_DATA outside = { 0 };
    const TPML_PCR_SELECTION pcrs = { 0 };
    TPM2B_PUBLIC template = {
        .publicArea = {
            .type = TPM2_ALG_ECC,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |
                                (is_signing ? TPMA_OBJECT_SIGN_ENCRYPT : TPMA_OBJECT_DECRYPT),
            .parameters.eccDetail = {
                .symmetric.algorithm = TPM2_ALG_NULL,
                .scheme.scheme = TPM2_ALG_NULL,
                .curveID = TPM2_ECC_NIST_P256,
                .kdf.scheme = TPM2_ALG_NULL,
            },
        },
    };
    ESYS_TR object;

    assert_rc(Esys_CreatePrimary(swtpm->esys, hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                 &sensitive, &template, &outside, &pcrs, &object, NULL, NULL, NULL, NULL));
    return object;
}

void swtpm_persist(ESYS_TR object, TPM2_HANDLE at)
{
    ESYS_TR persistent;

    assert_rc(Esys_EvictControl(swtpm->esys, ESYS_TR_RH_OWNER, object, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                ESYS_TR_NONE, at, &persistent));
    assert_rc(Esys_TR_Close(swtpm->esys, &persistent));
}

void swtpm_evict(TPM2_HANDLE at)
{
    ESYS_TR object, none;

    assert_rc(Esys_TR_FromTPMPublic(swtpm->esys, at, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &object));
    assert_rc(Esys_EvictControl(swtpm->esys, ESYS_TR_RH_OWNER, object, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                ESYS_TR_NONE, at, &none));
    Esys_TR_Close(swtpm->esys, &object); /* some versions have done so */
}

void swtpm_flush(ESYS_TR object)
{
    assert_rc(Esys_FlushContext(swtpm->esys, object));
}
