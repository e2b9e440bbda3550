/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sealed message, header and body, opened with the seeds' data key 00 01 02 ...: in one piece and byte by
 * byte, at the end and frame by frame, all with one result. What has no tag that verifies gets no further than
 * that; so the body is also read behind a header whose tag is made right.
 */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "seal/body.h"
#include "seal/derive.h"
#include "seal/unseal.h"

#include <string.h>

#define ROOM 4096

static void demand_within(struct attest_view inner, struct attest_view whole)
{
    demand(inner.size == 0 || (inner.data >= whole.data && inner.data + inner.size <= whole.data + whole.size));
}

static struct attest_secret *make_key(size_t size)
{
    struct attest_secret *key = NULL;

    demand(attest_secret_new(size, &key, NULL) == ATTEST_OK);
    for (size_t i = 0; i < size; i++)
        attest_secret_data(key)[i] = (uint8_t)i;
    return key;
}

static void walk(const struct attest_message *message, struct attest_view wire)
{
    struct attest_reader pairs = attest_reader_init(message->context);
    struct attest_reader keys = attest_reader_init(message->data_keys);
    struct attest_message_pair pair;
    struct attest_message_key key;
    size_t count = 0;

    for (; attest_message_next_pair(&pairs, &pair); count++) {
        demand_within(pair.name, wire);
        demand_within(pair.value, wire);
    }
    demand(count == message->pairs);
    for (count = 0; attest_message_next_key(&keys, &key); count++)
        demand_within(key.ciphertext, wire);
    demand(count == message->keys && count > 0 && count <= ATTEST_MESSAGE_KEYS_MAX);
    demand_within(message->header, wire);
    demand(message->is_framed == (message->frame_length > 0));
}

/* In pieces of that size. */
static enum attest_error open_body(const struct attest_message *message, struct attest_view body,
                                   struct attest_secret *key, enum attest_unseal_release release, size_t piece,
                                   struct attest_bytes *ret_plaintext)
{
    _cleanup_(attest_unseal_cleanup) struct attest_unseal *unseal = NULL;
    uint8_t room[ROOM];
    const struct attest_unseal_options options = {
        .allow_uncommitted = true, .release = release, .room = room, .room_size = sizeof room
    };
    struct attest_view plaintext;

    attest_try(attest_unseal_new(message, key, &options, &unseal, NULL));
    while (body.size > 0) {
        struct attest_view input = { body.data, body.size < piece ? body.size : piece };
        body.data += input.size;
        body.size -= input.size;
        while (input.size > 0) {
            attest_try(attest_unseal_feed(unseal, &input, &plaintext, NULL));
            attest_bytes_append(ret_plaintext, plaintext);
        }
    }
    attest_try(attest_unseal_end(unseal, &plaintext, NULL));
    attest_bytes_append(ret_plaintext, plaintext);
    return attest_bytes_check(ret_plaintext);
}

static void fuzz_body(const struct attest_message *message, struct attest_view body)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = make_key(message->suite->key_size);
    _cleanup_(attest_bytes_done) struct attest_bytes whole = attest_bytes_init(ROOM);
    _cleanup_(attest_bytes_done) struct attest_bytes bytewise = attest_bytes_init(SIZE_MAX);

    enum attest_error error = open_body(message, body, key, ATTEST_UNSEAL_AT_END, body.size, &whole);
    demand(error == open_body(message, body, key, ATTEST_UNSEAL_AT_END, 1, &bytewise));
    demand(attest_view_equal(attest_bytes_view(&whole), attest_bytes_view(&bytewise)));
    demand(error == ATTEST_OK || whole.size == 0);
    attest_bytes_done(&bytewise);
    if (error == ATTEST_OK) { /* by frame there is more room for all, so only then it's the same */
        demand(open_body(message, body, key, ATTEST_UNSEAL_FRAMES_KEPT, 7, &bytewise) == ATTEST_OK);
        demand(attest_view_equal(attest_bytes_view(&whole), attest_bytes_view(&bytewise)));
    }
}

/* As if the header had been made with the seeds' key: commitment and tag are replaced by the right ones. */
static void make_right(struct attest_message *message, uint8_t commitment[ATTEST_MESSAGE_COMMITMENT_SIZE],
                       uint8_t tag[ATTEST_MESSAGE_TAG_SIZE])
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *data_key = make_key(message->suite->key_size);
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *derived = NULL;
    _cleanup_(attest_gcm_cleanup) struct attest_gcm *gcm = NULL;
    static const uint8_t zeros[ATTEST_GCM_IV_SIZE];

    demand(attest_derive(message->suite, message->message_id, data_key, &key, &derived, NULL) == ATTEST_OK);
    if (derived) {
        memcpy(commitment, attest_secret_data(derived), ATTEST_MESSAGE_COMMITMENT_SIZE);
        message->commitment = (struct attest_view){ commitment, ATTEST_MESSAGE_COMMITMENT_SIZE };
    }
    demand(attest_gcm_new(key ?: data_key, true, &gcm, NULL) == ATTEST_OK);
    demand(attest_gcm_begin(gcm, message->iv.size > 0 ? message->iv.data : zeros, message->body) == ATTEST_OK);
    demand(attest_gcm_finish(gcm, tag) == ATTEST_OK);
    message->tag = (struct attest_view){ tag, ATTEST_MESSAGE_TAG_SIZE };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t commitment[ATTEST_MESSAGE_COMMITMENT_SIZE], tag[ATTEST_MESSAGE_TAG_SIZE];
    struct attest_view wire = { data, size };
    struct attest_message message;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_message_parse(wire, &message, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return 0;
    walk(&message, wire);
    struct attest_view body = { data + message.header.size, size - message.header.size };
    fuzz_body(&message, body);
    make_right(&message, commitment, tag);
    fuzz_body(&message, body);
    return 0;
}
