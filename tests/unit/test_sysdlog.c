/* SPDX-License-Identifier: Apache-2.0 */
/* Which events does systemd's log hold, and what is no record? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "codec/sysdlog.h"

/* sha256 of "enter-initrd", by sha256sum(1) */
#define INITRD "51e6b92f405d1f98d96e3de343d61d420ad6923b25de21d766f9298192f14fed"
#define RECORD(pcr, digests)                                                                                   \
    "\x1e{" pcr "\"digests\":[" digests "],\"content_type\":\"systemd\",\"content\":{\"string\":"              \
    "\"enter-initrd\",\"bootId\":\"0123\",\"timestamp\":77,\"eventType\":\"phase\"}}\n"
#define SHA256 "{\"hashAlg\":\"sha256\",\"digest\":\"" INITRD "\"}"
#define SHA1   "{\"hashAlg\":\"sha1\",\"digest\":\"0000000000000000000000000000000000000001\"}"

static enum attest_error take(struct attest_view text, struct attest_sysd_event *ret_event, size_t *ret_offset)
{
    uint8_t *copy = exact(text);
    struct attest_reader reader = attest_reader_init((struct attest_view){ copy, text.size });
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_sysdlog_next(&reader, ret_event, &diag);
    *ret_offset = reader.offset;
    assert_int_equal(error == ATTEST_OK, reader.offset > 0);
    free(copy);
    return error;
}

static void test_record(void **state)
{
    struct attest_sysd_event event = { 0 };
    size_t offset;

    (void)state;
    assert_ok(take(attest_view_text(RECORD("\"pcr\":11,", SHA256 "," SHA1) "rest"), &event, &offset));
    assert_int_equal(offset, strlen(RECORD("\"pcr\":11,", SHA256 "," SHA1)));
    assert_true(event.has_pcr);
    assert_int_equal(event.pcr, 11);
    assert_int_equal(event.banks, 1u << ATTEST_HASH_SHA256 | 1u << ATTEST_HASH_SHA1);
    assert_hex((struct attest_view){ event.digests[ATTEST_HASH_SHA256], 32 }, INITRD);
    assert_text(event.string, "enter-initrd");
    assert_text(event.type, "phase");
    assert_text(event.boot_id, "0123");
    assert_int_equal(event.timestamp, 77);
    assert_true(attest_sysdlog_is_digested(&event));
    attest_sysdlog_done(&event);
}

static void test_cut(void **state)
{
    const struct attest_view whole = attest_view_text(RECORD("\"pcr\":11,", SHA256));
    struct attest_sysd_event event = { .pcr = 5 };
    size_t offset;

    (void)state;
    for (size_t size = 0; size < whole.size; size++)
        assert_error(take((struct attest_view){ whole.data, size }, &event, &offset), ATTEST_TRUNCATED);
    assert_int_equal(event.pcr, 5);
}

static void test_accepted(void **state)
{
    static const struct {
        const char *text;
        bool has_pcr;
        uint32_t banks;
        bool digested;
    } cases[] = {
        { RECORD("", SHA256), false, 1u << ATTEST_HASH_SHA256, true }, /* an NvPCR */
        { RECORD("\"nv_index\":30474753,", SHA256), false, 1u << ATTEST_HASH_SHA256, true },
        { RECORD("\"pcr\":0,", ""), true, 0, true },
        { RECORD("\"pcr\":23,", "{\"hashAlg\":\"sm3_256\",\"digest\":\"zz\"}"), true, 0, true },
        { "\x1e{\"pcr\":15,\"digests\":[]}\n", true, 0, false },
        { "\x1e{\"pcr\":15,\"digests\":[],\"content\":null}\n", true, 0, false },
        { "\x1e{\"pcr\":15,\"digests\":[],\"content\":{\"eventType\":\"volume-key\",\"string\":\"x\"}}\n", true,
          0, false },
        { "\x1e{\"pcr\":15,\"digests\":[],\"content\":{\"eventType\":\"phase\",\"string\":\"\"}}\n", true, 0,
          false },
    };
    struct attest_sysd_event event = { 0 };
    size_t offset;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ok(take(attest_view_text(cases[i].text), &event, &offset));
        assert_int_equal(event.has_pcr, cases[i].has_pcr);
        assert_int_equal(event.banks, cases[i].banks);
        assert_int_equal(attest_sysdlog_is_digested(&event), cases[i].digested);
        attest_sysdlog_done(&event);
    }
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "x{}\n",
        "\n",
        "{\"pcr\":11,\"digests\":[]}\n",
        "\x1e\n",
        "\x1e\x1e{}\n",
        "\x1e{}\n", /* no digests */
        "\x1e[]\n",
        "\x1e{\"pcr\":11}\n",
        "\x1e{\"pcr\":11,\"digests\":{}}\n",
        "\x1e{\"pcr\":11,\"digests\":[],\"digests\":[]}\n",
        "\x1e{\"pcr\":11,\"digests\":[]} {}\n",
        RECORD("\"pcr\":24,", SHA256),
        RECORD("\"pcr\":-1,", SHA256),
        RECORD("\"pcr\":4294967307,", SHA256),
        RECORD("\"pcr\":\"11\",", SHA256),
        RECORD("\"pcr\":11.0,", SHA256),
        RECORD("\"pcr\":11,", SHA256 "," SHA256), /* twice */
        RECORD("\"pcr\":11,", "null"),
        RECORD("\"pcr\":11,", "null," SHA256),
        RECORD("\"pcr\":11,", "{}"),
        RECORD("\"pcr\":11,", "{\"hashAlg\":\"sha256\"}"),
        RECORD("\"pcr\":11,", "{\"hashAlg\":\"sha256\",\"digest\":\"\"}"),
        RECORD("\"pcr\":11,", "{\"hashAlg\":\"sha256\",\"digest\":\"00\"}"),
        RECORD("\"pcr\":11,", "{\"hashAlg\":\"sha256\",\"digest\":\"" INITRD "00\"}"),
        RECORD("\"pcr\":11,", "{\"hashAlg\":\"sha384\",\"digest\":\"" INITRD "\"}"),
        RECORD("\"pcr\":11,", "{\"hashAlg\":1,\"digest\":\"" INITRD "\"}"),
    };
    struct attest_sysd_event event = { .pcr = 5 };
    size_t offset;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        enum attest_error error = take(attest_view_text(texts[i]), &event, &offset);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
        assert_int_not_equal(error, ATTEST_TRUNCATED);
        assert_int_equal(event.pcr, 5);
        assert_null(event.root);
    }
}

/* One that is too long is so whether its end is there or still to come. */
static void test_huge(void **state)
{
    static char text[ATTEST_SYSDLOG_RECORD_MAX + 64];
    struct attest_sysd_event event = { 0 };
    size_t offset;

    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "\x1e{\"digests\":[]", 14);
    text[1 + ATTEST_SYSDLOG_RECORD_MAX - 2] = '}';
    text[1 + ATTEST_SYSDLOG_RECORD_MAX - 1] = '\n';
    struct attest_view longest = { (const uint8_t *)text, 1 + ATTEST_SYSDLOG_RECORD_MAX };
    assert_ok(take(longest, &event, &offset));
    attest_sysdlog_done(&event);
    text[1 + ATTEST_SYSDLOG_RECORD_MAX - 1] = ' ';
    assert_error(take(longest, &event, &offset), ATTEST_TRUNCATED);
    struct attest_view longer = { (const uint8_t *)text, 2 + ATTEST_SYSDLOG_RECORD_MAX };
    assert_error(take(longer, &event, &offset), ATTEST_TOO_LARGE);
    text[1 + ATTEST_SYSDLOG_RECORD_MAX] = '\n';
    assert_error(take(longer, &event, &offset), ATTEST_TOO_LARGE);
}

static void test_many_digests(void **state)
{
    char text[2048] = "\x1e{\"digests\":[";
    struct attest_sysd_event event = { 0 };
    size_t offset;

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        strcat(text, i > 0 ? "," : "");
        strcat(text, "{\"hashAlg\":\"x\",\"digest\":\"\"}");
    }
    size_t end = strlen(text);
    strcat(text, "]}\n");
    assert_ok(take(attest_view_text(text), &event, &offset));
    attest_sysdlog_done(&event);
    strcpy(text + end, ",{\"hashAlg\":\"x\",\"digest\":\"\"}]}\n");
    assert_error(take(attest_view_text(text), &event, &offset), ATTEST_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),  cmocka_unit_test(test_cut),  cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_huge), cmocka_unit_test(test_many_digests),
    };
    return cmocka_run_group_tests_name("sysdlog", tests, NULL, NULL);
}
