/* SPDX-License-Identifier: Apache-2.0 */
/* Does a certificate say what OpenSSL's command line and an independent writer put into it, and nothing else?
 */
#include "tests/unit/seeds.h"

#include "base/certificate.h"
#include "evidence/aws_root.h"

static struct attest_certificate *load(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = read_seed(name);
    struct attest_certificate *certificate = NULL;

    assert_ok(attest_certificate_parse(attest_bytes_view(&der), &certificate, NULL));
    return certificate;
}

/* The root as AWS publishes it: its fingerprint and serial number stand in AWS's guides. */
static void test_aws_root(void **state)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *root = NULL;

    (void)state;
    assert_ok(attest_certificate_parse(attest_aws_root_der(), &root, NULL));
    const struct attest_certificate_facts *facts = attest_certificate_facts(root);
    assert_hex((struct attest_view){ facts->fingerprint, sizeof facts->fingerprint },
               "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
    assert_string_equal(attest_aws_root_fingerprint(),
                        "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
    assert_hex(facts->serial, "f93175681b90afe11d46ccb4e4e7f856");
    assert_int_equal(facts->not_before, 1572269285);
    assert_int_equal(facts->not_after, 2519044085);
    assert_true(facts->is_v3 && facts->is_p384 && facts->is_ecdsa_sha384 && facts->is_ca);
    assert_false(facts->has_path_length);
    assert_view(facts->subject, facts->issuer);
    assert_true(facts->usage & ATTEST_USAGE_KEY_CERT_SIGN);
    assert_ok(attest_certificate_verify(root, root));
}

static void test_facts(void **state)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *zonal = load("certificate/zonal.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *leaf = load("certificate/leaf.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *p256 = load("certificate/p256.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *critical =
        load("certificate/critical.der");

    (void)state;
    const struct attest_certificate_facts *facts = attest_certificate_facts(zonal);
    assert_true(facts->is_ca && facts->has_path_length && facts->path_length == 1);
    assert_int_equal(facts->not_before, SEED_TIME - 2 * 86400);
    assert_int_equal(facts->not_after, SEED_TIME + 3 * 86400);
    facts = attest_certificate_facts(leaf);
    assert_false(facts->is_ca || facts->has_path_length);
    assert_true(facts->usage & ATTEST_USAGE_DIGITAL_SIGNATURE);
    assert_false(facts->usage & ATTEST_USAGE_KEY_CERT_SIGN);
    assert_string_equal(facts->unknown_critical, "");
    facts = attest_certificate_facts(p256);
    assert_false(facts->is_p384);
    assert_true(facts->is_ecdsa_sha384);
    assert_string_equal(attest_certificate_facts(critical)->unknown_critical, "1.2.3.4");
}

static void test_signatures(void **state)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *root = load("certificate/root.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *regional =
        load("certificate/regional.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *zonal = load("certificate/zonal.der");

    (void)state;
    assert_ok(attest_certificate_verify(root, root));
    assert_ok(attest_certificate_verify(regional, root));
    assert_ok(attest_certificate_verify(zonal, regional));
    assert_error(attest_certificate_verify(zonal, root), ATTEST_REFUSED);
    assert_error(attest_certificate_verify(root, regional), ATTEST_REFUSED);
}

static void test_pem(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pem = read_seed("certificate/root.pem");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *der = load("certificate/root.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *root = NULL, *none = NULL;
    struct attest_bytes twice = attest_bytes_init(4096);

    (void)state;
    assert_ok(attest_certificate_from_pem(attest_bytes_view(&pem), &root, NULL));
    assert_view(attest_certificate_der(root), attest_certificate_der(der));
    attest_bytes_append(&twice, attest_bytes_view(&pem));
    attest_bytes_append(&twice, attest_bytes_view(&pem));
    assert_error(attest_certificate_from_pem(attest_bytes_view(&twice), &none, NULL), ATTEST_MALFORMED);
    attest_bytes_done(&twice);
    assert_error(attest_certificate_from_pem(attest_view_text(""), &none, NULL), ATTEST_MALFORMED);
    assert_error(attest_certificate_from_pem(attest_view_text("junk"), &none, NULL), ATTEST_MALFORMED);
    assert_error(attest_certificate_from_pem(attest_certificate_der(der), &none, NULL), ATTEST_MALFORMED);
    assert_null(none);
}

/* Cut at every byte, and with one more: no certificate. */
static void test_cut(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = read_seed("certificate/leaf.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *none = NULL;
    struct attest_bytes longer = attest_bytes_init(ATTEST_CERTIFICATE_MAX + 1);

    (void)state;
    for (size_t size = 0; size < der.size; size++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ der.data, size });
        assert_error(attest_certificate_parse((struct attest_view){ copy, size }, &none, NULL),
                     ATTEST_MALFORMED);
    }
    attest_bytes_append(&longer, attest_bytes_view(&der));
    attest_bytes_append_u8(&longer, 0);
    assert_error(attest_certificate_parse(attest_bytes_view(&longer), &none, NULL), ATTEST_MALFORMED);
    while (longer.size <= ATTEST_CERTIFICATE_MAX)
        attest_bytes_append_u8(&longer, 0);
    assert_error(attest_certificate_parse(attest_bytes_view(&longer), &none, NULL), ATTEST_TOO_LARGE);
    attest_bytes_done(&longer);
    assert_null(none);
}

/* X.690 §8.1.3: BER allows a longer length for the same certificate; DER has one. */
static void test_not_der(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = read_seed("certificate/leaf.der");
    _cleanup_(attest_bytes_done) struct attest_bytes ber = attest_bytes_init(2048);
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *none = NULL;
    static const uint8_t long_length[] = { 0x30, 0x83, 0 };

    (void)state;
    assert_int_equal(der.data[1], 0x82);
    attest_bytes_append(&ber, attest_view_of(long_length));
    attest_bytes_append(&ber, (struct attest_view){ der.data + 2, der.size - 2 });
    assert_error(attest_certificate_parse(attest_bytes_view(&ber), &none, NULL), ATTEST_MALFORMED);
    assert_null(none);
}

/* Each byte changed: it is no certificate, or its issuer did not sign it. */
static void test_flipped(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = read_seed("certificate/leaf.der");
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *issuer = load("certificate/instance.der");

    (void)state;
    for (size_t at = 0; at < der.size; at++) {
        _cleanup_(attest_certificate_cleanup) struct attest_certificate *changed = NULL;
        der.data[at] ^= (uint8_t)(1u << at % 8);
        if (attest_certificate_parse(attest_bytes_view(&der), &changed, NULL) == ATTEST_OK)
            assert_error(attest_certificate_verify(changed, issuer), ATTEST_REFUSED);
        der.data[at] ^= (uint8_t)(1u << at % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aws_root), cmocka_unit_test(test_facts), cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_pem),      cmocka_unit_test(test_cut),   cmocka_unit_test(test_not_der),
        cmocka_unit_test(test_flipped),
    };
    return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
