/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5869, Appendix A: its test cases, both steps of each. */
#include "tests/unit/from_hex.h"
#include "tests/unit/unit.h"

#include "base/hkdf.h"

static struct attest_secret *secret_of(const char *hex)
{
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = from_hex(hex);
    struct attest_secret *secret = NULL;

    assert_ok(attest_secret_new(bytes.size, &secret, NULL));
    memcpy(attest_secret_data(secret), bytes.data, bytes.size);
    return secret;
}

static void assert_secret(struct attest_secret *secret, const char *hex)
{
    assert_hex((struct attest_view){ attest_secret_data(secret), attest_secret_size(secret) }, hex);
}

static void test_rfc_5869(void **state)
{
    static const struct {
        enum attest_hash hash;
        const char *key, *salt, *info, *prk, *okm;
    } cases[] = {
        { ATTEST_HASH_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
          "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
        { ATTEST_HASH_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
          "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
        { ATTEST_HASH_SHA1, "0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
          "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243",
          "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_secret_cleanup) struct attest_secret *key = secret_of(cases[i].key), *prk = NULL,
                                                              *okm = NULL;
        _cleanup_(attest_bytes_done) struct attest_bytes salt = from_hex(cases[i].salt),
                                                         info = from_hex(cases[i].info);
        assert_ok(attest_hkdf_extract(cases[i].hash, attest_bytes_view(&salt), key, &prk, NULL));
        assert_secret(prk, cases[i].prk);
        assert_ok(attest_hkdf_expand(cases[i].hash, prk, attest_bytes_view(&info), 42, &okm, NULL));
        assert_secret(okm, cases[i].okm);
    }
}

static void test_unsupported(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = secret_of("00"), *none = NULL;

    (void)state;
    assert_error(attest_hkdf_extract(ATTEST_HASH_NONE, (struct attest_view){ 0 }, key, &none, NULL),
                 ATTEST_UNSUPPORTED);
    assert_error(attest_hkdf_expand(ATTEST_HASH_NONE, key, (struct attest_view){ 0 }, 16, &none, NULL),
                 ATTEST_UNSUPPORTED);
    assert_error(
        attest_hkdf_expand(ATTEST_HASH_SHA256, key, (struct attest_view){ 0 }, 255 * 32 + 1, &none, NULL),
        ATTEST_UNSUPPORTED);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_5869),
        cmocka_unit_test(test_unsupported),
    };

    return cmocka_run_group_tests_name("hkdf", tests, NULL, NULL);
}
