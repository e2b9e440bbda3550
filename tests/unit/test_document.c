/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are documents read and held against the demands? The documents are the seeds, made by an independent writer;
 * what is wrong with a document itself is in tests/oracle/made_documents.py, case by case.
 */
#include "tests/unit/seeds.h"

#include "evidence/document.h"
#include "evidence/policy.h"

static const struct attest_document_demands any = { .at = (uint64_t)SEED_TIME * 1000,
                                                    .allow_missing_nonce = true };

static struct attest_document *load(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes wire = read_seed(name);
    struct attest_document *document = NULL;

    assert_ok(attest_document_parse(attest_bytes_view(&wire), &document, NULL));
    return document;
}

/* The names of the checks that fail, with a blank behind each. */
static const char *failing(const struct attest_document *document, struct attest_trust *trust,
                           struct attest_document_demands demands)
{
    static char names[512];
    struct attest_verdict *verdict = attest_verdict_new();

    enum attest_error error = attest_document_verify(document, trust, &demands, verdict);
    names[0] = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        assert_true(check.detail[0] != '\0');
        if (!check.ok) {
            strcat(names, check.name);
            strcat(names, " ");
        }
    }
    assert_error(error, names[0] ? ATTEST_REFUSED : ATTEST_OK);
    assert_int_equal(attest_verdict_holds(verdict), error == ATTEST_OK);
    attest_verdict_free(verdict);
    return names;
}

static void test_claims(void **state)
{
    _cleanup_(attest_document_cleanup) struct attest_document *tpm = load("document/nitrotpm");
    _cleanup_(attest_document_cleanup) struct attest_document *enclave = load("document/enclave");

    (void)state;
    struct attest_document_claims claims = attest_document_claims(tpm);
    assert_int_equal(claims.kind, ATTEST_DOCUMENT_NITROTPM);
    assert_string_equal(attest_document_kind_name(claims.kind), "nitrotpm");
    assert_text(claims.module_id, "i-0123456789abcdef0-tpm0000000000000000");
    assert_true(claims.timestamp == (uint64_t)SEED_TIME * 1000);
    assert_int_equal(claims.nonce.size, 32);
    assert_text(claims.user_data, "user data");
    assert_text(claims.public_key, "public key");
    assert_false(claims.root_is_aws);
    assert_int_equal(claims.root.size, 32);
    assert_int_equal(attest_document_pcr(tpm, 23).size, 48);
    assert_int_equal(attest_document_pcr(tpm, 23).data[47], 24);
    assert_null(attest_document_pcr(tpm, 24).data);
    assert_null(attest_document_pcr(tpm, 4000000000).data);

    claims = attest_document_claims(enclave);
    assert_string_equal(attest_document_kind_name(claims.kind), "nitro-enclave");
    assert_null(claims.nonce.data);
    assert_null(claims.user_data.data);
    assert_null(attest_document_pcr(enclave, 16).data);
    assert_string_equal(attest_document_kind_name(ATTEST_DOCUMENT_UNKNOWN), "unknown");
}

static void test_good(void **state)
{
    static const char *const names[] = { "document/nitrotpm", "document/enclave", "document/tagged",
                                         "document/bare", "document/other-leaf" };
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();

    (void)state;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT(names); i++) {
            _cleanup_(attest_document_cleanup) struct attest_document *document = load(names[i]);
            assert_string_equal(failing(document, trust, any), "");
        }
}

static void test_trust(void **state)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = load("document/nitrotpm");
    _cleanup_(attest_document_cleanup) struct attest_document *debug = load("document/debug");
    _cleanup_(attest_document_cleanup) struct attest_document *expired = load("document/expired");
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds(), *aws = attest_trust_new();
    struct attest_document_demands demands = any;

    (void)state;
    assert_ok(attest_trust_add_aws(aws));
    assert_string_equal(failing(document, aws, any), "root signature timestamp ");
    assert_string_equal(failing(expired, trust, any), "valid_until ");
    assert_string_equal(failing(debug, trust, any), "debug ");
    demands.allow_debug = true;
    assert_string_equal(failing(debug, trust, demands), "");
}

static void test_freshness(void **state)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = load("document/nitrotpm");
    _cleanup_(attest_document_cleanup) struct attest_document *bare = load("document/bare");
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    struct attest_document_demands demands = any;
    uint8_t nonce[32];

    (void)state;
    for (size_t i = 0; i < sizeof nonce; i++)
        nonce[i] = (uint8_t)i;
    demands.allow_missing_nonce = false;
    assert_string_equal(failing(document, trust, demands), "nonce ");
    demands.nonce = attest_view_of(nonce);
    assert_string_equal(failing(document, trust, demands), "");
    assert_string_equal(failing(bare, trust, demands), "nonce ");
    demands.allow_missing_nonce = true; /* one that is given counts all the same */
    nonce[31] ^= 1;
    assert_string_equal(failing(document, trust, demands), "nonce ");
    demands = any;
    demands.allow_missing_nonce = false;
    demands.max_age = 60;
    demands.at += 60 * 1000;
    assert_string_equal(failing(document, trust, demands), "");
    demands.at += 1000;
    assert_string_equal(failing(document, trust, demands), "age ");
}

static void test_clock(void **state)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = load("document/nitrotpm");
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    struct attest_document_demands demands = any;

    (void)state;
    demands.at -= 300 * 1000;
    assert_string_equal(failing(document, trust, demands), "");
    demands.at -= 2 * 1000; /* the leaf began 3 seconds before the document */
    assert_string_equal(failing(document, trust, demands), "clock ");
    demands.at -= 2 * 1000;
    assert_string_equal(failing(document, trust, demands), "valid_from clock ");
    demands.leeway = 310;
    assert_string_equal(failing(document, trust, demands), "");
    demands.at = UINT64_MAX;
    assert_string_equal(failing(document, trust, demands), "valid_until ");
    demands.at = 0;
    assert_string_equal(failing(document, trust, demands), "valid_from clock ");
}

static void test_bound(void **state)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = load("document/nitrotpm");
    _cleanup_(attest_document_cleanup) struct attest_document *bare = load("document/bare");
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    struct attest_document_demands demands = any;

    (void)state;
    demands.user_data = attest_view_text("user data");
    demands.public_key = attest_view_text("public key");
    assert_string_equal(failing(document, trust, demands), "");
    assert_string_equal(failing(bare, trust, demands), "user_data public_key ");
    demands.public_key = attest_view_text("public kez");
    assert_string_equal(failing(document, trust, demands), "public_key ");
    demands.user_data = demands.public_key = attest_view_text("");
    assert_string_equal(failing(document, trust, demands), "user_data public_key ");
    assert_string_equal(failing(bare, trust, demands), "");
}

static void test_module_ids(void **state)
{
    static const struct {
        const char *id;
        enum attest_document_kind kind;
    } cases[] = {
        { "i-0123456789abcdef0-tpm0000000000000000", ATTEST_DOCUMENT_NITROTPM },
        { "i-01234567-tpm0000000000000000", ATTEST_DOCUMENT_NITROTPM },
        { "i-0123456789abcdef0-enc0123456789abcdef", ATTEST_DOCUMENT_ENCLAVE },
        { "i-0123456789abcdef0-enc0123456789abcde", ATTEST_DOCUMENT_UNKNOWN },
        { "i-0123456789abcdef0-enc0123456789abcdef0", ATTEST_DOCUMENT_UNKNOWN },
        { "i-0123456789abcdef0-tpm000000000000000g", ATTEST_DOCUMENT_UNKNOWN },
        { "i-0123456789abcdef0-tpm0000000000000000-enc0123456789abcdef", ATTEST_DOCUMENT_UNKNOWN },
        { "i-0123456789abcdef-tpm0000000000000000", ATTEST_DOCUMENT_UNKNOWN },
        { "i-0123456789ABCDEF0-tpm0000000000000000", ATTEST_DOCUMENT_UNKNOWN },
        { "i-234-enc5678", ATTEST_DOCUMENT_UNKNOWN },
        { "i--tpm0000000000000000", ATTEST_DOCUMENT_UNKNOWN },
        { "i-", ATTEST_DOCUMENT_UNKNOWN },
        { "", ATTEST_DOCUMENT_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(attest_document_module_kind(attest_view_text(cases[i].id)), cases[i].kind);
}

/* Cut at every byte it can't be read; nothing is leaked, nothing is given. */
static void test_cut(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes wire = read_seed("document/nitrotpm");
    struct attest_document *none = NULL;
    struct attest_diag diag = { 0 };

    (void)state;
    for (size_t size = 0; size < wire.size; size++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ wire.data, size });
        assert_error(attest_document_parse((struct attest_view){ copy, size }, &none, &diag), ATTEST_TRUNCATED);
        assert_null(none);
    }
    struct attest_bytes larger = attest_bytes_init(ATTEST_DOCUMENT_MAX + 1);
    while (larger.size <= ATTEST_DOCUMENT_MAX)
        attest_bytes_append_u8(&larger, 0);
    assert_error(attest_document_parse(attest_bytes_view(&larger), &none, &diag), ATTEST_TOO_LARGE);
    attest_bytes_done(&larger);
}

static void test_json(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "{\"type\":\"aws-nitro-document\"}",
        "{\"type\":\"aws-nitro-document\",\"document\":\"\"}",
        "{\"type\":\"aws-nitro-document\",\"document\":1}",
        "{\"type\":\"other\",\"document\":\"oA==\"}",
    };
    struct attest_document *none = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(
            attest_error_category(attest_document_from_json(attest_view_text(texts[i]), &none, NULL)),
            ATTEST_CATEGORY_MALFORMED);
    assert_null(none);
}

static void test_policy(void **state)
{
    static const struct {
        const char *policy, *failing;
    } cases[] = {
        { "{\"instances\":[\"i-0123456789abcdef0\"]}", "nonce " },
        { "{\"instances\":[\"i-0123456789abcdef0\"],\"max_age\":0}", "" }, /* an age answers how fresh it is */
        { "{\"instances\":[\"i-0123456789abcdef\"],\"max_age\":9}", "policy_instances " },
        { "{\"secure_boot\":true,\"max_age\":9}", "policy_secure_boot " },
        { "{\"endorsement_max_age\":1,\"max_age\":9}", "policy_endorsement_max_age " },
        { "{\"any_of\":[],\"max_age\":9}", "policy_pcrs " },
    };
    _cleanup_(attest_document_cleanup) struct attest_document *document = load("document/nitrotpm");
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
        assert_ok(attest_policy_parse(attest_view_text(cases[i].policy), &policy, NULL));
        struct attest_document_demands demands = { .at = (uint64_t)SEED_TIME * 1000, .policy = policy };
        assert_string_equal(failing(document, trust, demands), cases[i].failing);
    }
    assert_text(attest_document_claims(document).instance, "i-0123456789abcdef0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims),     cmocka_unit_test(test_good),  cmocka_unit_test(test_trust),
        cmocka_unit_test(test_freshness),  cmocka_unit_test(test_clock), cmocka_unit_test(test_bound),
        cmocka_unit_test(test_module_ids), cmocka_unit_test(test_cut),   cmocka_unit_test(test_json),
        cmocka_unit_test(test_policy),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
