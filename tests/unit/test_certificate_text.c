/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made by OpenSSL, with names of every kind: described as they are, or refused. */
#include "tests/unit/unit.h"

#include "base/certificate_text.h"
#include "base/utf8.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

struct part {
    const char *field;
    int type;
    const char *value;
};

static void set_name(X509_NAME *name, const struct part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(X509_NAME_add_entry_by_txt(name, parts[i].field, parts[i].type,
                                                    (const uint8_t *)parts[i].value, -1, -1, 0),
                         1);
}

/* The caller frees with OPENSSL_free. */
static uint8_t *make(const struct part *subject, size_t count, uint64_t serial, size_t *ret_size)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    uint8_t *der = NULL;

    assert_true(key && certificate);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    set_name(X509_get_subject_name(certificate), subject, count);
    set_name(X509_get_issuer_name(certificate), (const struct part[]){ { "CN", MBSTRING_UTF8, "issuer" } }, 1);
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    int size = i2d_X509(certificate, &der);
    assert_true(size > 0);
    *ret_size = (size_t)size;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return der;
}

static void assert_subject(const struct part *subject, size_t count, const char *expected)
{
    _cleanup_(attest_certificate_text_done) struct attest_certificate_text text = { 0 };
    size_t size;

    uint8_t *der = make(subject, count, 1, &size);
    assert_ok(attest_certificate_describe((struct attest_view){ der, size }, &text, NULL));
    assert_true(attest_utf8_is_valid(attest_bytes_view(&text.subject)));
    assert_text(attest_bytes_view(&text.subject), expected);
    OPENSSL_free(der);
}

static void test_fields(void **state)
{
    static const struct part subject[] = { { "C", MBSTRING_UTF8, "DE" }, { "CN", MBSTRING_UTF8, "a, b" } };
    struct attest_certificate_text text;
    uint8_t digest[32];
    size_t size;

    (void)state;
    uint8_t *der = make(subject, COUNT(subject), 0x8182838485868788, &size);
    assert_ok(attest_certificate_describe((struct attest_view){ der, size }, &text, NULL));
    assert_text(attest_bytes_view(&text.subject), "CN=a\\, b,C=DE");
    assert_text(attest_bytes_view(&text.issuer), "CN=issuer");
    assert_text(attest_bytes_view(&text.serial), "8182838485868788");
    assert_int_equal(EVP_Digest(der, size, digest, NULL, EVP_sha256(), NULL), 1);
    assert_memory_equal(text.sha256, digest, sizeof digest);
    attest_certificate_text_done(&text);
    OPENSSL_free(der);
}

static void test_names(void **state)
{
    char name[65];

    (void)state;
    assert_subject(NULL, 0, "");
    assert_subject(&(struct part){ "CN", MBSTRING_UTF8, "\xc3\xa4\xe2\x82\xac" }, 1, "CN=\xc3\xa4\xe2\x82\xac");
    assert_subject(&(struct part){ "CN", V_ASN1_T61STRING, "\xe4" }, 1, "CN=\xc3\xa4");
    assert_subject(&(struct part){ "CN", V_ASN1_UTF8STRING, "a\n" }, 1, "CN=a\\0A");
    memset(name, 'x', 64);
    name[64] = '\0';
    struct part many[12];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct part){ "OU", MBSTRING_UTF8, name };
    struct attest_certificate_text text;
    size_t size;
    uint8_t *der = make(many, COUNT(many), 1, &size);
    assert_ok(attest_certificate_describe((struct attest_view){ der, size }, &text, NULL));
    assert_int_equal(text.subject.size, ATTEST_CERTIFICATE_NAME_MAX + 3);
    assert_memory_equal(text.subject.data + ATTEST_CERTIFICATE_NAME_MAX, "...", 3);
    attest_certificate_text_done(&text);
    OPENSSL_free(der);
}

/* 1 becomes 0x80, which is -128. */
static void test_negative_serial(void **state)
{
    _cleanup_(attest_certificate_text_done) struct attest_certificate_text text = { 0 };
    size_t size;

    (void)state;
    uint8_t *der = make(NULL, 0, 1, &size);
    uint8_t *serial = memmem(der, size, "\x02\x01\x01", 3);
    assert_non_null(serial);
    serial[2] = 0x80;
    assert_ok(attest_certificate_describe((struct attest_view){ der, size }, &text, NULL));
    assert_text(attest_bytes_view(&text.serial), "-80");
    OPENSSL_free(der);
}

/* OpenSSL doesn't make a UTF8String that is none, so that it is changed afterwards; the signature is not looked
 * at. */
static void test_name_that_is_not_utf8(void **state)
{
    static const struct part subject = { "CN", V_ASN1_UTF8STRING, "abcdefg" };
    _cleanup_(attest_certificate_text_done) struct attest_certificate_text text = { 0 };
    size_t size;

    (void)state;
    uint8_t *der = make(&subject, 1, 1, &size);
    uint8_t *name = memmem(der, size, "abcdefg", 7);
    assert_non_null(name);
    name[3] = 0xff;
    assert_error(attest_certificate_describe((struct attest_view){ der, size }, &text, NULL), ATTEST_MALFORMED);
    OPENSSL_free(der);
}

static void test_cut_and_trailing(void **state)
{
    struct attest_certificate_text text = { .sha256 = { 42 } };
    struct attest_diag diag = { 0 };
    size_t size;

    (void)state;
    uint8_t *der = make(NULL, 0, 1, &size);
    for (size_t cut = 0; cut < size; cut++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ der, cut });
        assert_error(attest_certificate_describe((struct attest_view){ copy, cut }, &text, &diag),
                     ATTEST_MALFORMED);
        assert_true(strlen(diag.expected) > 0);
    }
    _cleanup_free_ uint8_t *longer = calloc(1, size + 1);
    assert_non_null(longer);
    memcpy(longer, der, size);
    assert_error(attest_certificate_describe((struct attest_view){ longer, size + 1 }, &text, &diag),
                 ATTEST_TRAILING);
    assert_int_equal(text.sha256[0], 42);
    OPENSSL_free(der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),           cmocka_unit_test(test_names),
        cmocka_unit_test(test_negative_serial),  cmocka_unit_test(test_name_that_is_not_utf8),
        cmocka_unit_test(test_cut_and_trailing),
    };
    return cmocka_run_group_tests_name("certificate_text", tests, NULL, NULL);
}
