/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other people's logs, from $ATTESTD_VECTORS: each replays to the values that are stated, or compares as its
 * notes say. No part of one passes for the whole. An event dropped, doubled, moved or retagged never goes
 * unnoticed.
 */
#include "tests/unit/unit.h"

#include "attest/eventlog.h"
#include "base/file.h"
#include "codec/tcglog.h"
#include "evidence/eventlog.h"
#include "evidence/verdict.h"

#include <dirent.h>
#include <json-c/json.h>
#include <unistd.h>

#define LOG_MAX ((size_t)1 << 20)
#define SMALL   ((size_t)3000)

static const uint32_t types[] = {
#define X(value, name) value,
    ATTEST_TCG_TYPE_TABLE(X)
#undef X
        0x8401, /* the kernel's own, and none of ours */
    0x12345678,
};

struct vector {
    enum attest_log kind;
    char path[600];
    struct attest_bytes log;
    char pcrs[ATTEST_HASH_COUNT][8192]; /* to compare with; empty for none */
};

static json_object *get(json_object *object, const char *name)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static void add_pcrs(struct vector *vector, const char *bank, json_object *values)
{
    enum attest_hash hash = attest_hash_find(attest_view_text(bank));

    assert_true(hash != ATTEST_HASH_NONE);
    snprintf(vector->pcrs[hash], sizeof vector->pcrs[hash], "{\"bank\":\"%s\",\"pcrs\":%s}", bank,
             json_object_to_json_string(values));
}

/* Only the values that the source read, or where it read none those of an independent replay. */
static void load_pcrs(struct vector *vector)
{
    char path[640];

    snprintf(path, sizeof path, "%s.pcrs.json", vector->path);
    json_object *file = access(path, F_OK) == 0 ? json_object_from_file(path) : NULL;
    json_object *banks = get(file, "stated") ? get(file, "stated") : get(file, "replayed");
    if (banks) {
        json_object_object_foreach(banks, bank, values)
        {
            add_pcrs(vector, bank, values);
        }
    }
    json_object_put(file);
}

static void load(struct vector *vector, const char *path)
{
    vector->kind = ATTEST_LOG_FIRMWARE;
    snprintf(vector->path, sizeof vector->path, "%s", path);
    vector->log = attest_bytes_init(LOG_MAX);
    assert_ok(attest_file_read(path, LOG_MAX, &vector->log, NULL));
    load_pcrs(vector);
}

static bool is_called(const struct vector *vector, const char *name)
{
    return strcmp(strrchr(vector->path, '/') + 1, name) == 0;
}

/* NULL if it is no log at all. */
static struct attest_eventlog *replay(const struct vector *vector, struct attest_view log)
{
    struct attest_eventlog *eventlog = NULL;

    assert_ok(attest_eventlog_new(&eventlog));
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        if (vector->pcrs[bank][0])
            assert_ok(attest_eventlog_expect(eventlog, attest_view_text(vector->pcrs[bank]), NULL));
    enum attest_error error = attest_eventlog_add(eventlog, vector->kind, log, NULL);
    if (error == ATTEST_OK)
        return eventlog;
    assert_true(attest_error_category(error) == ATTEST_CATEGORY_MALFORMED);
    attest_eventlog_free(eventlog);
    return NULL;
}

/* Which checks failed, each name with a blank behind. */
static bool judge(const struct attest_eventlog *eventlog, char failed[1024])
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_eventlog_demands demands = { .allow_missing_pcrs = true };
    char *at = failed;

    enum attest_error error = attest_eventlog_verify(eventlog, &demands, verdict);
    assert_true(error == ATTEST_OK || error == ATTEST_REFUSED);
    assert_int_equal(attest_verdict_holds(verdict), error == ATTEST_OK);
    *at = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok && at < failed + 960)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    return error == ATTEST_OK;
}

/* How a log ends: refused as none, refused, holding; and what it says of Secure Boot. */
struct outcome {
    bool readable, holds, secure_boot;
    char failed[1024];
};

static struct outcome outcome_of(const struct vector *vector, struct attest_view log)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = replay(vector, log);
    struct outcome outcome = { .readable = eventlog != NULL };

    if (!eventlog)
        return outcome;
    outcome.holds = judge(eventlog, outcome.failed);
    outcome.secure_boot = attest_eventlog_secure_boot(eventlog, NULL);
    return outcome;
}

/* What fails of those that don't hold, in each bank by itself that is compared; all others hold. "" stands for
 * what can't be read. */
static const struct {
    const char *name;
    enum attest_hash bank;
    const char *failed;
} failing[] = {
    /* registers of TDX, not PCRs, with types and separators of their own */
    { "ccel-tdx-ff-padded.bin", ATTEST_HASH_SHA384, "log_types log_separators " },
    { "ccel-tdx-unpadded.bin", ATTEST_HASH_SHA384, "log_types log_separators " },
    { "neg-keylime-bogus.bin", ATTEST_HASH_NONE, "" },
    { "neg-keylime-empty.bin", ATTEST_HASH_NONE, "" },
    { "neg-pc-haruhi-pcr0-mismatch.bin", ATTEST_HASH_SHA256, "pcr_0 " },
    { "pc-h12ssl-linux.bin", ATTEST_HASH_SHA1, "pcr_10 " }, /* IMA's, whose log is another */
    { "pc-h12ssl-linux.bin", ATTEST_HASH_SHA256, "pcr_10 " },
    { "pc-supermicro-windows-wbcl.bin", ATTEST_HASH_SHA1, /* a bank that the firmware does not extend */
      "log_digests pcr_0 pcr_1 pcr_2 pcr_3 pcr_4 pcr_5 pcr_6 pcr_7 pcr_8 pcr_9 pcr_10 pcr_11 pcr_12 pcr_13 " },
    { "tpm2tools-specid-vendordata.bin", ATTEST_HASH_NONE, "log_form " }, /* four odd bytes at the end */
};

/* By the README's, and by SecureBoot in the log where it does not say. Not with SHA-1 alone. */
static const char *const secure[] = { "gce-cos85-sev.bin",
                                      "gce-cos101-sev.bin",
                                      "gce-sp800155.bin",
                                      "pc-haruhi-good.bin",
                                      "neg-pc-haruhi-pcr0-mismatch.bin",
                                      "tpm2tools-event-postcode.bin" };

static const char *expected_failure(const struct vector *vector, enum attest_hash bank)
{
    for (size_t i = 0; i < COUNT(failing); i++)
        if (is_called(vector, failing[i].name) && failing[i].bank == bank)
            return failing[i].failed;
    return NULL;
}

static bool is_secure(const struct vector *vector)
{
    for (size_t i = 0; i < COUNT(secure); i++)
        if (is_called(vector, secure[i]))
            return true;
    return false;
}

/* The vector with the values of one bank only. */
static struct vector only(const struct vector *vector, enum attest_hash bank)
{
    struct vector one = *vector;

    for (size_t i = 0; i < ATTEST_HASH_COUNT; i++)
        if (i != bank)
            one.pcrs[i][0] = '\0';
    return one;
}

static bool has_pcrs(const struct vector *vector)
{
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        if (vector->pcrs[bank][0])
            return true;
    return false;
}

static void check_stated(const struct vector *vector, enum attest_hash bank)
{
    struct vector one = only(vector, bank);
    const char *failed = expected_failure(vector, bank);
    struct outcome outcome = outcome_of(&one, attest_bytes_view(&vector->log));

    assert_string_equal(outcome.failed, failed ? failed : "");
    assert_int_equal(outcome.readable, !failed || *failed);
    assert_int_equal(outcome.holds, !failed);
    assert_int_equal(outcome.secure_boot, bank > ATTEST_HASH_SHA1 && is_secure(vector));
}

static void test_stated(void **state)
{
    struct vector vector = { 0 };

    load(&vector, *state);
    if (!has_pcrs(&vector))
        check_stated(&vector, ATTEST_HASH_NONE);
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        if (vector.pcrs[bank][0])
            check_stated(&vector, (enum attest_hash)bank);
    attest_bytes_done(&vector.log);
}

/* Where the events are, and which PCR each extends. */
struct map {
    size_t count;
    struct {
        size_t begin, end, digests; /* bytes of the log; the digests end where the data's size begins */
        uint32_t pcr, type;
    } events[256];
};

static struct map map_of(struct attest_view log)
{
    struct map map = { 0 };
    struct attest_tcglog reader;
    struct attest_tcg_event event;

    if (attest_tcglog_open(log, &reader, NULL) != ATTEST_OK)
        return map;
    while (attest_tcglog_next(&reader, &event)) {
        assert_true(map.count < COUNT(map.events));
        size_t end = reader.reader.offset;
        map.events[map.count].begin = event.offset;
        map.events[map.count].end = end;
        map.events[map.count].digests = end - event.data.size - 4;
        map.events[map.count].pcr = event.pcr;
        map.events[map.count++].type = event.type;
    }
    return map;
}

static bool is_compared(const struct vector *vector, uint32_t pcr)
{
    char name[16];

    snprintf(name, sizeof name, "\"%u\":", pcr);
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++) {
        char spaced[16];
        snprintf(spaced, sizeof spaced, "\"%u\" :", pcr);
        if (strstr(vector->pcrs[bank], name) || strstr(vector->pcrs[bank], spaced))
            return true;
    }
    return false;
}

static bool counts(const struct vector *vector, const struct map *map, size_t i)
{
    return map->events[i].type != ATTEST_EV_NO_ACTION && is_compared(vector, map->events[i].pcr);
}

/* Whether what is left of the log without its end has all events that were compared. */
static bool is_whole(const struct vector *vector, const struct map *map, size_t size)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->events[i].end > size && counts(vector, map, i))
            return false;
    return true;
}

static bool ends_well(struct attest_view log)
{
    struct attest_tcglog reader;
    struct attest_tcg_event event;

    if (attest_tcglog_open(log, &reader, NULL) != ATTEST_OK)
        return false;
    while (attest_tcglog_next(&reader, &event))
        ;
    return attest_tcglog_end(&reader, NULL) == ATTEST_OK;
}

/* The small ones are replayed at each byte, the others where the cut log ends as logs do. */
static void test_cut(void **state)
{
    struct vector vector = { 0 };

    load(&vector, *state);
    struct map map = map_of(attest_bytes_view(&vector.log));
    size_t first = map.count > 0 ? map.events[map.count - 1].end : vector.log.size;
    for (size_t size = 0; size<vector.log.size; size += size> first ? 997 : 1) {
        uint8_t *copy = exact((struct attest_view){ vector.log.data, size });
        struct attest_view log = { copy, size };
        if (has_pcrs(&vector) && (vector.log.size < SMALL || ends_well(log)) && !is_whole(&vector, &map, size))
            assert_false(outcome_of(&vector, log).holds);
        else if (has_pcrs(&vector) && !ends_well(log) && size < first)
            assert_false(is_whole(&vector, &map, size) && outcome_of(&vector, log).holds);
        free(copy);
    }
    attest_bytes_done(&vector.log);
}

static void append_event(struct attest_bytes *log, const struct vector *vector, const struct map *map, size_t i)
{
    attest_bytes_append(log, (struct attest_view){ vector->log.data + map->events[i].begin,
                                                   map->events[i].end - map->events[i].begin });
}

/* The log with its events in another order: `order[n]` comes at n. */
static struct outcome reorder(const struct vector *vector, const struct map *map, const size_t *order,
                              size_t count)
{
    _cleanup_(attest_bytes_done) struct attest_bytes log = attest_bytes_init(2 * LOG_MAX);

    for (size_t i = 0; i < count; i++)
        append_event(&log, vector, map, order[i]);
    return outcome_of(vector, attest_bytes_view(&log));
}

static bool have_same_digests(const struct vector *vector, const struct map *map, size_t a, size_t b)
{
    size_t size = map->events[a].digests - map->events[a].begin - 8;

    return size == map->events[b].digests - map->events[b].begin - 8 &&
           memcmp(vector->log.data + map->events[a].begin + 8, vector->log.data + map->events[b].begin + 8,
                  size) == 0;
}

static void assert_no_better(const struct outcome *found, const struct outcome *honest)
{
    assert_true(honest->holds || !found->holds);
    assert_true(honest->secure_boot || !found->secure_boot);
}

static void check_event(const struct vector *vector, const struct map *map, size_t at,
                        const struct outcome *honest)
{
    size_t order[257], count = 0;
    bool counted = counts(vector, map, at);
    struct outcome found;

    for (size_t i = 0; i < map->count; i++) /* dropped */
        if (i != at)
            order[count++] = i;
    found = reorder(vector, map, order, count);
    assert_no_better(&found, honest);
    assert_false(counted && found.holds);

    count = 0;
    for (size_t i = 0; i < map->count; i++) { /* doubled */
        order[count++] = i;
        if (i == at)
            order[count++] = i;
    }
    found = reorder(vector, map, order, count);
    assert_no_better(&found, honest);
    assert_false(counted && found.holds);

    if (at + 1 == map->count)
        return;
    for (size_t i = 0; i < map->count; i++) /* swapped with the next */
        order[i] = i == at ? at + 1 : i == at + 1 ? at : i;
    found = reorder(vector, map, order, map->count);
    assert_no_better(&found, honest);
    if (counted && counts(vector, map, at + 1) && map->events[at].pcr == map->events[at + 1].pcr &&
        !have_same_digests(vector, map, at, at + 1))
        assert_false(found.holds);
}

static void test_moved(void **state)
{
    struct vector vector = { 0 };

    load(&vector, *state);
    struct map map = map_of(attest_bytes_view(&vector.log));
    struct outcome honest = outcome_of(&vector, attest_bytes_view(&vector.log));
    for (size_t at = 1; at < map.count && has_pcrs(&vector); at++)
        check_event(&vector, &map, at, &honest);
    attest_bytes_done(&vector.log);
}

static void retag(const struct vector *vector, const struct map *map, size_t at, const struct outcome *honest)
{
    uint8_t *place = vector->log.data + map->events[at].begin + 4;
    uint8_t saved[4];

    memcpy(saved, place, sizeof saved);
    for (size_t i = 0; i < COUNT(types); i++) {
        for (size_t byte = 0; byte < 4; byte++)
            place[byte] = (uint8_t)(types[i] >> 8 * byte);
        struct outcome found = outcome_of(vector, attest_bytes_view(&vector->log));
        assert_no_better(&found, honest);
        assert_true(!found.holds || found.secure_boot == honest->secure_boot);
    }
    memcpy(place, saved, sizeof saved);
}

/* Every event of a small log, and those of PCR 7 in all. */
static void test_retagged(void **state)
{
    struct vector vector = { 0 };

    load(&vector, *state);
    struct map map = map_of(attest_bytes_view(&vector.log));
    struct outcome honest = outcome_of(&vector, attest_bytes_view(&vector.log));
    for (size_t at = 1; at < map.count && has_pcrs(&vector); at++)
        if (map.events[at].pcr == 7 || vector.log.size < SMALL)
            retag(&vector, &map, at, &honest);
    attest_bytes_done(&vector.log);
}

static int is_log(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 4 && strcmp(entry->d_name + length - 4, ".bin") == 0;
}

int main(void)
{
    const char *vectors = getenv("ATTESTD_VECTORS");
    struct CMUnitTest tests[256] = { 0 };
    static const CMUnitTestFunction functions[] = { test_stated, test_cut, test_moved, test_retagged };
    struct dirent **cases;
    char folder[400];

    snprintf(folder, sizeof folder, "%s/eventlog", vectors ? vectors : "../shared/vectors");
    int count = scandir(folder, &cases, is_log, alphasort);
    if (count <= 0 || (size_t)count * COUNT(functions) > COUNT(tests)) {
        printf("1..0 # SKIP no logs in %s: set ATTESTD_VECTORS\n", folder);
        return 0;
    }
    for (size_t i = 0; i < (size_t)count * COUNT(functions); i++) {
        const char *name = cases[i / COUNT(functions)]->d_name;
        char *path = NULL;
        if (asprintf(&path, "%s/%s", folder, name) < 0)
            return 1;
        tests[i] = (struct CMUnitTest){ name, functions[i % COUNT(functions)], NULL, NULL, path };
    }
    int failed =
        _cmocka_run_group_tests("eventlog_vectors", tests, (size_t)count * COUNT(functions), NULL, NULL);
    for (size_t i = 0; i < (size_t)count * COUNT(functions); i++)
        free(tests[i].initial_state);
    for (int i = 0; i < count; i++)
        free(cases[i]);
    free(cases);
    return failed;
}
