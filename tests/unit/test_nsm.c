/* SPDX-License-Identifier: Apache-2.0 */
/* Are NSM messages written as AWS's encoder does, and answers read in all their forms? The bytes are
 * python3-cbor2's. */
#include "tests/unit/unit.h"

#include "codec/nsm.h"

#define DOCUMENT "a16b4174746573746174696f6ea168646f63756d656e7443646f63"

static struct attest_diag diag;

/* From an exact copy on the heap, which is kept until the next. */
static struct attest_view bytes_of(const char *digits)
{
    static uint8_t *copy;
    uint8_t bytes[512];
    size_t size = 0;

    for (unsigned byte; sscanf(digits + 2 * size, "%2x", &byte) == 1; size++)
        bytes[size] = (uint8_t)byte;
    free(copy);
    copy = exact((struct attest_view){ bytes, size });
    return (struct attest_view){ copy, size };
}

static enum attest_error parse(const char *digits, struct attest_view *ret_document)
{
    diag = (struct attest_diag){ 0 };
    return attest_nsm_parse_attestation(bytes_of(digits), ret_document, &diag);
}

static void test_write(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(512);
    const struct attest_nsm_attestation nothing = { 0 };
    const struct attest_nsm_attestation all = {
        .user_data = attest_view_text("u"),
        .nonce = attest_view_text("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"),
        .public_key = attest_view_text("p"),
    };

    (void)state;
    assert_ok(attest_nsm_write_attestation(&nothing, &out));
    assert_hex(attest_bytes_view(&out),
               "a16b4174746573746174696f6ea369757365725f64617461f6656e6f6e6365f66a707562"
               "6c69635f6b6579f6");
    attest_bytes_done(&out);
    assert_ok(attest_nsm_write_attestation(&all, &out));
    assert_hex(
        attest_bytes_view(&out),
        "a16b4174746573746174696f6ea369757365725f646174614175656e6f6e6365581e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
        "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6a7075626c69635f6b65794170");
}

static void test_too_little_room(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(20);
    const struct attest_nsm_attestation nothing = { 0 };

    (void)state;
    assert_error(attest_nsm_write_attestation(&nothing, &out), ATTEST_TOO_LARGE);
}

static void test_documents(void **state)
{
    static const char *const forms[] = {
        DOCUMENT,
        DOCUMENT "ffffffff",                                                /* what is left in the buffer */
        DOCUMENT "a1",                                                      /* the same */
        "bf6b4174746573746174696f6ebf68646f63756d656e7443646f63ffff",       /* of indefinite length */
        "b900016b4174746573746174696f6eb80168646f63756d656e74590003646f63", /* longer heads */
        "a16b4174746573746174696f6ea36565787472618201a161618068646f63756d656e7443646f63617aa16179f6",
    };
    struct attest_view document = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        assert_ok(parse(forms[i], &document));
        assert_text(document, "doc");
    }
}

/* Whoever reads a buffer in parts knows by this when to stop. */
static void test_cut(void **state)
{
    char digits[sizeof DOCUMENT];
    struct attest_view document = { 0 };

    (void)state;
    for (size_t size = 0; size < sizeof DOCUMENT - 1; size += 2) {
        snprintf(digits, sizeof digits, "%.*s", (int)size, DOCUMENT);
        assert_error(parse(digits, &document), ATTEST_TRUNCATED);
        assert_null(document.data);
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *digits, *name;
        enum attest_error error;
    } cases[] = {
        { "a1654572726f726753756363657373", "Success", ATTEST_TPM_FAILED },
        { "a1654572726f726f496e76616c6964417267756d656e74", "InvalidArgument", ATTEST_USAGE },
        { "bf654572726f726f496e76616c6964417267756d656e74ff", "InvalidArgument", ATTEST_USAGE },
        { "a1654572726f726c496e76616c6964496e646578", "InvalidIndex", ATTEST_TPM_FAILED },
        { "a1654572726f726f496e76616c6964526573706f6e7365", "InvalidResponse", ATTEST_TPM_FAILED },
        { "a1654572726f726d526561644f6e6c79496e646578", "ReadOnlyIndex", ATTEST_TPM_FAILED },
        { "a1654572726f7270496e76616c69644f7065726174696f6e", "InvalidOperation", ATTEST_TPM_FAILED },
        { "a1654572726f726e427566666572546f6f536d616c6c", "BufferTooSmall", ATTEST_TPM_FAILED },
        { "a1654572726f726d496e707574546f6f4c61726765", "InputTooLarge", ATTEST_USAGE },
        { "a1654572726f726d496e7465726e616c4572726f72", "InternalError", ATTEST_TPM_FAILED },
        { "a1654572726f7263616263", "abc", ATTEST_TPM_FAILED }, /* one to come */
    };
    struct attest_view document = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_error(parse(cases[i].digits, &document), cases[i].error);
        assert_string_equal(diag.found, cases[i].name);
        assert_true(diag.expected[0] != '\0');
        assert_null(document.data);
    }
}

static void test_refused(void **state)
{
    static const char *const digits[] = {
        "674c6f636b504352",                                           /* a text: LockPCR */
        "a16947657452616e646f6da16672616e646f6d4378797a",             /* the answer to GetRandom */
        "a1654572726f7203",                                           /* an error by number */
        "a16b4174746573746174696f6ea0",                               /* without a document */
        "a16b4174746573746174696f6ea168646f63756d656e7440",           /* one of no bytes */
        "a16b4174746573746174696f6ea168646f63756d656e7463646f63",     /* a text */
        "a16b4174746573746174696f6ef6",                               /* null */
        "a26b4174746573746174696f6ea168646f63756d656e7443646f630000", /* two variants */
        "a16b4174746573746174696f6ea268646f63756d656e7443646f6368646f63756d656e7443646f63", /* it twice */
        "a16b4174746573746174696f6ea369757365725f64617461f6656e6f6e6365f66a7075626c69635f6b6579f6", /* the
                                                                                                       request
                                                                                                     */
        "a0",
        "80",
        "00",
        "f6",
        "ff",
        "fb0000000000000000",
    };
    struct attest_view document = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(digits); i++) {
        enum attest_error error = parse(digits[i], &document);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
        assert_string_not_equal(attest_error_name(error), "TRUNCATED");
        assert_null(document.data);
    }
}

/* Every bit of an answer flipped: a document, an error, or neither, and never a view outside. */
static void test_flipped(void **state)
{
    char digits[sizeof DOCUMENT];

    (void)state;
    for (size_t bit = 0; bit < (sizeof DOCUMENT - 1) * 4; bit++) {
        struct attest_view document = { 0 };
        memcpy(digits, DOCUMENT, sizeof digits);
        unsigned byte = 0;
        sscanf(digits + bit / 8 * 2, "%2x", &byte);
        char flipped[3];
        snprintf(flipped, sizeof flipped, "%02x", byte ^ 1u << bit % 8);
        memcpy(digits + bit / 8 * 2, flipped, 2);
        if (parse(digits, &document) == ATTEST_OK)
            assert_true(document.size > 0 && document.size <= 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),     cmocka_unit_test(test_too_little_room),
        cmocka_unit_test(test_documents), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_errors),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_flipped),
    };
    return cmocka_run_group_tests_name("nsm", tests, NULL, NULL);
}
