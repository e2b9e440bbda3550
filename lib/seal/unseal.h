/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An AWS Encryption SDK message opened with its data key, whatever its size in memory of the caller's: fed in
 * pieces of any size, it gives plaintext that was verified, and demands that the message ends where its input
 * ends.
 *
 *     attest_unseal_new(&message, data_key, &options, &unseal, diag)
 *     while there is input:
 *         attest_unseal_feed(unseal, &input, &plaintext, diag)    until `input` is used up
 *     attest_unseal_end(unseal, &plaintext, diag)                 the last of it, and that it is whole
 */
#ifndef ATTEST_SEAL_UNSEAL_H
#define ATTEST_SEAL_UNSEAL_H

#include "base/secret.h"
#include "seal/message.h"

/* When plaintext leaves. The last frame (or all of an unframed body) never does before attest_unseal_end: only
 * then the signature, where there is one, and the end of the message are known. */
enum attest_unseal_release {
    /* Nothing before the end. The default, as nothing else is safe for a caller that acts on what it gets: a
     * message that was cut, or whose signature is another's, shows only at its end. */
    ATTEST_UNSEAL_AT_END,
    /* Frame by frame; a signed message is refused, for its frames would leave before the signature is seen. */
    ATTEST_UNSEAL_FRAMES,
    /* Frame by frame, of signed messages too: for a caller that itself keeps everything back until the end. */
    ATTEST_UNSEAL_FRAMES_KEPT,
};

struct attest_unseal_options {
    /* Suites without key commitment, under which one ciphertext can be made that two data keys open to two
     * plaintexts: refused unless asked for. */
    bool allow_uncommitted;
    enum attest_unseal_release release;
    /* Where plaintext is made, before it is verified too: for a frame, or for all of it at the end. A message
     * that needs more is ATTEST_TOO_LARGE. The caller decides whether it is locked, and wipes it after success;
     * after a failure what was made in it is wiped already. */
    uint8_t *room;
    size_t room_size;
};

struct attest_unseal;

/* Derives the message's key, compares the commitment (before the key is used) and verifies the header. The
 * message and the data key are no longer needed afterwards. ATTEST_REFUSED: a suite that isn't allowed, another
 * data key, a header that was changed. ATTEST_MALFORMED: a data key of another size; a signed message without
 * its public key, or an unsigned one with one. The caller frees. */
enum attest_error attest_unseal_new(const struct attest_message *message, struct attest_secret *data_key,
                                    const struct attest_unseal_options *options,
                                    struct attest_unseal **ret_unseal, struct attest_diag *diag)
    attest_must_check;
void attest_unseal_free(struct attest_unseal *unseal); /* NULL is accepted; wipes the key */
void attest_unseal_cleanup(struct attest_unseal **unseal);

/* Takes from the front of `input` what follows the header, up to the end of a frame that may leave:
 * `ret_plaintext` then is that frame, in the room, until the next call; otherwise empty. After a failure every
 * call fails. */
enum attest_error attest_unseal_feed(struct attest_unseal *unseal, struct attest_view *input,
                                     struct attest_view *ret_plaintext, struct attest_diag *diag)
    attest_must_check;

/* There is no more input. The rest of the plaintext, in the room. ATTEST_TRUNCATED. */
enum attest_error attest_unseal_end(struct attest_unseal *unseal, struct attest_view *ret_plaintext,
                                    struct attest_diag *diag) attest_must_check;

/* All in one: `body` is what follows the header; the plaintext, at most ATTEST_SECRET_MAX bytes of it, is made
 * in the secret itself. */
enum attest_error attest_unseal_secret(const struct attest_message *message, struct attest_view body,
                                       struct attest_secret *data_key, bool allow_uncommitted,
                                       struct attest_secret **ret_plaintext, struct attest_diag *diag)
    attest_must_check;

#endif
