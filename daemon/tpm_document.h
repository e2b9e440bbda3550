/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation documents for whoever asks attestd, within what the others who want the TPM can bear. */
#ifndef ATTESTD_TPM_DOCUMENT_H
#define ATTESTD_TPM_DOCUMENT_H

#include "daemon/tpm_session.h"

/* As attest_tpm_nitrotpm_document; the document carries what was asked for and nothing else. ATTEST_NOT_READY
 * where the vendor command has failed too often to be sent again already. */
enum attest_error tpm_document_get(struct tpm_session *session,
                                   const struct attest_nsm_attestation *attestation,
                                   struct attest_bytes *ret_document, struct attest_diag *diag)
    attest_must_check;

#endif
