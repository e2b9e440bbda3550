/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns these bytes, and how many may there be? Trusts no size it is given beyond the maximum set at init.
 */
#include "base/bytes.h"

#include "base/cleanup.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct attest_bytes attest_bytes_init(size_t maximum)
{
    return (struct attest_bytes){ .maximum = maximum };
}

void attest_bytes_done(struct attest_bytes *bytes)
{
    OPENSSL_clear_free(bytes->data, bytes->capacity);
    *bytes = attest_bytes_init(bytes->maximum);
}

uint8_t *attest_bytes_extend(struct attest_bytes *bytes, size_t size)
{
    if (bytes->error != ATTEST_OK)
        return NULL;
    if (size > bytes->maximum - bytes->size) {
        bytes->error = ATTEST_TOO_LARGE;
        return NULL;
    }
    size_t needed = bytes->size + size;
    if (needed > bytes->capacity) {
        size_t capacity = bytes->capacity < 32 ? 64 : bytes->capacity * 2;
        if (capacity < needed)
            capacity = needed;
        if (capacity > bytes->maximum)
            capacity = bytes->maximum;
        uint8_t *data = OPENSSL_clear_realloc(bytes->data, bytes->capacity, capacity);
        if (!data) {
            bytes->error = ATTEST_MEMORY;
            return NULL;
        }
        bytes->data = data;
        bytes->capacity = capacity;
    }
    uint8_t *end = bytes->data + bytes->size;
    bytes->size = needed;
    return end;
}

void attest_bytes_append(struct attest_bytes *bytes, struct attest_view view)
{
    if (view.size == 0)
        return;
    uint8_t *end = attest_bytes_extend(bytes, view.size);
    if (end)
        memcpy(end, view.data, view.size);
}

void attest_bytes_append_text(struct attest_bytes *bytes, const char *text)
{
    attest_bytes_append(bytes, attest_view_text(text));
}

void attest_bytes_append_format(struct attest_bytes *bytes, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    attest_bytes_append_text(bytes, text);
}

void attest_bytes_append_u8(struct attest_bytes *bytes, uint8_t value)
{
    attest_bytes_append(bytes, (struct attest_view){ &value, 1 });
}

void attest_bytes_append_u16(struct attest_bytes *bytes, uint16_t value)
{
    const uint8_t wire[] = { (uint8_t)(value >> 8), (uint8_t)value };
    attest_bytes_append(bytes, attest_view_of(wire));
}

void attest_bytes_append_u32(struct attest_bytes *bytes, uint32_t value)
{
    attest_bytes_append_u16(bytes, (uint16_t)(value >> 16));
    attest_bytes_append_u16(bytes, (uint16_t)value);
}

enum attest_error attest_bytes_check(const struct attest_bytes *bytes)
{
    return bytes->error;
}

struct attest_view attest_bytes_view(const struct attest_bytes *bytes)
{
    return (struct attest_view){ bytes->data, bytes->size };
}

void attest_bytes_drop(struct attest_bytes *bytes, size_t size)
{
    if (size > bytes->size)
        size = bytes->size;
    if (size > 0 && size < bytes->size)
        memmove(bytes->data, bytes->data + size, bytes->size - size);
    bytes->size -= size;
}

void attest_bytes_shrink(struct attest_bytes *bytes, size_t size)
{
    bytes->size -= size < bytes->size ? size : bytes->size;
}

struct attest_bytes attest_bytes_take(struct attest_bytes *bytes)
{
    struct attest_bytes taken = *bytes;
    *bytes = attest_bytes_init(taken.maximum);
    return taken;
}

struct attest_view attest_view_text(const char *text)
{
    return (struct attest_view){ (const uint8_t *)text, strlen(text) };
}

bool attest_view_equal(struct attest_view a, struct attest_view b)
{
    return a.size == b.size && (a.size == 0 || CRYPTO_memcmp(a.data, b.data, a.size) == 0);
}
