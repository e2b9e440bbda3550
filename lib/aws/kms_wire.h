/* SPDX-License-Identifier: Apache-2.0 */
/* What KMS is sent and what it answers, as JSON, for kms.c. */
#ifndef ATTEST_AWS_KMS_WIRE_H
#define ATTEST_AWS_KMS_WIRE_H

#include "aws/kms.h"

#define ATTEST_KMS_ANSWER_MAX ((size_t)64 << 10)

/* Appends the body of a request. ATTEST_USAGE for what KMS's API has no place for, ATTEST_TOO_LARGE. */
enum attest_error attest_kms_wire_decrypt(const struct attest_kms_decrypt *request, struct attest_bytes *out,
                                          struct attest_diag *diag) attest_must_check;
enum attest_error attest_kms_wire_data_key(const struct attest_kms_data_key *request, struct attest_bytes *out,
                                           struct attest_diag *diag) attest_must_check;

/* Reads the answer for the key `key_id`; `ret_ciphertext` is NULL where none is due. ATTEST_MALFORMED,
 * ATTEST_TOO_LARGE; ATTEST_REFUSED for one of another key, or with a plaintext in it. */
enum attest_error attest_kms_wire_parse(struct attest_view body, const char *key_id,
                                        struct attest_bytes *ret_ciphertext, struct attest_bytes *ret_envelope,
                                        struct attest_diag *diag) attest_must_check;

#endif
