/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to a Nitro Security Module, and what it answers: CBOR in the form that serde gives to enums, a
 * text for a variant without fields, a map of one key for one that has them.
 */
#ifndef ATTEST_CODEC_NSM_H
#define ATTEST_CODEC_NSM_H

#include "base/bytes.h"

/* What a document is to carry; a view whose `data` is NULL stands for nothing (null on the wire). */
struct attest_nsm_attestation {
    struct attest_view user_data;
    struct attest_view nonce;
    struct attest_view public_key;
};

/* Appends the request: all three keys, in the order of AWS's own encoder. */
enum attest_error attest_nsm_write_attestation(const struct attest_nsm_attestation *attestation,
                                               struct attest_bytes *out) attest_must_check;

/* The document in the answer to that request, at the beginning of `answer`; what follows the answer's one item
 * is not of it. ATTEST_TRUNCATED where more bytes could still make an answer of it; the other errors of CBOR
 * where none could. An error that the NSM names is ATTEST_USAGE if it refuses what the caller gave, else
 * ATTEST_TPM_FAILED; the diag has its name. */
enum attest_error attest_nsm_parse_attestation(struct attest_view answer, struct attest_view *ret_document,
                                               struct attest_diag *diag) attest_must_check;

#endif
