/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is this written as CBOR? RFC 8949 §3: a head of major type and argument, in the fewest bytes that hold it
 * (§4.2.1), so that there is one encoding only and it can be compared by its bytes.
 */
#include "codec/cbor_writer.h"

enum major {
    MAJOR_UNSIGNED = 0,
    MAJOR_BYTES = 2,
    MAJOR_TEXT = 3,
    MAJOR_ARRAY = 4,
    MAJOR_MAP = 5,
};

#define NULL_ITEM 0xf6

static void write_head(struct attest_bytes *out, enum major major, uint64_t argument)
{
    const uint8_t type = (uint8_t)(major << 5);

    if (argument < 24) {
        attest_bytes_append_u8(out, (uint8_t)(type | argument));
    } else if (argument <= UINT8_MAX) {
        attest_bytes_append_u8(out, type | 24);
        attest_bytes_append_u8(out, (uint8_t)argument);
    } else if (argument <= UINT16_MAX) {
        attest_bytes_append_u8(out, type | 25);
        attest_bytes_append_u16(out, (uint16_t)argument);
    } else if (argument <= UINT32_MAX) {
        attest_bytes_append_u8(out, type | 26);
        attest_bytes_append_u32(out, (uint32_t)argument);
    } else {
        attest_bytes_append_u8(out, type | 27);
        attest_bytes_append_u32(out, (uint32_t)(argument >> 32));
        attest_bytes_append_u32(out, (uint32_t)argument);
    }
}

void attest_cbor_write_array(struct attest_bytes *out, uint64_t count)
{
    write_head(out, MAJOR_ARRAY, count);
}

void attest_cbor_write_map(struct attest_bytes *out, uint64_t count)
{
    write_head(out, MAJOR_MAP, count);
}

void attest_cbor_write_unsigned(struct attest_bytes *out, uint64_t value)
{
    write_head(out, MAJOR_UNSIGNED, value);
}

void attest_cbor_write_bytes(struct attest_bytes *out, struct attest_view content)
{
    write_head(out, MAJOR_BYTES, content.size);
    attest_bytes_append(out, content);
}

void attest_cbor_write_text(struct attest_bytes *out, const char *text)
{
    struct attest_view content = attest_view_text(text);

    write_head(out, MAJOR_TEXT, content.size);
    attest_bytes_append(out, content);
}

void attest_cbor_write_null(struct attest_bytes *out)
{
    attest_bytes_append_u8(out, NULL_ITEM);
}
