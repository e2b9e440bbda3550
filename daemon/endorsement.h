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
    uint64_t made, expires;              /* milliseconds of CLOCK_MONOTONIC */
};

struct endorsement *endorsement_ref(struct endorsement *endorsement);
void endorsement_unref(struct endorsement *endorsement); /* NULL is accepted */

/* A new one for the caller's nonce, which nobody else gets. ATTEST_TPM_UNABLE where this is no NitroTPM or has
 * no SHA-384 bank; else as attest_tpm_nitrotpm_document. */
enum attest_error endorsement_make_fresh(struct tpm_session *session, struct attest_view nonce,
                                         struct endorsement **ret_endorsement, struct attest_diag *diag)
    attest_must_check;

/* A new one to be kept. Where that fails, the one before stays. */
enum attest_error endorsement_renew(struct tpm_session *session, struct attest_diag *diag) attest_must_check;

/* A reference of the one that is kept; NULL if there is none, or if it has expired. */
struct endorsement *endorsement_cached(struct tpm_session *session);

/* None is kept any more. */
void endorsement_forget(struct tpm_session *session);

/* Whether a quote by the same AK is of the boot that the endorsement is about. */
bool endorsement_is_of_boot(const struct endorsement *endorsement, struct attest_view quoted);

struct attest_endorsement_parts endorsement_parts(const struct endorsement *endorsement);

#endif
