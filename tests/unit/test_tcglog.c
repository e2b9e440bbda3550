/* SPDX-License-Identifier: Apache-2.0 */
/* Which events does a log hold, whatever is cut off it, and whatever its counts and sizes claim? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "codec/tcglog.h"

#define HEAD_ALGS 60 /* bytes of the log before the first algorithm of its head */

static const uint8_t zeros[4];

/* Three events: of PCR 0, PCR 4 and PCR 7. */
static void make(struct log *log, const char *banks)
{
    log_begin(log, banks);
    log_event(log, 0, ATTEST_EV_S_CRTM_VERSION, attest_view_text("version"));
    log_event(log, 4, ATTEST_EV_SEPARATOR, attest_view_of(zeros));
    log_event(log, 7, ATTEST_EV_ACTION, attest_view_text("action"));
}

/* Reads all of it and returns how many events there are, the head among them. */
static size_t count(struct attest_view view, struct attest_tcglog *ret_log)
{
    struct attest_tcg_event event;
    size_t events = 0;

    assert_ok(attest_tcglog_open(view, ret_log, NULL));
    while (attest_tcglog_next(ret_log, &event)) {
        assert_int_equal(event.index, events);
        events++;
    }
    assert_false(attest_tcglog_next(ret_log, &event));
    assert_int_equal(ret_log->rest_size, view.size - ret_log->reader.offset);
    return events;
}

static void test_events(void **state)
{
    static const char *const forms[] = { "", "sha1", "sha256 sha1", "sha1 sha256 sha384 sha512", "sm3 sha384" };
    struct attest_tcg_event event;
    struct attest_tcglog reader;
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        make(&log, forms[i]);
        assert_int_equal(count(log_view(&log), &reader), log.events);
        assert_ok(attest_tcglog_end(&reader, NULL));
        assert_int_equal(reader.rest, ATTEST_TCGLOG_REST_NONE);
        assert_int_equal(reader.crypto_agile, i > 0);
        assert_int_equal(reader.bank_count, log.bank_count);
        assert_ok(attest_tcglog_open(log_view(&log), &reader, NULL));
        for (size_t n = 0; n < log.events; n++) {
            assert_true(attest_tcglog_next(&reader, &event));
            assert_int_equal(event.offset, log.offsets[n]);
        }
        assert_int_equal(event.pcr, 7);
        assert_int_equal(event.type, ATTEST_EV_ACTION);
        assert_text(event.data, "action");
        assert_int_equal(event.digest_count, log.bank_count);
        for (size_t bank = 0; bank < log.bank_count; bank++) {
            uint8_t digest[64];
            size_t size = log_digest(log.banks[bank]->name, attest_view_text("action"), digest);
            assert_int_equal(event.digests[bank].alg, log.banks[bank]->alg);
            assert_view(event.digests[bank].value, (struct attest_view){ digest, size });
        }
        log_done(&log);
    }
}

/* Cut anywhere, it is whole exactly where an event ends; the rest is told. */
static void test_cut(void **state)
{
    static const char *const forms[] = { "", "sha1 sha256" };
    struct attest_tcglog reader;
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        make(&log, forms[i]);
        for (size_t size = 0; size < log.size; size++) {
            uint8_t *copy = exact((struct attest_view){ log.data, size });
            struct attest_view view = { copy, size };
            struct attest_diag diag = { 0 };
            size_t events = 0;
            while (events < log.events && log.offsets[events + 1] <= size)
                events++;
            if (events == 0) {
                assert_error(attest_tcglog_open(view, &reader, &diag), ATTEST_TRUNCATED);
            } else {
                assert_int_equal(count(view, &reader), events);
                if (size == log.offsets[events]) {
                    assert_ok(attest_tcglog_end(&reader, NULL));
                } else if (reader.rest != ATTEST_TCGLOG_REST_PADDING) {
                    bool odd = size - log.offsets[events] < 16;
                    assert_int_equal(reader.rest, odd ? ATTEST_TCGLOG_REST_ODD : ATTEST_TCGLOG_REST_CUT);
                    assert_error(attest_tcglog_end(&reader, &diag), odd ? ATTEST_TRAILING : ATTEST_TRUNCATED);
                    assert_int_equal(diag.offset, log.offsets[events]);
                }
            }
            free(copy);
        }
        log_done(&log);
    }
}

/* Zeros and ones at the end are none of the log's; mixed ones and others are told. */
static void test_rest(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum attest_tcglog_rest rest;
        enum attest_error error;
    } cases[] = {
        { "\0", 1, ATTEST_TCGLOG_REST_PADDING, ATTEST_OK },
        { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, ATTEST_TCGLOG_REST_PADDING, ATTEST_OK },
        { "\xff", 1, ATTEST_TCGLOG_REST_PADDING, ATTEST_OK },
        { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 17,
          ATTEST_TCGLOG_REST_PADDING, ATTEST_OK },
        { "\0\0\xff", 3, ATTEST_TCGLOG_REST_ODD, ATTEST_TRAILING },
        { "\xff\xff\0", 3, ATTEST_TCGLOG_REST_ODD, ATTEST_TRAILING },
        { "\xde\xad\xbe\xef", 4, ATTEST_TCGLOG_REST_ODD, ATTEST_TRAILING },
        { "\xde\xad\xbe\xef\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 18, ATTEST_TCGLOG_REST_CUT, ATTEST_TRUNCATED },
        { "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 18, ATTEST_TCGLOG_REST_CUT, ATTEST_TRUNCATED },
    };
    struct attest_tcglog reader;
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make(&log, "sha256");
        log_bytes(&log, (struct attest_view){ (const uint8_t *)cases[i].bytes, cases[i].size });
        assert_int_equal(count(log_view(&log), &reader), 4);
        assert_int_equal(reader.rest, cases[i].rest);
        assert_int_equal(reader.rest_size, cases[i].size);
        assert_error(attest_tcglog_end(&reader, NULL), cases[i].error);
        log_done(&log);
    }
}

/* A separator's own zeros at the end of the log are data, with padding behind them or without. */
static void test_data_like_padding(void **state)
{
    struct attest_tcglog reader;
    struct log log;

    (void)state;
    for (size_t padding = 0; padding < 40; padding++) {
        log_begin(&log, "sha256");
        log_event(&log, 4, ATTEST_EV_SEPARATOR, attest_view_of(zeros));
        for (size_t i = 0; i < padding; i++)
            log_u8(&log, 0);
        assert_int_equal(count(log_view(&log), &reader), 2);
        assert_ok(attest_tcglog_end(&reader, NULL));
        assert_int_equal(reader.rest_size, padding);
        log_done(&log);
    }
}

/* A number at an offset of the log changed: how many events are left, and whether it is a log at all. */
static void test_lies(void **state)
{
    static const struct {
        size_t offset; /* in the head; from 1000 in the first event behind it */
        uint32_t value;
        int size;
        enum attest_error open;
        size_t events;
    } cases[] = {
        { 56, 0, 4, ATTEST_UNSUPPORTED, 0 },           /* algorithms */
        { 56, 9, 4, ATTEST_UNSUPPORTED, 0 },           /* more than we have room for */
        { 56, 0xffffffff, 4, ATTEST_UNSUPPORTED, 0 },  /* more than there can be */
        { 56, 3, 4, ATTEST_TRUNCATED, 0 },             /* more than the head's data hold */
        { 56, 1, 4, ATTEST_OK, 1 },                    /* less: the events have one that is not known */
        { HEAD_ALGS, 0x000b, 2, ATTEST_MALFORMED, 0 }, /* the second one again, and with a size of sha1 */
        { HEAD_ALGS + 2, 0, 2, ATTEST_MALFORMED, 0 },
        { HEAD_ALGS + 2, 21, 2, ATTEST_MALFORMED, 0 },
        { HEAD_ALGS + 2, 0xffff, 2, ATTEST_MALFORMED, 0 },
        { HEAD_ALGS, 0x9999, 2, ATTEST_OK, 1 }, /* unknown, of a possible size: events have none of it */
        { 28, 0xffffffff, 4, ATTEST_TRUNCATED, 0 },
        { 28, 36, 4, ATTEST_OK, 1 }, /* the vendor's size is not in it, and the next event begins too early */
        { 28, 35, 4, ATTEST_TRUNCATED, 0 },
        { 1000, 24, 4, ATTEST_OK, 1 }, /* PCR */
        { 1000, 0xffffffff, 4, ATTEST_OK, 1 },
        { 1000, 23, 4, ATTEST_OK, 4 },
        { 1008, 9, 4, ATTEST_OK, 1 }, /* digests */
        { 1008, 0xffffffff, 4, ATTEST_OK, 1 },
        { 1008, 3, 4, ATTEST_OK, 1 },
        { 1012, 0x000c, 2, ATTEST_OK, 1 },     /* an algorithm that the head lacks */
        { 1012, 0x000b, 2, ATTEST_OK, 1 },     /* of another size */
        { 1034, 0x0004, 2, ATTEST_OK, 1 },     /* the same twice */
        { 1068, 0xffffffff, 4, ATTEST_OK, 1 }, /* the data's size */
        { 1068, 0x7fffffff, 4, ATTEST_OK, 1 },
        { 1068, 8, 4, ATTEST_OK, 2 },
    };
    struct attest_tcglog reader;
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make(&log, "sha1 sha256");
        size_t at = cases[i].offset < 1000 ? cases[i].offset : log.offsets[1] + cases[i].offset - 1000;
        for (int byte = 0; byte < cases[i].size; byte++)
            log.data[at + (size_t)byte] = (uint8_t)(cases[i].value >> 8 * byte);
        uint8_t *copy = exact(log_view(&log));
        struct attest_view view = { copy, log.size };
        enum attest_error error = attest_tcglog_open(view, &reader, NULL);
        assert_error(error, cases[i].open);
        if (error == ATTEST_OK) {
            assert_int_equal(count(view, &reader), cases[i].events);
            assert_int_equal(attest_tcglog_end(&reader, NULL) == ATTEST_OK, cases[i].events == 4);
        }
        free(copy);
        log_done(&log);
    }
}

/* Every bit of every byte: nothing but more or fewer events. */
static void test_flipped(void **state)
{
    struct attest_tcglog reader;
    struct attest_tcg_event event;
    struct log log;

    (void)state;
    make(&log, "sha1 sha256");
    uint8_t *copy = exact(log_view(&log));
    for (size_t bit = 0; bit < 8 * log.size; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (attest_tcglog_open((struct attest_view){ copy, log.size }, &reader, NULL) == ATTEST_OK)
            while (attest_tcglog_next(&reader, &event))
                assert_true(event.pcr <= 23 || event.type == ATTEST_EV_NO_ACTION);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(copy);
    log_done(&log);
}

/* Less digests than banks is what Windows writes, and none at all can be read as well; what they are worth is
 * not the parser's affair. */
static void test_order_and_number(void **state)
{
    struct attest_tcglog reader;
    struct attest_tcg_event event;
    struct log log;

    (void)state;
    log_begin(&log, "sha1 sha256");
    log_write(&log, 11, ATTEST_EV_EVENT_TAG, attest_view_text("x"), attest_view_text("x"), "sha256");
    log_write(&log, 11, ATTEST_EV_EVENT_TAG, attest_view_text("x"), attest_view_text("x"), "nobody");
    const struct log_bank *first = log.banks[0];
    log.banks[0] = log.banks[1];
    log.banks[1] = first;
    log_event(&log, 11, ATTEST_EV_EVENT_TAG, attest_view_text("x"));
    log.data[log.offsets[2] + 8] = 0; /* nobody's digest: none is there */
    assert_ok(attest_tcglog_open(log_view(&log), &reader, NULL));
    assert_true(attest_tcglog_next(&reader, &event));
    assert_true(attest_tcglog_next(&reader, &event));
    assert_int_equal(event.digest_count, 1);
    assert_int_equal(event.digests[0].alg, 0x000b);
    assert_true(attest_tcglog_next(&reader, &event));
    assert_int_equal(event.digest_count, 0);
    assert_true(attest_tcglog_next(&reader, &event));
    assert_int_equal(event.digest_count, 2);
    assert_int_equal(event.digests[0].alg, 0x000b);
    assert_int_equal(event.digests[1].alg, 0x0004);
    assert_false(attest_tcglog_next(&reader, &event));
    assert_ok(attest_tcglog_end(&reader, NULL));
    log_done(&log);
}

/* Windows ends its log with an event of PCR 0xffffffff, that extends nothing. */
static void test_pcr_of_no_action(void **state)
{
    struct attest_tcglog reader;
    struct log log;

    (void)state;
    make(&log, "sha256");
    log_event(&log, 0xffffffff, ATTEST_EV_NO_ACTION, attest_view_text("WBCL"));
    assert_int_equal(count(log_view(&log), &reader), 5);
    assert_ok(attest_tcglog_end(&reader, NULL));
    log_done(&log);
}

static void test_no_log(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        { "", 0 },
        { "\0", 1 },
        { "this is no event log, but a text of some length\n", 48 },
        { "\x1e{\"pcr\":11,\"digests\":[]}\n                              ", 56 },
    };
    struct attest_tcglog reader;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct attest_view view = { (const uint8_t *)cases[i].bytes, cases[i].size };
        enum attest_error error = attest_tcglog_open(view, &reader, NULL);
        assert_true(error == ATTEST_TRUNCATED || error == ATTEST_MALFORMED);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(attest_tcglog_type_name(4), "EV_SEPARATOR");
    assert_string_equal(attest_tcglog_type_name(0x800000e0), "EV_EFI_VARIABLE_AUTHORITY");
    assert_null(attest_tcglog_type_name(0x8401));
    assert_null(attest_tcglog_type_name(0xffffffff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_data_like_padding),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_order_and_number),
        cmocka_unit_test(test_pcr_of_no_action),
        cmocka_unit_test(test_no_log),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("tcglog", tests, NULL, NULL);
}
