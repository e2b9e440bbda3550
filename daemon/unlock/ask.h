/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What attestd does for us, and what of it we believe: a document counts once it was verified up to the root,
 * and names our key, our nonce and the module that all others of this run named. Several threads may ask.
 */
#ifndef ATTEST_UNLOCK_ASK_H
#define ATTEST_UNLOCK_ASK_H

#include "attest/document.h"
#include "base/bytes.h"
#include "codec/pcrs.h"
#include "daemon/config.h"

#define ASK_DIGEST_SIZE 48    /* SHA-384: the bank of documents */
#define ASK_SKEW_LEAST  60000 /* milliseconds from which on a clock counts as wrong */

struct ask;

/* `public_key` (SubjectPublicKeyInfo) must live as long; attestd is asked again until `deadline` (steady time).
 * Roots are read here: ATTEST_SYSTEM, ATTEST_MALFORMED.
 */
enum attest_error ask_new(const struct config *config, struct attest_view public_key, uint64_t deadline,
                          struct ask **ret_ask, struct attest_diag *diag) attest_must_check;
void ask_free(struct ask *ask); /* NULL is accepted */
void ask_cleanup(struct ask **ask);

/* "aws", or the fingerprint of the root that replaces it, known once there was a document. */
const char *ask_root(const struct ask *ask);

/* A document of at most two minutes of age, its wire form copied: the last one, or a new one. With `fresh`
 * always a new one. ATTEST_REFUSED if what attestd gives does not hold; ATTEST_REMOTE and ATTEST_TPM_FAILED if
 * it gives none. */
enum attest_error ask_document(struct ask *ask, bool fresh, struct attest_bytes *ret_wire,
                               struct attest_diag *diag) attest_must_check;

/* Of the last document: a SHA-384 PCR, the milliseconds by which AWS's clock is ahead of ours, and, in words,
 * the PCRs that a key policy is held against. */
enum attest_error ask_pcr(struct ask *ask, unsigned pcr, uint8_t ret_value[ASK_DIGEST_SIZE],
                          struct attest_diag *diag) attest_must_check;
int64_t ask_offset(struct ask *ask);
enum attest_error ask_describe(struct ask *ask, struct attest_bytes *out) attest_must_check;

/* An extend: of a secret's sealed form; with a name of NULL, of the configuration; with a digest of no bytes,
 * the cap. `before` is what the PCR was (SHA-384), so that it runs once however often it is asked for; what it
 * is after is computed, not believed. ATTEST_REFUSED if the PCR is neither. */
struct ask_extend {
    unsigned pcr;
    const uint8_t *before;
    const char *name;
    struct attest_view digest;
};
enum attest_error ask_extend(struct ask *ask, const struct ask_extend *extend,
                             uint8_t ret_after[ASK_DIGEST_SIZE], struct attest_diag *diag) attest_must_check;

/* What that extend makes of `before`. */
enum attest_error ask_predict(const struct ask_extend *extend, uint8_t ret_after[ASK_DIGEST_SIZE])
    attest_must_check;

#endif
