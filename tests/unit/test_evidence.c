/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is evidence read and held against the demands? It is that of the seeds, made by an independent writer; what
 * is wrong with evidence itself is in tests/oracle/made_evidence.py, case by case.
 */
#include "tests/unit/seeds.h"

#include "evidence/evidence.h"
#include "evidence/policy.h"
#include "evidence/verdict.h"

static uint8_t nonce[32];
static struct attest_trust *trust;
static struct attest_policy *policy;

static int set_up(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed("evidence/policy");

    (void)state;
    for (size_t i = 0; i < sizeof nonce; i++)
        nonce[i] = (uint8_t)i;
    trust = trust_seeds();
    assert_ok(attest_policy_parse(attest_bytes_view(&text), &policy, NULL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    attest_trust_free(trust);
    attest_policy_free(policy);
    return 0;
}

static struct attest_evidence *load(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed(name);
    struct attest_evidence *evidence = NULL;

    assert_ok(attest_evidence_from_json(attest_bytes_view(&text), &evidence, NULL));
    return evidence;
}

static struct attest_evidence_demands all(void)
{
    return (struct attest_evidence_demands){ .at = (uint64_t)SEED_TIME * 1000,
                                             .nonce = attest_view_of(nonce),
                                             .policy = policy };
}

/* The names of the checks that fail, with a blank behind each. */
static const char *failing(const struct attest_evidence *evidence, struct attest_evidence_demands demands)
{
    static char names[1024];
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    enum attest_error error = attest_evidence_verify(evidence, trust, &demands, verdict);
    names[0] = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        assert_true(check.detail[0] != '\0');
        if (!check.ok)
            strcat(strcat(names, check.name), " ");
    }
    assert_error(error, names[0] ? ATTEST_REFUSED : ATTEST_OK);
    assert_int_equal(attest_verdict_holds(verdict), error == ATTEST_OK);
    return names;
}

static void test_good(void **state)
{
    static const char *const names[] = { "evidence/fresh.json", "evidence/cached.json", "evidence/log.json",
                                         "evidence/moved.json" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = load(names[i]);
        assert_string_equal(failing(evidence, all()), "");
    }
}

static void test_nothing_holds_unasked(void **state)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = load("evidence/fresh.json");
    struct attest_evidence_demands demands = { .at = (uint64_t)SEED_TIME * 1000 };

    (void)state;
    assert_string_equal(failing(evidence, demands), "nonce policy ");
    demands.allow_missing_nonce = demands.allow_missing_policy = true;
    assert_string_equal(failing(evidence, demands), "");
    demands.bind = attest_view_text("key");
    assert_string_equal(failing(evidence, demands), "nonce ");
    demands.bind = (struct attest_view){ 0 };
    demands.at = 0;
    assert_string_equal(failing(evidence, demands), "document_valid_from document_clock ");
}

static void test_demands(void **state)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *fresh = load("evidence/fresh.json");
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *cached = load("evidence/cached.json");
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *reset = load("evidence/reset.json");
    struct attest_evidence_demands demands = all();

    (void)state;
    demands.nonce.size--;
    assert_string_equal(failing(fresh, demands), "nonce ");
    demands = all();
    demands.fresh = true;
    assert_string_equal(failing(fresh, demands), "");
    assert_string_equal(failing(cached, demands), "fresh ");
    assert_string_equal(failing(reset, all()), "reset_count ");
    demands = all();
    demands.previous = fresh;
    assert_string_equal(failing(fresh, demands), "");
    assert_string_equal(failing(cached, demands), "");
    demands.previous = cached; /* whose quote is 600 seconds younger */
    assert_string_equal(failing(fresh, demands), "previous_clock ");
    demands.previous = reset;
    assert_string_equal(failing(fresh, demands), "previous_counters ");
}

static void test_only_believed_roots(void **state)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = load("evidence/fresh.json");
    struct attest_trust *nobody = attest_trust_new(), *seeds = trust;

    (void)state;
    trust = nobody;
    assert_string_equal(failing(evidence, all()), "document_root document_signature document_timestamp ");
    trust = seeds;
    attest_trust_free(nobody);
}

static void test_claims(void **state)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *moved = load("evidence/moved.json");
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *log = load("evidence/log.json");
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *cached = load("evidence/cached.json");

    (void)state;
    assert_text(attest_evidence_claims(moved).instance, "i-0123456789abcdef0");
    assert_true(attest_evidence_claims(moved).fresh);
    assert_false(attest_evidence_claims(cached).fresh);
    assert_false(attest_evidence_claims(moved).secure_boot);
    assert_string_equal(attest_evidence_claims(moved).secure_boot_reason, "there is no event log");
    assert_true(attest_evidence_claims(log).secure_boot);
    for (unsigned i = 0; i < 26; i++)
        assert_int_equal(attest_evidence_voucher(moved, i), i == 14  ? ATTEST_VOUCHER_AK
                                                            : i < 24 ? ATTEST_VOUCHER_AWS
                                                                     : ATTEST_VOUCHER_NONE);
    assert_string_equal(attest_voucher_name(ATTEST_VOUCHER_AWS), "aws");
    assert_string_equal(attest_voucher_name(ATTEST_VOUCHER_AK), "ak");
    assert_string_equal(attest_voucher_name(ATTEST_VOUCHER_NONE), "none");
    assert_view(attest_quote_claims(attest_evidence_quote(moved)).nonce, attest_view_of(nonce));
    assert_int_equal(attest_document_claims(attest_evidence_document(moved)).kind, ATTEST_DOCUMENT_NITROTPM);
    attest_evidence_free(NULL);
}

static void test_malformed(void **state)
{
    static const char *const names[] = { "evidence/member.json", "evidence/cut.json", "evidence/policy",
                                         "document/nitrotpm" };
    struct attest_evidence *evidence = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed(names[i]);
        struct attest_diag diag = { 0 };
        enum attest_error error = attest_evidence_from_json(attest_bytes_view(&text), &evidence, &diag);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
        assert_true(diag.expected[0] != '\0');
        assert_null(evidence);
    }
}

static void test_cut_at_every_byte(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed("evidence/log.json");
    struct attest_evidence *evidence = NULL;

    (void)state;
    for (size_t size = 0; size < text.size; size++) {
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ text.data, size });
        assert_error(attest_evidence_from_json((struct attest_view){ cut, size }, &evidence, NULL),
                     ATTEST_MALFORMED);
        assert_null(evidence);
    }
}

static void test_maximum(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = read_seed("evidence/fresh.json");
    _cleanup_(attest_bytes_done) struct attest_bytes large = attest_bytes_init(ATTEST_EVIDENCE_MAX + 1);
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;

    (void)state;
    attest_bytes_append(&large, attest_bytes_view(&text));
    uint8_t *rest = attest_bytes_extend(&large, ATTEST_EVIDENCE_MAX + 1 - text.size);
    assert_non_null(rest);
    memset(rest, ' ', ATTEST_EVIDENCE_MAX + 1 - text.size);
    assert_error(attest_evidence_from_json(attest_bytes_view(&large), &evidence, NULL), ATTEST_TOO_LARGE);
    assert_null(evidence);
    large.size--;
    assert_ok(attest_evidence_from_json(attest_bytes_view(&large), &evidence, NULL));
}

/* What is written is what was read. */
static void test_write(void **state)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *first = load("evidence/log.json"), *again = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_EVIDENCE_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
    const struct attest_bundle *bundle = attest_quote_bundle(first->quote);
    const struct attest_endorsement_parts endorsement = {
        .document = attest_bytes_view(&first->endorsement.document->wire),
        .quoted = attest_bytes_view(&first->endorsement.quoted),
        .signature = attest_bytes_view(&first->endorsement.signature),
    };
    const struct attest_view logs[ATTEST_LOG_COUNT] = { attest_bytes_view(&bundle->logs[0]) };
    struct attest_json_writer json = { .out = &out };

    (void)state;
    assert_ok(attest_key_encode_pem(bundle->ak.key, &pem));
    attest_evidence_write(&json, attest_view_of(nonce), &endorsement, &bundle->pcrs,
                          attest_bytes_view(&bundle->quoted), attest_bytes_view(&bundle->signature),
                          &bundle->ak, attest_bytes_view(&pem), logs);
    assert_ok(attest_bytes_check(&out));
    assert_ok(attest_evidence_from_json(attest_bytes_view(&out), &again, NULL));
    assert_string_equal(failing(again, all()), "");
    assert_int_equal(attest_eventlog_count(again->eventlog, ATTEST_LOG_FIRMWARE),
                     attest_eventlog_count(first->eventlog, ATTEST_LOG_FIRMWARE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_nothing_holds_unasked),
        cmocka_unit_test(test_demands),
        cmocka_unit_test(test_only_believed_roots),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests_name("evidence", tests, set_up, tear_down);
}
