/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is CBOR read as RFC 8949 says, and bounded? The bytes are those of its appendix A where it has them, written
 * by hand; tests/oracle/made_documents.py has a writer that shares nothing with ours.
 */
#include "tests/unit/unit.h"

#include "codec/cbor.h"

/* Describes all items in a line, or the error: "[ u1 n0 b2 t1 { u1 true } ]". */
static const char *describe(struct attest_view input, bool shortest)
{
    static char text[4096];
    struct attest_cbor cbor = attest_cbor_init(input);
    struct attest_cbor_item item;
    char *at = text;

    cbor.shortest = shortest;
    text[0] = '\0';
    while (!cbor.complete) {
        static const char *const forms[] = {
            [ATTEST_CBOR_UNSIGNED] = "u%llu ", [ATTEST_CBOR_NEGATIVE] = "n%llu ",
            [ATTEST_CBOR_BYTES] = "b%llu ",    [ATTEST_CBOR_TEXT] = "t%llu ",
            [ATTEST_CBOR_ARRAY] = "[ ",        [ATTEST_CBOR_MAP] = "{ ",
            [ATTEST_CBOR_TAG] = "g%llu ",      [ATTEST_CBOR_BOOLEAN] = "s%llu ",
            [ATTEST_CBOR_NULL] = "null ",      [ATTEST_CBOR_END] = "; ",
        };
        enum attest_error error = attest_cbor_next(&cbor, &item, NULL);
        if (error != ATTEST_OK)
            return attest_error_name(error);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
        at += snprintf(at, sizeof text - (size_t)(at - text), forms[item.type], (unsigned long long)item.value);
#pragma GCC diagnostic pop
    }
    enum attest_error error = attest_cbor_end(&cbor, NULL);
    return error == ATTEST_OK ? text : attest_error_name(error);
}

/* Of an exact copy, so that a sanitizer sees every read beyond its end. */
static void check(const char *digits, bool shortest, const char *expected)
{
    uint8_t bytes[2048];
    size_t size = 0;

    for (unsigned byte; sscanf(digits + 2 * size, "%2x", &byte) == 1; size++)
        bytes[size] = (uint8_t)byte;
    _cleanup_free_ uint8_t *copy = exact((struct attest_view){ bytes, size });
    assert_string_equal(describe((struct attest_view){ copy, size }, shortest), expected);
}

/* RFC 8949 appendix A. */
static void test_items(void **state)
{
    static const struct {
        const char *digits, *expected;
    } cases[] = {
        { "00", "u0 " },
        { "17", "u23 " },
        { "1818", "u24 " },
        { "1903e8", "u1000 " },
        { "1a000f4240", "u1000000 " },
        { "1b000000e8d4a51000", "u1000000000000 " },
        { "1bffffffffffffffff", "u18446744073709551615 " },
        { "20", "n0 " },
        { "3863", "n99 " },
        { "3bffffffffffffffff", "n18446744073709551615 " },
        { "f4", "s0 " },
        { "f5", "s1 " },
        { "f6", "null " },
        { "40", "b0 " },
        { "4401020304", "b4 " },
        { "6449455446", "t4 " },
        { "80", "[ ; " },
        { "83010203", "[ u1 u2 u3 ; " },
        { "8301820203820405", "[ u1 [ u2 u3 ; [ u4 u5 ; ; " },
        { "a0", "{ ; " },
        { "a201020304", "{ u1 u2 u3 u4 ; " },
        { "a26161016162820203", "{ t1 u1 t1 [ u2 u3 ; ; " },
        { "9fff", "[ ; " },
        { "9f018202039f0405ffff", "[ u1 [ u2 u3 ; [ u4 u5 ; ; " },
        { "83018202039f0405ff", "[ u1 [ u2 u3 ; [ u4 u5 ; ; " },
        { "bf61610161629f0203ffff", "{ t1 u1 t1 [ u2 u3 ; ; " },
        { "c11a514b67b0", "g1 u1363896240 " },
        { "d28440a04040", "g18 [ b0 { ; b0 b0 ; " },
        { "d74401020304", "g23 b4 " },
        { "d818456449455446", "g24 b5 " },
        { "d2d200", "g18 g18 u0 " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].digits, false, cases[i].expected);
}

static void test_refused(void **state)
{
    static const struct {
        const char *digits, *expected;
    } cases[] = {
        { "", "TRUNCATED" },
        { "0000", "TRAILING" },
        { "a000", "TRAILING" },
        { "f90000", "UNSUPPORTED" },
        { "fa47c35000", "UNSUPPORTED" },
        { "fb3ff199999999999a", "UNSUPPORTED" },
        { "f7", "UNSUPPORTED" },
        { "f0", "MALFORMED" },
        { "f818", "MALFORMED" },
        { "5f42010243030405ff", "UNSUPPORTED" },
        { "7f657374726561ff", "UNSUPPORTED" },
        { "ff", "MALFORMED" },
        { "81ff", "MALFORMED" },
        { "a1ffff", "MALFORMED" },
        { "bf00ff", "MALFORMED" },
        { "9f", "TRUNCATED" },
        { "8200", "TRUNCATED" },
        { "a100", "TRUNCATED" },
        { "1c", "MALFORMED" },
        { "5c", "MALFORMED" },
        { "9c", "MALFORMED" },
        { "fc", "MALFORMED" },
        { "c1", "TRUNCATED" },
        { "81c100", "UNSUPPORTED" },
        { "a1c10000", "UNSUPPORTED" },
        { "4201", "TRUNCATED" },
        { "5bffffffffffffffff", "TRUNCATED" },
        { "7bffffffffffffffff00", "TRUNCATED" },
        { "9bffffffffffffffff", "TRUNCATED" },
        { "bbffffffffffffffff", "TRUNCATED" },
        { "9b8000000000000000", "TRUNCATED" },
        { "bb8000000000000000", "TRUNCATED" },
        { "a28000", "TRUNCATED" },
        { "a18000", "UNSUPPORTED" },
        { "a1f600", "UNSUPPORTED" },
        { "a1f500", "UNSUPPORTED" },
        { "1900", "TRUNCATED" },
        { "d8", "TRUNCATED" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].digits, false, cases[i].expected);
}

/* RFC 8949 §5.6: by what a key means. Maps beside and within each other have keys of their own. */
static void test_keys(void **state)
{
    (void)state;
    check("a201000100", false, "MALFORMED");
    check("bf01000100ff", false, "MALFORMED");
    check("a20100180100", false, "MALFORMED");
    check("a26161006161f6", false, "MALFORMED");
    check("a2616100780161f6", false, "MALFORMED");
    check("a24161004161f6", false, "MALFORMED");
    check("a201a1010001f6", false, "MALFORMED");
    check("a2010020f6", false, "{ u1 u0 n0 null ; ");
    check("a26161004161f6", false, "{ t1 u0 b1 null ; ");
    check("a201a1010002a10100", false, "{ u1 { u1 u0 ; u2 { u1 u0 ; ; ");
    check("82a10100a10100", false, "[ { u1 u0 ; { u1 u0 ; ; ");
    check("a201810102810101", false, "TRAILING");
    check("a2018101028101", false, "{ u1 [ u1 ; u2 [ u1 ; ; ");
}

static void test_shortest(void **state)
{
    static const char *const longer[] = { "1800",   "1817",       "190018",
                                          "1900ff", "1a0000ffff", "1b00000000ffffffff",
                                          "3800",   "5801ff",     "590001ff",
                                          "780161", "980101",     "b8010101",
                                          "d80100", "9fff",       "bfff" };

    (void)state;
    for (size_t i = 0; i < COUNT(longer); i++)
        check(longer[i], true, "MALFORMED");
    check("1818", true, "u24 ");
    check("190100", true, "u256 ");
    check("1a00010000", true, "u65536 ");
    check("1b0000000100000000", true, "u4294967296 ");
    check("3818", true, "n24 ");
    check("83f641ffa10101", true, "[ null b1 { u1 u1 ; ; ");
    check("c1f5", true, "g1 s1 ");
    check("1800", false, "u0 ");
    check("590001ff", false, "b1 ");
    check("d90012f6", false, "g18 null ");
}

static void test_limits(void **state)
{
    struct attest_bytes bytes = attest_bytes_init(4096);

    (void)state;
    check("818181818181818100", false, "[ [ [ [ [ [ [ [ u0 ; ; ; ; ; ; ; ; ");
    check("81818181818181818100", false, "TOO_LARGE");
    check("9f9f9f9f9f9f9f9f9f", false, "TOO_LARGE");

    attest_bytes_append_u8(&bytes, 0x9f);
    for (int i = 0; i < ATTEST_CBOR_ITEMS_MAX - 1; i++)
        attest_bytes_append_u8(&bytes, 0);
    attest_bytes_append_u8(&bytes, 0xff);
    assert_int_equal(strncmp(describe(attest_bytes_view(&bytes), false), "[ u0 ", 5), 0);
    bytes.data[bytes.size - 1] = 0;
    assert_string_equal(describe(attest_bytes_view(&bytes), false), "TOO_LARGE");
    attest_bytes_done(&bytes);

    /* As many keys as the items allow. */
    attest_bytes_append_u8(&bytes, 0xbf);
    for (unsigned i = 0; i < ATTEST_CBOR_KEYS_MAX; i++) {
        attest_bytes_append_u16(&bytes, (uint16_t)(0x1880 + i));
        attest_bytes_append_u8(&bytes, 0);
    }
    assert_string_equal(describe(attest_bytes_view(&bytes), false), "TOO_LARGE");
    bytes.data[bytes.size - 3] = 0xff; /* the end in place of the last key */
    bytes.size -= 2;
    assert_int_equal(strncmp(describe(attest_bytes_view(&bytes), false), "{ u128 u0 ", 10), 0);
    attest_bytes_done(&bytes);
}

/* Cut at every byte, an item is never read to its end. */
static void test_cut(void **state)
{
    static const uint8_t whole[] = { 0xd2, 0x84, 0x42, 1,    2,    0xbf, 0x61, 'a', 0x19, 1,  0,
                                     0xff, 0x82, 0xf6, 0x20, 0x59, 0,    3,    'x', 'y',  'z' };

    (void)state;
    assert_string_equal(describe(attest_view_of(whole), false), "g18 [ b2 { t1 u256 ; [ null n0 ; b3 ; ");
    for (size_t size = 0; size < sizeof whole; size++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ whole, size });
        assert_string_equal(describe((struct attest_view){ copy, size }, false), "TRUNCATED");
    }
}

static void test_take(void **state)
{
    static const uint8_t map[] = { 0xa1, 0x61, 'a', 0x41, 7 };
    struct attest_cbor cbor = attest_cbor_init(attest_view_of(map));
    struct attest_cbor_item item = { 0 };
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_cbor_end(&cbor, &diag), ATTEST_MALFORMED);
    assert_ok(attest_cbor_take(&cbor, ATTEST_CBOR_MAP, "it", &item, &diag));
    assert_ok(attest_cbor_take(&cbor, ATTEST_CBOR_TEXT, "a key", &item, &diag));
    assert_text(item.content, "a");
    assert_error(attest_cbor_take(&cbor, ATTEST_CBOR_TEXT, "a value", &item, &diag), ATTEST_MALFORMED);
    assert_text(item.content, "a");
    assert_string_equal(diag.expected, "a text for a value");
    assert_string_equal(diag.found, "a byte string");
    assert_int_equal(diag.offset, 3);
    assert_error(attest_cbor_end(&cbor, &diag), ATTEST_MALFORMED);
    assert_ok(attest_cbor_take(&cbor, ATTEST_CBOR_END, "the end", &item, &diag));
    assert_ok(attest_cbor_end(&cbor, &diag));
    assert_error(attest_cbor_next(&cbor, &item, &diag), ATTEST_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),    cmocka_unit_test(test_refused), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_shortest), cmocka_unit_test(test_limits),  cmocka_unit_test(test_cut),
        cmocka_unit_test(test_take),
    };
    return cmocka_run_group_tests_name("cbor", tests, NULL, NULL);
}
