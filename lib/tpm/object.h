/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in the TPM: primaries made from templates, and public areas read. */
#ifndef ATTEST_TPM_OBJECT_H
#define ATTEST_TPM_OBJECT_H

#include "evidence/tpmkey.h"
#include "tpm/handle.h"

/* A primary of the endorsement hierarchy, which has to have an empty authorisation. The same template gives the
 * same key as long as the TPM's endorsement seed stays (TPM 2.0 Part 1 §14.4). */
enum attest_error attest_tpm_object_create(struct attest_tpm *tpm, const TPMT_PUBLIC *template,
                                           struct attest_tpm_handle *ret_handle, struct attest_tpmkey *ret_key,
                                           struct attest_diag *diag) attest_must_check;

/* Whether the loaded `handle` is what attest_tpm_object_create would make of `template`: its public area but
 * for the key itself, and its place directly under the endorsement hierarchy. The key is given in either case.
 */
enum attest_error attest_tpm_object_matches(const struct attest_tpm_handle *handle, const TPMT_PUBLIC *template,
                                            struct attest_tpmkey *ret_key, bool *ret_matches,
                                            struct attest_diag *diag) attest_must_check;

#endif
