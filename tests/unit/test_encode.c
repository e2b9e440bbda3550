/* SPDX-License-Identifier: Apache-2.0 */
/* One text for one value: RFC 4648's own examples, what coreutils say, and every way to be malformed. */
#include "tests/unit/unit.h"

#include "base/encode.h"

typedef enum attest_error decoder(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                  struct attest_diag *diag);
typedef void encoder(struct attest_bytes *out, struct attest_view data);

/* RFC 4648 §10 */
static const struct {
    const char *data, *base64, *hex;
} known[] = {
    { "", "", "" },
    { "f", "Zg==", "66" },
    { "fo", "Zm8=", "666f" },
    { "foo", "Zm9v", "666f6f" },
    { "foob", "Zm9vYg==", "666f6f62" },
    { "fooba", "Zm9vYmE=", "666f6f6261" },
    { "foobar", "Zm9vYmFy", "666f6f626172" },
};

static void check_pair(encoder *encode, decoder *decode, struct attest_view data, const char *text)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(4096);
    _cleanup_(attest_bytes_done) struct attest_bytes back = attest_bytes_init(0);

    encode(&out, data);
    assert_ok(attest_bytes_check(&out));
    assert_text(attest_bytes_view(&out), text);
    assert_ok(decode(attest_view_text(text), data.size, &back, NULL));
    assert_view(attest_bytes_view(&back), data);
}

static void test_rfc4648(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct attest_view data = attest_view_text(known[i].data);
        check_pair(attest_encode_base64, attest_decode_base64, data, known[i].base64);
        check_pair(attest_encode_hex, attest_decode_hex, data, known[i].hex);
    }
}

/* What `command` prints with `data` on its standard input, less the newlines. */
static void ask(const char *command, struct attest_view data, char *ret_text, size_t size)
{
    char name[] = "/tmp/attestd-test-XXXXXX", line[256];
    int fd = mkstemp(name);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data.data, data.size), data.size);
    close(fd);
    snprintf(line, sizeof line, "{ %s; } <%s", command, name);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t length = fread(ret_text, 1, size - 1, pipe);
    assert_int_equal(pclose(pipe), 0);
    unlink(name);
    ret_text[length] = '\0';
}

static void test_against_coreutils(void **state)
{
    uint8_t data[256];
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    for (size_t size = sizeof data - 2; size <= sizeof data; size++) {
        struct attest_view view = { data, size };
        ask("base64 -w0", view, text, sizeof text);
        check_pair(attest_encode_base64, attest_decode_base64, view, text);
        ask("od -An -v -tx1 | tr -d ' \\n'", view, text, sizeof text);
        check_pair(attest_encode_hex, attest_decode_hex, view, text);
    }
}

static void test_upper_case_hex(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(0);

    assert_ok(attest_decode_hex(attest_view_text("DeadBEEF"), 4, &data, NULL));
    assert_hex(attest_bytes_view(&data), "deadbeef");
}

static void assert_refused(decoder *decode, struct attest_view text, size_t maximum, enum attest_error error,
                           size_t offset)
{
    struct attest_diag diag = { 0 };
    struct attest_bytes untouched = { .size = 42 };

    assert_error(decode(text, maximum, &untouched, &diag), error);
    assert_int_equal(diag.offset, offset);
    assert_true(strlen(diag.expected) > 0);
    assert_int_equal(untouched.size, 42);
    assert_null(untouched.data);
    assert_error(decode(text, maximum, &untouched, NULL), error);
}

static void test_malformed(void **state)
{
    static const struct {
        decoder *decode;
        const char *text;
        size_t offset;
    } cases[] = {
        { attest_decode_hex, "0", 1 },
        { attest_decode_hex, "000", 3 },
        { attest_decode_hex, "0g", 1 },
        { attest_decode_hex, "g0", 0 },
        { attest_decode_hex, "0x12", 1 },
        { attest_decode_hex, "12 34 ", 2 },
        { attest_decode_hex, "12:4", 2 },
        { attest_decode_hex, "-1", 0 },
        { attest_decode_base64, "Zg", 2 },
        { attest_decode_base64, "Zg=", 3 },
        { attest_decode_base64, "Zg===", 5 },
        { attest_decode_base64, "Z===", 1 },
        { attest_decode_base64, "====", 0 },
        { attest_decode_base64, "Zg==Zg==", 2 }, /* padding inside */
        { attest_decode_base64, "Zm8=Zm9v", 3 },
        { attest_decode_base64, "Zh==", 0 }, /* unused bits set, RFC 4648 §3.5 */
        { attest_decode_base64, "Zm9=", 0 },
        { attest_decode_base64, "Zm9vZm9=", 4 },
        { attest_decode_base64, "Zm 9", 2 },
        { attest_decode_base64, "Zm9v\nA==", 4 },
        { attest_decode_base64, "-_-_", 0 }, /* the URL alphabet, §5 */
        { attest_decode_base64, "Zm9v=", 5 },
        { attest_decode_base64, "Zm=v", 2 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_refused(cases[i].decode, attest_view_text(cases[i].text), 100, ATTEST_MALFORMED,
                       cases[i].offset);
}

static bool is_digit(decoder *decode, int byte)
{
    if (byte == 0)
        return false;
    return strchr(decode == attest_decode_hex
                      ? "0123456789abcdefABCDEF"
                      : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                  byte);
}

/* Every byte at every place of a quad: only digits of the alphabet are taken. */
static void test_every_byte(void **state)
{
    static decoder *const decoders[] = { attest_decode_hex, attest_decode_base64 };

    (void)state;
    for (size_t d = 0; d < COUNT(decoders); d++)
        for (size_t at = 0; at < 4; at++)
            for (int byte = 0; byte < 256; byte++) {
                uint8_t text[] = { '0', '0', '0', '0', '0', '0', '0', '0' };
                _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(0);
                text[at] = (uint8_t)byte;
                if (is_digit(decoders[d], byte))
                    assert_ok(decoders[d](attest_view_of(text), 6, &data, NULL));
                else
                    assert_refused(decoders[d], attest_view_of(text), 6, ATTEST_MALFORMED, at);
            }
}

static void test_maxima(void **state)
{
    (void)state;
    assert_refused(attest_decode_hex, attest_view_text("00112233"), 3, ATTEST_TOO_LARGE, 0);
    assert_refused(attest_decode_base64, attest_view_text("Zm9vYg=="), 3, ATTEST_TOO_LARGE, 0);
    assert_refused(attest_decode_base64, attest_view_text("Zm9v"), 0, ATTEST_TOO_LARGE, 0);
}

/* However large the text claims to be, it is refused before it is looked at. */
static void test_oversized(void **state)
{
    static const uint8_t byte = '0';

    (void)state;
    assert_refused(attest_decode_hex, (struct attest_view){ &byte, SIZE_MAX - 1 }, 64, ATTEST_TOO_LARGE, 0);
}

static void test_encoders_stick(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(5);

    attest_encode_hex(&out, attest_view_text("abc"));
    assert_error(attest_bytes_check(&out), ATTEST_TOO_LARGE);
    attest_bytes_done(&out);
    attest_encode_base64(&out, attest_view_text("abcd"));
    assert_error(attest_bytes_check(&out), ATTEST_TOO_LARGE);
}

static void test_decimal(void **state)
{
    static const struct {
        const char *text;
        uint64_t maximum;
        uint64_t value;
    } cases[] = {
        { "0", 0, 0 },
        { "0", 9, 0 },
        { "9", 9, 9 },
        { "10", 10, 10 },
        { "65535", 65535, 65535 },
        { "18446744073709551615", UINT64_MAX, UINT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 42;
        assert_ok(attest_decode_decimal(attest_view_text(cases[i].text), cases[i].maximum, &value, NULL));
        assert_true(value == cases[i].value);
    }
}

static void test_decimal_refused(void **state)
{
    static const struct {
        const char *text;
        uint64_t maximum;
        enum attest_error error;
    } cases[] = {
        { "", 9, ATTEST_MALFORMED },
        { "00", 9, ATTEST_MALFORMED },
        { "01", 9, ATTEST_MALFORMED },
        { "+1", 9, ATTEST_MALFORMED },
        { "-1", 9, ATTEST_MALFORMED },
        { " 1", 9, ATTEST_MALFORMED },
        { "1 ", 99, ATTEST_MALFORMED },
        { "0x1", 9, ATTEST_MALFORMED },
        { "1e1", 99, ATTEST_MALFORMED },
        { "1", 0, ATTEST_TOO_LARGE },
        { "9", 8, ATTEST_TOO_LARGE },
        { "11", 10, ATTEST_TOO_LARGE },
        { "20", 10, ATTEST_TOO_LARGE },
        { "18446744073709551616", UINT64_MAX, ATTEST_TOO_LARGE },
        { "99999999999999999999999999", UINT64_MAX, ATTEST_TOO_LARGE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_diag diag = { 0 };
        uint64_t value = 42;
        struct attest_view text = attest_view_text(cases[i].text);
        assert_error(attest_decode_decimal(text, cases[i].maximum, &value, &diag), cases[i].error);
        assert_true(value == 42);
        assert_true(strlen(diag.expected) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc4648),        cmocka_unit_test(test_against_coreutils),
        cmocka_unit_test(test_upper_case_hex), cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_every_byte),     cmocka_unit_test(test_maxima),
        cmocka_unit_test(test_oversized),      cmocka_unit_test(test_encoders_stick),
        cmocka_unit_test(test_decimal),        cmocka_unit_test(test_decimal_refused),
    };
    return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
