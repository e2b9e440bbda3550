/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES in Galois/Counter Mode (NIST SP 800-38D) under one key, with IVs of 12 bytes and tags of 16. What is
 * decrypted is nobody's before attest_gcm_verify has said ATTEST_OK: the caller keeps it to himself, and wipes
 * it otherwise.
 */
#ifndef ATTEST_BASE_GCM_H
#define ATTEST_BASE_GCM_H

#include "attest/view.h"
#include "base/secret.h"

#include <stdbool.h>

#define ATTEST_GCM_IV_SIZE  12
#define ATTEST_GCM_TAG_SIZE 16

struct attest_gcm;

/* `key` of 16, 24 or 32 bytes; it is no longer needed afterwards. The caller frees. */
enum attest_error attest_gcm_new(struct attest_secret *key, bool encrypt, struct attest_gcm **ret_gcm,
                                 struct attest_diag *diag) attest_must_check;
void attest_gcm_free(struct attest_gcm *gcm); /* NULL is accepted; wipes */
void attest_gcm_cleanup(struct attest_gcm **gcm);

/* One message: begin, update as often as wanted, then verify (decrypting) or finish (encrypting). An encrypting
 * caller never uses an IV twice (SP 800-38D §8). */
enum attest_error attest_gcm_begin(struct attest_gcm *gcm, const uint8_t iv[ATTEST_GCM_IV_SIZE],
                                   struct attest_view aad) attest_must_check;
enum attest_error attest_gcm_update(struct attest_gcm *gcm, struct attest_view input, uint8_t *ret_output)
    attest_must_check; /* as many bytes as `input` has */
enum attest_error attest_gcm_verify(struct attest_gcm *gcm, const uint8_t tag[ATTEST_GCM_TAG_SIZE])
    attest_must_check; /* ATTEST_REFUSED */
enum attest_error attest_gcm_finish(struct attest_gcm *gcm, uint8_t ret_tag[ATTEST_GCM_TAG_SIZE])
    attest_must_check;

#endif
