/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What did systemd measure? Trusts nothing: a record is bounded and must be the JSON that it claims.
 */
#include "codec/sysdlog.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"
#include "codec/json.h"

#include <string.h>

#define RECORD_SEPARATOR 0x1e
#define PCR_MAX          23
#define DIGESTS_MAX      16

/* Up to and with the line feed. Without one the writer is not done, or the rest is still to come. */
static enum attest_error take_record(struct attest_reader *reader, struct attest_view *ret_text,
                                     struct attest_diag *diag)
{
    uint8_t first = attest_reader_u8(reader);
    size_t begin = reader->offset;

    attest_try(attest_reader_check(reader, diag));
    if (first != RECORD_SEPARATOR)
        return attest_fail(diag, ATTEST_MALFORMED, NULL,
                           "a record separator (0x1e) before each event (RFC 7464)");
    bool ended = attest_reader_split(reader, '\n', ret_text);
    if (reader->offset - begin > ATTEST_SYSDLOG_RECORD_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "records of at most %zu bytes",
                           ATTEST_SYSDLOG_RECORD_MAX);
    if (!ended)
        return attest_fail(diag, ATTEST_TRUNCATED, NULL, "a line feed at the end of each event (RFC 7464)");
    return ATTEST_OK;
}

/* {"hashAlg":"sha256","digest":"hex"}. Of an algorithm that is none of ours nothing is known. */
static enum attest_error parse_digest(const struct attest_json *item, struct attest_sysd_event *event,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(0);
    struct attest_view name, text;

    if (!attest_json_text(attest_json_member(item, "hashAlg"), &name) ||
        !attest_json_text(attest_json_member(item, "digest"), &text))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"digests\": objects with hashAlg and digest");
    enum attest_hash hash = attest_hash_find(name);
    if (hash == ATTEST_HASH_NONE)
        return ATTEST_OK;
    size_t size = attest_hash_size(hash);
    if (attest_decode_hex(text, size, &data, NULL) != ATTEST_OK || data.size != size ||
        event->banks >> hash & 1)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"digest\": one %s of %zu bytes in hexadecimal",
                           attest_hash_name(hash), size);
    memcpy(event->digests[hash], data.data, size);
    event->banks |= 1u << hash;
    return ATTEST_OK;
}

static enum attest_error parse_digests(const struct attest_json *list, struct attest_sysd_event *event,
                                       struct attest_diag *diag)
{
    size_t count = attest_json_count(list);

    if (count > DIGESTS_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"digests\": at most %d", DIGESTS_MAX);
    for (size_t i = 0; i < count; i++)
        attest_try(parse_digest(attest_json_element(list, i), event, diag));
    return ATTEST_OK;
}

static void parse_content(const struct attest_json *content, struct attest_sysd_event *event)
{
    attest_json_text(attest_json_member(content, "string"), &event->string);
    attest_json_text(attest_json_member(content, "eventType"), &event->type);
    attest_json_text(attest_json_member(content, "bootId"), &event->boot_id);
    attest_json_unsigned(attest_json_member(content, "timestamp"), &event->timestamp);
}

static enum attest_error parse_event(struct attest_view text, struct attest_sysd_event *event,
                                     struct attest_diag *diag)
{
    uint64_t pcr = 0;

    attest_try(attest_json_parse(text, ATTEST_SYSDLOG_RECORD_MAX, &event->root, diag));
    event->has_pcr = attest_json_member(event->root, "pcr") != NULL;
    if (event->has_pcr &&
        (!attest_json_unsigned(attest_json_member(event->root, "pcr"), &pcr) || pcr > PCR_MAX))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"pcr\": a number from 0 to %d", PCR_MAX);
    event->pcr = (unsigned)pcr;
    if (!attest_json_is_array(attest_json_member(event->root, "digests")))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"digests\": a list");
    attest_try(parse_digests(attest_json_member(event->root, "digests"), event, diag));
    parse_content(attest_json_member(event->root, "content"), event);
    return ATTEST_OK;
}

enum attest_error attest_sysdlog_next(struct attest_reader *reader, struct attest_sysd_event *ret_event,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_sysdlog_done) struct attest_sysd_event event = { 0 };
    struct attest_reader ahead = *reader;
    struct attest_view text = { 0 };

    enum attest_error error = take_record(&ahead, &text, diag);
    if (error == ATTEST_OK)
        error = parse_event(text, &event, diag);
    if (error != ATTEST_OK) {
        if (diag)
            diag->offset = reader->offset;
        return error;
    }
    *reader = ahead;
    *ret_event = event;
    event = (struct attest_sysd_event){ 0 };
    return ATTEST_OK;
}

void attest_sysdlog_done(struct attest_sysd_event *event)
{
    attest_json_free(event->root);
    *event = (struct attest_sysd_event){ 0 };
}

bool attest_sysdlog_is_digested(const struct attest_sysd_event *event)
{
    static const char *const types[] = { "phase", "filesystem", "machine-id", "product-id", "os-separator" };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (attest_view_equal(event->type, attest_view_text(types[i])))
            return event->string.size > 0;
    return false;
}
