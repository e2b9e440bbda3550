/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for event logs of each kind: memory and pieces of any size give the same records; all that is
 * shown of a record is JSON; and values taken from a replay agree with the same log.
 */
#ifndef TESTS_FUZZ_LOGS_H
#define TESTS_FUZZ_LOGS_H

#include "tests/fuzz/fuzz.h"

#include "codec/json.h"
#include "evidence/eventlog.h"
#include "evidence/logjson.h"
#include "evidence/verdict.h"

#include <json-c/json.h>
#include <string.h>

/* The input, some bytes at a time. */
struct pieces {
    struct attest_view left;
    size_t size;
};

static inline enum attest_error give_piece(void *context, struct attest_bytes *window, struct attest_diag *diag)
{
    struct pieces *pieces = context;
    struct attest_view piece = pieces->left;

    (void)diag;
    if (piece.size > pieces->size)
        piece.size = pieces->size;
    attest_bytes_append(window, piece);
    pieces->left.data += piece.size;
    pieces->left.size -= piece.size;
    return ATTEST_OK;
}

static inline void demand_same_view(struct attest_view a, struct attest_view b)
{
    demand(attest_view_equal(a, b));
}

static inline void demand_same_event(const struct attest_tcg_event *a, const struct attest_tcg_event *b)
{
    demand(a->offset == b->offset && a->pcr == b->pcr && a->type == b->type);
    demand(a->digest_count == b->digest_count);
    for (size_t i = 0; i < a->digest_count; i++) {
        demand(a->digests[i].alg == b->digests[i].alg);
        demand_same_view(a->digests[i].value, b->digests[i].value);
    }
    demand_same_view(a->data, b->data);
}

static inline void demand_same_record(const struct attest_log_record *a, const struct attest_log_record *b)
{
    demand(a->at.log == b->at.log && a->at.index == b->at.index);
    demand_same_event(&a->firmware, &b->firmware);
    demand(a->ima.pcr == b->ima.pcr && a->ima.violation == b->ima.violation);
    demand_same_view(a->ima.hash, b->ima.hash);
    demand_same_view(a->ima.template, b->ima.template);
    demand_same_view(a->ima.data, b->ima.data);
    demand(a->userspace.pcr == b->userspace.pcr && a->userspace.banks == b->userspace.banks);
    demand(memcmp(a->userspace.digests, b->userspace.digests, sizeof a->userspace.digests) == 0);
    demand_same_view(a->userspace.string, b->userspace.string);
}

static inline void fuzz_pieces(enum attest_log kind, struct attest_view log, size_t size)
{
    struct pieces pieces = { log, size };
    _cleanup_(attest_logreader_done) struct attest_logreader memory = attest_logreader_init(kind, log);
    _cleanup_(attest_logreader_done) struct attest_logreader window =
        attest_logreader_init_more(kind, give_piece, &pieces);
    const struct attest_log_record *a = NULL, *b = NULL;
    enum attest_error error;

    do {
        error = attest_logreader_next(&memory, &a, NULL);
        demand_parsed(error);
        demand(attest_logreader_next(&window, &b, NULL) == error);
        if (error != ATTEST_OK)
            return;
        demand((a == NULL) == (b == NULL));
        if (a)
            demand_same_record(a, b);
        demand(attest_logreader_offset(&memory) == attest_logreader_offset(&window));
    } while (a);
    demand(attest_logreader_end(&memory, NULL) == attest_logreader_end(&window, NULL));
}

/* By json-c alone, which is fast; or as strictly as the library reads it. */
static inline bool is_json(struct attest_view text, bool strict)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    if (strict)
        return attest_json_parse(text, ATTEST_LOGJSON_RECORD_MAX, &root, NULL) == ATTEST_OK;
    json_tokener *tokener = json_tokener_new();
    demand(tokener);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    json_object *object = json_tokener_parse_ex(tokener, (const char *)text.data, (int)text.size);
    bool good = object && json_tokener_get_error(tokener) == json_tokener_success;
    json_object_put(object);
    json_tokener_free(tokener);
    return good;
}

static inline void fuzz_shown(enum attest_log kind, struct attest_view log, bool strict)
{
    _cleanup_(attest_logreader_done) struct attest_logreader reader = attest_logreader_init(kind, log);
    _cleanup_(attest_hasher_cleanup) struct attest_hasher *hasher = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_LOGJSON_RECORD_MAX);
    const struct attest_log_record *record = NULL;

    demand(attest_hasher_new(&hasher) == ATTEST_OK);
    while (attest_logreader_next(&reader, &record, NULL) == ATTEST_OK && record) {
        struct attest_json_writer json = { .out = &out };
        attest_bytes_shrink(&out, out.size);
        demand(attest_logjson_write(&json, record, hasher) == ATTEST_OK);
        demand(attest_bytes_check(&out) == ATTEST_OK);
        demand(is_json(attest_bytes_view(&out), strict));
    }
}

/* Verifies, as far as the log can be read; `expected` may be NULL. */
static inline struct attest_eventlog *replay_log(enum attest_log kind, struct attest_view log,
                                                 const struct attest_pcrs *expected)
{
    const struct attest_eventlog_demands demands = { .allow_missing_pcrs = true, .allow_newer = true };
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    struct attest_eventlog *eventlog = NULL;

    demand(attest_eventlog_new(&eventlog) == ATTEST_OK);
    if (expected)
        attest_eventlog_expect_pcrs(eventlog, expected);
    enum attest_error added = attest_eventlog_add(eventlog, kind, log, NULL);
    demand_parsed(added);
    enum attest_error verified = attest_eventlog_verify(eventlog, &demands, verdict);
    demand(verified == ATTEST_OK || verified == ATTEST_REFUSED);
    demand(added == ATTEST_OK || verified == ATTEST_REFUSED);
    demand(expected || !attest_eventlog_secure_boot(eventlog, NULL));
    return eventlog;
}

static inline void fuzz_replay(enum attest_log kind, struct attest_view log)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = replay_log(kind, log, NULL);
    struct attest_pcrs values = { .bank = ATTEST_HASH_SHA256 };

    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        struct attest_view value = attest_eventlog_pcr(eventlog, values.bank, i);
        if (value.size == 0)
            continue;
        memcpy(values.values[i], value.data, value.size);
        values.mask |= 1u << i;
    }
    if (values.mask == 0)
        return;
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *again = replay_log(kind, log, &values);
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (values.mask >> i & 1)
            demand(attest_eventlog_compare(again, values.bank, i).state == ATTEST_PCR_AGREES);
}

/* The first byte says what is tried: most often the parsers alone, for they are fast; or all (the seeds). The
 * size of the pieces, of which there are at most about 64, is in it too. The rest is the log. */
static inline void fuzz_log(enum attest_log kind, const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    const struct attest_view log = { data + 1, size - 1 };
    unsigned what = data[0] & 15;
    bool all = what == 15;
    if (what < 13 || all)
        fuzz_pieces(kind, log, 1 + log.size / 64 + (data[0] >> 4));
    if (what == 13 || all)
        fuzz_shown(kind, log, all);
    if (what >= 14)
        fuzz_replay(kind, log);
}

#endif
