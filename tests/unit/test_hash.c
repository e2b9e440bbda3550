/* SPDX-License-Identifier: Apache-2.0 */
/* Are digests those of FIPS 180-4, whatever the parts they come in? */
#include "tests/unit/unit.h"

#include "base/hash.h"
#include "base/ossl.h"

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

/* NIST's example values for FIPS 180-4 (SHA1, SHA256, SHA384, SHA512), and the empty message's. */
static const struct {
    enum attest_hash hash;
    const char *message, *digest;
} known[] = {
    { ATTEST_HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { ATTEST_HASH_SHA1, TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
    { ATTEST_HASH_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    { ATTEST_HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { ATTEST_HASH_SHA256, TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { ATTEST_HASH_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { ATTEST_HASH_SHA384, "abc",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
    { ATTEST_HASH_SHA384, "",
      "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b" },
    { ATTEST_HASH_SHA512, "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    { ATTEST_HASH_SHA512, "",
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
      "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
};

static void test_fips(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        uint8_t digest[ATTEST_HASH_MAX_SIZE];
        struct attest_view message = attest_view_text(known[i].message);
        assert_ok(attest_hash_digest(known[i].hash, &message, 1, digest));
        assert_hex((struct attest_view){ digest, attest_hash_size(known[i].hash) }, known[i].digest);
    }
}

static void test_parts_are_concatenated(void **state)
{
    struct attest_view whole = attest_view_text(TWO_BLOCKS);

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        if (strcmp(known[i].message, TWO_BLOCKS) != 0)
            continue;
        for (size_t cut = 0; cut <= whole.size; cut++) {
            uint8_t digest[ATTEST_HASH_MAX_SIZE];
            const struct attest_view parts[] = { { whole.data, cut },
                                                 { NULL, 0 },
                                                 { whole.data + cut, whole.size - cut } };
            assert_ok(attest_hash_digest(known[i].hash, parts, COUNT(parts), digest));
            assert_hex((struct attest_view){ digest, attest_hash_size(known[i].hash) }, known[i].digest);
        }
    }
}

static void test_no_parts(void **state)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    (void)state;
    assert_ok(attest_hash_digest(ATTEST_HASH_SHA256, NULL, 0, digest));
    assert_hex((struct attest_view){ digest, 32 }, known[5].digest);
}

/* Nothing behind the digest's size is touched: callers build names right behind it. */
static void test_only_its_size_is_written(void **state)
{
    (void)state;
    for (int hash = ATTEST_HASH_SHA1; hash < ATTEST_HASH_COUNT; hash++) {
        uint8_t digest[ATTEST_HASH_MAX_SIZE];
        memset(digest, 0xa5, sizeof digest);
        assert_ok(attest_hash_digest((enum attest_hash)hash, NULL, 0, digest));
        for (size_t i = attest_hash_size((enum attest_hash)hash); i < sizeof digest; i++)
            assert_int_equal(digest[i], 0xa5);
    }
}

static void test_names(void **state)
{
    static const struct {
        enum attest_hash hash;
        const char *name;
        size_t size;
    } table[ATTEST_HASH_COUNT] = {
        { ATTEST_HASH_NONE, "none", 0 },      { ATTEST_HASH_SHA1, "sha1", 20 },
        { ATTEST_HASH_SHA256, "sha256", 32 }, { ATTEST_HASH_SHA384, "sha384", 48 },
        { ATTEST_HASH_SHA512, "sha512", 64 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_string_equal(attest_hash_name(table[i].hash), table[i].name);
        assert_int_equal(attest_hash_size(table[i].hash), table[i].size);
        assert_int_equal(attest_hash_find(attest_view_text(table[i].name)), table[i].hash);
        assert_int_equal(EVP_MD_get_size(attest_hash_md(table[i].hash)), table[i].size);
    }
}

static void test_no_such_hash(void **state)
{
    static const char *const names[] = { "", "SHA256", "sha-256", "sha2", "sha256 ", "sha3-256", "md5" };
    const unsigned unknown[] = { ATTEST_HASH_NONE, ATTEST_HASH_COUNT, 1000 };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(attest_hash_find(attest_view_text(names[i])), ATTEST_HASH_NONE);
    for (size_t i = 0; i < COUNT(unknown); i++) {
        uint8_t digest[ATTEST_HASH_MAX_SIZE] = { 1, 2, 3 };
        enum attest_hash hash = (enum attest_hash)unknown[i];
        assert_string_equal(attest_hash_name(hash), "none");
        assert_int_equal(attest_hash_size(hash), 0);
        assert_non_null(attest_hash_md(hash));
        assert_error(attest_hash_digest(hash, NULL, 0, digest), ATTEST_UNSUPPORTED);
        assert_memory_equal(digest, "\1\2\3", 3);
    }
}

/* One hasher for all of them, again and again, in any order. */
static void test_hasher(void **state)
{
    struct attest_hasher *hasher = NULL;
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    (void)state;
    assert_ok(attest_hasher_new(&hasher));
    for (size_t n = 0; n < 3 * COUNT(known); n++) {
        size_t i = n * 7 % COUNT(known);
        struct attest_view message = attest_view_text(known[i].message);
        assert_ok(attest_hasher_digest(hasher, known[i].hash, &message, 1, digest));
        assert_hex((struct attest_view){ digest, attest_hash_size(known[i].hash) }, known[i].digest);
        assert_error(attest_hasher_digest(hasher, ATTEST_HASH_NONE, &message, 1, digest), ATTEST_UNSUPPORTED);
        assert_error(attest_hasher_digest(hasher, ATTEST_HASH_COUNT, &message, 1, digest), ATTEST_UNSUPPORTED);
    }
    attest_hasher_free(hasher);
    attest_hasher_free(NULL);
}

/* A digest may be written over what it is made from: so PCRs are extended. */
static void test_hasher_in_place(void **state)
{
    struct attest_hasher *hasher = NULL;
    uint8_t value[ATTEST_HASH_MAX_SIZE] = "abc";
    const struct attest_view part = { value, 3 };

    (void)state;
    assert_ok(attest_hasher_new(&hasher));
    assert_ok(attest_hasher_digest(hasher, ATTEST_HASH_SHA256, &part, 1, value));
    assert_hex((struct attest_view){ value, 32 }, known[3].digest);
    attest_hasher_free(hasher);
}

/* RFC 4231, test cases 1, 2, 4 (in part), 6: keys shorter and longer than a block; and none at all. */
static const struct {
    enum attest_hash hash;
    char filler;
    size_t filled;
    const char *key, *message, *code;
} codes[] = {
    { ATTEST_HASH_SHA256, 0x0b, 20, NULL, "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { ATTEST_HASH_SHA384, 0x0b, 20, NULL, "Hi There",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6" },
    { ATTEST_HASH_SHA256, 0, 0, "Jefe", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { ATTEST_HASH_SHA256, (char)0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { ATTEST_HASH_SHA256, 0, 0, "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void test_hmac(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        uint8_t key[131], code[ATTEST_HASH_MAX_SIZE];
        memset(key, codes[i].filler, sizeof key);
        struct attest_view view =
            codes[i].key ? attest_view_text(codes[i].key) : (struct attest_view){ key, codes[i].filled };
        assert_ok(attest_hash_hmac(codes[i].hash, view, attest_view_text(codes[i].message), code));
        assert_hex((struct attest_view){ code, attest_hash_size(codes[i].hash) }, codes[i].code);
    }
}

/* A key of NULL is an empty one, and not OpenSSL's "the same as before". */
static void test_hmac_without_key(void **state)
{
    const struct attest_view none = { NULL, 0 };
    uint8_t code[ATTEST_HASH_MAX_SIZE], untouched[ATTEST_HASH_MAX_SIZE] = { 42 };

    (void)state;
    assert_ok(attest_hash_hmac(ATTEST_HASH_SHA256, none, none, code));
    assert_hex((struct attest_view){ code, 32 }, codes[COUNT(codes) - 1].code);
    assert_error(attest_hash_hmac(ATTEST_HASH_NONE, none, none, untouched), ATTEST_UNSUPPORTED);
    assert_int_equal(untouched[0], 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac),     cmocka_unit_test(test_hmac_without_key),
        cmocka_unit_test(test_fips),     cmocka_unit_test(test_parts_are_concatenated),
        cmocka_unit_test(test_no_parts), cmocka_unit_test(test_only_its_size_is_written),
        cmocka_unit_test(test_names),    cmocka_unit_test(test_no_such_hash),
        cmocka_unit_test(test_hasher),   cmocka_unit_test(test_hasher_in_place),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
