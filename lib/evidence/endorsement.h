/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endorsement of an AK: an attestation document whose user_data names the AK and a quote by it, made just
 * before. It says that software of the measured boot vouched for this key; not that no other software did.
 *
 * Who makes one: quotes all SHA-384 PCRs with attest_endorsement_extra_data_..., hands
 * attest_endorsement_user_data of that quote to the NSM, and writes the three parts with
 * attest_endorsement_write.
 */
#ifndef ATTEST_EVIDENCE_ENDORSEMENT_H
#define ATTEST_EVIDENCE_ENDORSEMENT_H

#include "attest/verdict.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "codec/tpmwire.h"
#include "evidence/document.h"
#include "evidence/tpmkey.h"

#define ATTEST_ENDORSEMENT_RANDOM_SIZE    32
#define ATTEST_ENDORSEMENT_EXTRA_SIZE     (8 + ATTEST_ENDORSEMENT_RANDOM_SIZE)
#define ATTEST_ENDORSEMENT_USER_DATA_SIZE ((size_t)160) /* at most; with a name of SHA-256, 105 */

/* ---- Written ---- */

/* extraData of the endorsement's quote: "attestdE" and 32 random bytes, or SHA-256 of the caller's nonce. */
void attest_endorsement_extra_data_random(const uint8_t random[ATTEST_ENDORSEMENT_RANDOM_SIZE],
                                          uint8_t ret_extra_data[ATTEST_ENDORSEMENT_EXTRA_SIZE]);
enum attest_error attest_endorsement_extra_data_fresh(struct attest_view nonce,
                                                      uint8_t ret_extra_data[ATTEST_ENDORSEMENT_EXTRA_SIZE])
    attest_must_check;

/* Appends the reserved user_data, of which there is one encoding only: the CBOR of
 * {"attestd": 1, "ak": AK name, "quote": SHA-384 of the TPMS_ATTEST}. `out` should take
 * ATTEST_ENDORSEMENT_USER_DATA_SIZE. */
enum attest_error attest_endorsement_user_data(struct attest_view ak_name, struct attest_view quoted,
                                               struct attest_bytes *out) attest_must_check;

/* How that begins, and nobody else's may, whatever follows: a map of three keys, the first of them "attestd".
 */
#define ATTEST_ENDORSEMENT_RESERVED                                                                            \
    "\xa3\x67"                                                                                                 \
    "attestd"

/* The parts of an endorsement, as they are: the COSE_Sign1, TPMS_ATTEST and TPMT_SIGNATURE. */
struct attest_endorsement_parts {
    struct attest_view document, quoted, signature;
};

/* {"document":base64,"quoted":base64,"signature":base64}. A name of NULL is for no member. */
void attest_endorsement_write(struct attest_json_writer *json, const char *name,
                              const struct attest_endorsement_parts *parts);

/* ---- Read ---- */

struct attest_endorsement {
    struct attest_document *document;
    struct attest_bytes quoted, signature;
    struct attest_tpm_attest attest; /* its views point into quoted */
};

/* Form only. ATTEST_MALFORMED and the like; unknown members are refused. */
enum attest_error attest_endorsement_parse(const struct attest_json *object,
                                           struct attest_endorsement *ret_endorsement, struct attest_diag *diag)
    attest_must_check;
void attest_endorsement_done(struct attest_endorsement *endorsement); /* a zeroed one is accepted */

/* Adds a check for each step of the quote in it: signature, magic, type, extra_data, selection,
 * qualified_signer. `nonce` is the caller's of a fresh one, {NULL, 0} of a cached one. Its document is for the
 * caller to verify, with attest_endorsement_user_data as what it must carry. */
enum attest_error attest_endorsement_check(const struct attest_endorsement *endorsement,
                                           const struct attest_tpmkey *ak, struct attest_view nonce,
                                           struct attest_verdict *verdict) attest_must_check;

#endif
