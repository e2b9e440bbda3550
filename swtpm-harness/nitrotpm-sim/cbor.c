/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is this written as CBOR, and what do these bytes begin with? RFC 8949 §3. Trusts nothing: a string is
 * taken only where it is there in full, and nothing is allocated or called again for what is nested.
 */
#include "swtpm-harness/nitrotpm-sim/cbor.h"

static void append_integer(struct attest_bytes *out, uint64_t value, size_t width)
{
    for (size_t i = width; i-- > 0;)
        attest_bytes_append_u8(out, (uint8_t)(value >> (8 * i)));
}

void cbor_append_head(struct attest_bytes *out, enum cbor_major major, uint64_t value)
{
    uint8_t high = (uint8_t)(major << 5);

    if (value < 24) {
        attest_bytes_append_u8(out, (uint8_t)(high | value));
        return;
    }
    unsigned exponent = value <= UINT8_MAX ? 0 : value <= UINT16_MAX ? 1 : value <= UINT32_MAX ? 2 : 3;
    attest_bytes_append_u8(out, (uint8_t)(high | (24 + exponent)));
    append_integer(out, value, (size_t)1 << exponent);
}

void cbor_append_text(struct attest_bytes *out, const char *text)
{
    struct attest_view view = attest_view_text(text);

    cbor_append_head(out, CBOR_TEXT, view.size);
    attest_bytes_append(out, view);
}

void cbor_append_bytes(struct attest_bytes *out, struct attest_view bytes)
{
    cbor_append_head(out, CBOR_BYTES, bytes.size);
    attest_bytes_append(out, bytes);
}

void cbor_append_null(struct attest_bytes *out)
{
    attest_bytes_append_u8(out, CBOR_NULL);
}

void cbor_append_map_begin(struct attest_bytes *out)
{
    attest_bytes_append_u8(out, CBOR_MAP << 5 | 31);
}

void cbor_append_break(struct attest_bytes *out)
{
    attest_bytes_append_u8(out, CBOR_BREAK);
}

static uint64_t take_argument(struct attest_reader *reader, uint8_t info)
{
    switch (info) {
    case 24:
        return attest_reader_u8(reader);
    case 25:
        return attest_reader_u16(reader);
    case 26:
        return attest_reader_u32(reader);
    case 27:
        return attest_reader_u64(reader);
    default:
        if (info > 23)
            reader->failed = true; /* 28 to 30 are reserved */
        return info;
    }
}

struct cbor_head cbor_take_head(struct attest_reader *reader)
{
    uint8_t initial = attest_reader_u8(reader);
    struct cbor_head head = { .major = (enum cbor_major)(initial >> 5) };

    head.indefinite = (initial & 31) == 31;
    if (head.indefinite &&
        (head.major == CBOR_UNSIGNED || head.major == CBOR_NEGATIVE || head.major == CBOR_TAG))
        reader->failed = true;
    if (!head.indefinite)
        head.value = take_argument(reader, initial & 31);
    return head;
}

struct attest_view cbor_take_string(struct attest_reader *reader, struct cbor_head head, enum cbor_major major)
{
    if (head.major != major || head.indefinite || head.value > attest_reader_left(reader))
        reader->failed = true;
    return attest_reader_take(reader, reader->failed ? 0 : (size_t)head.value);
}
