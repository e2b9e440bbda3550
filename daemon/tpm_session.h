/* SPDX-License-Identifier: Apache-2.0 */
/* What the TPM thread knows and keeps while a connection to the TPM lasts. */
#ifndef ATTESTD_TPM_SESSION_H
#define ATTESTD_TPM_SESSION_H

#include "codec/pcrs.h"
#include "daemon/config.h"
#include "tpm/ak.h"
#include "tpm/ek.h"
#include "tpm/nitrotpm.h"
#include "tpm/properties.h"

/* Who the TPM and its AK are: read once for each connection, then shared with answers that outlive it. */
struct tpm_identity {
    _Atomic unsigned references;
    struct attest_tpmkey ak;
    struct attest_bytes ak_pem;
    struct attest_tpm_properties properties;
    bool nitrotpm;
};

struct tpm_identity *tpm_identity_ref(struct tpm_identity *identity);
void tpm_identity_unref(struct tpm_identity *identity); /* NULL is accepted */

/* An EK never changes while the TPM is the same: made once, when first asked for. */
struct tpm_ek {
    struct attest_bytes wire; /* TPMT_PUBLIC; empty if not known yet */
    struct attest_bytes certificate;
};

struct endorsement;

/* How long the vendor command is left alone after failures that were dear: see tpm_document.c. Outlives
 * sessions, which such failures end. */
struct tpm_document_pause {
    unsigned failures;    /* in a row */
    uint64_t until, next; /* milliseconds: of CLOCK_MONOTONIC, and how long the next pause is */
};

struct tpm_session {
    struct attest_tpm *tpm;
    struct attest_tpm_ak ak;
    struct tpm_identity *identity;
    struct attest_pcrs known_pcrs[ATTEST_HASH_COUNT]; /* for attest_tpm_quote_make */
    struct tpm_ek eks[ATTEST_TPM_EK_TYPES];
    struct attest_tpm_nitrotpm nitrotpm; /* for documents */
    struct endorsement *endorsement;     /* the one that is kept; NULL: none yet */
    struct tpm_document_pause pause;
};

/* Connects, reclaims what a killed process left, and finds or makes the AK. `ret_reclaimed` counts
 * what was left: objects, sessions and message buffers. */
enum attest_error tpm_session_open(const struct attest_tpm_options *options, const struct config *config,
                                   struct tpm_session *ret_session, unsigned *ret_reclaimed,
                                   struct attest_diag *diag) attest_must_check;

/* A zeroed session is accepted. */
void tpm_session_close(struct tpm_session *session);

#endif
