/* SPDX-License-Identifier: Apache-2.0 */
/* Is only that remembered which was verified, under the path it was verified on, and not too much of it? */
#include "tests/unit/seeds.h"

#include "evidence/aws_root.h"
#include "evidence/trust.h"

static struct attest_trust_path path_of(uint16_t number)
{
    const uint8_t bytes[] = { (uint8_t)(number >> 8), (uint8_t)number };
    struct attest_trust_path path;

    assert_ok(attest_trust_path(&(struct attest_trust_path){ 0 }, attest_view_of(bytes), &path));
    return path;
}

static const struct attest_certificate *remember(struct attest_trust *trust, uint16_t number)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = read_seed("certificate/leaf.der");
    struct attest_certificate *leaf = NULL;
    struct attest_trust_path path = path_of(number);

    assert_ok(attest_certificate_parse(attest_bytes_view(&der), &leaf, NULL));
    const struct attest_certificate *kept = attest_trust_remember(trust, &path, &leaf);
    assert_null(leaf);
    return kept;
}

static const struct attest_certificate *recall(struct attest_trust *trust, uint16_t number)
{
    struct attest_trust_path path = path_of(number);

    return attest_trust_recall(trust, &path);
}

static void test_roots(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();
    _cleanup_(attest_bytes_done) struct attest_bytes pem = read_seed("certificate/root.pem");
    _cleanup_(attest_bytes_done) struct attest_bytes der = read_seed("certificate/root.der");

    (void)state;
    assert_null(attest_trust_root(trust, attest_aws_root_der()));
    assert_ok(attest_trust_add_aws(trust));
    assert_non_null(attest_trust_root(trust, attest_aws_root_der()));
    assert_null(attest_trust_root(trust, attest_bytes_view(&der)));
    for (size_t i = 1; i < ATTEST_TRUST_ROOTS_MAX; i++)
        assert_ok(attest_trust_add_root(trust, attest_bytes_view(&pem), NULL));
    assert_error(attest_trust_add_root(trust, attest_bytes_view(&pem), NULL), ATTEST_TOO_LARGE);
    assert_error(attest_trust_add_aws(trust), ATTEST_TOO_LARGE);
    assert_non_null(attest_trust_root(trust, attest_bytes_view(&der)));
    der.data[der.size - 1] ^= 1;
    assert_null(attest_trust_root(trust, attest_bytes_view(&der)));
    assert_error(attest_trust_add_root(trust, attest_view_text("junk"), NULL), ATTEST_MALFORMED);
    assert_string_equal(attest_trust_aws_fingerprint(), attest_aws_root_fingerprint());
}

/* The same certificate below another issuer is another. */
static void test_paths(void **state)
{
    const struct attest_trust_path top = { 0 };
    struct attest_trust_path one, other, below_one, below_other;

    (void)state;
    assert_ok(attest_trust_path(&top, attest_view_text("one"), &one));
    assert_ok(attest_trust_path(&top, attest_view_text("other"), &other));
    assert_ok(attest_trust_path(&one, attest_view_text("leaf"), &below_one));
    assert_ok(attest_trust_path(&other, attest_view_text("leaf"), &below_other));
    assert_memory_not_equal(&one, &other, sizeof one);
    assert_memory_not_equal(&below_one, &below_other, sizeof one);
    assert_ok(attest_trust_path(&one, attest_view_text("leaf"), &below_other));
    assert_memory_equal(&below_one, &below_other, sizeof one);
}

static void test_least_recently_used_goes(void **state)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();

    (void)state;
    assert_null(recall(trust, 0));
    for (uint16_t i = 0; i < ATTEST_TRUST_CACHE_MAX; i++) {
        const struct attest_certificate *kept = remember(trust, i);
        assert_ptr_equal(recall(trust, i), kept);
    }
    assert_non_null(recall(trust, 0));
    remember(trust, 1000); /* in place of 1, for 0 was used since */
    assert_non_null(recall(trust, 0));
    assert_null(recall(trust, 1));
    assert_non_null(recall(trust, 2));
    assert_non_null(recall(trust, 1000));
    attest_trust_forget(trust);
    assert_null(recall(trust, 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_least_recently_used_goes),
    };
    return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
