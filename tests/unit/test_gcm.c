/* SPDX-License-Identifier: Apache-2.0 */
/* The Galois/Counter Mode of Operation (McGrew and Viega), Appendix B: its test cases with 96-bit IVs, at once
 * and in pieces. */
#include "tests/unit/from_hex.h"
#include "tests/unit/unit.h"

#include "base/gcm.h"

#define PLAINTEXT                                                                                              \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5" \
    "aa0de657ba637b39"
#define AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define IV  "cafebabefacedbaddecaf888"

static const struct {
    const char *key, *iv, *aad, *plaintext, *ciphertext, *tag;
} cases[] = {
    { "00000000000000000000000000000000", "000000000000000000000000", "", "", "",
      "58e2fccefa7e3061367f1d57a4e7455a" },
    { "feffe9928665731c6d6a8f9467308308", IV, AAD, PLAINTEXT,
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b39"
      "6a0aac973d58e091",
      "5bc94fbc3221a5db94fae95ae7121a47" },
    { "feffe9928665731c6d6a8f9467308308feffe9928665731c", IV, AAD, PLAINTEXT,
      "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b"
      "2fe324d9ccda2710",
      "2519498e80f1478f37ba55bd6d27618c" },
    { "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", IV, AAD, PLAINTEXT,
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63"
      "93ba7a0abcc9f662",
      "76fc6ece0f4e1768cddf8853bb2d551b" },
};

static struct attest_gcm *make(const char *key_hex, bool encrypt)
{
    _cleanup_(attest_bytes_done) struct attest_bytes key = from_hex(key_hex);
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    struct attest_gcm *gcm = NULL;

    assert_ok(attest_secret_new(key.size, &secret, NULL));
    memcpy(attest_secret_data(secret), key.data, key.size);
    assert_ok(attest_gcm_new(secret, encrypt, &gcm, NULL));
    return gcm;
}

/* In pieces of that size. */
static void pass(struct attest_gcm *gcm, size_t number, const char *input_hex, size_t piece,
                 const char *output_hex)
{
    _cleanup_(attest_bytes_done) struct attest_bytes iv = from_hex(cases[number].iv),
                                                     aad = from_hex(cases[number].aad),
                                                     input = from_hex(input_hex);
    uint8_t output[64];

    assert_ok(attest_gcm_begin(gcm, iv.data, attest_bytes_view(&aad)));
    for (size_t at = 0; at < input.size; at += piece) {
        struct attest_view part = { input.data + at, input.size - at < piece ? input.size - at : piece };
        assert_ok(attest_gcm_update(gcm, part, output + at));
    }
    assert_hex((struct attest_view){ output, input.size }, output_hex);
}

static void test_encrypts(void **state)
{
    uint8_t tag[ATTEST_GCM_TAG_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_gcm_cleanup) struct attest_gcm *gcm = make(cases[i].key, true);
        for (size_t piece = 1; piece <= 64; piece *= 4) { /* the same key again and again */
            pass(gcm, i, cases[i].plaintext, piece, cases[i].ciphertext);
            assert_ok(attest_gcm_finish(gcm, tag));
            assert_hex(attest_view_of(tag), cases[i].tag);
        }
    }
}

static void test_decrypts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_gcm_cleanup) struct attest_gcm *gcm = make(cases[i].key, false);
        _cleanup_(attest_bytes_done) struct attest_bytes tag = from_hex(cases[i].tag);
        for (size_t bit = 0; bit < 8 * tag.size; bit++) {
            pass(gcm, i, cases[i].ciphertext, 5, cases[i].plaintext);
            tag.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_error(attest_gcm_verify(gcm, tag.data), ATTEST_REFUSED);
            tag.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        pass(gcm, i, cases[i].ciphertext, 64, cases[i].plaintext);
        assert_ok(attest_gcm_verify(gcm, tag.data));
    }
}

static void test_key_sizes(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL;
    struct attest_gcm *gcm = NULL;

    (void)state;
    assert_ok(attest_secret_new(17, &key, NULL));
    assert_error(attest_gcm_new(key, true, &gcm, NULL), ATTEST_UNSUPPORTED);
    assert_null(gcm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encrypts),
        cmocka_unit_test(test_decrypts),
        cmocka_unit_test(test_key_sizes),
    };

    return cmocka_run_group_tests_name("gcm", tests, NULL, NULL);
}
