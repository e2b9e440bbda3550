/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the reserved user_data these bytes and no others, and is an endorsement read as it is? The bytes are
 * spelled out here; the endorsement is that of a seed, made by an independent writer. What is wrong with one is
 * in tests/oracle/made_evidence.py, case by case.
 */
#include "tests/unit/seeds.h"

#include "evidence/endorsement.h"
#include "evidence/evidence.h"
#include "evidence/verdict.h"

/* SHA-384 and SHA-256 of "abc" (FIPS 180-4, examples). */
#define ABC_384                                                                                                \
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
#define ABC_256  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ZEROS_31 "00000000000000000000000000000000000000000000000000000000000000"

static void test_user_data(void **state)
{
    static const uint8_t name[34] = { 0x00, 0x0b, 0x55 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_ENDORSEMENT_USER_DATA_SIZE);

    (void)state;
    assert_ok(attest_endorsement_user_data(attest_view_of(name), attest_view_text("abc"), &out));
    assert_int_equal(out.size, 105);
    assert_hex(attest_bytes_view(&out), "a3676174746573746401"
                                        "62616b5822000b55" ZEROS_31 "6571756f74655830" ABC_384);
    assert_memory_equal(out.data, ATTEST_ENDORSEMENT_RESERVED, sizeof ATTEST_ENDORSEMENT_RESERVED - 1);
}

static void test_user_data_maximum(void **state)
{
    static const uint8_t name[ATTEST_TPMKEY_NAME_MAX];
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_ENDORSEMENT_USER_DATA_SIZE);
    _cleanup_(attest_bytes_done) struct attest_bytes small = attest_bytes_init(20);

    (void)state;
    assert_ok(attest_endorsement_user_data(attest_view_of(name), attest_view_text("abc"), &out));
    assert_error(attest_endorsement_user_data(attest_view_of(name), attest_view_text("abc"), &small),
                 ATTEST_TOO_LARGE);
}

static void test_extra_data(void **state)
{
    uint8_t random[ATTEST_ENDORSEMENT_RANDOM_SIZE], extra[ATTEST_ENDORSEMENT_EXTRA_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof random; i++)
        random[i] = (uint8_t)(i + 1);
    attest_endorsement_extra_data_random(random, extra);
    assert_hex(attest_view_of(extra), "6174746573746445"
                                      "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
    assert_ok(attest_endorsement_extra_data_fresh(attest_view_text("abc"), extra));
    assert_hex(attest_view_of(extra), "6174746573746445" ABC_256);
}

static struct attest_json *load_json(void)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed("evidence/fresh.json");
    struct attest_json *root = NULL;

    assert_ok(attest_json_parse(attest_bytes_view(&text), ATTEST_EVIDENCE_MAX, &root, NULL));
    return root;
}

/* What is written is what was read. */
static void test_write(void **state)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = load_json(), *again = NULL;
    _cleanup_(attest_endorsement_done) struct attest_endorsement first = { 0 }, second = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_DOCUMENT_JSON_MAX);
    struct attest_json_writer json = { .out = &out };

    (void)state;
    assert_ok(attest_endorsement_parse(attest_json_member(root, "endorsement"), &first, NULL));
    attest_endorsement_write(&json, NULL,
                             &(struct attest_endorsement_parts){ attest_bytes_view(&first.document->wire),
                                                                 attest_bytes_view(&first.quoted),
                                                                 attest_bytes_view(&first.signature) });
    assert_ok(attest_bytes_check(&out));
    assert_ok(attest_json_parse(attest_bytes_view(&out), ATTEST_DOCUMENT_JSON_MAX, &again, NULL));
    assert_ok(attest_endorsement_parse(again, &second, NULL));
    assert_view(attest_bytes_view(&second.quoted), attest_bytes_view(&first.quoted));
    assert_view(attest_bytes_view(&second.signature), attest_bytes_view(&first.signature));
    assert_view(attest_bytes_view(&second.document->wire), attest_bytes_view(&first.document->wire));
    assert_int_equal(second.attest.extra_data.size, ATTEST_ENDORSEMENT_EXTRA_SIZE);
}

static enum attest_error parse_text(const char *text, struct attest_endorsement *ret_endorsement)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    assert_ok(attest_json_parse(attest_view_text(text), 4096, &root, NULL));
    return attest_endorsement_parse(root, ret_endorsement, NULL);
}

static void test_malformed(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"document\":\"\"}",
        "{\"document\":\"\",\"quoted\":\"\",\"signature\":\"\"}",
        "{\"document\":\"hA==\",\"quoted\":\"\",\"signature\":\"\"}",
        "{\"document\":1,\"quoted\":\"\",\"signature\":\"\"}",
        "{\"document\":\"?\",\"quoted\":\"\",\"signature\":\"\"}",
        "{\"document\":\"hA==\",\"quoted\":\"\",\"signature\":\"\",\"more\":1}",
    };
    struct attest_endorsement endorsement = { .quoted.size = 42 };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(attest_error_category(parse_text(texts[i], &endorsement)), ATTEST_CATEGORY_MALFORMED);
    assert_error(attest_endorsement_parse(NULL, &endorsement, NULL), ATTEST_MALFORMED);
    assert_int_equal(endorsement.quoted.size, 42); /* untouched on failure */
}

/* The names of the checks that fail, with a blank behind each. */
static const char *failing(const struct attest_endorsement *endorsement, const struct attest_tpmkey *ak,
                           struct attest_view nonce)
{
    static char names[256];
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    assert_ok(attest_endorsement_check(endorsement, ak, nonce, verdict));
    names[0] = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            strcat(strcat(names, attest_verdict_check(verdict, i).name), " ");
    return names;
}

static void test_check(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed("evidence/fresh.json");
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;

    (void)state;
    assert_ok(attest_evidence_from_json(attest_bytes_view(&text), &evidence, NULL));
    struct attest_endorsement *endorsement = &evidence->endorsement;
    const struct attest_tpmkey *ak = &attest_quote_bundle(evidence->quote)->ak;
    const struct attest_view nonce = attest_bytes_view(&evidence->nonce), none = { 0 };
    assert_string_equal(failing(endorsement, ak, nonce), "");
    assert_string_equal(failing(endorsement, ak, none), "");
    assert_string_equal(failing(endorsement, ak, attest_view_text("other")), "extra_data ");
    endorsement->attest.selections[0].mask &= ~1u;
    assert_string_equal(failing(endorsement, ak, nonce), "selection ");
    endorsement->attest.selection_count = 0;
    assert_string_equal(failing(endorsement, ak, nonce), "selection ");
    endorsement->attest.magic ^= 1;
    endorsement->attest.type ^= 1;
    assert_string_equal(failing(endorsement, ak, nonce), "magic type selection ");
    endorsement->signature.data[endorsement->signature.size - 1] ^= 1;
    assert_string_equal(failing(endorsement, ak, nonce), "signature magic type selection ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_user_data),  cmocka_unit_test(test_user_data_maximum),
        cmocka_unit_test(test_extra_data), cmocka_unit_test(test_write),
        cmocka_unit_test(test_malformed),  cmocka_unit_test(test_check),
    };
    return cmocka_run_group_tests_name("endorsement", tests, NULL, NULL);
}
