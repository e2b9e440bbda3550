/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is there a TPM, and did it answer in time? Trusts what the TPM says of PCRs and keys (it is the root of
 * trust), but not that it answers at all. ESAPI is asked in two halves; where the TCTI cannot time out
 * (tcti-swtpm), the observer is whom a hung command is seen by.
 */
#include "tpm/call.h"

#include <time.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#define PAUSE_FIRST 5 /* milliseconds */
#define PAUSE_MAX   200

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void observe(const struct attest_tpm *tpm, bool in_command)
{
    if (tpm->options->observe)
        tpm->options->observe(tpm->options->observe_context, in_command);
}

void attest_tpm_begin(struct attest_tpm *tpm)
{
    tpm->deadline = now() + tpm->options->command_timeout;
    tpm->resend_until = tpm->patience > 0 ? now() + tpm->patience : tpm->deadline;
    tpm->pause = PAUSE_FIRST;
    observe(tpm, true);
}

static bool is_try_again(TSS2_RC rc)
{
    return rc >> TSS2_RC_LAYER_SHIFT != TSS2_TPM_RC_LAYER >> TSS2_RC_LAYER_SHIFT &&
           (rc & ~TSS2_RC_LAYER_MASK) == TSS2_BASE_RC_TRY_AGAIN;
}

bool attest_tpm_is_waiting(const struct attest_tpm *tpm, TSS2_RC rc)
{
    return is_try_again(rc) && now() < tpm->deadline;
}

bool attest_tpm_is_refused_for_now(struct attest_tpm *tpm, TSS2_RC rc)
{
    if (rc != TPM2_RC_RETRY && rc != TPM2_RC_YIELDED && rc != TPM2_RC_TESTING)
        return false;
    if (now() + tpm->pause >= tpm->deadline || now() >= tpm->resend_until)
        return false;
    nanosleep(&(struct timespec){ .tv_nsec = (long)tpm->pause * 1000000 }, NULL);
    if (tpm->pause < PAUSE_MAX)
        tpm->pause *= 2;
    return true;
}

/* The TPM itself said no, as opposed to the way to it (TSS 2.0 Overview §3.1: the layers of a response code).
 */
static bool is_from_tpm(TSS2_RC rc)
{
    TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;
    return layer == TSS2_TPM_RC_LAYER || layer == TSS2_RESMGR_TPM_RC_LAYER || layer == TSS2_RESMGR_RC_LAYER;
}

/* An object that we hold is not there any more: somebody removed it, or cleared the TPM (Part 2 §6.6.3:
 * TPM_RC_HANDLE of whichever handle, TPM_RC_REFERENCE_H0 to H6). What we know of the TPM is worth nothing then.
 */
static bool is_of_a_lost_object(TSS2_RC rc)
{
    if (rc & TPM2_RC_FMT1)
        return (rc & (TPM2_RC_FMT1 | TPM2_RC_P | 0x3f)) == TPM2_RC_HANDLE;
    return (rc & 0xfff) >= TPM2_RC_REFERENCE_H0 && (rc & 0xfff) <= TPM2_RC_REFERENCE_H6;
}

enum attest_error attest_tpm_end(struct attest_tpm *tpm, TSS2_RC rc, const char *command,
                                 struct attest_diag *diag)
{
    observe(tpm, false);
    if (rc == TSS2_RC_SUCCESS)
        return ATTEST_OK;
    if (diag)
        diag->native = rc;
    if (is_try_again(rc)) {
        tpm->broken = true;
        return attest_fail(diag, ATTEST_TPM_TIMEOUT, NULL, "%s answered within %u ms", command,
                           tpm->options->command_timeout);
    }
    if (is_from_tpm(rc) && !is_of_a_lost_object(rc))
        return attest_fail(diag, ATTEST_TPM_FAILED, Tss2_RC_Decode(rc), "%s to succeed", command);
    tpm->broken = true;
    return attest_fail(diag, ATTEST_TPM_LOST, Tss2_RC_Decode(rc), "%s to reach the TPM", command);
}

enum attest_error attest_tpm_capability(struct attest_tpm *tpm, TPM2_CAP capability, uint32_t first,
                                        uint32_t count, TPMS_CAPABILITY_DATA **ret_data,
                                        struct attest_diag *diag)
{
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;
    TPMI_YES_NO more;

    attest_try(attest_tpm_call(
        tpm, diag, "TPM2_GetCapability",
        Esys_GetCapability_Async(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, capability, first, count),
        Esys_GetCapability_Finish(tpm->esys, &more, &data)));
    if (data->capability != capability)
        return attest_fail(diag, ATTEST_TPM_FAILED, NULL,
                           "capability %u in TPM2_GetCapability's answer, not %u", capability,
                           data->capability);
    *ret_data = attest_steal(data);
    return ATTEST_OK;
}

static void tpm_cleanup(struct attest_tpm **tpm)
{
    attest_tpm_close(*tpm);
}

enum attest_error attest_tpm_open(const struct attest_tpm_options *options, struct attest_tpm **ret_tpm,
                                  struct attest_diag *diag)
{
    _cleanup_(tpm_cleanup) struct attest_tpm *tpm = calloc(1, sizeof *tpm);
    if (!tpm)
        return ATTEST_MEMORY;
    tpm->options = options;

    attest_tpm_begin(tpm);
    TSS2_RC rc = Tss2_TctiLdr_Initialize(options->tcti, &tpm->tcti);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Initialize(&tpm->esys, tpm->tcti, NULL);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_SetTimeout(tpm->esys, (int32_t)options->command_timeout);
    attest_try(attest_tpm_end(tpm, rc, "the TCTI", diag));
    *ret_tpm = attest_steal(tpm);
    return ATTEST_OK;
}

void attest_tpm_close(struct attest_tpm *tpm)
{
    if (!tpm)
        return;
    Esys_Finalize(&tpm->esys);
    Tss2_TctiLdr_Finalize(&tpm->tcti);
    free(tpm);
}

bool attest_tpm_is_broken(const struct attest_tpm *tpm)
{
    return tpm->broken;
}
