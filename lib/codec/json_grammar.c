/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this text JSON, and nothing but JSON (RFC 8259, in UTF-8 as RFC 3629 has it)? Trusts nothing. Two readers
 * of one text must not differ about what it says, so what some readers mend (control characters, names in
 * single quotes, NaN, surrogates alone) or cut (names at U+0000) is refused.
 */
#include "codec/json_grammar.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/reader.h"

#include <string.h>

struct grammar {
    struct attest_reader text;
    unsigned depth; /* how much deeper it may go */
    size_t members;
};

static bool check_value(struct grammar *json);

/* 0 at the end, which is in no place of JSON a byte that is allowed. */
static uint8_t peek(const struct grammar *json)
{
    struct attest_reader ahead = json->text;
    return attest_reader_u8(&ahead);
}

static bool take(struct grammar *json, uint8_t byte)
{
    if (attest_reader_left(&json->text) == 0 || peek(json) != byte)
        return false;
    attest_reader_u8(&json->text);
    return true;
}

static bool take_between(struct grammar *json, uint8_t first, uint8_t last)
{
    uint8_t byte = peek(json);
    return byte >= first && byte <= last && take(json, byte);
}

static void skip_blanks(struct grammar *json)
{
    while (take(json, ' ') || take(json, '\t') || take(json, '\r') || take(json, '\n'))
        ;
}

static bool check_literal(struct grammar *json, const char *literal)
{
    while (*literal && take(json, (uint8_t)*literal))
        literal++;
    return *literal == '\0';
}

static bool check_digits(struct grammar *json)
{
    bool any = false;

    while (take_between(json, '0', '9'))
        any = true;
    return any;
}

/* §6 */
static bool check_number(struct grammar *json)
{
    take(json, '-');
    if (!take(json, '0') && !check_digits(json))
        return false;
    if (take(json, '.') && !check_digits(json))
        return false;
    if (!take(json, 'e') && !take(json, 'E'))
        return true;
    if (!take(json, '+'))
        take(json, '-');
    return check_digits(json);
}

/* One character of several bytes: no longer than it has to be, no surrogate, nothing over U+10FFFF (RFC 3629
 * §4).
 */
static bool check_utf8(struct grammar *json)
{
    static const struct {
        uint8_t first, last;     /* of the first byte */
        uint8_t lowest, highest; /* of the second */
        unsigned more;           /* bytes behind it */
    } forms[] = {
        { 0xc2, 0xdf, 0x80, 0xbf, 0 }, { 0xe0, 0xe0, 0xa0, 0xbf, 1 }, { 0xe1, 0xec, 0x80, 0xbf, 1 },
        { 0xed, 0xed, 0x80, 0x9f, 1 }, { 0xee, 0xef, 0x80, 0xbf, 1 }, { 0xf0, 0xf0, 0x90, 0xbf, 2 },
        { 0xf1, 0xf3, 0x80, 0xbf, 2 }, { 0xf4, 0xf4, 0x80, 0x8f, 2 },
    };
    bool ok = false;

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!take_between(json, forms[i].first, forms[i].last))
            continue;
        ok = take_between(json, forms[i].lowest, forms[i].highest);
        for (unsigned more = forms[i].more; ok && more > 0; more--)
            ok = take_between(json, 0x80, 0xbf);
        return ok;
    }
    return false;
}

/* The four digits of \uXXXX. */
static bool take_unit(struct grammar *json, uint32_t *ret_unit)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4; i++) {
        uint8_t digit = peek(json);
        if (take_between(json, '0', '9'))
            unit = unit << 4 | (uint32_t)(digit - '0');
        else if (take_between(json, 'a', 'f') || take_between(json, 'A', 'F'))
            unit = unit << 4 | (uint32_t)((digit | 0x20) - 'a' + 10);
        else
            return false;
    }
    *ret_unit = unit;
    return true;
}

/* What follows a backslash (§7). A surrogate comes with its other half or not at all. */
static bool check_escape(struct grammar *json, bool is_name)
{
    uint32_t unit = 0, low = 0;

    if (!take(json, 'u'))
        return peek(json) != 0 && strchr("\"\\/bfnrt", peek(json)) && take(json, peek(json));
    if (!take_unit(json, &unit) || (is_name && unit == 0))
        return false;
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    return unit < 0xdc00 && check_literal(json, "\\u") && take_unit(json, &low) && low >= 0xdc00 &&
           low <= 0xdfff;
}

static bool check_string(struct grammar *json, bool is_name)
{
    if (!take(json, '"'))
        return false;
    while (!take(json, '"')) {
        bool ok =
            take(json, '\\') ? check_escape(json, is_name) : take_between(json, ' ', 0x7f) || check_utf8(json);
        if (!ok)
            return false;
    }
    return true;
}

static bool check_member(struct grammar *json)
{
    json->members++;
    skip_blanks(json);
    if (!check_string(json, true))
        return false;
    skip_blanks(json);
    return take(json, ':') && check_value(json);
}

/* Members or elements, up to the bracket that ends them. */
static bool check_list(struct grammar *json, bool (*check)(struct grammar *json), uint8_t end)
{
    if (json->depth == 0)
        return false;
    json->depth--;
    skip_blanks(json);
    if (!take(json, end)) {
        do {
            if (!check(json))
                return false;
        } while (take(json, ','));
        if (!take(json, end))
            return false;
    }
    json->depth++;
    return true;
}

static bool check_value(struct grammar *json)
{
    bool ok = false;

    skip_blanks(json);
    switch (peek(json)) {
    case '{':
        ok = take(json, '{') && check_list(json, check_member, '}');
        break;
    case '[':
        ok = take(json, '[') && check_list(json, check_value, ']');
        break;
    case '"':
        ok = check_string(json, false);
        break;
    case 't':
        ok = check_literal(json, "true");
        break;
    case 'f':
        ok = check_literal(json, "false");
        break;
    case 'n':
        ok = check_literal(json, "null");
        break;
    default:
        ok = check_number(json);
    }
    skip_blanks(json);
    return ok;
}

enum attest_error attest_json_grammar_check(struct attest_view text, unsigned depth, size_t *ret_members,
                                            struct attest_diag *diag)
{
    struct grammar json = { .text = attest_reader_init(text), .depth = depth };

    skip_blanks(&json);
    bool is_object = peek(&json) == '{';
    bool ok = is_object && check_value(&json);
    if (diag)
        diag->offset = json.text.offset;
    if (!is_object)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a JSON object");
    if (!ok)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "JSON (RFC 8259)");
    if (attest_reader_left(&json.text) > 0)
        return attest_fail(diag, ATTEST_TRAILING, NULL, "nothing after the JSON object");
    *ret_members = json.members;
    return ATTEST_OK;
}
