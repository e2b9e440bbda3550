/* SPDX-License-Identifier: Apache-2.0 */
/* Is the bundle that printf writes read as it is, and every other form of it refused? */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "evidence/bundle.h"

static struct wires wires;

static int make_wires(void **state)
{
    (void)state;
    wires_init(&wires, "P-256");
    return 0;
}

static int free_wires(void **state)
{
    (void)state;
    wires_done(&wires);
    return 0;
}

static void test_parse(void **state)
{
    (void)state;
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };

    assert_ok(attest_bundle_parse(attest_view_text(wires.bundle), &bundle, NULL));
    assert_view(attest_bytes_view(&bundle.nonce), attest_view_of(wires.nonce));
    assert_view(attest_bytes_view(&bundle.quoted), wire_view(&wires.attest_wire));
    assert_view(attest_bytes_view(&bundle.signature), wire_view(&wires.signature_wire));
    assert_view(attest_bytes_view(&bundle.ak.wire), wire_view(&wires.public_wire));
    assert_view(attest_bytes_view(&bundle.ak_name), attest_view_of(wires.name));
    assert_int_equal(bundle.pcrs.bank, ATTEST_HASH_SHA384);
    assert_int_equal(bundle.pcrs.mask, 0x80f);
    assert_view(attest_pcrs_value(&bundle.pcrs, 11), attest_view_of(wires.pcrs[11]));
    assert_true(attest_key_equal(bundle.ak_pem, bundle.ak.key));
}

static void test_write(void **state)
{
    (void)state;
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_BUNDLE_MAX);
    struct attest_json_writer json = { .out = &out };

    assert_ok(attest_bundle_parse(attest_view_text(wires.bundle), &bundle, NULL));
    attest_bundle_write(&json, attest_view_of(wires.nonce), &bundle.pcrs, wire_view(&wires.attest_wire),
                        wire_view(&wires.signature_wire), &bundle.ak, attest_view_text(wires.pem), NULL);
    assert_ok(attest_bytes_check(&out));
    assert_text(attest_bytes_view(&out), wires.bundle);
}

static void test_done_twice(void **state)
{
    struct attest_bundle bundle = { 0 };

    (void)state;
    attest_bundle_done(&bundle);
    assert_ok(attest_bundle_parse(attest_view_text(wires.bundle), &bundle, NULL));
    attest_bundle_done(&bundle);
    assert_null(bundle.ak_pem);
    attest_bundle_done(&bundle);
}

/* The bundle with the first `from` as `to`. The caller frees. */
static char *with(const char *from, const char *to)
{
    char *text = malloc(2 * sizeof wires.bundle);
    const char *at = strstr(wires.bundle, from);

    assert_non_null(text);
    assert_non_null(at);
    sprintf(text, "%.*s%s%s", (int)(at - wires.bundle), wires.bundle, to, at + strlen(from));
    return text;
}

static void assert_refused_text(struct attest_view text, enum attest_error error)
{
    struct attest_bundle bundle = { .ak_name.size = 42 };
    struct attest_diag diag = { 0 };

    assert_error(attest_bundle_parse(text, &bundle, &diag), error);
    assert_int_equal(bundle.ak_name.size, 42);
    assert_true(strlen(diag.expected) > 0);
}

static void test_members(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        { "\"type\":\"tpm2-quote\",", "" },
        { "tpm2-quote", "tpm2-quot" },
        { "tpm2-quote", "TPM2-quote" },
        { "\"tpm2-quote\"", "null" },
        { "\"nonce\":\"a0", "\"nonce\":\"zz" },
        { "\"nonce\":\"a", "\"nonce\":\"" },
        { "\"nonce\":\"", "\"nonce\":\"0x" },
        { "\"nonce\"", "\"Nonce\"" },
        { "\"bank\":\"sha384\"", "\"bank\":\"sha256\"" },
        { "\"bank\":\"sha384\"", "\"bank\":\"md5\"" },
        { "\"bank\":\"sha384\",", "" },
        { "\"pcrs\":{\"0\":", "\"pcrs\":{\"24\":" },
        { "\"pcrs\":{\"0\":\"01", "\"pcrs\":{\"0\":\"" },
        { "\"quoted\":\"", "\"quoted\":\"=" },
        { "\"quoted\":\"", "\"quoted\":\"A" },
        { "\"quoted\":", "\"quoted\":1,\"x\":" },
        { "\"signature\":\"", "\"signature\":\"\\n" },
        { "\"signature\"", "\"signatures\"" },
        { "\"ak\":{", "\"ak\":{\"extra\":1," },
        { "\"ak\":{", "\"batch\":{},\"ak\":{" }, /* of a later version: what it means is not known here */
        { "\"ak\":{", "\"batch\":\"\",\"ak\":{" },
        { "\"ak\":{", "\"ak\":1,\"x\":{" },
        { "\"name\":\"000b", "\"name\":\"000" },
        { "\"public\":\"", "\"public\":\"AAAA" },
        { "\"pem\":\"-", "\"pem\":\"" },
        { "\"pem\":\"", "\"pem\":1,\"x\":\"" },
        { "{", "[" },
        { "{\"type\"", "{\"\\u0000\":1,\"type\"" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_free_ char *text = with(cases[i].from, cases[i].to);
        struct attest_bundle bundle = { 0 };
        enum attest_error error = attest_bundle_parse(attest_view_text(text), &bundle, NULL);
        if (attest_error_category(error) != ATTEST_CATEGORY_MALFORMED)
            print_error("with %s\n", cases[i].to);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
    }
}

static void test_cut_at_every_byte(void **state)
{
    size_t whole = strlen(wires.bundle);

    (void)state;
    for (size_t size = 0; size < whole; size++) {
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ (uint8_t *)wires.bundle, size });
        assert_refused_text((struct attest_view){ cut, size }, ATTEST_MALFORMED);
    }
}

/* A member of more data than its maximum is refused as too large, and so is a bundle. */
static void test_maxima(void **state)
{
    static const char *const members[] = { "\"nonce\":\"", "\"quoted\":\"", "\"signature\":\"", "\"name\":\"",
                                           "\"public\":\"" };
    char digits[4097];

    (void)state;
    memset(digits, 'a', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    for (size_t i = 0; i < COUNT(members); i++) {
        char longer[5000];
        snprintf(longer, sizeof longer, "%s%s", members[i], digits);
        _cleanup_free_ char *text = with(members[i], longer);
        assert_refused_text(attest_view_text(text), ATTEST_TOO_LARGE);
    }
    _cleanup_(attest_bytes_done) struct attest_bytes large = attest_bytes_init(ATTEST_BUNDLE_MAX + 1);
    attest_bytes_append_text(&large, wires.bundle);
    while (large.size <= ATTEST_BUNDLE_MAX)
        attest_bytes_append_u8(&large, ' ');
    assert_refused_text(attest_bytes_view(&large), ATTEST_TOO_LARGE);
    large.size--;
    struct attest_bundle bundle;
    assert_ok(attest_bundle_parse(attest_bytes_view(&large), &bundle, NULL));
    attest_bundle_done(&bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_done_twice),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_maxima),
    };
    return cmocka_run_group_tests_name("bundle", tests, make_wires, free_wires);
}
