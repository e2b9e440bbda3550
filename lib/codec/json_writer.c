/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is this said in JSON (RFC 8259 §7)?
 */
#include "codec/json_writer.h"

#include "base/encode.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void write_quoted(struct attest_bytes *out, struct attest_view text)
{
    attest_bytes_append_u8(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        char escape[8];
        if (byte >= ' ' && byte != '"' && byte != '\\' && byte != 0x7f) {
            attest_bytes_append_u8(out, byte);
            continue;
        }
        snprintf(escape, sizeof escape, "\\u%04x", byte);
        attest_bytes_append_text(out, byte == '"'    ? "\\\""
                                      : byte == '\\' ? "\\\\"
                                      : byte == '\n' ? "\\n"
                                                     : escape);
    }
    attest_bytes_append_u8(out, '"');
}

/* The comma before, and the name of, the next value. */
static void begin(struct attest_json_writer *json, const char *name)
{
    if (json->comma)
        attest_bytes_append_u8(json->out, ',');
    json->comma = true;
    if (name) {
        write_quoted(json->out, attest_view_text(name));
        attest_bytes_append_u8(json->out, ':');
    }
}

void attest_json_open(struct attest_json_writer *json, const char *name, char bracket)
{
    begin(json, name);
    attest_bytes_append_u8(json->out, (uint8_t)bracket);
    json->comma = false;
}

void attest_json_close(struct attest_json_writer *json, char bracket)
{
    attest_bytes_append_u8(json->out, (uint8_t)bracket);
    json->comma = true;
}

void attest_json_write_text_view(struct attest_json_writer *json, const char *name, struct attest_view text)
{
    begin(json, name);
    write_quoted(json->out, text);
}

void attest_json_write_member(struct attest_json_writer *json, struct attest_view name, struct attest_view text)
{
    begin(json, NULL);
    write_quoted(json->out, name);
    attest_bytes_append_u8(json->out, ':');
    write_quoted(json->out, text);
}

void attest_json_write_text(struct attest_json_writer *json, const char *name, const char *text)
{
    attest_json_write_text_view(json, name, attest_view_text(text));
}

void attest_json_write_format(struct attest_json_writer *json, const char *name, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    attest_json_write_text(json, name, text);
}

void attest_json_write_hex(struct attest_json_writer *json, const char *name, struct attest_view data)
{
    begin(json, name);
    attest_bytes_append_u8(json->out, '"');
    attest_encode_hex(json->out, data);
    attest_bytes_append_u8(json->out, '"');
}

void attest_json_write_base64(struct attest_json_writer *json, const char *name, struct attest_view data)
{
    begin(json, name);
    attest_bytes_append_u8(json->out, '"');
    attest_encode_base64(json->out, data);
    attest_bytes_append_u8(json->out, '"');
}

void attest_json_write_unsigned(struct attest_json_writer *json, const char *name, uint64_t value)
{
    char text[24];

    begin(json, name);
    snprintf(text, sizeof text, "%" PRIu64, value);
    attest_bytes_append_text(json->out, text);
}

void attest_json_write_boolean(struct attest_json_writer *json, const char *name, bool value)
{
    begin(json, name);
    attest_bytes_append_text(json->out, value ? "true" : "false");
}

void attest_json_write_null(struct attest_json_writer *json, const char *name)
{
    begin(json, name);
    attest_bytes_append_text(json->out, "null");
}
