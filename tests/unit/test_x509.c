/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a chain lead to a root, and is that judged anew each time, whatever was seen before? Each rule's
 * violation is in tests/oracle/made_documents.py.
 */
#include "tests/unit/seeds.h"

#include "evidence/x509.h"

#define LEEWAY 300

static struct {
    struct attest_bytes der[5]; /* root first */
    struct attest_x509_chain chain;
} seed;

static int load_seeds(void **state)
{
    static const char *const names[] = { "certificate/root.der", "certificate/regional.der",
                                         "certificate/zonal.der", "certificate/instance.der",
                                         "certificate/leaf.der" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        seed.der[i] = read_seed(names[i]);
        seed.chain.der[i] = attest_bytes_view(&seed.der[i]);
    }
    seed.chain.count = COUNT(names);
    return 0;
}

static int unload_seeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(seed.der); i++)
        attest_bytes_done(&seed.der[i]);
    return 0;
}

/* The names of the checks that fail, with a blank behind each. */
static const char *failing(struct attest_trust *trust, const struct attest_x509_chain *chain, int64_t at,
                           struct attest_x509_leaf *ret_leaf)
{
    static char names[512];
    struct attest_verdict *verdict = attest_verdict_new();

    assert_ok(attest_x509_verify(trust, chain, at, LEEWAY, verdict, ret_leaf));
    names[0] = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok) {
            strcat(names, attest_verdict_check(verdict, i).name);
            strcat(names, " ");
        }
    assert_true(attest_verdict_count(verdict) > 0);
    attest_verdict_free(verdict);
    return names;
}

static void test_good(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    struct attest_x509_leaf leaf;

    (void)state;
    assert_string_equal(failing(trust, &seed.chain, SEED_TIME, &leaf), "");
    assert_non_null(leaf.key);
    assert_int_equal(leaf.not_before, SEED_TIME - 3);
    assert_int_equal(leaf.not_after, SEED_TIME + 3 * 3600);
}

/* Both ends of validity, before and after the chain has been seen. */
static void test_validity(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    static const struct {
        int64_t at;
        const char *failing;
    } cases[] = {
        { SEED_TIME - 3 - LEEWAY, "" },
        { SEED_TIME - 3 - LEEWAY - 1, "valid_from " },
        { SEED_TIME + 3 * 3600, "" },
        { SEED_TIME + 3 * 3600 + 1, "valid_until " },
        { SEED_TIME + 86400 * 365, "valid_until " },
        { 0, "valid_from " },
    };
    struct attest_x509_leaf leaf;

    (void)state;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            assert_string_equal(failing(trust, &seed.chain, cases[i].at, &leaf), cases[i].failing);
            assert_non_null(leaf.key); /* authentic, if not valid then */
        }
}

/* Whoever is not believed is not believed because somebody else was seen. */
static void test_other_trust(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *nobody = attest_trust_new();
    _cleanup_(attest_trust_cleanup) struct attest_trust *aws = attest_trust_new();
    struct attest_x509_leaf leaf;

    (void)state;
    assert_ok(attest_trust_add_aws(aws));
    assert_string_equal(failing(nobody, &seed.chain, SEED_TIME, &leaf), "root ");
    assert_null(leaf.key);
    assert_string_equal(failing(aws, &seed.chain, SEED_TIME, &leaf), "root ");
    assert_null(leaf.key);
}

/* What was remembered on its way is not found on another. */
static void test_another_way(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    struct attest_x509_chain chain = seed.chain;
    struct attest_x509_leaf leaf;

    (void)state;
    assert_string_equal(failing(trust, &seed.chain, SEED_TIME, &leaf), "");
    chain.der[3] = seed.chain.der[4];
    chain.count = 4; /* the leaf right below the zonal authority */
    assert_string_equal(failing(trust, &chain, SEED_TIME, &leaf), "names chain ");
    assert_null(leaf.key);
    chain = seed.chain;
    chain.count = 4; /* an authority as the leaf */
    assert_string_equal(failing(trust, &chain, SEED_TIME, &leaf), "authorities path_length ");
    assert_null(leaf.key);
    chain.count = 1;
    assert_string_equal(failing(trust, &seed.chain, SEED_TIME, &leaf), "");
}

/* Each byte of an authority's certificate changed, with the right one remembered. */
static void test_flipped(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = trust_seeds();
    struct attest_x509_leaf leaf;

    (void)state;
    assert_string_equal(failing(trust, &seed.chain, SEED_TIME, &leaf), "");
    for (size_t at = 0; at < seed.der[2].size; at++) {
        seed.der[2].data[at] ^= (uint8_t)(1u << at % 8);
        assert_string_not_equal(failing(trust, &seed.chain, SEED_TIME, &leaf), "");
        assert_null(leaf.key);
        seed.der[2].data[at] ^= (uint8_t)(1u << at % 8);
    }
    assert_string_equal(failing(trust, &seed.chain, SEED_TIME, &leaf), "");
}

/* What ends first counts, wherever it stands. */
static void test_until(void **state)
{
    struct attest_x509_chain chain = seed.chain;
    int64_t until = 42;

    (void)state;
    assert_ok(attest_x509_until(&chain, &until));
    assert_int_equal(until, SEED_TIME + 3 * 3600);
    chain.der[0] = seed.chain.der[4];
    chain.der[4] = seed.chain.der[0];
    assert_ok(attest_x509_until(&chain, &until));
    assert_int_equal(until, SEED_TIME + 3 * 3600);
    chain.count = 4;
    chain.der[0] = seed.chain.der[1];
    assert_ok(attest_x509_until(&chain, &until));
    assert_int_equal(until, SEED_TIME + 18 * 3600); /* the instance's authority */
    chain.der[3].size--;
    assert_int_equal(attest_error_category(attest_x509_until(&chain, &until)), ATTEST_CATEGORY_MALFORMED);
    assert_int_equal(until, SEED_TIME + 18 * 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),        cmocka_unit_test(test_validity), cmocka_unit_test(test_other_trust),
        cmocka_unit_test(test_another_way), cmocka_unit_test(test_flipped),  cmocka_unit_test(test_until),
    };
    return cmocka_run_group_tests_name("x509", tests, load_seeds, unload_seeds);
}
