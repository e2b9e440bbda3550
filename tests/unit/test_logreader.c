/* SPDX-License-Identifier: Apache-2.0 */
/* Are the records of a log the same, whatever pieces it comes in, and does it go on where it has grown? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "codec/logreader.h"

#define RECORD "\x1e{\"pcr\":11,\"digests\":[],\"content\":{\"string\":\"%zu\"}}\n"

/* What `more` gives: `size` bytes at a time, up to `end` of the log. */
struct source {
    struct attest_view log;
    size_t given, size, end;
    enum attest_error error;
};

static enum attest_error give(void *context, struct attest_bytes *window, struct attest_diag *diag)
{
    struct source *source = context;
    size_t size = source->end - source->given < source->size ? source->end - source->given : source->size;

    if (source->error != ATTEST_OK) {
        diag->offset = source->given;
        return source->error;
    }
    attest_bytes_append(window, (struct attest_view){ source->log.data + source->given, size });
    source->given += size;
    return ATTEST_OK;
}

static void append_ima(struct log *log, size_t data_size)
{
    log_u32(log, 10);
    log_bytes(log, attest_view_text("0123456789abcdef0123"));
    log_u32(log, 6);
    log_bytes(log, attest_view_text("ima-ng"));
    log_u32(log, (uint32_t)data_size);
    for (size_t i = 0; i < data_size; i++)
        log_u8(log, (uint8_t)i);
}

static struct log make(enum attest_log kind)
{
    static const uint8_t zeros[4];
    struct log log = { 0 };

    if (kind == ATTEST_LOG_FIRMWARE) {
        log_begin(&log, "sha1 sha256");
        for (unsigned i = 0; i < 8; i++)
            log_event(&log, i, ATTEST_EV_SEPARATOR, attest_view_of(zeros));
        return log;
    }
    log.data = malloc(LOG_MAX);
    for (size_t i = 0; i < 8; i++) {
        char record[128];
        sprintf(record, RECORD, i);
        if (kind == ATTEST_LOG_IMA)
            append_ima(&log, 20 * i);
        else
            log_bytes(&log, attest_view_text(record));
    }
    return log;
}

static size_t read_all(struct attest_logreader *reader)
{
    const struct attest_log_record *record = NULL;
    size_t count = 0;

    do {
        assert_ok(attest_logreader_next(reader, &record, NULL));
        assert_true(!record || record->at.log == reader->log);
        count += record != NULL;
    } while (record);
    return count;
}

static void assert_same(const struct attest_log_record *a, const struct attest_log_record *b)
{
    assert_int_equal(a->at.index, b->at.index);
    assert_view(a->firmware.data, b->firmware.data);
    assert_int_equal(a->firmware.pcr, b->firmware.pcr);
    assert_view(a->ima.data, b->ima.data);
    assert_view(a->ima.hash, b->ima.hash);
    assert_view(a->userspace.string, b->userspace.string);
}

static void test_pieces(void **state)
{
    (void)state;
    for (int kind = 0; kind < ATTEST_LOG_COUNT; kind++) {
        struct log log = make((enum attest_log)kind);
        for (size_t size = 1; size <= log.size; size++) {
            struct source source = { log_view(&log), 0, size, log.size, ATTEST_OK };
            struct attest_logreader memory = attest_logreader_init((enum attest_log)kind, log_view(&log));
            struct attest_logreader window = attest_logreader_init_more((enum attest_log)kind, give, &source);
            const struct attest_log_record *a = NULL, *b = NULL;
            do {
                assert_ok(attest_logreader_next(&memory, &a, NULL));
                assert_ok(attest_logreader_next(&window, &b, NULL));
                assert_int_equal(a != NULL, b != NULL);
                if (a)
                    assert_same(a, b);
                assert_int_equal(attest_logreader_offset(&memory), attest_logreader_offset(&window));
            } while (a);
            assert_ok(attest_logreader_end(&memory, NULL));
            assert_ok(attest_logreader_end(&window, NULL));
            assert_int_equal(attest_logreader_offset(&window), log.size);
            attest_logreader_done(&memory);
            attest_logreader_done(&window);
        }
        log_done(&log);
    }
}

/* Ended at each byte, and asked again when the rest has come. */
static void test_growing(void **state)
{
    (void)state;
    for (int kind = ATTEST_LOG_IMA; kind < ATTEST_LOG_COUNT; kind++) {
        struct log log = make((enum attest_log)kind);
        for (size_t end = 0; end < log.size; end++) {
            struct source source = { log_view(&log), 0, 1 + end % 50, end, ATTEST_OK };
            struct attest_logreader reader = attest_logreader_init_more((enum attest_log)kind, give, &source);
            size_t before = read_all(&reader);
            bool between = attest_logreader_offset(&reader) == end;
            struct attest_diag diag = { 0 };
            assert_error(attest_logreader_end(&reader, &diag), between ? ATTEST_OK : ATTEST_TRUNCATED);
            assert_true(between || diag.offset == attest_logreader_offset(&reader));
            source.end = log.size;
            assert_int_equal(before + read_all(&reader), 8);
            assert_ok(attest_logreader_end(&reader, NULL));
            assert_int_equal(read_all(&reader), 0);
            attest_logreader_done(&reader);
        }
        log_done(&log);
    }
}

/* Longer than a piece of 64 KiB, and as long as may be. */
static void test_long_records(void **state)
{
    static const size_t sizes[] = { 65536, 100000, ATTEST_IMALOG_ENTRY_MAX };
    uint8_t *data = malloc((size_t)3 << 20);

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct log log = { .data = malloc(LOG_MAX) };
        size_t size = 0;
        for (size_t n = 0; n < 2; n++) {
            append_ima(&log, 0);
            memcpy(data + size, log.data, log.size);
            for (size_t byte = 0; byte < 4; byte++)
                data[size + log.size - 4 + byte] = (uint8_t)(sizes[i] >> 8 * byte);
            memset(data + size + log.size, 'd', sizes[i]);
            size += log.size + sizes[i];
            log.size = 0;
        }
        struct source source = { { data, size }, 0, 65536, size, ATTEST_OK };
        struct attest_logreader reader = attest_logreader_init_more(ATTEST_LOG_IMA, give, &source);
        assert_int_equal(read_all(&reader), 2);
        assert_ok(attest_logreader_end(&reader, NULL));
        assert_true(reader.window.capacity <= (size_t)2 << 20);
        attest_logreader_done(&reader);
        log_done(&log);
    }
    free(data);
}

static void test_errors(void **state)
{
    (void)state;
    for (int kind = 0; kind < ATTEST_LOG_COUNT; kind++) {
        struct source source = { .error = ATTEST_SYSTEM };
        struct attest_logreader reader = attest_logreader_init_more((enum attest_log)kind, give, &source);
        const struct attest_log_record *record = NULL;
        struct attest_diag diag = { 0 };
        assert_error(attest_logreader_next(&reader, &record, &diag), ATTEST_SYSTEM);
        attest_logreader_done(&reader);
    }
}

/* A firmware log is held whole, up to a limit. */
static void test_firmware_too_large(void **state)
{
    const size_t size = ATTEST_LOGREADER_FIRMWARE_MAX + 1;
    uint8_t *data = calloc(1, size);
    struct source source = { { data, size }, 0, 65536, size, ATTEST_OK };
    struct attest_logreader reader = attest_logreader_init_more(ATTEST_LOG_FIRMWARE, give, &source);
    const struct attest_log_record *record = NULL;
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_logreader_next(&reader, &record, &diag), ATTEST_TOO_LARGE);
    attest_logreader_done(&reader);
    free(data);
}

static void test_detect(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum attest_error error;
        enum attest_log kind;
    } cases[] = {
        { "", 0, ATTEST_MALFORMED, 0 },
        { "\x1e{", 2, ATTEST_OK, ATTEST_LOG_USERSPACE },
        { "10 0123456789abcdef0123456789abcdef01234567 ima-ng sha256:00 /x\n", 64, ATTEST_UNSUPPORTED, 0 },
        { "\xa\0\0\0"
          "01234567890123456789"
          "\3\0\0\0ima",
          31, ATTEST_OK, ATTEST_LOG_IMA },
        { "\xa\0\0\0"
          "01234567890123456789"
          "\x9\0\0\0d-ng|n-ng",
          37, ATTEST_OK, ATTEST_LOG_IMA },
        { "\xa\0\0\0"
          "01234567890123456789012345678901"
          "\6\0\0\0ima-ng",
          46, ATTEST_UNSUPPORTED, 0 },
        { "\xa\0\0\0"
          "0123456789012345678901234567890123456789012345678901234567890123"
          "\6\0\0\0ima-ngand more",
          80, ATTEST_UNSUPPORTED, 0 },
        { "\xa\0\0\0"
          "01234567890123456789012345678901"
          "\6\0\0\0d-ng|n",
          46, ATTEST_OK, ATTEST_LOG_FIRMWARE },
        { "what else?", 10, ATTEST_OK, ATTEST_LOG_FIRMWARE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum attest_log kind = ATTEST_LOG_COUNT;
        const struct attest_view view = { (const uint8_t *)cases[i].bytes, cases[i].size };
        assert_error(attest_logreader_detect(view, &kind, NULL), cases[i].error);
        if (cases[i].error == ATTEST_OK)
            assert_int_equal(kind, cases[i].kind);
    }
}

/* Of every kind, in pieces of one byte and more, and then read. */
static void test_identify(void **state)
{
    (void)state;
    for (int kind = 0; kind < ATTEST_LOG_COUNT; kind++) {
        struct log log = make((enum attest_log)kind);
        size_t records = kind == ATTEST_LOG_FIRMWARE ? 9 : 8;
        for (size_t size = 1; size <= log.size; size += 1 + size / 4) {
            struct source source = { log_view(&log), 0, size, log.size, ATTEST_OK };
            struct attest_logreader reader = attest_logreader_init_more(ATTEST_LOG_FIRMWARE, give, &source);
            assert_ok(attest_logreader_identify(&reader, NULL));
            assert_int_equal(reader.log, kind);
            assert_int_equal(read_all(&reader), records);
            assert_ok(attest_logreader_end(&reader, NULL));
            attest_logreader_done(&reader);
        }
        log_done(&log);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(attest_log_name(ATTEST_LOG_FIRMWARE), "firmware");
    assert_string_equal(attest_log_name(ATTEST_LOG_IMA), "ima");
    assert_string_equal(attest_log_name(ATTEST_LOG_USERSPACE), "userspace");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),   cmocka_unit_test(test_growing),
        cmocka_unit_test(test_errors),   cmocka_unit_test(test_long_records),
        cmocka_unit_test(test_detect),   cmocka_unit_test(test_firmware_too_large),
        cmocka_unit_test(test_identify), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("logreader", tests, NULL, NULL);
}
