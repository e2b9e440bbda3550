/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in the input are we, and is what it announces really there? Trusts nothing.
 */
#include "base/reader.h"

#include "base/error.h"

#include <string.h>

struct attest_reader attest_reader_init(struct attest_view input)
{
    return (struct attest_reader){ .input = input };
}

size_t attest_reader_left(const struct attest_reader *reader)
{
    return reader->failed ? 0 : reader->input.size - reader->offset;
}

struct attest_view attest_reader_take(struct attest_reader *reader, size_t size)
{
    if (reader->failed || size > attest_reader_left(reader)) {
        reader->failed = true;
        return (struct attest_view){ 0 };
    }
    struct attest_view taken = { size > 0 ? reader->input.data + reader->offset : NULL, size };
    reader->offset += size;
    return taken;
}

static uint64_t take_integer(struct attest_reader *reader, size_t width)
{
    struct attest_view wire = attest_reader_take(reader, width);
    uint64_t value = 0;

    for (size_t i = 0; i < wire.size; i++)
        value = value << 8 | wire.data[i];
    return value;
}

uint8_t attest_reader_u8(struct attest_reader *reader)
{
    return (uint8_t)take_integer(reader, 1);
}

uint16_t attest_reader_u16(struct attest_reader *reader)
{
    return (uint16_t)take_integer(reader, 2);
}

uint32_t attest_reader_u32(struct attest_reader *reader)
{
    return (uint32_t)take_integer(reader, 4);
}

uint64_t attest_reader_u64(struct attest_reader *reader)
{
    return take_integer(reader, 8);
}

static uint64_t take_little_endian(struct attest_reader *reader, size_t width)
{
    struct attest_view wire = attest_reader_take(reader, width);
    uint64_t value = 0;

    for (size_t i = wire.size; i > 0; i--)
        value = value << 8 | wire.data[i - 1];
    return value;
}

uint16_t attest_reader_le16(struct attest_reader *reader)
{
    return (uint16_t)take_little_endian(reader, 2);
}

uint32_t attest_reader_le32(struct attest_reader *reader)
{
    return (uint32_t)take_little_endian(reader, 4);
}

uint64_t attest_reader_le64(struct attest_reader *reader)
{
    return take_little_endian(reader, 8);
}

struct attest_view attest_reader_take_sized(struct attest_reader *reader, size_t maximum)
{
    size_t size = attest_reader_u16(reader);

    if (size > maximum)
        reader->failed = true;
    return attest_reader_take(reader, size);
}

bool attest_reader_split(struct attest_reader *reader, uint8_t delimiter, struct attest_view *ret_head)
{
    size_t left = attest_reader_left(reader);
    const uint8_t *start = left > 0 ? reader->input.data + reader->offset : NULL;
    const uint8_t *found = left > 0 ? memchr(start, delimiter, left) : NULL;

    *ret_head = (struct attest_view){ start, found ? (size_t)(found - start) : left };
    reader->offset += ret_head->size + (found ? 1 : 0);
    return found != NULL;
}

enum attest_error attest_reader_check(const struct attest_reader *reader, struct attest_diag *diag)
{
    if (!reader->failed)
        return ATTEST_OK;
    if (diag)
        diag->offset = reader->offset;
    return attest_fail(diag, ATTEST_TRUNCATED, NULL, "more than the %zu bytes there are", reader->input.size);
}

enum attest_error attest_reader_end(const struct attest_reader *reader, struct attest_diag *diag)
{
    attest_try(attest_reader_check(reader, diag));
    if (reader->offset == reader->input.size)
        return ATTEST_OK;
    if (diag)
        diag->offset = reader->offset;
    return attest_fail(diag, ATTEST_TRAILING, NULL, "the end after %zu bytes, not %zu", reader->offset,
                       reader->input.size);
}
