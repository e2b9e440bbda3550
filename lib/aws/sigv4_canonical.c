/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is this request written so that AWS and we hash the same bytes? IAM User Guide, "Create a signed AWS API
 * request", step 1; where it is silent, as AWS's signing test suite has it.
 */
#include "aws/sigv4_canonical.h"

#include "base/reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_unreserved(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("-._~", byte));
}

void attest_sigv4_encode(struct attest_bytes *out, struct attest_view text, bool slash)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (is_unreserved(byte) || (slash && byte == '/'))
            attest_bytes_append_u8(out, byte);
        else
            attest_bytes_append_format(out, "%%%02X", byte);
    }
}

static bool is_segment(struct attest_view segment, const char *text)
{
    return attest_view_equal(segment, attest_view_text(text));
}

/* Back to before the last '/'. */
static void drop_segment(struct attest_bytes *path)
{
    while (path->size > 0 && path->data[path->size - 1] != '/')
        attest_bytes_shrink(path, 1);
    attest_bytes_shrink(path, 1);
}

/* RFC 3986 §5.2.4, and repeated slashes are one. */
static void append_normal(struct attest_bytes *out, struct attest_view path)
{
    struct attest_reader reader = attest_reader_init(path);
    struct attest_view segment;
    struct attest_bytes normal = attest_bytes_init(path.size + 1);

    while (attest_reader_left(&reader) > 0) {
        attest_reader_split(&reader, '/', &segment);
        if (is_segment(segment, ".."))
            drop_segment(&normal);
        if (segment.size == 0 || is_segment(segment, ".") || is_segment(segment, ".."))
            continue;
        attest_bytes_append_u8(&normal, '/');
        attest_bytes_append(&normal, segment);
    }
    if (normal.size == 0 || path.data[path.size - 1] == '/')
        attest_bytes_append_u8(&normal, '/');
    attest_sigv4_encode(out, attest_bytes_view(&normal), true);
    if (out->error == ATTEST_OK)
        out->error = normal.error; /* which sticks as if it were out's own */
    attest_bytes_done(&normal);
}

void attest_sigv4_canonical_path(struct attest_bytes *out, struct attest_view path, bool verbatim)
{
    if (path.size == 0)
        attest_bytes_append_u8(out, '/');
    else if (verbatim)
        attest_sigv4_encode(out, path, true);
    else
        append_normal(out, path);
}

static int compare_views(struct attest_view a, struct attest_view b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size > 0 ? memcmp(a.data, b.data, size) : 0;

    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

struct parameter {
    size_t offset, name_size, value_size; /* both encoded, one after the other */
    const struct attest_bytes *encoded;
};

static struct attest_view name_of(const struct parameter *parameter)
{
    return (struct attest_view){ parameter->encoded->data + parameter->offset, parameter->name_size };
}

static struct attest_view value_of(const struct parameter *parameter)
{
    return (struct attest_view){ parameter->encoded->data + parameter->offset + parameter->name_size,
                                 parameter->value_size };
}

static int compare_parameters(const void *a, const void *b)
{
    const struct parameter *one = a, *other = b;
    int order = compare_views(name_of(one), name_of(other));

    return order != 0 ? order : compare_views(value_of(one), value_of(other));
}

static int digit(uint8_t byte)
{
    const char *digits = "0123456789abcdef", *found = byte ? strchr(digits, byte | 0x20) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* Encoded once, whether or not it is already: "%E1" stays, and "=" in a value becomes "%3D". */
static void encode_again(struct attest_bytes *out, struct attest_view text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        int high = i + 2 < text.size && byte == '%' ? digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? digit(text.data[i + 2]) : -1;
        if (low >= 0) {
            byte = (uint8_t)(high << 4 | low);
            i += 2;
        }
        attest_sigv4_encode(out, (struct attest_view){ &byte, 1 }, false);
    }
}

static size_t append_part(struct attest_bytes *out, struct attest_view text)
{
    size_t before = out->size;

    encode_again(out, text);
    return out->size - before;
}

static enum attest_error split_query(struct attest_view query, struct attest_bytes *encoded,
                                     struct parameter parameters[ATTEST_SIGV4_PARAMETERS_MAX],
                                     size_t *ret_count)
{
    struct attest_reader reader = attest_reader_init(query);
    struct attest_view text, name;
    size_t count = 0;

    while (attest_reader_left(&reader) > 0) {
        attest_reader_split(&reader, '&', &text);
        if (text.size == 0)
            continue;
        if (count == ATTEST_SIGV4_PARAMETERS_MAX)
            return ATTEST_TOO_LARGE;
        struct attest_reader one = attest_reader_init(text);
        attest_reader_split(&one, '=', &name);
        struct parameter *parameter = &parameters[count++];
        *parameter = (struct parameter){ .offset = encoded->size, .encoded = encoded };
        parameter->name_size = append_part(encoded, name);
        parameter->value_size = append_part(encoded, attest_reader_take(&one, attest_reader_left(&one)));
    }
    *ret_count = count;
    return attest_bytes_check(encoded);
}

enum attest_error attest_sigv4_canonical_query(struct attest_bytes *out, struct attest_view query)
{
    struct parameter parameters[ATTEST_SIGV4_PARAMETERS_MAX];
    struct attest_bytes encoded = attest_bytes_init(out->maximum);
    size_t count = 0;

    enum attest_error error = split_query(query, &encoded, parameters, &count);
    if (error == ATTEST_OK && count > 0)
        qsort(parameters, count, sizeof parameters[0], compare_parameters);
    for (size_t i = 0; error == ATTEST_OK && i < count; i++) {
        attest_bytes_append_text(out, i > 0 ? "&" : "");
        attest_bytes_append(out, name_of(&parameters[i]));
        attest_bytes_append_u8(out, '=');
        attest_bytes_append(out, value_of(&parameters[i]));
    }
    attest_bytes_done(&encoded);
    return error;
}

/* Without blanks around it, runs of them within as one, and so are folded lines (RFC 9112 §5.2). */
static void append_value(struct attest_bytes *out, struct attest_view value)
{
    bool blank = false, begun = false;

    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] != '\0' && strchr(" \t\r\n", value.data[i])) {
            blank = begun;
            continue;
        }
        if (blank)
            attest_bytes_append_u8(out, ' ');
        attest_bytes_append_u8(out, value.data[i]);
        blank = false;
        begun = true;
    }
}

static void append_lower(struct attest_bytes *out, const char *name)
{
    for (; *name; name++)
        attest_bytes_append_u8(out, (uint8_t)(*name >= 'A' && *name <= 'Z' ? *name + ('a' - 'A') : *name));
}

/* Stable, as qsort need not be: those of one name stay in order. */
static void sort_headers(struct attest_sigv4_header *headers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct attest_sigv4_header header = headers[i];
        size_t at = i;
        for (; at > 0 && strcasecmp(headers[at - 1].name, header.name) > 0; at--)
            headers[at] = headers[at - 1];
        headers[at] = header;
    }
}

void attest_sigv4_canonical_headers(struct attest_bytes *out, struct attest_bytes *names,
                                    struct attest_sigv4_header *headers, size_t count)
{
    sort_headers(headers, count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcasecmp(headers[i - 1].name, headers[i].name) == 0) {
            attest_bytes_shrink(out, 1); /* back onto the line of that name */
            attest_bytes_append_u8(out, ',');
        } else {
            attest_bytes_append_text(names, i > 0 ? ";" : "");
            append_lower(names, headers[i].name);
            append_lower(out, headers[i].name);
            attest_bytes_append_u8(out, ':');
        }
        append_value(out, headers[i].value);
        attest_bytes_append_u8(out, '\n');
    }
}
