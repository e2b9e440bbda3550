/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that OpenSSL makes, by keys read from their compressed points; over one piece and over many. */
#include "tests/unit/unit.h"

#include "base/verifier.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

static const struct {
    enum attest_key_curve curve;
    const char *name;
    enum attest_hash hash;
    const EVP_MD *(*md)(void);
} cases[] = {
    { ATTEST_KEY_P256, "P-256", ATTEST_HASH_SHA256, EVP_sha256 },
    { ATTEST_KEY_P384, "P-384", ATTEST_HASH_SHA384, EVP_sha384 },
};

static const uint8_t message[] = "what was signed, in one piece or in several";

/* In pieces of that size. */
static enum attest_error verify(const struct attest_key *key, enum attest_hash hash, size_t piece,
                                struct attest_view signature)
{
    _cleanup_(attest_verifier_cleanup) struct attest_verifier *verifier = NULL;

    assert_ok(attest_verifier_new(key, hash, &verifier));
    for (size_t at = 0; at < sizeof message; at += piece) {
        size_t left = sizeof message - at;
        assert_ok(attest_verifier_update(verifier,
                                         (struct attest_view){ message + at, left < piece ? left : piece }));
    }
    return attest_verifier_finish(verifier, signature);
}

static size_t sign(EVP_PKEY *pkey, const EVP_MD *md, uint8_t *ret_signature, size_t room)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert_int_equal(EVP_DigestSignInit(context, NULL, md, NULL, pkey), 1);
    assert_int_equal(EVP_DigestSign(context, ret_signature, &room, message, sizeof message), 1);
    EVP_MD_CTX_free(context);
    return room;
}

static size_t compress(EVP_PKEY *pkey, uint8_t *ret_point, size_t room)
{
    size_t size = 0;

    assert_int_equal(
        EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"), 1);
    assert_int_equal(EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, ret_point, room, &size), 1);
    return size;
}

static void test_signatures(void **state)
{
    uint8_t point[64], signature[160];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        EVP_PKEY *pkey = EVP_EC_gen(cases[i].name);
        _cleanup_(attest_key_cleanup) struct attest_key *key = NULL, *none = NULL;
        struct attest_view compressed = { point, compress(pkey, point, sizeof point) };
        struct attest_view signed_ = { signature, sign(pkey, cases[i].md(), signature, sizeof signature) };
        assert_ok(attest_key_from_compressed(cases[i].curve, compressed, &key, NULL));
        for (size_t piece = 1; piece <= 64; piece *= 4)
            assert_ok(verify(key, cases[i].hash, piece, signed_));
        for (size_t at = 0; at < signed_.size; at++) {
            signature[at] ^= 0x10;
            assert_error(verify(key, cases[i].hash, 64, signed_), ATTEST_REFUSED);
            signature[at] ^= 0x10;
        }
        compressed.size--;
        assert_error(attest_key_from_compressed(cases[i].curve, compressed, &none, NULL), ATTEST_MALFORMED);
        compressed.size++;
        point[0] = 4; /* uncompressed */
        assert_error(attest_key_from_compressed(cases[i].curve, compressed, &none, NULL), ATTEST_MALFORMED);
        memset(point + 1, 0xff, compressed.size - 1); /* not in the field */
        point[0] = 2;
        assert_error(attest_key_from_compressed(cases[i].curve, compressed, &none, NULL), ATTEST_MALFORMED);
        assert_null(none);
        EVP_PKEY_free(pkey);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),
    };

    return cmocka_run_group_tests_name("verifier", tests, NULL, NULL);
}
