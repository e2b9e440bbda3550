/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KMS asked for a secret that only the holder of an attested key can read (AWS KMS API Reference, Decrypt,
 * GenerateDataKey, RecipientInfo). The secret comes as a CMS message (aws/cms.h); an answer that carries it in
 * the clear is refused, and wiped.
 */
#ifndef ATTEST_AWS_KMS_H
#define ATTEST_AWS_KMS_H

#include "attest/document.h"
#include "aws/pair.h"
#include "base/bytes.h"

#include <stdbool.h>

struct attest_aws_call;

#define ATTEST_KMS_CIPHERTEXT_MAX ((size_t)6144)

struct attest_kms_decrypt {
    const char *key_id;                    /* a key's ARN, which the answer must name too */
    struct attest_view ciphertext;         /* at most ATTEST_KMS_CIPHERTEXT_MAX bytes */
    const struct attest_aws_pair *context; /* the encryption context, byte for byte as it was encrypted with */
    size_t contexts;
    struct attest_view document; /* fresh for every call */
    bool dry_run;                /* only whether it would be allowed: ATTEST_OK, and an empty envelope */
};

struct attest_kms_data_key {
    const char *key_id;
    const char *key_spec; /* "AES_256" or "AES_128" */
    const struct attest_aws_pair *context;
    size_t contexts;
    struct attest_view document;
    bool dry_run;
};

/* What KMS said instead, printable and cut; zeroed by the caller. `type` is without its namespace, "" if KMS
 * named none. */
struct attest_kms_failure {
    unsigned status; /* HTTP's; 0 if there was no answer */
    char type[64];
    char message[256];
    char request_id[64];
};

/* ATTEST_DENIED if KMS does not allow it, ATTEST_REMOTE for all else that KMS or the way to it refuses, and for
 * an answer that is none: of another key, without envelope, with plaintext. `ret_failure` may be NULL, and is
 * the one output that a failure fills. */
enum attest_error attest_kms_decrypt(struct attest_aws_call *calls, const struct attest_kms_decrypt *request,
                                     struct attest_bytes *ret_envelope, struct attest_kms_failure *ret_failure,
                                     struct attest_diag *diag) attest_must_check;

/* A new data key: its ciphertext, to be kept, and its envelope. */
enum attest_error
attest_kms_generate_data_key(struct attest_aws_call *calls, const struct attest_kms_data_key *request,
                             struct attest_bytes *ret_ciphertext, struct attest_bytes *ret_envelope,
                             struct attest_kms_failure *ret_failure, struct attest_diag *diag)
    attest_must_check;

/* For an operator: what an error of that type means here, and what to do about it. Never NULL. */
const char *attest_kms_failure_meaning(const char *type);
const char *attest_kms_failure_advice(const char *type);

/* For an operator whom KMS denied: appends which PCR values the document presented, those that are not zero, as
 * a key policy names them, a line each. */
enum attest_error attest_kms_presented(const struct attest_document *document, struct attest_bytes *out)
    attest_must_check;

#endif
