/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast can one program get quotes from this TPM at best? Esys_Quote(3) in a loop, with nothing around it:
 * what attestd is measured against. lib/tpm only opens the TPM and makes the AK, as attestd does.
 *
 *     esapi_loop TCTI AK-ALGORITHM SECONDS
 */
#include "tests/bench/samples.h"

#include "tpm/ak.h"
#include "tpm/call.h"
#include "tpm/pcr.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AK_HANDLE       0x8101A77E /* attestd's default, where tpm2_quote finds it too */
#define COMMAND_TIMEOUT 10000
#define NONCE_SIZE      32
#define PCRS            0xFFFF /* 0-15 */

static const struct {
    const char *name;
    enum attest_tpm_ak_algorithm algorithm;
} algorithms[] = {
    { "ecdsa-p256", ATTEST_TPM_AK_ECDSA_P256 },
    { "ecdsa-p384", ATTEST_TPM_AK_ECDSA_P384 },
    { "rsassa-2048", ATTEST_TPM_AK_RSASSA_2048 },
};

static enum attest_tpm_ak_algorithm algorithm_of(const char *name)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (strcmp(algorithms[i].name, name) == 0)
            return algorithms[i].algorithm;
    errx(2, "%s: no such algorithm of an AK", name);
}

static void check(enum attest_error error, const struct attest_diag *diag)
{
    if (error != ATTEST_OK)
        errx(1, "%s: expected %s", attest_error_sentence(error), diag->expected);
}

/* The n-th quote. */
static void quote(ESYS_CONTEXT *esys, ESYS_TR ak, uint64_t n)
{
    const TPML_PCR_SELECTION selection = attest_tpm_pcr_selection(ATTEST_HASH_SHA384, PCRS);
    const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL };
    TPM2B_DATA nonce = { .size = NONCE_SIZE };
    TPM2B_ATTEST *attest;
    TPMT_SIGNATURE *signature;

    memcpy(nonce.buffer, &n, sizeof n);
    TSS2_RC rc = Esys_Quote(esys, ak, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &nonce, &scheme, &selection,
                            &attest, &signature);
    if (rc != TSS2_RC_SUCCESS)
        errx(1, "Esys_Quote: 0x%08" PRIx32, rc);
    Esys_Free(attest);
    Esys_Free(signature);
}

static void measure(ESYS_CONTEXT *esys, ESYS_TR ak, double seconds)
{
    struct samples samples = { 0 };
    const uint64_t begun = samples_now(), end = begun + (uint64_t)(seconds * 1e9);

    for (uint64_t before = begun, now; before < end; before = now) {
        quote(esys, ak, before);
        now = samples_now();
        samples_add(&samples, now - before);
    }
    uint64_t elapsed = samples_now() - begun;
    printf("{");
    samples_print(&samples, elapsed);
    printf("}\n");
    samples_done(&samples);
}

int main(int argc, char **argv)
{
    struct attest_tpm_options options = { .command_timeout = COMMAND_TIMEOUT };
    struct attest_diag diag = { 0 };
    struct attest_tpm *tpm;
    struct attest_tpm_ak ak;

    if (argc != 4)
        errx(2, "usage: esapi_loop TCTI AK-ALGORITHM SECONDS");
    options.tcti = argv[1];
    check(attest_tpm_open(&options, &tpm, &diag), &diag);
    check(attest_tpm_ak_open(tpm, algorithm_of(argv[2]), AK_HANDLE, &ak, &diag), &diag);
    measure(tpm->esys, ak.handle.tr, strtod(argv[3], NULL));
    attest_tpm_ak_done(&ak);
    attest_tpm_close(tpm);
    return 0;
}
