/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and sessions in the TPM that let go of themselves. */
#ifndef ATTEST_TPM_HANDLE_H
#define ATTEST_TPM_HANDLE_H

#include "tpm/context.h"

#include <tss2/tss2_esys.h>

/* A zeroed handle is none. */
struct attest_tpm_handle {
    struct attest_tpm *tpm;
    ESYS_TR tr;
    bool flush; /* it is in the TPM only for us */
};

/* Flushes a transient object or a session from the TPM; of a persistent object only ESAPI's memory is freed.
 * What goes wrong has marked the connection as broken, and the next start reclaims what is left. */
void attest_tpm_handle_done(struct attest_tpm_handle *handle);

/* Whether an object or index has that handle. */
enum attest_error attest_tpm_handle_exists(struct attest_tpm *tpm, TPM2_HANDLE handle, bool *ret_exists,
                                           struct attest_diag *diag) attest_must_check;

/* The persistent object or NV index at `handle`, which must be there: ATTEST_TPM_LOST if not. */
enum attest_error attest_tpm_handle_load(struct attest_tpm *tpm, TPM2_HANDLE handle,
                                         struct attest_tpm_handle *ret_handle, struct attest_diag *diag)
    attest_must_check;

/* Flushes every transient object and loaded session that the connection can see. At the start of a connection
 * of one's own these are leftovers of a process that was killed: a resource manager shows each client only its
 * own. */
enum attest_error attest_tpm_handle_reclaim(struct attest_tpm *tpm, unsigned *ret_count,
                                            struct attest_diag *diag) attest_must_check;

#endif
