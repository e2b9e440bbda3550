/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the files of lib/tpm send a command: by the two halves that ESAPI gives each one, so that it has a
 * deadline.
 *
 *     attest_try(attest_tpm_call(tpm, diag, "TPM2_FlushContext", Esys_FlushContext_Async(tpm->esys, handle),
 *                                Esys_FlushContext_Finish(tpm->esys)));
 */
#ifndef ATTEST_TPM_CALL_H
#define ATTEST_TPM_CALL_H

#include "base/cleanup.h"
#include "base/error.h"
#include "tpm/context.h"

#include <tss2/tss2_esys.h>

struct attest_tpm {
    const struct attest_tpm_options *options;
    TSS2_TCTI_CONTEXT *tcti;
    ESYS_CONTEXT *esys;
    uint64_t deadline; /* of the command under way: milliseconds of CLOCK_MONOTONIC */
    unsigned pause;    /* before the next resubmission, milliseconds */
    unsigned patience; /* with a TPM that wants the command again: milliseconds, 0 for the whole deadline */
    uint64_t resend_until;
    bool broken;
};

void attest_tpm_begin(struct attest_tpm *tpm);

/* Whether to ask for the response again: it is not there yet, and the deadline neither. */
bool attest_tpm_is_waiting(const struct attest_tpm *tpm, TSS2_RC rc);

/* Whether to send the command again, after a pause: the TPM asked for that (Part 2 §6.6.3: TPM_RC_RETRY,
 * TPM_RC_YIELDED, TPM_RC_TESTING), beyond the few times that ESAPI does it by itself. */
bool attest_tpm_is_refused_for_now(struct attest_tpm *tpm, TSS2_RC rc);

enum attest_error attest_tpm_end(struct attest_tpm *tpm, TSS2_RC rc, const char *command,
                                 struct attest_diag *diag) attest_must_check;

#define attest_tpm_call(tpm, diag, command, async, finish)                                                     \
    ({                                                                                                         \
        TSS2_RC call_rc_;                                                                                      \
        attest_tpm_begin(tpm);                                                                                 \
        do {                                                                                                   \
            call_rc_ = (async);                                                                                \
            if (call_rc_ == TSS2_RC_SUCCESS)                                                                   \
                do                                                                                             \
                    call_rc_ = (finish);                                                                       \
                while (attest_tpm_is_waiting(tpm, call_rc_));                                                  \
        } while (attest_tpm_is_refused_for_now(tpm, call_rc_));                                                \
        attest_tpm_end(tpm, call_rc_, command, diag);                                                          \
    })

/* TPM2_GetCapability. What is given is of the capability asked for: neither the TPM nor ESAPI is believed in
 * that, for it decides how the union of answers is read. The caller frees. */
enum attest_error attest_tpm_capability(struct attest_tpm *tpm, TPM2_CAP capability, uint32_t first,
                                        uint32_t count, TPMS_CAPABILITY_DATA **ret_data,
                                        struct attest_diag *diag) attest_must_check;

/* What ESAPI allocates. */
static inline void attest_tpm_cleanup(void *pointer)
{
    Esys_Free(*(void **)pointer);
}

#define _cleanup_esys_ _cleanup_(attest_tpm_cleanup)

#endif
