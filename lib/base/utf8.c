/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are these bytes UTF-8 (RFC 3629 §4)? Trusts nothing: overlong forms, surrogates and what is over U+10FFFF are
 * not.
 */
#include "base/utf8.h"

/* The forms: first byte, and what the second may be; all others are 0x80 to 0xbf. */
static const struct {
    uint8_t first, last;
    uint8_t second_first, second_last;
    uint8_t size;
} forms[] = {
    { 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
    { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
    { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static bool is_tail(struct attest_view rest, size_t size)
{
    for (size_t i = 2; i < size; i++)
        if (rest.data[i] < 0x80 || rest.data[i] > 0xbf)
            return false;
    return true;
}

/* The size of the character that `rest` begins with; 0 if it is none. */
static size_t character_size(struct attest_view rest)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (rest.data[0] < forms[i].first || rest.data[0] > forms[i].last)
            continue;
        if (forms[i].size == 1)
            return 1;
        if (rest.size < forms[i].size || rest.data[1] < forms[i].second_first ||
            rest.data[1] > forms[i].second_last)
            return 0;
        return is_tail(rest, forms[i].size) ? forms[i].size : 0;
    }
    return 0;
}

bool attest_utf8_is_valid(struct attest_view text)
{
    while (text.size > 0) {
        size_t size = character_size(text);
        if (size == 0)
            return false;
        text.data += size;
        text.size -= size;
    }
    return true;
}

struct attest_view attest_utf8_cut(struct attest_view text, size_t maximum)
{
    if (text.size <= maximum)
        return text;
    while (maximum > 0 && (text.data[maximum] & 0xc0) == 0x80)
        maximum--;
    return (struct attest_view){ text.data, maximum };
}
