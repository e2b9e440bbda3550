/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endorsements of the AK (evidence/endorsement.h), made on the TPM thread. The last one made without a caller's
 * nonce is kept in the session, for all who ask until it expires.
 */
#ifndef ATTESTD_ENDORSEMENT_H
#define ATTESTD_ENDORSEMENT_H

#include "daemon/tpm_session.h"
#include "evidence/evidence.h"

/* Never changed once it is made, and shared with answers. */
struct endorsement {
    _Atomic unsigned references;
    struct attest_bytes document, quoted, signature;
    uint32_t reset_count, restart_count; /* of the boot that it is about */
    bool safe;                           /* the TPM's clock was, which verifiers demand */
    uint64_t made, expires;              /* milliseconds of CLOCK_BOOTTIME */
};

/* What the main thread is to know. */
struct endorsement_report {
    bool possible;          /* the TPM is one whose AK AWS can endorse */
    bool safe;              /* as above */
    uint64_t made, expires; /* of the one that is kept; 0 if there is none */
};
struct endorsement_report endorsement_report(const struct tpm_session *session);

struct endorsement *endorsement_ref(struct endorsement *endorsement);
void endorsement_unref(struct endorsement *endorsement); /* NULL is accepted */

/* A new one for the caller's nonce, which nobody else gets. ATTEST_TPM_UNABLE where this is no NitroTPM or has
 * no SHA-384 bank; else as attest_tpm_nitrotpm_document. */
enum attest_error endorsement_make_fresh(struct tpm_session *session, struct attest_view nonce,
                                         struct endorsement **ret_endorsement, struct attest_diag *diag)
    attest_must_check;

/* A new one to be kept. Where that fails, the one before stays. */
enum attest_error endorsement_renew(struct tpm_session *session, struct attest_diag *diag) attest_must_check;

/* A reference of the one that is kept; NULL if there is none. One that has expired, or is of an earlier boot of
 * the TPM, is kept no longer; neither is one that says that the TPM's clock is not safe where it is by now.
 * Asks the TPM, unless there is none to ask about. */
enum attest_error endorsement_current(struct tpm_session *session, struct endorsement **ret_endorsement,
                                      struct attest_diag *diag) attest_must_check;

struct attest_endorsement_parts endorsement_parts(const struct endorsement *endorsement);

#endif
