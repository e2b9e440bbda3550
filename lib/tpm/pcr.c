/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What are the PCRs, at one moment? One TPM2_PCR_Read gives at most eight digests (TPM 2.0 Part 3 §22.4), and
 * others may extend in between; pcrUpdateCounter tells.
 */
#include "tpm/pcr.h"

#include "codec/tpmwire.h"
#include "tpm/call.h"

#include <string.h>

#define TRIES_MAX 8

TPML_PCR_SELECTION attest_tpm_pcr_selection(enum attest_hash bank, uint32_t mask)
{
    TPML_PCR_SELECTION selection = { .count = 1 };

    selection.pcrSelections[0].hash = attest_tpmwire_alg(bank);
    selection.pcrSelections[0].sizeofSelect = 3;
    for (unsigned byte = 0; byte < 3; byte++)
        selection.pcrSelections[0].pcrSelect[byte] = (BYTE)(mask >> (8 * byte));
    return selection;
}

static uint32_t mask_of(const TPML_PCR_SELECTION *selection, TPM2_ALG_ID alg)
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < selection->count; i++)
        for (unsigned byte = 0; byte < 3 && selection->pcrSelections[i].hash == alg; byte++)
            mask |= (uint32_t)selection->pcrSelections[i].pcrSelect[byte] << (8 * byte);
    return mask;
}

/* One command: as many of `mask` as the TPM gives at once. */
static enum attest_error read_some(struct attest_tpm *tpm, uint32_t mask, struct attest_pcrs *pcrs,
                                   uint32_t *ret_counter, struct attest_diag *diag)
{
    _cleanup_esys_ TPML_PCR_SELECTION *given = NULL;
    _cleanup_esys_ TPML_DIGEST *digests = NULL;
    TPML_PCR_SELECTION wanted = attest_tpm_pcr_selection(pcrs->bank, mask);
    uint32_t counter = 0, next = 0;

    attest_try(
        attest_tpm_call(tpm, diag, "TPM2_PCR_Read",
                        Esys_PCR_Read_Async(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &wanted),
                        Esys_PCR_Read_Finish(tpm->esys, &counter, &given, &digests)));
    uint32_t got = mask_of(given, wanted.pcrSelections[0].hash) & mask;
    if (got == 0)
        return attest_fail(diag, ATTEST_USAGE, NULL, "an active bank, not %s", attest_hash_name(pcrs->bank));
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        if (!(got >> i & 1))
            continue;
        if (next >= digests->count || digests->digests[next].size != attest_hash_size(pcrs->bank))
            return attest_fail(diag, ATTEST_TPM_FAILED, NULL,
                               "a digest for each PCR in TPM2_PCR_Read's answer");
        memcpy(pcrs->values[i], digests->digests[next++].buffer, attest_hash_size(pcrs->bank));
    }
    pcrs->mask |= got;
    *ret_counter = counter;
    return ATTEST_OK;
}

static enum attest_error read_all(struct attest_tpm *tpm, uint32_t mask, struct attest_pcrs *pcrs,
                                  uint32_t *ret_counter, bool *ret_stable, struct attest_diag *diag)
{
    uint32_t first = 0, counter = 0;
    bool stable = true;

    for (pcrs->mask = 0; pcrs->mask != mask;) {
        bool is_first = pcrs->mask == 0;
        attest_try(read_some(tpm, mask & ~pcrs->mask, pcrs, &counter, diag));
        first = is_first ? counter : first;
        stable = stable && counter == first;
    }
    *ret_counter = counter;
    *ret_stable = stable;
    return ATTEST_OK;
}

enum attest_error attest_tpm_pcr_read(struct attest_tpm *tpm, enum attest_hash bank, uint32_t mask,
                                      struct attest_pcrs *ret_pcrs, uint32_t *ret_update_counter,
                                      struct attest_diag *diag)
{
    struct attest_pcrs pcrs = { .bank = bank };
    uint32_t counter = 0;
    bool stable = false;

    for (unsigned i = 0; i < TRIES_MAX && !stable; i++)
        attest_try(read_all(tpm, mask, &pcrs, &counter, &stable, diag));
    if (!stable)
        return attest_fail(diag, ATTEST_TPM_UNSTABLE, NULL, "PCRs that hold still, in %d tries", TRIES_MAX);
    *ret_pcrs = pcrs;
    *ret_update_counter = counter;
    return ATTEST_OK;
}
