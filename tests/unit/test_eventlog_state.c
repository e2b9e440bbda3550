/* SPDX-License-Identifier: Apache-2.0 */
/* Does the daemon's replay follow logs that grow, shrink, vanish and come, and tell what it finds? */
#include "tests/unit/ima_entries.h"

#include "daemon/eventlog_stream.h"

#include <errno.h>
#include <sys/stat.h>

#define ENTRIES 600

static char folder[] = "/tmp/attestd-test-XXXXXX";
static char paths[ATTEST_LOG_COUNT][64];
static struct config config = { .references = 1 };
static _Atomic bool stopping;
static uint8_t ima[ENTRIES * ENTRY_SIZE];
static struct eventlog_state *logs;

static void write_file(enum attest_log log, const char *mode, const void *data, size_t size)
{
    FILE *file = fopen(paths[log], mode);

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* A Specification ID event with SHA-256, and nothing else (PFP §10.4.5.1). */
static void write_firmware(void)
{
    static const uint8_t head[] = "\0\0\0\0\3\0\0\0"
                                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                  "\x21\0\0\0"
                                  "Spec ID Event03\0"
                                  "\0\0\0\0"
                                  "\0\2\0\2"
                                  "\1\0\0\0"
                                  "\x0b\0\x20\0"
                                  "\0";

    write_file(ATTEST_LOG_FIRMWARE, "w", head, sizeof head - 1);
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%zu", folder, i);
        unlink(paths[i]);
        config.eventlogs[i] = paths[i];
    }
    logs = eventlog_state_new(&config, &stopping);
    return logs ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    eventlog_state_free(logs);
    return 0;
}

/* PCR 10 after so many entries. */
static const struct eventlog_report *compare(size_t extended)
{
    static uint8_t scratch[sizeof ima];
    struct eventlog_values values = { .banks = 1u << ATTEST_HASH_SHA256 };

    values.pcrs[ATTEST_HASH_SHA256] = make_ima(scratch, ENTRIES, extended);
    eventlog_state_compare(logs, &values);
    for (int i = 0; i < 100 && eventlog_state_is_behind(logs); i++)
        eventlog_state_go_on(logs);
    return eventlog_state_report(logs);
}

static void test_none(void **state)
{
    const struct eventlog_report *report = compare(0);

    (void)state;
    assert_int_equal(report->replay, EVENTLOG_REPLAY_UNKNOWN);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        assert_int_equal(report->logs[i].presence, EVENTLOG_ABSENT);
}

static void test_growing(void **state)
{
    (void)state;
    write_firmware();
    make_ima(ima, ENTRIES, 0);
    write_file(ATTEST_LOG_IMA, "w", ima, 300 * ENTRY_SIZE);
    for (size_t extended = 1; extended <= 300; extended += 23) {
        const struct eventlog_report *report = compare(extended);
        assert_int_equal(report->replay, EVENTLOG_REPLAY_MATCHES);
        assert_int_equal(report->logs[ATTEST_LOG_IMA].events, extended); /* and no more are read */
    }
    write_file(ATTEST_LOG_IMA, "a", ima + 300 * ENTRY_SIZE, 300 * ENTRY_SIZE);
    assert_int_equal(compare(ENTRIES)->replay, EVENTLOG_REPLAY_MATCHES);
    assert_int_equal(compare(ENTRIES)->logs[ATTEST_LOG_IMA].bytes, sizeof ima);
}

/* A value from before what is read already: found by a second look. */
static void test_an_older_value(void **state)
{
    (void)state;
    write_firmware();
    make_ima(ima, ENTRIES, 0);
    write_file(ATTEST_LOG_IMA, "w", ima, sizeof ima);
    assert_int_equal(compare(400)->replay, EVENTLOG_REPLAY_MATCHES);
    assert_int_equal(compare(100)->replay, EVENTLOG_REPLAY_MATCHES);
    assert_int_equal(compare(500)->replay, EVENTLOG_REPLAY_MATCHES);
}

static void test_differences(void **state)
{
    struct eventlog_values values = { .banks = 1u << ATTEST_HASH_SHA256 };

    (void)state;
    write_firmware();
    values.pcrs[ATTEST_HASH_SHA256] = make_ima(ima, ENTRIES, 7);
    write_file(ATTEST_LOG_IMA, "w", ima, 6 * ENTRY_SIZE);
    values.pcrs[ATTEST_HASH_SHA256].values[14][3] = 1;
    eventlog_state_compare(logs, &values);
    const struct eventlog_report *report = eventlog_state_report(logs);
    assert_int_equal(report->replay, EVENTLOG_REPLAY_DIFFERS); /* before what no log extends */
    assert_int_equal(report->pcr, 10);
    assert_int_equal(report->bank, ATTEST_HASH_SHA256);
    write_file(ATTEST_LOG_IMA, "a", ima + 6 * ENTRY_SIZE, ENTRY_SIZE);
    eventlog_state_compare(logs, &values);
    assert_int_equal(report->replay, EVENTLOG_REPLAY_UNEXPLAINED);
    assert_int_equal(report->pcr, 14);
}

static void test_shrunk_gone_and_back(void **state)
{
    (void)state;
    write_firmware();
    make_ima(ima, ENTRIES, 0);
    write_file(ATTEST_LOG_IMA, "w", ima, 50 * ENTRY_SIZE);
    assert_int_equal(compare(50)->replay, EVENTLOG_REPLAY_MATCHES);
    write_file(ATTEST_LOG_IMA, "w", ima, 20 * ENTRY_SIZE);
    assert_int_equal(compare(20)->replay, EVENTLOG_REPLAY_MATCHES);
    assert_int_equal(unlink(paths[ATTEST_LOG_IMA]), 0);
    assert_int_equal(compare(20)->replay, EVENTLOG_REPLAY_UNEXPLAINED);
    assert_int_equal(compare(20)->logs[ATTEST_LOG_IMA].presence, EVENTLOG_ABSENT);
    write_file(ATTEST_LOG_IMA, "w", ima, 30 * ENTRY_SIZE);
    assert_int_equal(compare(30)->replay, EVENTLOG_REPLAY_MATCHES);
}

static void test_not_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        assert_int_equal(i % 2 ? mkdir(paths[i], 0700) : mkfifo(paths[i], 0600), 0);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++) {
        assert_int_equal(compare(0)->logs[i].presence, EVENTLOG_UNREADABLE);
        assert_true(compare(0)->logs[i].diag.expected[0]);
        assert_int_equal(remove(paths[i]), 0);
    }
}

static void test_stopping(void **state)
{
    (void)state;
    write_firmware();
    make_ima(ima, ENTRIES, 0);
    write_file(ATTEST_LOG_IMA, "w", ima, sizeof ima);
    stopping = true;
    struct eventlog_values values = { .banks = 1u << ATTEST_HASH_SHA256 };
    values.pcrs[ATTEST_HASH_SHA256] = make_ima(ima, ENTRIES, ENTRIES);
    eventlog_state_compare(logs, &values);
    assert_true(eventlog_state_is_behind(logs));
    assert_int_equal(eventlog_state_report(logs)->replay, EVENTLOG_REPLAY_READING);
    stopping = false;
    while (eventlog_state_is_behind(logs))
        eventlog_state_go_on(logs);
    assert_int_equal(eventlog_state_report(logs)->replay, EVENTLOG_REPLAY_MATCHES);
}

/* Pieces are bounded, and together they are the file. */
static void test_stream(void **state)
{
    struct eventlog_stream *stream = NULL;
    size_t size = 0;

    (void)state;
    make_ima(ima, ENTRIES, 0);
    write_file(ATTEST_LOG_IMA, "w", ima, sizeof ima);
    assert_ok(eventlog_stream_open(logs, ATTEST_LOG_IMA, false, &stream, NULL));
    while (!eventlog_stream_is_over(stream)) {
        _cleanup_(attest_bytes_done) struct attest_bytes piece = attest_bytes_init((size_t)1 << 20);
        assert_ok(eventlog_stream_next(stream, &piece, NULL));
        assert_true(size + piece.size <= sizeof ima);
        assert_true(piece.size > 0 ? !memcmp(piece.data, ima + size, piece.size) : 1);
        size += piece.size;
    }
    assert_int_equal(size, sizeof ima);
    eventlog_stream_close(stream);
}

static void test_too_many_streams(void **state)
{
    struct eventlog_stream *streams[EVENTLOG_STREAMS_MAX], *more = NULL;
    struct attest_diag diag = { 0 };

    (void)state;
    write_firmware();
    for (size_t i = 0; i < EVENTLOG_STREAMS_MAX; i++)
        assert_ok(eventlog_stream_open(logs, ATTEST_LOG_FIRMWARE, true, &streams[i], NULL));
    assert_error(eventlog_stream_open(logs, ATTEST_LOG_FIRMWARE, true, &more, &diag), ATTEST_BUSY);
    eventlog_stream_close(streams[0]);
    assert_error(eventlog_stream_open(logs, ATTEST_LOG_USERSPACE, true, &more, &diag), ATTEST_SYSTEM);
    assert_int_equal(diag.native, ENOENT);
    assert_ok(eventlog_stream_open(logs, ATTEST_LOG_FIRMWARE, true, &streams[0], NULL));
    for (size_t i = 0; i < EVENTLOG_STREAMS_MAX; i++)
        eventlog_stream_close(streams[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_none),
        TEST(test_growing),
        TEST(test_an_older_value),
        TEST(test_differences),
        TEST(test_shrunk_gone_and_back),
        TEST(test_not_files),
        TEST(test_stopping),
        TEST(test_stream),
        TEST(test_too_many_streams),
    };

    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests_name("eventlog_state", tests, NULL, NULL);
    set_up(NULL);
    eventlog_state_free(logs);
    return rmdir(folder) != 0 || failed;
}
