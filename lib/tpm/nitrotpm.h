/* SPDX-License-Identifier: Apache-2.0 */
/* NitroTPM: what AWS adds to a TPM, which is attestation documents. */
#ifndef ATTEST_TPM_NITROTPM_H
#define ATTEST_TPM_NITROTPM_H

#include "codec/nsm.h"
#include "tpm/nvbuffer.h"

#define ATTEST_TPM_NSM_REQUEST ((TPM2_CC)0x20000001) /* TPM2_VENDOR_AWS_NSM_REQUEST */

/* A zeroed one is none. */
struct attest_tpm_nitrotpm {
    struct attest_tpm *tpm;
    bool present; /* its vendor strings are a NitroTPM's */
    bool refused; /* the vendor command does not get through this connection */
    struct attest_tpm_properties properties;
    struct attest_tpm_owners owners;
    struct attest_tpm_nvbuffer buffer; /* may be missing: then a document has it defined first */
};

/* Looks whether it is one, removes the message buffers that dead owners left in it (their number is added to
 * `reclaimed`), and defines one. A TPM that is none is fine too, and so is one that refuses the definition: who
 * asks for a document is told why. */
enum attest_error attest_tpm_nitrotpm_open(struct attest_tpm *tpm,
                                           const struct attest_tpm_properties *properties,
                                           const struct attest_tpm_owners *owners,
                                           struct attest_tpm_nitrotpm *ret_nitrotpm, unsigned *reclaimed,
                                           struct attest_diag *diag) attest_must_check;

/* A document that carries what is asked for: the bare COSE_Sign1 bytes as the NSM gave them, of that form and
 * not verified. With TPM_PT_NV_BUFFER_MAX of 1024 it takes 7 commands where little is to be carried.
 * ATTEST_TPM_UNABLE if this is no NitroTPM; ATTEST_USAGE if the NSM does not take what it was to carry;
 * ATTEST_TPM_FAILED with the NSM's error or the TPM's; ATTEST_TPM_LOST, ATTEST_TPM_TIMEOUT. */
enum attest_error attest_tpm_nitrotpm_document(struct attest_tpm_nitrotpm *nitrotpm,
                                               const struct attest_nsm_attestation *attestation,
                                               struct attest_bytes *ret_document, struct attest_diag *diag)
    attest_must_check;

/* Removes the message buffer. A zeroed one is accepted. */
void attest_tpm_nitrotpm_close(struct attest_tpm_nitrotpm *nitrotpm);

#endif
