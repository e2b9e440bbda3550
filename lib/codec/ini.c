/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which section, key and value does each line of a configuration file assign? Trusts nothing: a line that is
 * not understood is an error, never skipped (systemd.syntax(7) says the format).
 */
#include "codec/ini.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/reader.h"

#include <string.h>

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static struct attest_view trim(struct attest_view text)
{
    while (text.size > 0 && is_blank(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

static bool is_printable(struct attest_view line)
{
    for (size_t i = 0; i < line.size; i++)
        if ((line.data[i] < ' ' && line.data[i] != '\t') || line.data[i] == 0x7f)
            return false;
    return true;
}

static enum attest_error parse_section(struct attest_view line, struct attest_ini_entry *entry,
                                       struct attest_diag *diag)
{
    struct attest_view inner = { line.data + 1, line.size - 1 };

    if (line.data[line.size - 1] != ']')
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "']' at the end of a section's line");
    inner.size--;
    inner = trim(inner);
    if (inner.size == 0 || memchr(inner.data, ']', inner.size) || memchr(inner.data, '[', inner.size))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a section's name in brackets");
    entry->section = inner;
    entry->key = entry->value = (struct attest_view){ 0 };
    return ATTEST_OK;
}

static enum attest_error parse_assignment(struct attest_view line, struct attest_ini_entry *entry,
                                          struct attest_diag *diag)
{
    const uint8_t *equals = memchr(line.data, '=', line.size);

    if (!equals)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "[section], key = value, or a comment");
    if (entry->section.size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a [section] before the first key");
    size_t key_size = (size_t)(equals - line.data);
    entry->key = trim((struct attest_view){ line.data, key_size });
    entry->value = trim((struct attest_view){ equals + 1, line.size - key_size - 1 });
    if (entry->key.size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a key before '='");
    return ATTEST_OK;
}

static enum attest_error parse_line(struct attest_view line, struct attest_ini_entry *entry,
                                    attest_ini_visit *visit, void *context, struct attest_diag *diag)
{
    if (line.size > ATTEST_INI_LINE_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a line of at most %zu bytes", ATTEST_INI_LINE_MAX);
    if (!is_printable(line))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "text without control characters (lines end in LF)");
    line = trim(line);
    if (line.size == 0 || line.data[0] == '#' || line.data[0] == ';')
        return ATTEST_OK;
    attest_try((line.data[0] == '[' ? parse_section : parse_assignment)(line, entry, diag));
    return visit(entry, context, diag);
}

enum attest_error attest_ini_parse(struct attest_view text, attest_ini_visit *visit, void *context,
                                   struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(text);
    struct attest_ini_entry entry = { 0 };

    while (attest_reader_left(&reader) > 0) {
        struct attest_view line;
        attest_reader_split(&reader, '\n', &line);
        entry.line++;
        enum attest_error error = parse_line(line, &entry, visit, context, diag);
        if (error != ATTEST_OK) {
            if (diag)
                diag->native = entry.line;
            return error;
        }
    }
    return ATTEST_OK;
}
