/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this text, and which? A guess that only decides how bytes are shown. Cautious: what is shown as text is
 * exactly these bytes' text, but for NULs at the end.
 */
#include "codec/eventtext.h"

#include "base/cleanup.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "codec/utf16.h"

static struct attest_view without_nuls(struct attest_view text, size_t unit)
{
    while (text.size >= unit && text.data[text.size - 1] == 0 && text.data[text.size - unit] == 0)
        text.size -= unit;
    return text;
}

static bool is_control(unsigned character)
{
    return (character < ' ' && character != '\t' && character != '\n' && character != '\r') ||
           character == 0x7f;
}

static bool is_utf8(struct attest_view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (is_control(text.data[i]))
            return false;
    return text.size > 0 && attest_utf8_is_valid(text);
}

/* Any even number of bytes may be UTF-16; it is taken for that only where most characters are of ASCII. */
static bool is_utf16(struct attest_view text)
{
    struct attest_reader reader = attest_reader_init(text);
    size_t ascii = 0;

    while (attest_reader_left(&reader) >= 2) {
        unsigned unit = attest_reader_le16(&reader);
        if (is_control(unit))
            return false;
        ascii += unit < 0x80;
    }
    return text.size > 0 && text.size % 2 == 0 && ascii > text.size / 4 && attest_utf16_is_valid(text);
}

/* The first part of a UTF-16 text, less half a character at its end. */
static struct attest_view cut_utf16(struct attest_view text)
{
    if (text.size <= ATTEST_EVENTTEXT_MAX)
        return text;
    text.size = ATTEST_EVENTTEXT_MAX;
    if ((text.data[text.size - 1] & 0xfc) == 0xd8)
        text.size -= 2;
    return text;
}

bool attest_eventtext_write(struct attest_json_writer *json, const char *name, struct attest_view data)
{
    struct attest_view narrow = without_nuls(data, 1), wide = without_nuls(data, 2), shown;

    if (is_utf8(narrow)) {
        shown = attest_utf8_cut(narrow, ATTEST_EVENTTEXT_MAX);
        attest_json_write_text_view(json, name, shown);
    } else if (is_utf16(wide)) {
        /* UTF-8 of a unit of UTF-16 is three bytes at most. */
        _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(2 * ATTEST_EVENTTEXT_MAX);
        shown = cut_utf16(wide);
        attest_utf16_append(&text, shown);
        if (attest_bytes_check(&text) != ATTEST_OK)
            json->out->error = text.error; /* no memory: nothing is left out unseen */
        attest_json_write_text_view(json, name, attest_bytes_view(&text));
        narrow = wide;
    } else {
        return false;
    }
    if (shown.size < narrow.size)
        attest_json_write_unsigned(json, "cut_after", shown.size);
    return true;
}
