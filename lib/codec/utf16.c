/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is this UTF-16LE said in UTF-8 (RFC 2781 §2.2, RFC 3629 §3)? Trusts nothing: firmware takes any 16 bits
 * for a character, and what comes out must be UTF-8 all the same.
 */
#include "codec/utf16.h"

#include "base/reader.h"

#define REPLACEMENT   0xfffdu
#define SYMBOL_OF_NUL 0x2400u

static bool is_high(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The next character; REPLACEMENT with *ret_valid false where there is none. */
static uint32_t take_character(struct attest_reader *reader, bool *ret_valid)
{
    if (attest_reader_left(reader) == 1)
        return attest_reader_u8(reader), *ret_valid = false, REPLACEMENT;
    uint32_t unit = attest_reader_le16(reader);
    struct attest_reader ahead = *reader;
    uint32_t next = attest_reader_le16(&ahead); /* 0 at the end */

    *ret_valid = unit != 0 && !is_low(unit) && (!is_high(unit) || is_low(next));
    if (is_high(unit) && is_low(next)) {
        *reader = ahead;
        return 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
    }
    return is_high(unit) || is_low(unit) ? REPLACEMENT : unit;
}

static void append_utf8(struct attest_bytes *out, uint32_t character)
{
    static const uint8_t leads[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    unsigned size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    uint8_t utf8[4];

    for (unsigned i = size - 1; i > 0; i--, character >>= 6)
        utf8[i] = (uint8_t)(0x80 | (character & 0x3f));
    utf8[0] = (uint8_t)(leads[size] | character);
    attest_bytes_append(out, (struct attest_view){ utf8, size });
}

void attest_utf16_append(struct attest_bytes *out, struct attest_view text)
{
    struct attest_reader reader = attest_reader_init(text);
    bool valid;

    while (attest_reader_left(&reader) > 0) {
        uint32_t character = take_character(&reader, &valid);
        append_utf8(out, character == 0 ? SYMBOL_OF_NUL : character);
    }
}

bool attest_utf16_is_valid(struct attest_view text)
{
    struct attest_reader reader = attest_reader_init(text);
    bool valid = true;

    while (valid && attest_reader_left(&reader) > 0)
        take_character(&reader, &valid);
    return valid;
}
