/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KMS asked for a secret that only the holder of an attested key can read (AWS KMS API Reference, Decrypt,
 * GenerateDataKey, RecipientInfo). The secret comes as a CMS message (aws/cms.h); an answer that carries it in
 * the clear is refused.
 *
 *     struct attest_kms_decrypt request = { .key_id = arn, .ciphertext = sealed, .context = &pair,
 *                                           .contexts = 1, .document = document };
 *     _cleanup_(attest_bytes_done) struct attest_bytes envelope = { 0 };
 *     enum attest_error error = attest_kms_decrypt(calls, &request, &envelope, &outcome, diag);
 *     if (error != ATTEST_OK)
 *         ... outcome.type, outcome.message, attest_kms_fault_find(outcome.type)->advice ...
 */
#ifndef ATTEST_AWS_KMS_H
#define ATTEST_AWS_KMS_H

#include "aws/call.h"
#include "aws/pair.h"

#define ATTEST_KMS_KEY_ID_MAX     ((size_t)2048)
#define ATTEST_KMS_CIPHERTEXT_MAX ((size_t)6144)
#define ATTEST_KMS_CONTEXT_MAX    ((size_t)16 << 10) /* all names and values; KMS itself takes less */

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
    bool dry_run; /* as above; the ciphertext is empty too */
};

/* What attest_aws_call_send returns; ATTEST_USAGE or ATTEST_TOO_LARGE for a request that can't be one,
 * ATTEST_MALFORMED for an answer that can't be read, ATTEST_REFUSED for one of another key or with a plaintext.
 * `ret_outcome` is filled in any case, zeroed where nothing was sent. */
enum attest_error attest_kms_decrypt(struct attest_aws_call *calls, const struct attest_kms_decrypt *request,
                                     struct attest_bytes *ret_envelope, struct attest_aws_outcome *ret_outcome,
                                     struct attest_diag *diag) attest_must_check;

/* A new data key: its ciphertext, to be kept, and its envelope. */
enum attest_error
attest_kms_generate_data_key(struct attest_aws_call *calls, const struct attest_kms_data_key *request,
                             struct attest_bytes *ret_ciphertext, struct attest_bytes *ret_envelope,
                             struct attest_aws_outcome *ret_outcome, struct attest_diag *diag)
    attest_must_check;

#endif
