/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of the NSM? Trusts nothing. Only Attestation is answered: whether a NitroTPM answers
 * DescribeNSM, GetRandom or anything else is not known, and a simulator does not invent it. Stricter than a
 * real one may be: no fields but the three, none twice, strings in one piece.
 */
#include "swtpm-harness/nitrotpm-sim/nsm.h"

#include "swtpm-harness/nitrotpm-sim/cbor.h"

#include <stddef.h>
#include <string.h>

#define INVALID_ARGUMENT  "InvalidArgument"
#define INVALID_OPERATION "InvalidOperation"
#define INPUT_TOO_LARGE   "InputTooLarge"

static const char *const errors[] = {
    INVALID_ARGUMENT,  "InvalidIndex",   "InvalidResponse", "ReadOnlyIndex",
    INVALID_OPERATION, "BufferTooSmall", INPUT_TOO_LARGE,   "InternalError",
};

static const struct {
    const char *name;
    size_t offset;
} fields[] = {
    { "user_data", offsetof(struct nsm_request, user_data) },
    { "nonce", offsetof(struct nsm_request, nonce) },
    { "public_key", offsetof(struct nsm_request, public_key) },
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

bool nsm_is_error(const char *name)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (strcmp(name, errors[i]) == 0)
            return true;
    return false;
}

static struct attest_view take_text(struct attest_reader *reader)
{
    return cbor_take_string(reader, cbor_take_head(reader), CBOR_TEXT);
}

/* Whether a map goes on: a definite one by its count, the other until the break, which is passed over. */
static bool has_more(struct attest_reader *reader, struct cbor_head map, size_t seen)
{
    if (reader->failed || !map.indefinite)
        return !reader->failed && seen < map.value;
    if (attest_reader_left(reader) == 0 || reader->input.data[reader->offset] != CBOR_BREAK)
        return true;
    attest_reader_u8(reader);
    return false;
}

static const char *parse_value(struct attest_reader *reader, struct nsm_field *field)
{
    struct cbor_head head = cbor_take_head(reader);

    if (reader->failed)
        return INVALID_OPERATION;
    if (head.major == CBOR_SIMPLE && !head.indefinite && head.value == (CBOR_NULL & 31))
        return NULL;
    if (head.major != CBOR_BYTES || head.indefinite)
        return INVALID_ARGUMENT;
    struct attest_view value = cbor_take_string(reader, head, CBOR_BYTES);
    if (reader->failed)
        return INVALID_OPERATION;
    if (value.size > NSM_FIELD_MAX)
        return INPUT_TOO_LARGE;
    *field = (struct nsm_field){ true, value };
    return NULL;
}

/* One field; `seen` has a bit for each that came before. */
static const char *parse_field(struct attest_reader *reader, struct nsm_request *request, unsigned *seen)
{
    struct attest_view name = take_text(reader);

    for (size_t i = 0; i < FIELD_COUNT && !reader->failed; i++) {
        if (!attest_view_equal(name, attest_view_text(fields[i].name)))
            continue;
        if (*seen & 1u << i)
            return INVALID_OPERATION;
        *seen |= 1u << i;
        return parse_value(reader, (struct nsm_field *)((char *)request + fields[i].offset));
    }
    return INVALID_OPERATION;
}

static const char *parse_attestation(struct attest_reader *reader, struct nsm_request *request)
{
    struct cbor_head map = cbor_take_head(reader);
    unsigned seen = 0;

    if (reader->failed || map.major != CBOR_MAP)
        return INVALID_OPERATION;
    for (size_t i = 0; has_more(reader, map, i); i++) {
        const char *error = parse_field(reader, request, &seen);
        if (error)
            return error;
    }
    return reader->failed ? INVALID_OPERATION : NULL;
}

const char *nsm_parse(struct attest_view buffer, struct nsm_request *ret_request)
{
    struct attest_reader reader = attest_reader_init(buffer);
    struct nsm_request request = { 0 };
    struct cbor_head outer = cbor_take_head(&reader);

    if (reader.failed || outer.major != CBOR_MAP || (!outer.indefinite && outer.value != 1))
        return INVALID_OPERATION;
    if (!attest_view_equal(take_text(&reader), attest_view_text("Attestation")) || reader.failed)
        return INVALID_OPERATION;
    const char *error = parse_attestation(&reader, &request);
    if (error)
        return error;
    if (has_more(&reader, outer, 1))
        return INVALID_OPERATION;
    *ret_request = request;
    return NULL;
}

void nsm_append_error(struct attest_bytes *out, const char *name)
{
    cbor_append_head(out, CBOR_MAP, 1);
    cbor_append_text(out, "Error");
    cbor_append_text(out, name);
}

void nsm_append_document(struct attest_bytes *out, struct attest_view document)
{
    cbor_append_head(out, CBOR_MAP, 1);
    cbor_append_text(out, "Attestation");
    cbor_append_head(out, CBOR_MAP, 1);
    cbor_append_text(out, "document");
    cbor_append_bytes(out, document);
}
