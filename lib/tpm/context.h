/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection to a TPM through tpm2-tss's ESAPI, with a deadline for each command. One thread uses it.
 */
#ifndef ATTEST_TPM_CONTEXT_H
#define ATTEST_TPM_CONTEXT_H

#include "attest/error.h"

#include <stdbool.h>

struct attest_tpm;

struct attest_tpm_options {
    const char *tcti;         /* as Tss2_TctiLdr_Initialize(3) takes it */
    unsigned command_timeout; /* milliseconds */
    /* The same for the vendor command of a NitroTPM; NULL: the same connection where the command gets through
     * it, else /dev/tpm0, opened for that one command. */
    const char *vendor_tcti;
    /* Called just before (true) and after (false) each exchange with the TPM, so that somebody else can see a
     * TPM that hangs: not every TCTI can time out. May be NULL. */
    void (*observe)(void *context, bool in_command);
    void *observe_context;
};

/* Connects. `options` must outlive the connection. ATTEST_TPM_LOST, ATTEST_TPM_TIMEOUT. */
enum attest_error attest_tpm_open(const struct attest_tpm_options *options, struct attest_tpm **ret_tpm,
                                  struct attest_diag *diag) attest_must_check;

/* NULL is accepted. */
void attest_tpm_close(struct attest_tpm *tpm);

/* After ATTEST_TPM_LOST or ATTEST_TPM_TIMEOUT, or an answer that can't be one: nothing but closing makes sense.
 */
bool attest_tpm_is_broken(const struct attest_tpm *tpm);

#endif
