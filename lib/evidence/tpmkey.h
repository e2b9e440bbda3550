/* SPDX-License-Identifier: Apache-2.0 */
/* A key that lives in a TPM, known by its public area: its name, its attributes, and the key for OpenSSL. */
#ifndef ATTEST_EVIDENCE_TPMKEY_H
#define ATTEST_EVIDENCE_TPMKEY_H

#include "base/bytes.h"
#include "base/key.h"
#include "codec/json_writer.h"
#include "codec/tpmwire.h"

#define ATTEST_TPMKEY_NAME_MAX (2 + ATTEST_HASH_MAX_SIZE)

struct attest_tpmkey {
    struct attest_bytes wire;        /* TPMT_PUBLIC as it came */
    struct attest_tpm_public public; /* its views point into wire */
    struct attest_key *key;
    uint8_t name[ATTEST_TPMKEY_NAME_MAX];
    size_t name_size;
};

/* Copies `wire` (TPMT_PUBLIC). ATTEST_TRUNCATED, ATTEST_TRAILING, ATTEST_MALFORMED or ATTEST_UNSUPPORTED. */
enum attest_error attest_tpmkey_parse(struct attest_view wire, struct attest_tpmkey *ret_key,
                                      struct attest_diag *diag) attest_must_check;

/* A zeroed key is accepted. */
void attest_tpmkey_done(struct attest_tpmkey *key);

struct attest_view attest_tpmkey_name(const struct attest_tpmkey *key);

/* The qualified name the key has as a primary of that hierarchy (TPM 2.0 Part 1 §26.5). */
enum attest_error attest_tpmkey_qualify(const struct attest_tpmkey *key, uint32_t hierarchy,
                                        uint8_t ret_name[ATTEST_TPMKEY_NAME_MAX], size_t *ret_size)
    attest_must_check;

/* NULL if it is an attestation key: restricted, signing, not decrypting, born in and bound to its TPM; else
 * what it lacks. Without these anybody could have it sign a made-up quote. */
const char *attest_tpmkey_flaw(const struct attest_tpmkey *key);

/* "ecdsa-p256" and the like; "unknown" for what attestd never makes. */
const char *attest_tpmkey_algorithm(const struct attest_tpmkey *key);

/* The members name, public and pem of an object that is open. `pem` is what attest_key_encode_pem made of the
 * key: kept by who writes it often, for making it takes longer than all the rest. */
void attest_tpmkey_write(struct attest_json_writer *json, const struct attest_tpmkey *key,
                         struct attest_view pem);

#endif
