/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events does the firmware's log hold? Trusts nothing: sizes of digests come from the log's own head, but
 * only within bounds, and what does not fit what is left is not an event. Nothing is allocated.
 */
#include "codec/tcglog.h"

#include "base/bytes.h"
#include "base/error.h"
#include "codec/tpmwire.h"

#include <string.h>

#define SHA1_SIZE        20
#define DIGEST_MAX       128
#define EVENT_SIZE_LEAST 16 /* bytes of a TCG_PCR_EVENT2 without digests and data */
#define PCR_MAX          23

const char *attest_tcglog_type_name(uint32_t type)
{
    switch (type) {
#define X(value, name)                                                                                         \
    case value:                                                                                                \
        return #name;
        ATTEST_TCG_TYPE_TABLE(X)
#undef X
    default:
        return NULL;
    }
}

/* Where the run of zeros, or of ones, begins that the log ends with: found once, for every event asks. */
static size_t find_padding(struct attest_view input)
{
    size_t end = input.size;
    uint8_t last = end > 0 ? input.data[end - 1] : 1;

    if (last != 0x00 && last != 0xff)
        return end;
    while (end > 0 && input.data[end - 1] == last)
        end--;
    return end;
}

/* Only what is not measured may be outside of the PCRs: Windows ends its logs with such an event. */
static bool is_pcr(const struct attest_tcg_event *event)
{
    return event->pcr <= PCR_MAX || event->type == ATTEST_EV_NO_ACTION;
}

/* TCG_PCClientPCREvent, PFP §10.2.1 */
static enum attest_error parse_sha1_event(struct attest_reader *reader, struct attest_tcg_event *event,
                                          struct attest_diag *diag)
{
    event->pcr = attest_reader_le32(reader);
    event->type = attest_reader_le32(reader);
    event->digest_count = 1;
    event->digests[0] =
        (struct attest_tcg_digest){ ATTEST_TPM_ALG_SHA1, attest_reader_take(reader, SHA1_SIZE) };
    event->data = attest_reader_take(reader, attest_reader_le32(reader));
    return attest_reader_check(reader, diag);
}

static size_t digest_size(const struct attest_tcglog *log, uint16_t alg)
{
    for (size_t i = 0; i < log->bank_count; i++)
        if (log->banks[i].alg == alg)
            return log->banks[i].size;
    return 0;
}

static bool has_digest(const struct attest_tcg_event *event, uint16_t alg)
{
    for (size_t i = 0; i < event->digest_count; i++)
        if (event->digests[i].alg == alg)
            return true;
    return false;
}

/* TPML_DIGEST_VALUES, in whatever order: firmware differs */
static enum attest_error parse_digests(const struct attest_tcglog *log, struct attest_reader *reader,
                                       struct attest_tcg_event *event, struct attest_diag *diag)
{
    uint32_t count = attest_reader_le32(reader);

    if (count > ATTEST_TCGLOG_BANKS_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "at most %d digests in an event, not %u",
                           ATTEST_TCGLOG_BANKS_MAX, count);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t alg = attest_reader_le16(reader);
        size_t size = digest_size(log, alg);
        attest_try(attest_reader_check(reader, diag));
        if (size == 0 || has_digest(event, alg))
            return attest_fail(diag, ATTEST_MALFORMED, NULL,
                               "digests of the algorithms in the log's head, each once, not 0x%04x", alg);
        event->digests[event->digest_count++] =
            (struct attest_tcg_digest){ alg, attest_reader_take(reader, size) };
    }
    return attest_reader_check(reader, diag);
}

/* TCG_PCR_EVENT2, PFP §10.2.2 */
static enum attest_error parse_event2(const struct attest_tcglog *log, struct attest_reader *reader,
                                      struct attest_tcg_event *event, struct attest_diag *diag)
{
    event->pcr = attest_reader_le32(reader);
    event->type = attest_reader_le32(reader);
    attest_try(parse_digests(log, reader, event, diag));
    event->data = attest_reader_take(reader, attest_reader_le32(reader));
    return attest_reader_check(reader, diag);
}

/* One entry of TCG_EfiSpecIDEventAlgorithmSize. A size that is known is not the log's to choose. */
static enum attest_error parse_bank(struct attest_tcglog *log, struct attest_reader *reader,
                                    struct attest_diag *diag)
{
    struct attest_tcg_bank bank = { attest_reader_le16(reader), attest_reader_le16(reader) };
    size_t known = attest_hash_size(attest_tpmwire_hash(bank.alg));

    attest_try(attest_reader_check(reader, diag));
    if (bank.size == 0 || bank.size > DIGEST_MAX || (known > 0 && bank.size != known) ||
        digest_size(log, bank.alg) > 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL,
                           "hash algorithms with their digests' sizes, each once, not 0x%04x of %u bytes",
                           bank.alg, bank.size);
    log->banks[log->bank_count++] = bank;
    return ATTEST_OK;
}

/* TCG_EfiSpecIdEvent, PFP §10.4.5.1, behind its signature */
static enum attest_error parse_head(struct attest_tcglog *log, struct attest_reader *reader,
                                    struct attest_diag *diag)
{
    attest_reader_take(reader, 4 + 1 + 1 + 1 + 1); /* platform class, minor, major, errata, uintn size */
    uint32_t count = attest_reader_le32(reader);

    attest_try(attest_reader_check(reader, diag));
    if (count == 0 || count > ATTEST_TCGLOG_BANKS_MAX)
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "1 to %d hash algorithms in the log's head, not %u",
                           ATTEST_TCGLOG_BANKS_MAX, count);
    for (uint32_t i = 0; i < count; i++)
        attest_try(parse_bank(log, reader, diag));
    return ATTEST_OK; /* vendor information follows, of no interest and not always counted by the event's size
                       */
}

enum attest_error attest_tcglog_open(struct attest_view input, struct attest_tcglog *ret_log,
                                     struct attest_diag *diag)
{
    static const struct attest_view signature = { (const uint8_t *)"Spec ID Event03", 16 };
    struct attest_tcglog log = { .reader = attest_reader_init(input), .padding = find_padding(input) };
    struct attest_reader reader = log.reader;
    struct attest_tcg_event first = { 0 };

    attest_try(parse_sha1_event(&reader, &first, diag));
    if (!is_pcr(&first) || !attest_tcglog_type_name(first.type))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "an event log of the firmware");
    struct attest_reader head = attest_reader_init(first.data);
    log.crypto_agile = first.type == ATTEST_EV_NO_ACTION &&
                       attest_view_equal(attest_reader_take(&head, signature.size), signature);
    if (log.crypto_agile)
        attest_try(parse_head(&log, &head, diag));
    else
        log.banks[log.bank_count++] = (struct attest_tcg_bank){ ATTEST_TPM_ALG_SHA1, SHA1_SIZE };
    *ret_log = log;
    return ATTEST_OK;
}

static enum attest_error parse_event(const struct attest_tcglog *log, struct attest_reader *reader,
                                     struct attest_tcg_event *event, struct attest_diag *diag)
{
    bool is_sha1 = !log->crypto_agile || log->events == 0; /* the head itself has the old form */

    attest_try(is_sha1 ? parse_sha1_event(reader, event, diag) : parse_event2(log, reader, event, diag));
    if (!is_pcr(event))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "an event of PCR 0 to %d, not %u", PCR_MAX,
                           event->pcr);
    return ATTEST_OK;
}

static bool stop(struct attest_tcglog *log, enum attest_tcglog_rest rest)
{
    log->rest = rest;
    log->rest_size = attest_reader_left(&log->reader);
    return false;
}

bool attest_tcglog_next(struct attest_tcglog *log, struct attest_tcg_event *ret_event)
{
    struct attest_reader reader = log->reader;
    struct attest_tcg_event event = { .index = log->events, .offset = log->reader.offset };

    if (attest_reader_left(&reader) == 0)
        return stop(log, ATTEST_TCGLOG_REST_NONE);
    if (reader.offset >= log->padding)
        return stop(log, ATTEST_TCGLOG_REST_PADDING);
    if (attest_reader_left(&reader) < EVENT_SIZE_LEAST)
        return stop(log, ATTEST_TCGLOG_REST_ODD);
    if (parse_event(log, &reader, &event, &log->why) != ATTEST_OK)
        return stop(log, ATTEST_TCGLOG_REST_CUT);
    log->reader = reader;
    log->events++;
    *ret_event = event;
    return true;
}

enum attest_error attest_tcglog_end(const struct attest_tcglog *log, struct attest_diag *diag)
{
    if (log->rest == ATTEST_TCGLOG_REST_NONE || log->rest == ATTEST_TCGLOG_REST_PADDING)
        return ATTEST_OK;
    if (diag) {
        *diag = log->why;
        diag->offset = log->reader.offset;
    }
    if (log->rest == ATTEST_TCGLOG_REST_CUT)
        return ATTEST_TRUNCATED;
    return attest_fail(diag, ATTEST_TRAILING, NULL, "the log's end after event %zu, not %zu bytes more",
                       log->events - 1, log->rest_size);
}
