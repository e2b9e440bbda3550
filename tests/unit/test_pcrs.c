/* SPDX-License-Identifier: Apache-2.0 */
/* Which PCRs does each text name, and are values of the wrong size, number or bank refused? */
#include "tests/unit/unit.h"

#include "codec/pcrs.h"

/* By sha256sum(1): of twenty bytes 0x00 and twenty 0xff, and of the latter alone. */
#define PCR_DIGEST_BOTH "4ab5a7fe8711873f5d493d4defb64d89f8f2e31e4486250bc7fd5a401fabba42"
#define PCR_DIGEST_ONE  "9a8dcd3f9ff7aa3114e141f03c12989d363ea81fd74c02eea63c5f41489cb17a"
#define ZEROS           "0000000000000000000000000000000000000000"

static void test_selection(void **state)
{
    static const struct {
        const char *text, *canonical;
        uint32_t mask;
    } cases[] = {
        { "0", "0", 0x1 },
        { "23", "23", 0x800000 },
        { "0-23", "0-23", ATTEST_PCR_ALL },
        { "0-7,11", "0-7,11", 0x8ff },
        { "0,1,2", "0-2", 0x7 },
        { "3-3", "3", 0x8 },
        { "0,2,4,6,8,10,12,14,16,18,20,22", "0,2,4,6,8,10,12,14,16,18,20,22", 0x555555 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t mask = 0;
        char text[80];
        assert_ok(attest_pcrs_parse_selection(attest_view_text(cases[i].text), &mask, NULL));
        assert_int_equal(mask, cases[i].mask);
        attest_pcrs_format_selection(mask, text, sizeof text);
        assert_string_equal(text, cases[i].canonical);
    }
}

static void test_selection_refused(void **state)
{
    static const char *const texts[] = {
        "",      ",",     "-",    "0,",   ",0",  "0,,1",       "0-",
        "-1",    "1-0",   "24",   "0-24", "1,1", "1,0",        "0-7,7",
        "5,0-2", "0 ",    " 0",   "0, 1", "00",  "01",         "+1",
        "0x1",   "0-1-2", "0--1", "a",    "all", "4294967296", "18446744073709551616",
        "0;1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct attest_diag diag = { 0 };
        uint32_t mask = 42;
        struct attest_view text = attest_view_text(texts[i]);
        assert_error(attest_pcrs_parse_selection(text, &mask, &diag), ATTEST_MALFORMED);
        assert_int_equal(mask, 42);
        assert_true(strlen(diag.expected) > 0);
        assert_error(attest_pcrs_parse_selection(text, &mask, NULL), ATTEST_MALFORMED);
    }
    assert_error(
        attest_pcrs_parse_selection((struct attest_view){ (const uint8_t *)"0\0", 2 }, &(uint32_t){ 0 }, NULL),
        ATTEST_MALFORMED);
}

/* Every mask of a few bits anywhere comes back as it was, in 80 bytes. */
static void test_selection_round_trip(void **state)
{
    (void)state;
    for (uint32_t pattern = 1; pattern < 0x1000; pattern++) {
        uint32_t masks[] = { pattern, pattern << 12, pattern * 0x1001 & ATTEST_PCR_ALL, pattern << 6 };
        for (size_t i = 0; i < COUNT(masks); i++) {
            char text[80];
            uint32_t back = 0;
            attest_pcrs_format_selection(masks[i], text, sizeof text);
            assert_ok(attest_pcrs_parse_selection(attest_view_text(text), &back, NULL));
            assert_int_equal(back, masks[i]);
        }
    }
}

static void test_format_is_bounded(void **state)
{
    (void)state;
    for (size_t size = 1; size < 40; size++) {
        char *text = test_malloc(size);
        attest_pcrs_format_selection(0x555555, text, size);
        assert_true(strlen(text) < size);
        test_free(text);
    }
    char text[80] = "x";
    attest_pcrs_format_selection(0, text, sizeof text);
    assert_string_equal(text, "");
}

static enum attest_error parse(const char *text, struct attest_pcrs *ret_pcrs, struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    assert_ok(attest_json_parse(attest_view_text(text), 1 << 16, &root, NULL));
    return attest_pcrs_parse(root, ret_pcrs, diag);
}

static void test_values(void **state)
{
    struct attest_pcrs pcrs;

    (void)state;
    assert_ok(parse("{\"bank\":\"sha1\",\"x\":1,\"pcrs\":{\"23\":\"" ZEROS "\",\"4\":"
                    "\"00112233445566778899AABBCCDDEEFF00112233\"}}",
                    &pcrs, NULL));
    assert_int_equal(pcrs.bank, ATTEST_HASH_SHA1);
    assert_int_equal(pcrs.mask, 0x800010);
    assert_hex(attest_pcrs_value(&pcrs, 4), "00112233445566778899aabbccddeeff00112233");
    assert_hex(attest_pcrs_value(&pcrs, 23), ZEROS);
    assert_ok(parse("{\"bank\":\"sha512\",\"pcrs\":{}}", &pcrs, NULL));
    assert_int_equal(pcrs.mask, 0);
}

static void test_values_refused(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"pcrs\":{\"0\":\"" ZEROS "\"}}",
        "{\"bank\":\"sha1\"}",
        "{\"bank\":\"sha1\",\"pcrs\":[]}",
        "{\"bank\":\"sha1\",\"pcrs\":null}",
        "{\"bank\":1,\"pcrs\":{}}",
        "{\"bank\":\"none\",\"pcrs\":{}}",
        "{\"bank\":\"SHA1\",\"pcrs\":{}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"24\":\"" ZEROS "\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"00\":\"" ZEROS "\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"-1\":\"" ZEROS "\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"\":\"" ZEROS "\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"0\":\"" ZEROS "00\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"0\":\"00\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"0\":\"\"}}",
        "{\"bank\":\"sha256\",\"pcrs\":{\"0\":\"" ZEROS "\"}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"0\":0}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"0\":null}}",
        "{\"bank\":\"sha1\",\"pcrs\":{\"0\":\"g000000000000000000000000000000000000000\"}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct attest_pcrs pcrs = { .mask = 42 };
        struct attest_diag diag = { 0 };
        assert_error(parse(texts[i], &pcrs, &diag), ATTEST_MALFORMED);
        assert_int_equal(pcrs.mask, 42);
        assert_true(strlen(diag.expected) > 0);
    }
    struct attest_pcrs pcrs;
    assert_error(attest_pcrs_parse(NULL, &pcrs, NULL), ATTEST_MALFORMED);
}

static void test_write(void **state)
{
    static const char text[] = "{\"bank\":\"sha1\",\"pcrs\":{\"0\":\"" ZEROS
                               "\",\"16\":\"00112233445566778899aabbccddeeff00112233\"}}";
    struct attest_pcrs pcrs;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024);
    struct attest_json_writer json = { .out = &out };

    (void)state;
    assert_ok(parse(text, &pcrs, NULL));
    attest_json_open(&json, NULL, '{');
    attest_pcrs_write(&json, &pcrs);
    attest_json_close(&json, '}');
    assert_text(attest_bytes_view(&out), text);
}

/* pcrDigest is over the values in order. */
static void test_digest(void **state)
{
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA1, .mask = 0x3 };
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    (void)state;
    memset(pcrs.values[1], 0xff, sizeof pcrs.values[1]);
    assert_ok(attest_pcrs_digest(&pcrs, 0x3, ATTEST_HASH_SHA256, digest));
    assert_hex((struct attest_view){ digest, 32 }, PCR_DIGEST_BOTH);
    assert_ok(attest_pcrs_digest(&pcrs, 0x2, ATTEST_HASH_SHA256, digest));
    assert_hex((struct attest_view){ digest, 32 }, PCR_DIGEST_ONE);
}

static void test_digest_refused(void **state)
{
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA1, .mask = 0x3 };
    uint8_t digest[ATTEST_HASH_MAX_SIZE] = { 42 };

    (void)state;
    assert_error(attest_pcrs_digest(&pcrs, 0x7, ATTEST_HASH_SHA256, digest), ATTEST_USAGE);
    assert_error(attest_pcrs_digest(&pcrs, 1u << 31, ATTEST_HASH_SHA256, digest), ATTEST_USAGE);
    assert_error(attest_pcrs_digest(&pcrs, 0x3, ATTEST_HASH_NONE, digest), ATTEST_UNSUPPORTED);
    assert_int_equal(digest[0], 42);
}

/* One by one, added to what is there; nothing is touched by one that is refused. */
static void test_one_value(void **state)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct attest_pcrs pcrs = { .bank = ATTEST_HASH_SHA1 };
    static const char *const refused[] = { "24", "-1", "", "04", "4 ", "PCR4" };

    (void)state;
    assert_ok(
        attest_json_parse(attest_view_text("{\"v\":\"" ZEROS "\",\"s\":\"00\",\"n\":0}"), 200, &root, NULL));
    assert_ok(attest_pcrs_parse_value("4", attest_json_member(root, "v"), &pcrs, NULL));
    assert_ok(attest_pcrs_parse_value("23", attest_json_member(root, "v"), &pcrs, NULL));
    assert_int_equal(pcrs.mask, 1u << 4 | 1u << 23);
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_error(attest_pcrs_parse_value(refused[i], attest_json_member(root, "v"), &pcrs, NULL),
                     ATTEST_MALFORMED);
    assert_error(attest_pcrs_parse_value("5", attest_json_member(root, "s"), &pcrs, NULL), ATTEST_MALFORMED);
    assert_error(attest_pcrs_parse_value("5", attest_json_member(root, "n"), &pcrs, NULL), ATTEST_MALFORMED);
    assert_error(attest_pcrs_parse_value("5", NULL, &pcrs, NULL), ATTEST_MALFORMED);
    assert_error(attest_pcrs_parse_values(NULL, ATTEST_HASH_SHA1, &pcrs, NULL), ATTEST_MALFORMED);
    assert_int_equal(pcrs.mask, 1u << 4 | 1u << 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_selection_refused),
        cmocka_unit_test(test_selection_round_trip),
        cmocka_unit_test(test_format_is_bounded),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_values_refused),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_digest_refused),
        cmocka_unit_test(test_one_value),
    };
    return cmocka_run_group_tests_name("pcrs", tests, NULL, NULL);
}
