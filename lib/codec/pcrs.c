/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which PCRs are meant, and what are their values? Trusts nothing in the text.
 */
#include "codec/pcrs.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/reader.h"

#include <stdio.h>
#include <string.h>

static enum attest_error parse_index(struct attest_view text, unsigned *ret_index, struct attest_diag *diag)
{
    uint64_t index;

    if (attest_decode_decimal(text, ATTEST_PCR_COUNT - 1, &index, NULL) != ATTEST_OK)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "PCR numbers from 0 to %d, as in 0-7,11",
                           ATTEST_PCR_COUNT - 1);
    *ret_index = (unsigned)index;
    return ATTEST_OK;
}

enum attest_error attest_pcrs_parse_selection(struct attest_view text, uint32_t *ret_mask,
                                              struct attest_diag *diag)
{
    struct attest_reader items = attest_reader_init(text);
    uint32_t mask = 0;
    bool more;

    do {
        struct attest_view item, head;
        unsigned first = 0, last;
        more = attest_reader_split(&items, ',', &item);
        struct attest_reader range = attest_reader_init(item);
        bool has_end = attest_reader_split(&range, '-', &head);
        attest_try(parse_index(head, &first, diag));
        last = first;
        if (has_end)
            attest_try(parse_index(attest_reader_take(&range, attest_reader_left(&range)), &last, diag));
        if (last < first || mask >> first != 0)
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "PCR numbers ascending, none twice, as in 0-7,11");
        for (unsigned i = first; i <= last; i++)
            mask |= 1u << i;
    } while (more);
    *ret_mask = mask;
    return ATTEST_OK;
}

void attest_pcrs_format_selection(uint32_t mask, char *ret_text, size_t size)
{
    size_t length = 0;

    ret_text[0] = '\0';
    for (unsigned i = 0; i < ATTEST_PCR_COUNT && length < size; i++) {
        unsigned last = i;
        if (!(mask >> i & 1))
            continue;
        while (last + 1 < ATTEST_PCR_COUNT && mask >> (last + 1) & 1)
            last++;
        length += (size_t)snprintf(ret_text + length, size - length, last > i ? "%s%u-%u" : "%s%u",
                                   length > 0 ? "," : "", i, last);
        i = last;
    }
}

struct attest_view attest_pcrs_value(const struct attest_pcrs *pcrs, unsigned index)
{
    return (struct attest_view){ pcrs->values[index], attest_hash_size(pcrs->bank) };
}

enum attest_error attest_pcrs_digest(const struct attest_pcrs *pcrs, uint32_t mask, enum attest_hash hash,
                                     uint8_t ret_digest[ATTEST_HASH_MAX_SIZE])
{
    struct attest_view parts[ATTEST_PCR_COUNT];
    size_t count = 0;

    if (mask & ~pcrs->mask)
        return ATTEST_USAGE;
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (mask >> i & 1)
            parts[count++] = attest_pcrs_value(pcrs, i);
    return attest_hash_digest(hash, parts, count, ret_digest);
}

enum attest_error attest_pcrs_parse_value(const char *name, const struct attest_json *value,
                                          struct attest_pcrs *pcrs, struct attest_diag *diag)
{
    struct attest_view text;
    unsigned index = 0;
    size_t size = attest_hash_size(pcrs->bank);
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(ATTEST_HASH_MAX_SIZE);

    attest_try(parse_index(attest_view_text(name), &index, diag));
    if (!attest_json_text(value, &text) || attest_decode_hex(text, size, &data, NULL) != ATTEST_OK ||
        data.size != size)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "PCR %u as %zu hexadecimal digits", index, 2 * size);
    memcpy(pcrs->values[index], data.data, size);
    pcrs->mask |= 1u << index;
    return ATTEST_OK;
}

static enum attest_error visit_value(const char *name, const struct attest_json *value, void *context,
                                     struct attest_diag *diag)
{
    return attest_pcrs_parse_value(name, value, context, diag);
}

enum attest_error attest_pcrs_parse_values(const struct attest_json *values, enum attest_hash bank,
                                           struct attest_pcrs *ret_pcrs, struct attest_diag *diag)
{
    struct attest_pcrs pcrs = { .bank = bank };

    if (!attest_json_is_object(values))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"pcrs\": an object from number to value");
    attest_try(attest_json_each(values, visit_value, &pcrs, diag));
    *ret_pcrs = pcrs;
    return ATTEST_OK;
}

enum attest_error attest_pcrs_parse(const struct attest_json *object, struct attest_pcrs *ret_pcrs,
                                    struct attest_diag *diag)
{
    enum attest_hash bank = ATTEST_HASH_NONE;
    struct attest_view name;

    if (attest_json_text(attest_json_member(object, "bank"), &name))
        bank = attest_hash_find(name);
    if (bank == ATTEST_HASH_NONE)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"bank\": sha1, sha256, sha384 or sha512");
    return attest_pcrs_parse_values(attest_json_member(object, "pcrs"), bank, ret_pcrs, diag);
}

void attest_pcrs_write(struct attest_json_writer *json, const struct attest_pcrs *pcrs)
{
    char index[12];

    attest_json_write_text(json, "bank", attest_hash_name(pcrs->bank));
    attest_json_open(json, "pcrs", '{');
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        if (!(pcrs->mask >> i & 1))
            continue;
        snprintf(index, sizeof index, "%u", i);
        attest_json_write_hex(json, index, attest_pcrs_value(pcrs, i));
    }
    attest_json_close(json, '}');
}
