/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that ESAPI does not have, sent beside it over the same connection. */
#ifndef ATTEST_TPM_VENDOR_H
#define ATTEST_TPM_VENDOR_H

#include "attest/view.h"
#include "base/bytes.h"
#include "tpm/context.h"

#include <tss2/tss2_tpm2_types.h>

#define ATTEST_TPM_VENDOR_AUTH_MAX ((size_t)64) /* the largest digest of an NV index's name */

/* The command `code`, called `name` in errors, on the NV index `index`: as authorising handle and as NV index,
 * with its authorisation value as a password, without parameters. ATTEST_TPM_FAILED with the response code as
 * native; ATTEST_TPM_LOST, ATTEST_TPM_TIMEOUT. */
enum attest_error attest_tpm_vendor_send(struct attest_tpm *tpm, TPM2_CC code, const char *name,
                                         TPM2_HANDLE index, struct attest_view auth, struct attest_diag *diag)
    attest_must_check;

/* The command's bytes, appended. */
enum attest_error attest_tpm_vendor_encode(TPM2_CC code, TPM2_HANDLE index, struct attest_view auth,
                                           struct attest_bytes *out) attest_must_check;

/* The response code of a response, which has to be as long as it says; what a successful one carries beyond it
 * is not looked at, for a password session brings nothing. ATTEST_TRUNCATED, ATTEST_MALFORMED. */
enum attest_error attest_tpm_vendor_parse(struct attest_view response, TPM2_RC *ret_code,
                                          struct attest_diag *diag) attest_must_check;

#endif
