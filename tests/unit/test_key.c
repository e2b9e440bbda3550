/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys and signatures are taken? Made by OpenSSL's own calls, and by openssl(1). */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "base/key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static struct wires p256, rsa;

static int make_wires(void **state)
{
    (void)state;
    wires_init(&p256, "P-256");
    wires_init(&rsa, "RSASSA");
    return 0;
}

static int free_wires(void **state)
{
    (void)state;
    wires_done(&p256);
    wires_done(&rsa);
    return 0;
}

/* A failure is told by its error; what OpenSSL queued for it must not be found by whoever calls it next. */
static int no_queue(void **state)
{
    (void)state;
    assert_int_equal(ERR_peek_error(), 0);
    return 0;
}

static enum attest_error from_pem(struct attest_view pem, struct attest_key **ret_key)
{
    struct attest_diag diag = { 0 };
    enum attest_error error = attest_key_from_pem(pem, ret_key, &diag);

    assert_true(error == ATTEST_OK || strlen(diag.expected) > 0);
    assert_int_equal(ERR_peek_error(), 0);
    return error;
}

/* Writes what is public of `key` and reads it; NULL `key` is freed here too. */
static enum attest_error read_back(EVP_PKEY *key)
{
    char *text;
    struct attest_key *read = NULL;
    BIO *bio = BIO_new(BIO_s_mem());

    assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
    long size = BIO_get_mem_data(bio, &text);
    enum attest_error error = from_pem((struct attest_view){ (uint8_t *)text, (size_t)size }, &read);
    BIO_free(bio);
    EVP_PKEY_free(key);
    assert_int_equal(read != NULL, error == ATTEST_OK);
    attest_key_free(read);
    return error;
}

static void test_kinds_of_keys(void **state)
{
    (void)state;
    assert_ok(read_back(EVP_EC_gen("P-256")));
    assert_ok(read_back(EVP_EC_gen("P-384")));
    assert_ok(read_back(EVP_EC_gen("P-521")));
    assert_ok(read_back(EVP_RSA_gen(2048)));
    assert_error(read_back(EVP_RSA_gen(1024)), ATTEST_UNSUPPORTED);
    assert_error(read_back(EVP_EC_gen("P-224")), ATTEST_UNSUPPORTED);
    assert_error(read_back(EVP_EC_gen("secp256k1")), ATTEST_UNSUPPORTED);
    assert_error(read_back(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")), ATTEST_UNSUPPORTED);
    assert_error(read_back(EVP_PKEY_Q_keygen(NULL, NULL, "X25519")), ATTEST_UNSUPPORTED);
}

static void test_pem_round_trip(void **state)
{
    const struct wires *const both[] = { &p256, &rsa };

    (void)state;
    for (size_t i = 0; i < COUNT(both); i++) {
        _cleanup_(attest_key_cleanup) struct attest_key *key = NULL, *again = NULL;
        _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
        assert_ok(from_pem(attest_view_text(both[i]->pem), &key));
        assert_ok(attest_key_encode_pem(key, &pem));
        assert_text(attest_bytes_view(&pem), both[i]->pem);
        assert_ok(from_pem(attest_bytes_view(&pem), &again));
        assert_true(attest_key_equal(key, again));
        assert_int_equal(attest_key_is_rsa(key), both[i] == &rsa);
    }
}

static void test_pem_too_long_for_its_place(void **state)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(16);

    (void)state;
    assert_ok(from_pem(attest_view_text(p256.pem), &key));
    assert_error(attest_key_encode_pem(key, &pem), ATTEST_TOO_LARGE);
}

static void test_different_keys(void **state)
{
    _cleanup_(attest_key_cleanup) struct attest_key *one = NULL, *other = NULL, *third = NULL;
    struct wires second;

    (void)state;
    wires_init(&second, "P-256");
    assert_ok(from_pem(attest_view_text(p256.pem), &one));
    assert_ok(from_pem(attest_view_text(second.pem), &other));
    assert_ok(from_pem(attest_view_text(rsa.pem), &third));
    assert_false(attest_key_equal(one, other));
    assert_false(attest_key_equal(one, third));
    wires_done(&second);
}

static void assert_pem_refused(struct attest_view pem, enum attest_error error)
{
    struct attest_key *key = NULL;

    assert_error(from_pem(pem, &key), error);
    assert_null(key);
}

static void test_no_pem(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "\n",
        "x",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    };
    _cleanup_(attest_bytes_done) struct attest_bytes large = attest_bytes_init(1 << 15);

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_pem_refused(attest_view_text(texts[i]), ATTEST_MALFORMED);
    assert_pem_refused((struct attest_view){ 0 }, ATTEST_MALFORMED);
    while (large.size <= 16384)
        attest_bytes_append_u8(&large, '\n');
    attest_bytes_append_text(&large, p256.pem);
    assert_pem_refused(attest_bytes_view(&large), ATTEST_TOO_LARGE);
}

/* A library that asked at the terminal for a pass phrase would stop whoever verifies. */
static void test_pem_that_wants_a_pass_phrase(void **state)
{
    char text[2048];
    const char *body = strchr(p256.pem, '\n') + 1;

    (void)state;
    snprintf(text, sizeof text,
             "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,%032d\n\n%s", 0, body);
    assert_pem_refused(attest_view_text(text), ATTEST_MALFORMED);
}

static void test_private_key_is_no_public_key(void **state)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());

    (void)state;
    assert_int_equal(PEM_write_bio_PrivateKey(bio, p256.key, NULL, NULL, 0, NULL, NULL), 1);
    long size = BIO_get_mem_data(bio, &text);
    assert_pem_refused((struct attest_view){ (uint8_t *)text, (size_t)size }, ATTEST_MALFORMED);
    BIO_free(bio);
}

/* Whatever is cut or changed: read as some key or refused, without a trace. */
static void test_pem_cut_and_changed(void **state)
{
    struct attest_view whole = attest_view_text(p256.pem);

    (void)state;
    for (size_t size = 0; size < whole.size - 1; size++) /* the last newline may go */
        assert_pem_refused((struct attest_view){ whole.data, size }, ATTEST_MALFORMED);
    for (size_t at = 0; at < whole.size; at++) {
        _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
        _cleanup_free_ uint8_t *changed = exact(whole);
        changed[at] ^= 0x01;
        enum attest_error error = from_pem((struct attest_view){ changed, whole.size }, &key);
        assert_int_equal(key != NULL, error == ATTEST_OK);
        assert_true(error == ATTEST_OK || attest_error_category(error) == ATTEST_CATEGORY_MALFORMED);
    }
}

static struct attest_view modulus(void)
{
    return (struct attest_view){ rsa.public.unique.rsa.buffer, 256 };
}

static void test_from_rsa(void **state)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL, *pem = NULL;

    (void)state;
    assert_ok(attest_key_from_rsa(modulus(), 65537, &key, NULL));
    assert_ok(from_pem(attest_view_text(rsa.pem), &pem));
    assert_true(attest_key_equal(key, pem));
}

static void assert_rsa_refused(struct attest_view n, uint32_t exponent)
{
    struct attest_key *key = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_key_from_rsa(n, exponent, &key, &diag);
    assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
    assert_null(key);
    assert_true(strlen(diag.expected) > 0);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_from_rsa_refused(void **state)
{
    uint8_t large[1024];
    uint8_t even[256];

    (void)state;
    memset(large, 0xff, sizeof large);
    memcpy(even, modulus().data, sizeof even);
    even[255] &= 0xfe;
    assert_rsa_refused((struct attest_view){ 0 }, 65537);
    assert_rsa_refused((struct attest_view){ large, 1 }, 65537);
    assert_rsa_refused((struct attest_view){ modulus().data, 128 }, 65537);
    assert_rsa_refused((struct attest_view){ large, 513 }, 65537);
    assert_rsa_refused((struct attest_view){ large, sizeof large }, 65537);
    assert_rsa_refused(attest_view_of(even), 65537);
    assert_rsa_refused(modulus(), 0);
    assert_rsa_refused(modulus(), 1);
    assert_rsa_refused(modulus(), 2);
}

static void test_from_ec(void **state)
{
    const TPMS_ECC_POINT *point = &p256.public.unique.ecc;
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL, *pem = NULL;

    (void)state;
    assert_ok(attest_key_from_ec(ATTEST_KEY_P256, (struct attest_view){ point->x.buffer, 32 },
                                 (struct attest_view){ point->y.buffer, 32 }, &key, NULL));
    assert_ok(from_pem(attest_view_text(p256.pem), &pem));
    assert_true(attest_key_equal(key, pem));
}

/* A TPM may leave out leading zeros; about one key in 128 has one in a coordinate. */
static void test_from_ec_without_leading_zeros(void **state)
{
    bool seen = false;

    (void)state;
    for (unsigned i = 0; i < 20000 && !seen; i++) {
        uint8_t point[65];
        size_t size = 0;
        EVP_PKEY *pkey = EVP_EC_gen("P-256");
        EVP_PKEY_get_octet_string_param(pkey, "pub", point, sizeof point, &size);
        if (size == sizeof point && point[0] == 4 && point[1] == 0) {
            struct attest_key *key = NULL;
            assert_ok(attest_key_from_ec(ATTEST_KEY_P256, (struct attest_view){ point + 2, 31 },
                                         (struct attest_view){ point + 33, 32 }, &key, NULL));
            assert_int_equal(EVP_PKEY_eq((EVP_PKEY *)key, pkey), 1);
            attest_key_free(key);
            seen = true;
        }
        EVP_PKEY_free(pkey);
    }
    assert_true(seen);
}

static void test_from_ec_refused(void **state)
{
    TPMS_ECC_POINT point = p256.public.unique.ecc;
    const struct attest_view x = { point.x.buffer, 32 }, y = { point.y.buffer, 32 };
    const struct {
        enum attest_key_curve curve;
        struct attest_view x, y;
    } cases[] = {
        { ATTEST_KEY_P256, { x.data, 33 }, y },
        { ATTEST_KEY_P256, x, { y.data, 33 } },
        { ATTEST_KEY_P256, x, { y.data, 31 } },
        { ATTEST_KEY_P256, { 0 }, { 0 } },
        { ATTEST_KEY_P256, x, { 0 } },
        { ATTEST_KEY_P256, y, x },
        { ATTEST_KEY_P384, x, y },
        { ATTEST_KEY_P521, x, y },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_key *key = NULL;
        struct attest_diag diag = { 0 };
        assert_error(attest_key_from_ec(cases[i].curve, cases[i].x, cases[i].y, &key, &diag), ATTEST_MALFORMED);
        assert_null(key);
        assert_true(strlen(diag.expected) > 0);
        assert_int_equal(ERR_peek_error(), 0);
    }
}

static void test_encode_ecdsa(void **state)
{
    static const struct {
        const char *r, *s;
        size_t r_size, s_size;
        const char *der;
    } cases[] = {
        { "\x01", "\x02", 1, 1, "3006020101020102" },
        { "\x80", "\x7f", 1, 1,
          "300702020080"
          "02017f" },
        { "\0\0\x01", "\0\xff", 3, 2, "3007020101020200ff" },
        { "", "", 0, 0, "3006020100020100" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes der = attest_bytes_init(100);
        const struct attest_view r = { (const uint8_t *)cases[i].r, cases[i].r_size };
        const struct attest_view s = { (const uint8_t *)cases[i].s, cases[i].s_size };
        assert_ok(attest_key_encode_ecdsa(r, s, &der));
        assert_hex(attest_bytes_view(&der), cases[i].der);
    }
    _cleanup_(attest_bytes_done) struct attest_bytes small = attest_bytes_init(4);
    assert_error(attest_key_encode_ecdsa(attest_view_text("a"), attest_view_text("b"), &small),
                 ATTEST_TOO_LARGE);
}

/* The value of a sealed quote's signature as attest_key_verify takes it. */
static size_t signature_of(const struct wires *from, uint8_t der[600])
{
    const TPMS_SIGNATURE_ECDSA *pair = &from->signature.signature.ecdsa;
    const TPM2B_PUBLIC_KEY_RSA *value = &from->signature.signature.rsassa.sig;

    if (from->signature.sigAlg != TPM2_ALG_ECDSA) {
        memcpy(der, value->buffer, value->size);
        return value->size;
    }
    ECDSA_SIG *signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, BN_bin2bn(pair->signatureR.buffer, pair->signatureR.size, NULL),
                   BN_bin2bn(pair->signatureS.buffer, pair->signatureS.size, NULL));
    int size = i2d_ECDSA_SIG(signature, &der);
    ECDSA_SIG_free(signature);
    assert_true(size > 0);
    return (size_t)size;
}

static const struct {
    const char *kind;
    enum attest_key_scheme scheme;
    enum attest_hash hash;
} signers[] = {
    { "P-256", ATTEST_KEY_ECDSA, ATTEST_HASH_SHA256 },   { "P-384", ATTEST_KEY_ECDSA, ATTEST_HASH_SHA384 },
    { "P-521", ATTEST_KEY_ECDSA, ATTEST_HASH_SHA512 },   { "RSASSA", ATTEST_KEY_RSASSA, ATTEST_HASH_SHA256 },
    { "RSAPSS", ATTEST_KEY_RSAPSS, ATTEST_HASH_SHA384 },
};

static void check_signer(const struct wires *from, enum attest_key_scheme scheme, enum attest_hash hash)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    uint8_t value[600];
    struct attest_view message = wire_view(&from->attest_wire);
    struct attest_view signature = { value, signature_of(from, value) };

    assert_ok(from_pem(attest_view_text(from->pem), &key));
    assert_ok(attest_key_verify(key, scheme, hash, message, signature));
    for (int other = ATTEST_HASH_NONE; other < ATTEST_HASH_COUNT; other++)
        if (other != (int)hash)
            assert_error(attest_key_verify(key, scheme, (enum attest_hash)other, message, signature),
                         ATTEST_REFUSED);
    for (int other = ATTEST_KEY_RSASSA; other <= ATTEST_KEY_ECDSA; other++)
        if (other != (int)scheme)
            assert_error(attest_key_verify(key, (enum attest_key_scheme)other, hash, message, signature),
                         ATTEST_REFUSED);
    for (size_t at = 0; at < signature.size; at++) {
        value[at] ^= 0x10;
        assert_error(attest_key_verify(key, scheme, hash, message, signature), ATTEST_REFUSED);
        value[at] ^= 0x10;
    }
    for (size_t size = 0; size < signature.size; size++)
        assert_error(attest_key_verify(key, scheme, hash, message, (struct attest_view){ value, size }),
                     ATTEST_REFUSED);
    value[signature.size] = 0;
    assert_error(
        attest_key_verify(key, scheme, hash, message, (struct attest_view){ value, signature.size + 1 }),
        ATTEST_REFUSED);
    message.size--;
    assert_error(attest_key_verify(key, scheme, hash, message, signature), ATTEST_REFUSED);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_verify(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(signers); i++) {
        struct wires own;
        wires_init(&own, signers[i].kind);
        check_signer(&own, signers[i].scheme, signers[i].hash);
        wires_done(&own);
    }
}

/* A certificate by openssl(1), with something behind it, as NV indexes have. */
static void test_certificate_size(void **state)
{
    uint8_t der[4096];

    (void)state;
    FILE *pipe = popen("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null "
                       "-subj /CN=test -outform DER 2>/dev/null",
                       "r");
    assert_non_null(pipe);
    size_t size = fread(der, 1, sizeof der - 100, pipe);
    assert_int_equal(pclose(pipe), 0);
    assert_true(size > 100);
    memset(der + size, 0xff, 100);
    assert_int_equal(attest_key_certificate_size((struct attest_view){ der, size }), size);
    assert_int_equal(attest_key_certificate_size((struct attest_view){ der, size + 100 }), size);
    for (size_t cut = 0; cut < size; cut++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ der, cut });
        assert_int_equal(attest_key_certificate_size((struct attest_view){ copy, cut }), 0);
    }
    assert_int_equal(attest_key_certificate_size((struct attest_view){ 0 }), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_kinds_of_keys, no_queue),
        cmocka_unit_test_teardown(test_pem_round_trip, no_queue),
        cmocka_unit_test_teardown(test_pem_too_long_for_its_place, no_queue),
        cmocka_unit_test_teardown(test_different_keys, no_queue),
        cmocka_unit_test_teardown(test_no_pem, no_queue),
        cmocka_unit_test_teardown(test_pem_that_wants_a_pass_phrase, no_queue),
        cmocka_unit_test_teardown(test_private_key_is_no_public_key, no_queue),
        cmocka_unit_test_teardown(test_pem_cut_and_changed, no_queue),
        cmocka_unit_test_teardown(test_from_rsa, no_queue),
        cmocka_unit_test_teardown(test_from_rsa_refused, no_queue),
        cmocka_unit_test_teardown(test_from_ec, no_queue),
        cmocka_unit_test_teardown(test_from_ec_without_leading_zeros, no_queue),
        cmocka_unit_test_teardown(test_from_ec_refused, no_queue),
        cmocka_unit_test_teardown(test_encode_ecdsa, no_queue),
        cmocka_unit_test_teardown(test_verify, no_queue),
        cmocka_unit_test_teardown(test_certificate_size, no_queue),
    };
    return cmocka_run_group_tests_name("key", tests, make_wires, free_wires);
}
