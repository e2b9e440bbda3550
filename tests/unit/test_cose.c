/* SPDX-License-Identifier: Apache-2.0 */
/* Is COSE_Sign1 read in its one form, and what it signs made of the bytes as they came (RFC 9052 §4.2, §4.4)?
 */
#include "tests/unit/unit.h"

#include "codec/cose.h"

static enum attest_error parse(const char *digits, struct attest_cose_sign1 *sign1)
{
    static uint8_t *copy; /* kept until the next, for views point into it */
    uint8_t bytes[256];
    size_t size = 0;

    free(copy);
    for (unsigned byte; sscanf(digits + 2 * size, "%2x", &byte) == 1; size++)
        bytes[size] = (uint8_t)byte;
    copy = exact((struct attest_view){ bytes, size });
    return attest_cose_parse((struct attest_view){ copy, size }, sign1, NULL);
}

static void test_parts(void **state)
{
    static const char *const forms[] = { "8444a1013822a043616161423132", "d28444a1013822a043616161423132",
                                         "9f44a1013822a043616161423132ff", "8444a1013822bfff43616161423132" };
    struct attest_cose_sign1 sign1;

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        assert_ok(parse(forms[i], &sign1));
        assert_int_equal(sign1.algorithm, ATTEST_COSE_ES384);
        assert_hex(sign1.protected, "a1013822");
        assert_text(sign1.payload, "aaa");
        assert_text(sign1.signature, "12");
    }
}

static void test_algorithms(void **state)
{
    struct attest_cose_sign1 sign1;

    (void)state;
    assert_ok(parse("8443a10126a04040", &sign1));
    assert_int_equal(sign1.algorithm, -7);
    assert_ok(parse("8443a10120a04040", &sign1));
    assert_int_equal(sign1.algorithm, -1);
    assert_ok(parse("8443a10105a04040", &sign1));
    assert_int_equal(sign1.algorithm, 5);
    assert_ok(parse("844ba1013b7fffffffffffffffa04040", &sign1));
    assert_true(sign1.algorithm == INT64_MIN);
    assert_error(parse("844ba1013b8000000000000000a04040", &sign1), ATTEST_UNSUPPORTED);
    assert_error(parse("844ba1011b8000000000000000a04040", &sign1), ATTEST_UNSUPPORTED);
}

static void test_refused(void **state)
{
    static const char *const digits[] = {
        "",                         /* nothing */
        "8344a1013822a040",         /* three */
        "8544a1013822a0404000",     /* five */
        "9f44a1013822a04040",       /* no end */
        "9f44a1013822a0404000ff",   /* five, of indefinite length */
        "8444a1013822a0404000",     /* trailing */
        "d18444a1013822a04040",     /* COSE_Mac0 */
        "d8628444a1013822a04040",   /* COSE_Sign */
        "d2d28444a1013822a04040",   /* tagged twice */
        "a244a1013822a04040",       /* a map */
        "84a1013822a04040",         /* a header that is not in bytes */
        "8440a04040",               /* no header */
        "8441a0a04040",             /* an empty one */
        "8445a101382200a04040",     /* bytes behind it */
        "8447a20138220400a04040",   /* another label */
        "8443a10426a04040",         /* another label alone */
        "8444a1613126a04040",       /* a label in text */
        "8444a1200126a04040",       /* a negative label */
        "8444a1014126a04040",       /* an algorithm in bytes */
        "8447a2013822013822a04040", /* the label twice */
        "8444a1013822a101264040",   /* an unprotected header */
        "8444a1013822404040",       /* one in bytes */
        "8444a1013822f64040",       /* none */
        "8444a1013822a0f640",       /* a detached payload */
        "8444a1013822a0606140",     /* a payload in text */
        "8444a1013822a04060",       /* a signature in text */
    };
    struct attest_cose_sign1 sign1 = { .algorithm = 77 };

    (void)state;
    for (size_t i = 0; i < COUNT(digits); i++) {
        enum attest_error error = parse(digits[i], &sign1);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
        assert_int_equal(sign1.algorithm, 77);
    }
}

static void test_cut(void **state)
{
    static const char whole[] = "d28444a1013822a043616161423132";
    char cut[sizeof whole];
    struct attest_cose_sign1 sign1;

    (void)state;
    for (size_t digits = 0; digits < sizeof whole - 1; digits += 2) {
        snprintf(cut, sizeof cut, "%.*s", (int)digits, whole);
        assert_error(parse(cut, &sign1), ATTEST_TRUNCATED);
    }
}

/* The protected header's bytes as they came, even where there is a shorter encoding of what they mean. */
static void test_signed(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes message = attest_bytes_init(64);
    struct attest_cose_sign1 sign1;

    (void)state;
    assert_ok(parse("8446bf18013822ffa043616161423132", &sign1));
    assert_ok(attest_cose_signed(&sign1, &message));
    assert_hex(attest_bytes_view(&message), "846a5369676e61747572653146bf18013822ff4043616161");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts), cmocka_unit_test(test_algorithms), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cut),   cmocka_unit_test(test_signed),
    };
    return cmocka_run_group_tests_name("cose", tests, NULL, NULL);
}
