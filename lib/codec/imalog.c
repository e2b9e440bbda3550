/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files did the kernel measure? Trusts nothing: an entry is bounded, and its template's fields are read
 * by a table. Templates: Linux Documentation/security/IMA-templates.rst.
 */
#include "codec/imalog.h"

#include "base/bytes.h"
#include "base/error.h"

#include <string.h>

#define SHA1_SIZE         20
#define TEMPLATE_NAME_MAX 256
#define PCR_MAX           23
#define OLD_NAME_SIZE     256 /* IMA_EVENT_NAME_LEN_MAX + 1 */

/* Name and fields. A template that the kernel's command line made up is called by its fields. */
static const struct {
    const char *name;
    const char *fields;
} templates[] = {
    { "ima", "d|n" },
    { "ima-ng", "d-ng|n-ng" },
    { "ima-sig", "d-ng|n-ng|sig" },
    { "ima-ngv2", "d-ngv2|n-ng" },
    { "ima-sigv2", "d-ngv2|n-ng|sig" },
    { "ima-buf", "d-ng|n-ng|buf" },
    { "ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig" },
    { "evm-sig", "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode" },
};

static bool is_old(const struct attest_ima_entry *entry)
{
    return attest_view_equal(entry->template, attest_view_text("ima"));
}

static bool is_zero(struct attest_view view)
{
    for (size_t i = 0; i < view.size; i++)
        if (view.data[i] != 0)
            return false;
    return true;
}

/* A u32 size, then that many bytes. */
static struct attest_view take_sized(struct attest_reader *reader, size_t maximum, bool *ret_too_large)
{
    size_t size = attest_reader_le32(reader);

    if (size > maximum) {
        *ret_too_large = true;
        size = 0;
    }
    return attest_reader_take(reader, size);
}

/* The oldest template has no size in front of its data: a digest, then a sized name. */
static struct attest_view take_old_data(struct attest_reader *reader, bool *ret_too_large)
{
    struct attest_reader begin = *reader;

    attest_reader_take(reader, SHA1_SIZE);
    take_sized(reader, OLD_NAME_SIZE - 1, ret_too_large);
    return attest_reader_take(&begin, reader->failed ? 0 : reader->offset - begin.offset);
}

enum attest_error attest_imalog_next(struct attest_reader *reader, struct attest_ima_entry *ret_entry,
                                     struct attest_diag *diag)
{
    struct attest_reader ahead = *reader;
    struct attest_ima_entry entry = { 0 };
    bool too_large = false;

    entry.pcr = attest_reader_le32(&ahead);
    entry.hash = attest_reader_take(&ahead, SHA1_SIZE);
    entry.template = take_sized(&ahead, TEMPLATE_NAME_MAX, &too_large);
    entry.data = is_old(&entry) ? take_old_data(&ahead, &too_large)
                                : take_sized(&ahead, ATTEST_IMALOG_ENTRY_MAX, &too_large);
    if (diag)
        diag->offset = reader->offset;
    if (too_large)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "entries of an IMA log, at most %zu bytes each",
                           ATTEST_IMALOG_ENTRY_MAX);
    attest_try(attest_reader_check(&ahead, diag));
    if (entry.pcr > PCR_MAX || entry.template.size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "entries of an IMA log, with a PCR and a template");
    entry.violation = is_zero(entry.hash);
    *reader = ahead;
    *ret_entry = entry;
    return ATTEST_OK;
}

size_t attest_imalog_hashed(const struct attest_ima_entry *entry,
                            struct attest_view ret_parts[ATTEST_IMALOG_PARTS_MAX])
{
    static const uint8_t zeros[OLD_NAME_SIZE];
    struct attest_reader reader = attest_reader_init(entry->data);

    if (!is_old(entry)) {
        ret_parts[0] = entry->data;
        return 1;
    }
    ret_parts[0] = attest_reader_take(&reader, SHA1_SIZE);
    attest_reader_le32(&reader); /* the name's size is not hashed, its padding is */
    ret_parts[1] = attest_reader_take(&reader, attest_reader_left(&reader));
    ret_parts[2] = (struct attest_view){ zeros, sizeof zeros - ret_parts[1].size };
    return 3;
}

static struct attest_view cut_nul(struct attest_view text)
{
    if (text.size > 0 && text.data[text.size - 1] == '\0')
        text.size--;
    return text;
}

/* "sha256:" NUL digest; in the second version "ima:sha256:" NUL digest */
static bool parse_digest(struct attest_view field, struct attest_view *ret_type,
                         struct attest_view *ret_algorithm, struct attest_view *ret_digest)
{
    struct attest_reader reader = attest_reader_init(field);

    if (ret_type && !attest_reader_split(&reader, ':', ret_type))
        return false;
    if (!attest_reader_split(&reader, ':', ret_algorithm) || attest_reader_u8(&reader) != 0)
        return false;
    *ret_digest = attest_reader_take(&reader, attest_reader_left(&reader));
    return !reader.failed;
}

/* False if the field is not of its form. Those without a name here are of no interest. */
static bool set_field(struct attest_ima_fields *fields, struct attest_view id, struct attest_view value)
{
    const struct {
        const char *id;
        struct attest_view *field;
    } plain[] = { { "sig", &fields->signature }, { "buf", &fields->buffer }, { "modsig", &fields->modsig } };

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (attest_view_equal(id, attest_view_text(plain[i].id)))
            *plain[i].field = value;
    if (attest_view_equal(id, attest_view_text("n-ng")) || attest_view_equal(id, attest_view_text("n")))
        fields->path = cut_nul(value);
    if (attest_view_equal(id, attest_view_text("d-ng")))
        return parse_digest(value, NULL, &fields->algorithm, &fields->digest);
    if (attest_view_equal(id, attest_view_text("d-ngv2")))
        return parse_digest(value, &fields->digest_type, &fields->algorithm, &fields->digest);
    if (attest_view_equal(id, attest_view_text("d-modsig")) && value.size > 0)
        return parse_digest(value, NULL, &fields->modsig_algorithm, &fields->modsig_digest);
    if (attest_view_equal(id, attest_view_text("d"))) {
        fields->algorithm = attest_view_text("sha1");
        fields->digest = value;
    }
    return true;
}

static struct attest_view fields_of(struct attest_view name)
{
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++)
        if (attest_view_equal(name, attest_view_text(templates[i].name)))
            return attest_view_text(templates[i].fields);
    return memchr(name.data, '|', name.size) ? name : (struct attest_view){ 0 };
}

enum attest_error attest_imalog_fields(const struct attest_ima_entry *entry,
                                       struct attest_ima_fields *ret_fields, struct attest_diag *diag)
{
    struct attest_reader data = attest_reader_init(entry->data);
    struct attest_view list = fields_of(entry->template), id;
    struct attest_reader ids = attest_reader_init(list);
    struct attest_ima_fields fields = { 0 };
    bool more, good = true;

    if (list.size == 0)
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "a known IMA template");
    do {
        more = attest_reader_split(&ids, '|', &id);
        bool unsized = is_old(entry) && attest_view_equal(id, attest_view_text("d")); /* only its digest is */
        size_t size = unsized ? SHA1_SIZE : attest_reader_le32(&data);
        good = set_field(&fields, id, attest_reader_take(&data, size)) && good;
    } while (more);
    attest_try(attest_reader_end(&data, diag));
    if (!good)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "digests as algorithm, colon, NUL and digest");
    *ret_fields = fields;
    return ATTEST_OK;
}
