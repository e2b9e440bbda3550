/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bytes does this text stand for? Trusts nothing: one text for one value, anything else is refused, so
 * that two readers can never differ about what was sent (RFC 4648 §3.5, §12).
 */
#include "base/encode.h"

#include "base/cleanup.h"
#include "base/error.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void attest_encode_hex(struct attest_bytes *out, struct attest_view data)
{
    uint8_t *text = attest_bytes_extend(out, 2 * data.size);

    for (size_t i = 0; text && i < data.size; i++) {
        text[2 * i] = (uint8_t)hex_digits[data.data[i] >> 4];
        text[2 * i + 1] = (uint8_t)hex_digits[data.data[i] & 15];
    }
}

void attest_encode_base64(struct attest_bytes *out, struct attest_view data)
{
    for (size_t i = 0; i < data.size; i += 3) {
        size_t left = data.size - i;
        uint32_t group = (uint32_t)data.data[i] << 16;
        if (left > 1)
            group |= (uint32_t)data.data[i + 1] << 8;
        if (left > 2)
            group |= data.data[i + 2];
        const char quad[] = { base64_digits[group >> 18], base64_digits[group >> 12 & 63],
                              left > 1 ? base64_digits[group >> 6 & 63] : '=',
                              left > 2 ? base64_digits[group & 63] : '=' };
        attest_bytes_append(out, attest_view_of(quad));
    }
}

static enum attest_error malformed(struct attest_diag *diag, size_t offset, const char *expected)
{
    if (diag)
        diag->offset = offset;
    return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", expected);
}

static enum attest_error too_large(struct attest_diag *diag, size_t maximum)
{
    return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "at most %zu bytes", maximum);
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

enum attest_error attest_decode_hex(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                    struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(maximum);

    if (text.size % 2 != 0)
        return malformed(diag, text.size, "an even number of hexadecimal digits");
    if (text.size / 2 > maximum)
        return too_large(diag, maximum);
    for (size_t i = 0; i < text.size; i += 2) {
        int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
        if (high < 0 || low < 0)
            return malformed(diag, high < 0 ? i : i + 1, "hexadecimal digits");
        attest_bytes_append_u8(&data, (uint8_t)(high << 4 | low));
    }
    attest_try(attest_bytes_check(&data));
    *ret_data = attest_bytes_take(&data);
    return ATTEST_OK;
}

static int base64_value(uint8_t digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

/* The 4 digits at `offset`, of which the last `padding` are '='. */
static enum attest_error decode_quad(struct attest_view text, size_t offset, size_t padding,
                                     struct attest_bytes *data, struct attest_diag *diag)
{
    uint32_t group = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? base64_value(text.data[offset + i]) : 0;
        if (value < 0)
            return malformed(diag, offset + i, "standard base64");
        group = group << 6 | (uint32_t)value;
    }
    if (group & ((1u << (8 * padding)) - 1))
        return malformed(diag, offset, "base64 whose unused bits are zero");
    const uint8_t bytes[] = { (uint8_t)(group >> 16), (uint8_t)(group >> 8), (uint8_t)group };
    attest_bytes_append(data, (struct attest_view){ bytes, 3 - padding });
    return ATTEST_OK;
}

enum attest_error attest_decode_base64(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                       struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(maximum);
    size_t padding = 0;

    if (text.size % 4 != 0)
        return malformed(diag, text.size, "base64 with its padding, a multiple of four digits");
    while (padding < 2 && padding < text.size && text.data[text.size - 1 - padding] == '=')
        padding++;
    if (text.size / 4 * 3 - padding > maximum)
        return too_large(diag, maximum);
    for (size_t i = 0; i < text.size; i += 4)
        attest_try(decode_quad(text, i, i + 4 == text.size ? padding : 0, &data, diag));
    attest_try(attest_bytes_check(&data));
    *ret_data = attest_bytes_take(&data);
    return ATTEST_OK;
}

enum attest_error attest_decode_decimal(struct attest_view text, uint64_t maximum, uint64_t *ret_value,
                                        struct attest_diag *diag)
{
    uint64_t value = 0;

    if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
        return malformed(diag, 0, "a decimal number without leading zeros");
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return malformed(diag, i, "decimal digits");
        unsigned digit = (unsigned)(text.data[i] - '0');
        if (digit > maximum || value > (maximum - digit) / 10)
            return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a number of at most %ju", (uintmax_t)maximum);
        value = value * 10 + digit;
    }
    *ret_value = value;
    return ATTEST_OK;
}
