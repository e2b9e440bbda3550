/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An AWS Encryption SDK message made, of any size: suite 0478, framed. That suite commits to the data key and
 * is unsigned: a signature would tell a writer who may encrypt from a reader who may decrypt, but the data key
 * does both here, and its price is that no reader may believe a byte before the last. Who wants to know who
 * sealed it pins the digest of the message.
 *
 *     attest_seal_new(...)       appends the header
 *     attest_seal_frame(...)     for each frame_length bytes of plaintext
 *     attest_seal_end(...)       for what is left, which may be nothing
 */
#ifndef ATTEST_SEAL_SEAL_H
#define ATTEST_SEAL_SEAL_H

#include "base/secret.h"
#include "seal/message.h"

#define ATTEST_SEAL_MESSAGE_ID_SIZE 32
#define ATTEST_SEAL_OVERHEAD        64 /* bytes that a frame has beside its plaintext, at most */

struct attest_seal_options {
    uint8_t message_id[ATTEST_SEAL_MESSAGE_ID_SIZE]; /* random: with one data key never the same twice */
    const struct attest_message_pair *pairs;         /* in any order */
    size_t pair_count;
    const struct attest_message_key *keys; /* the data key, encrypted; at least one */
    size_t key_count;
    uint32_t frame_length;
};

struct attest_seal;

/* Appends the header to `out`. ATTEST_USAGE: a name in the encryption context that is there twice, reserved, or
 * not UTF-8; nothing as frame length, no key; a data key that is not of 32 bytes. The caller frees. */
enum attest_error attest_seal_new(const struct attest_seal_options *options, struct attest_secret *data_key,
                                  struct attest_bytes *out, struct attest_seal **ret_seal,
                                  struct attest_diag *diag) attest_must_check;
void attest_seal_free(struct attest_seal *seal); /* NULL is accepted; wipes the key */
void attest_seal_cleanup(struct attest_seal **seal);

/* Appends a frame. `plaintext` must be of the frame length. ATTEST_TOO_LARGE after 2^32 - 2 of them. */
enum attest_error attest_seal_frame(struct attest_seal *seal, struct attest_view plaintext,
                                    struct attest_bytes *out, struct attest_diag *diag) attest_must_check;

/* Appends the final frame, of at most the frame length; nothing may follow. */
enum attest_error attest_seal_end(struct attest_seal *seal, struct attest_view plaintext,
                                  struct attest_bytes *out, struct attest_diag *diag) attest_must_check;

#endif
