/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of an AWS Encryption SDK message, version 1 or 2, parsed without a key: nothing in it is
 * authenticated before attest_unseal_new has accepted it with the data key. Views point into the input.
 *
 *     read into a buffer until attest_message_parse no longer says ATTEST_TRUNCATED;
 *     have one of the encrypted data keys decrypted, with the encryption context;
 *     attest_unseal_new (unseal.h) with that key, and feed it what follows message.header.
 */
#ifndef ATTEST_SEAL_MESSAGE_H
#define ATTEST_SEAL_MESSAGE_H

#include "base/reader.h"
#include "seal/suite.h"

#define ATTEST_MESSAGE_HEADER_MAX      ((size_t)256 << 10) /* bytes of header, its authentication included */
#define ATTEST_MESSAGE_KEYS_MAX        256                 /* encrypted data keys */
#define ATTEST_MESSAGE_IV_SIZE         12
#define ATTEST_MESSAGE_TAG_SIZE        16
#define ATTEST_MESSAGE_COMMITMENT_SIZE 32
#define ATTEST_MESSAGE_PROVIDER_KMS    "aws-kms"     /* provider of keys whose info is a KMS key's ARN */
#define ATTEST_MESSAGE_RESERVED        "aws-crypto-" /* names in the encryption context not for users */
#define ATTEST_MESSAGE_PUBLIC_KEY      "aws-crypto-public-key" /* holds a signed message's key */

struct attest_message {
    const struct attest_suite *suite;
    struct attest_view header; /* body and authentication: how much of the input it is, and what is signed */
    struct attest_view body;   /* what the tag authenticates */
    struct attest_view message_id;
    struct attest_view context; /* pairs: attest_message_next_pair */
    size_t pairs;
    struct attest_view data_keys; /* encrypted: attest_message_next_key */
    size_t keys;
    bool is_framed;
    uint32_t frame_length;         /* 0 if it is not framed */
    struct attest_view commitment; /* empty where the suite has none */
    struct attest_view iv, tag;    /* of the header; version 2 has no IV, which then is zero */
};

/* A pair of the encryption context; both are UTF-8. */
struct attest_message_pair {
    struct attest_view name, value;
};

/* An encrypted data key. For ATTEST_MESSAGE_PROVIDER_KMS `info` should be the ARN of the KMS key; the caller
 * compares it with what is configured. */
struct attest_message_key {
    struct attest_view provider; /* UTF-8 */
    struct attest_view info;
    struct attest_view ciphertext;
};

/* The header at the beginning of `input`; what follows it isn't looked at. ATTEST_TRUNCATED if more bytes may
 * complete it (never with ATTEST_MESSAGE_HEADER_MAX of them: that is ATTEST_TOO_LARGE, as are too many keys),
 * ATTEST_MALFORMED, ATTEST_UNSUPPORTED. */
enum attest_error attest_message_parse(struct attest_view input, struct attest_message *ret_message,
                                       struct attest_diag *diag) attest_must_check;

/* One after the other, in the message's order; false after the last. The cursor begins as
 * attest_reader_init(message->context), or of data_keys. */
bool attest_message_next_pair(struct attest_reader *cursor, struct attest_message_pair *ret_pair);
bool attest_message_next_key(struct attest_reader *cursor, struct attest_message_key *ret_key);

/* Two pairs, for qsort(3), in the order of the encryption context: by their names' bytes, of two that begin
 * alike the shorter first. */
int attest_message_compare_pairs(const void *a, const void *b);

/* The value of that name in the encryption context; false if there is none. */
bool attest_message_find(const struct attest_message *message, const char *name, struct attest_view *ret_value);

#endif
