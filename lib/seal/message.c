/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the header of a sealed message say? AWS Encryption SDK specification, data-format/message-header.md
 * (version 1 "1.0" and version 2 "2.0"). Trusts nothing, and without the data key nothing of it is to be
 * trusted; but that every reader takes it for the same is checked here already: no name twice, no byte that
 * has another meaning elsewhere.
 */
#include "seal/message.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/utf8.h"

#include <string.h>

#define TYPE_CUSTOMER_DATA 0x80 /* "Type", version 1 */
#define NON_FRAMED         0x01 /* "Content Type" */
#define FRAMED             0x02

static const struct {
    size_t message_id, iv, commitment; /* sizes */
} versions[] = {
    [1] = { 16, ATTEST_MESSAGE_IV_SIZE, 0 },
    [2] = { 32, 0, ATTEST_MESSAGE_COMMITMENT_SIZE },
};

/* Fails at the byte that was read last. Where the reader is beyond its end, what was read is no byte at all. */
static enum attest_error refuse(const struct attest_reader *reader, enum attest_error error,
                                struct attest_diag *diag, const char *expected)
{
    attest_try(attest_reader_check(reader, diag));
    if (diag)
        diag->offset = reader->offset > 0 ? reader->offset - 1 : 0;
    return attest_fail(diag, error, NULL, "%s", expected);
}

/* "Version", "Type", "Algorithm Suite ID" and "Message ID". */
static enum attest_error parse_beginning(struct attest_reader *reader, struct attest_message *message,
                                         struct attest_diag *diag)
{
    uint8_t version = attest_reader_u8(reader);

    if (version != 1 && version != 2)
        return refuse(reader, ATTEST_MALFORMED, diag, "an AWS Encryption SDK message of version 1 or 2");
    if (version == 1 && attest_reader_u8(reader) != TYPE_CUSTOMER_DATA)
        return refuse(reader, ATTEST_MALFORMED, diag, "0x80, customer authenticated encrypted data, as type");
    message->suite = attest_suite_find(attest_reader_u16(reader));
    if (!message->suite)
        return refuse(reader, ATTEST_UNSUPPORTED, diag, "a known algorithm suite");
    if (message->suite->version != version)
        return refuse(reader, ATTEST_MALFORMED, diag, "an algorithm suite of the message's version");
    message->message_id = attest_reader_take(reader, versions[version].message_id);
    return ATTEST_OK;
}

bool attest_message_next_pair(struct attest_reader *cursor, struct attest_message_pair *ret_pair)
{
    if (attest_reader_left(cursor) == 0)
        return false;
    ret_pair->name = attest_reader_take_sized(cursor, UINT16_MAX);
    ret_pair->value = attest_reader_take_sized(cursor, UINT16_MAX);
    return !cursor->failed;
}

int attest_message_compare_pairs(const void *a, const void *b)
{
    const struct attest_view first = ((const struct attest_message_pair *)a)->name;
    const struct attest_view second = ((const struct attest_message_pair *)b)->name;
    size_t shorter = first.size < second.size ? first.size : second.size;
    int order = shorter > 0 ? memcmp(first.data, second.data, shorter) : 0;

    return order != 0 ? order : (first.size > second.size) - (first.size < second.size);
}

/* Walks all of `section`, which is there, in as many pairs as it counts; into `ret_pairs` if that isn't NULL.
 */
static enum attest_error read_pairs(struct attest_view section, size_t count,
                                    struct attest_message_pair *ret_pairs, struct attest_diag *diag)
{
    struct attest_reader cursor = attest_reader_init(section);
    struct attest_message_pair pair;

    for (size_t i = 0; i < count; i++) {
        if (!attest_message_next_pair(&cursor, &pair))
            return attest_fail(diag, ATTEST_MALFORMED, NULL,
                               "as many pairs in the encryption context as it counts");
        if (!attest_utf8_is_valid(pair.name) || !attest_utf8_is_valid(pair.value))
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "an encryption context in UTF-8");
        if (ret_pairs)
            ret_pairs[i] = pair;
    }
    if (attest_reader_left(&cursor) > 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "an encryption context of just the length it has");
    return ATTEST_OK;
}

/* No name twice. Writers must sort ("Key Value Pairs"), but there are messages of Amazon's own whose public key
 * comes last; so readers sort for themselves. The number of pairs is no bigger than their bytes allow. */
static enum attest_error check_pairs(struct attest_view section, size_t count, struct attest_diag *diag)
{
    attest_try(read_pairs(section, count, NULL, diag));
    _cleanup_free_ struct attest_message_pair *pairs = calloc(count, sizeof *pairs);
    if (!pairs)
        return ATTEST_MEMORY;
    attest_try(read_pairs(section, count, pairs, diag));
    qsort(pairs, count, sizeof *pairs, attest_message_compare_pairs);
    for (size_t i = 1; i < count; i++)
        if (attest_message_compare_pairs(&pairs[i - 1], &pairs[i]) == 0)
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "no name twice in the encryption context");
    return ATTEST_OK;
}

/* "AAD": where the length is 0 not even the count follows. */
static enum attest_error parse_context(struct attest_reader *reader, struct attest_message *message,
                                       struct attest_diag *diag)
{
    struct attest_view section = attest_reader_take_sized(reader, UINT16_MAX);

    attest_try(attest_reader_check(reader, diag));
    if (section.size == 0)
        return ATTEST_OK;
    struct attest_reader counted = attest_reader_init(section);
    message->pairs = attest_reader_u16(&counted);
    if (counted.failed || message->pairs == 0)
        return refuse(reader, ATTEST_MALFORMED, diag, "an empty encryption context of length 0");
    message->context = attest_reader_take(&counted, attest_reader_left(&counted));
    return check_pairs(message->context, message->pairs, diag);
}

bool attest_message_next_key(struct attest_reader *cursor, struct attest_message_key *ret_key)
{
    if (attest_reader_left(cursor) == 0)
        return false;
    ret_key->provider = attest_reader_take_sized(cursor, UINT16_MAX);
    ret_key->info = attest_reader_take_sized(cursor, UINT16_MAX);
    ret_key->ciphertext = attest_reader_take_sized(cursor, UINT16_MAX);
    return !cursor->failed;
}

/* "Encrypted Data Keys" */
static enum attest_error parse_keys(struct attest_reader *reader, struct attest_message *message,
                                    struct attest_diag *diag)
{
    struct attest_message_key key;

    message->keys = attest_reader_u16(reader);
    if (message->keys == 0)
        return refuse(reader, ATTEST_MALFORMED, diag, "an encrypted data key at least");
    if (message->keys > ATTEST_MESSAGE_KEYS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "at most %d encrypted data keys",
                           ATTEST_MESSAGE_KEYS_MAX);
    size_t begin = reader->offset;
    for (size_t i = 0; i < message->keys; i++) {
        if (!attest_message_next_key(reader, &key))
            reader->failed = true; /* nothing is left, not even of a length */
        attest_try(attest_reader_check(reader, diag));
        if (!attest_utf8_is_valid(key.provider))
            return refuse(reader, ATTEST_MALFORMED, diag, "the name of a key provider in UTF-8");
    }
    message->data_keys = (struct attest_view){ reader->input.data + begin, reader->offset - begin };
    return ATTEST_OK;
}

/* "Content Type", "Reserved", "IV Length" and "Frame Length". */
static enum attest_error parse_content(struct attest_reader *reader, struct attest_message *message,
                                       struct attest_diag *diag)
{
    uint8_t type = attest_reader_u8(reader);

    if (type != NON_FRAMED && type != FRAMED)
        return refuse(reader, ATTEST_MALFORMED, diag, "1 (not framed) or 2 (framed) as content type");
    message->is_framed = type == FRAMED;
    if (message->suite->version == 1 && attest_reader_u32(reader) != 0)
        return refuse(reader, ATTEST_MALFORMED, diag, "zeros where the header is reserved");
    if (message->suite->version == 1 && attest_reader_u8(reader) != ATTEST_MESSAGE_IV_SIZE)
        return refuse(reader, ATTEST_MALFORMED, diag, "12 as IV length");
    message->frame_length = attest_reader_u32(reader);
    if (message->is_framed != (message->frame_length > 0))
        return refuse(reader, ATTEST_MALFORMED, diag, "a frame length if, and only if, it is framed");
    return ATTEST_OK;
}

/* All but views of the whole; the reader ends behind the header. */
static enum attest_error parse(struct attest_reader *reader, struct attest_message *message,
                               struct attest_diag *diag)
{
    attest_try(parse_beginning(reader, message, diag));
    attest_try(parse_context(reader, message, diag));
    attest_try(parse_keys(reader, message, diag));
    attest_try(parse_content(reader, message, diag));
    message->commitment = attest_reader_take(reader, versions[message->suite->version].commitment);
    message->body = (struct attest_view){ reader->input.data, reader->offset };
    message->iv = attest_reader_take(reader, versions[message->suite->version].iv);
    message->tag = attest_reader_take(reader, ATTEST_MESSAGE_TAG_SIZE);
    message->header = (struct attest_view){ reader->input.data, reader->offset };
    return attest_reader_check(reader, diag);
}

enum attest_error attest_message_parse(struct attest_view input, struct attest_message *ret_message,
                                       struct attest_diag *diag)
{
    struct attest_message message = { 0 };

    if (input.size > ATTEST_MESSAGE_HEADER_MAX)
        input.size = ATTEST_MESSAGE_HEADER_MAX;
    struct attest_reader reader = attest_reader_init(input);
    enum attest_error error = parse(&reader, &message, diag);
    if (error == ATTEST_TRUNCATED && input.size == ATTEST_MESSAGE_HEADER_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a header of at most %zu bytes",
                           ATTEST_MESSAGE_HEADER_MAX);
    attest_try(error);
    *ret_message = message;
    return ATTEST_OK;
}

bool attest_message_find(const struct attest_message *message, const char *name, struct attest_view *ret_value)
{
    struct attest_reader cursor = attest_reader_init(message->context);
    struct attest_message_pair pair;

    while (attest_message_next_pair(&cursor, &pair))
        if (attest_view_equal(pair.name, attest_view_text(name))) {
            *ret_value = pair.value;
            return true;
        }
    return false;
}
