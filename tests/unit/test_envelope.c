/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are envelopes of the agreed form opened, in all encodings that BER allows, and no others; and does nothing
 * about the refusal, nor in memory, tell what was inside? The envelopes are made by an independent writer
 * (tests/fuzz/make_cms_seeds.py).
 */
#include "tests/unit/unit.h"

#include "base/envelope.h"
#include "base/secureheap.h"
#include "tests/unit/memory.h"
#include "tests/unit/recipient.h"
#include "tests/unit/seeds.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <pthread.h>

#define PLAINTEXT_SIZE 32
#define KEY_SIZE       256 /* the encrypted one */
#define CONTENT_SIZE   48  /* PLAINTEXT_SIZE and padding */

static const struct attest_envelope_form form = { ATTEST_HASH_SHA256, "AES-256-CBC", 4096 };
static struct attest_recipient *key;

/* Where the parts of the seed "constructed" lie, counted from its end: five ends of contents, the content, its
 * two tags, the IV, and the algorithm between it and the key. */
struct layout {
    size_t key, iv, content;
};

static struct layout layout_of(struct attest_view envelope)
{
    struct layout at;

    at.content = envelope.size - 5 * 2 - CONTENT_SIZE;
    at.iv = at.content - 4 - 16;
    at.key = at.iv - 28 - KEY_SIZE;
    return at;
}

static uint8_t plaintext_at(size_t i)
{
    return (uint8_t)(37 * i + 11);
}

static bool is_plaintext(struct attest_secret *secret)
{
    if (attest_secret_size(secret) != PLAINTEXT_SIZE)
        return false;
    for (size_t i = 0; i < PLAINTEXT_SIZE; i++)
        if (attest_secret_data(secret)[i] != plaintext_at(i))
            return false;
    return true;
}

static void assert_opens(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(name);
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    print_message("%s\n", name);
    assert_ok(attest_envelope_open(attest_bytes_view(&seed), &form, key, &secret, NULL));
    assert_true(is_plaintext(secret));
    assert_int_equal(ERR_peek_error(), 0);
}

/* The one refusal. */
static void assert_refused(struct attest_view envelope, const struct attest_envelope_form *demanded,
                           const struct attest_recipient *recipient)
{
    struct attest_secret *secret = NULL;
    struct attest_diag diag = { 0 };

    assert_error(attest_envelope_open(envelope, demanded, recipient, &secret, &diag), ATTEST_MALFORMED);
    assert_null(secret);
    assert_string_equal(diag.expected, "an envelope of the agreed form, for this key");
    assert_string_equal(diag.found, "");
    assert_int_equal(diag.offset, 0);
    assert_int_equal(diag.native, 0);
    assert_int_equal(ERR_peek_error(), 0);
}

static void assert_seed_refused(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(name);

    print_message("%s\n", name);
    assert_refused(attest_bytes_view(&seed), &form, key);
}

static void test_opens(void **state)
{
    static const char *const names[] = {
        "cms/constructed",       "cms/primitive",  "cms/chunks",
        "cms/definite",          "cms/der",        "cms/issuer-and-serial",
        "cms/label-spelled-out", "cms/originator", "cms/unprotected-attributes",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_opens(names[i]);
}

static void test_longest(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/long");
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    (void)state;
    assert_ok(attest_envelope_open(attest_bytes_view(&seed), &form, key, &secret, NULL));
    assert_int_equal(attest_secret_size(secret), form.maximum);
    for (size_t i = 0; i < form.maximum; i++)
        assert_int_equal(attest_secret_data(secret)[i], 0x5a);
}

static void test_refused(void **state)
{
    static const char *const names[] = {
        "cms/aes-128",    "cms/aes-192",        "cms/bad-padding",    "cms/claims-pkcs1",
        "cms/data",       "cms/empty",          "cms/half-a-block",   "cms/label-given",
        "cms/no-block",   "cms/no-content",     "cms/no-recipient",   "cms/oaep-claims-sha1",
        "cms/oaep-label", "cms/oaep-mgf1-sha1", "cms/oaep-sha1",      "cms/oaep-sha384",
        "cms/other-key",  "cms/pkcs1",          "cms/short-key",      "cms/too-long",
        "cms/trailing",   "cms/truncated",      "cms/two-recipients",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_seed_refused(names[i]);
    assert_refused((struct attest_view){ NULL, 0 }, &form, key);
}

/* The form is what decides, not a list of what is good. */
static void test_other_forms(void **state)
{
    static const struct {
        const char *seed;
        struct attest_envelope_form form;
    } cases[] = {
        { "cms/aes-128", { ATTEST_HASH_SHA256, "AES-128-CBC", 32 } },
        { "cms/aes-192", { ATTEST_HASH_SHA256, "AES-192-CBC", 32 } },
        { "cms/oaep-sha1", { ATTEST_HASH_SHA1, "AES-256-CBC", 32 } },
        { "cms/oaep-sha384", { ATTEST_HASH_SHA384, "AES-256-CBC", 32 } },
    };
    struct attest_envelope_form small = form;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(cases[i].seed);
        _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
        /* What stands for absent parameters, SHA-1, is not read into them. */
        if (cases[i].form.oaep == ATTEST_HASH_SHA1) {
            assert_refused(attest_bytes_view(&seed), &cases[i].form, key);
            continue;
        }
        assert_ok(attest_envelope_open(attest_bytes_view(&seed), &cases[i].form, key, &secret, NULL));
        assert_true(is_plaintext(secret));
    }
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/constructed");
    small.maximum = PLAINTEXT_SIZE - 1;
    assert_refused(attest_bytes_view(&seed), &small, key);
}

static void test_cut(void **state)
{
    static const char *const names[] = { "cms/constructed", "cms/primitive", "cms/der" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(names[i]);
        for (size_t size = 0; size < seed.size; size++) {
            _cleanup_free_ uint8_t *cut = exact((struct attest_view){ seed.data, size });
            assert_refused((struct attest_view){ cut, size }, &form, key);
        }
    }
}

/* Whether it opens, and then to what: the cipher authenticates nothing, so content that was changed may. */
static bool opens_changed(struct attest_view envelope, bool *ret_same)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_envelope_open(envelope, &form, key, &secret, &diag);
    if (error == ATTEST_OK)
        *ret_same = is_plaintext(secret);
    else
        assert_refused(envelope, &form, key);
    return error == ATTEST_OK;
}

static bool lies_in(size_t offset, size_t first, size_t size)
{
    return offset >= first && offset < first + size;
}

static void test_flipped(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/constructed");
    struct layout at = layout_of(attest_bytes_view(&seed));
    unsigned opened_changed = 0;

    (void)state;
    for (size_t bit = 0; bit < 8 * seed.size; bit++) {
        const size_t offset = bit / 8;
        const bool content = lies_in(offset, at.iv, 16) || lies_in(offset, at.content, CONTENT_SIZE);
        bool same = false;
        seed.data[offset] ^= (uint8_t)(1 << bit % 8);
        if (opens_changed(attest_bytes_view(&seed), &same)) {
            assert_false(lies_in(offset, at.key, KEY_SIZE));
            assert_int_equal(same, !content); /* elsewhere only what isn't looked at: whom it names, versions */
            opened_changed += !same;
        }
        seed.data[offset] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(opened_changed >= 2 * 128); /* the IV and the first block, at the least */
}

static void test_lying_lengths(void **state)
{
    static const char *const names[] = { "cms/constructed", "cms/definite", "cms/der" };
    static const uint8_t lies[] = { 0x00, 0x01, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xff };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(names[i]);
        const size_t key_at = layout_of(attest_bytes_view(&seed)).key - 16; /* forms differ by some bytes */
        for (size_t offset = 0; offset < seed.size; offset++) {
            const uint8_t honest = seed.data[offset];
            bool same = false;
            if (lies_in(offset, key_at + 32, KEY_SIZE - 64))
                continue; /* no lengths there, and RSA is slow */
            for (size_t j = 0; j < COUNT(lies); j++) {
                seed.data[offset] = lies[j];
                opens_changed(attest_bytes_view(&seed), &same);
            }
            seed.data[offset] = honest;
        }
    }
}

static void test_another_key(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/constructed");
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *other = NULL;

    (void)state;
    assert_ok(attest_recipient_new(&other, NULL));
    assert_refused(attest_bytes_view(&seed), &form, other);
}

/* What the test itself decrypts, with OpenSSL's EVP, so as to know what to look for. */
static void complement_of_key(struct attest_view envelope, uint8_t ret_complement[32])
{
    _cleanup_(EVP_PKEY_freep) EVP_PKEY *pkey = attest_recipient_dup(key);
    uint8_t *clear = OPENSSL_secure_malloc(KEY_SIZE);
    size_t size = KEY_SIZE;

    _cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL);
    assert_int_equal(EVP_PKEY_decrypt_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_decrypt(context, clear, &size, envelope.data + layout_of(envelope).key, KEY_SIZE),
                     1);
    assert_int_equal(size, 32);
    for (size_t i = 0; i < size; i++)
        ret_complement[i] = (uint8_t)~clear[i];
    OPENSSL_secure_clear_free(clear, KEY_SIZE);
}

static void test_nothing_left_in_memory(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/constructed");
    uint8_t content_key[32], plaintext[PLAINTEXT_SIZE];
    struct attest_secret *secret = NULL;

    (void)state;
    for (size_t i = 0; i < PLAINTEXT_SIZE; i++)
        plaintext[i] = (uint8_t)~plaintext_at(i);
    complement_of_key(attest_bytes_view(&seed), content_key);
    assert_ok(attest_envelope_open(attest_bytes_view(&seed), &form, key, &secret, NULL));

    struct memory_found found = memory_find(attest_view_of(plaintext), attest_secret_data(secret));
    assert_int_equal(found.inside, 1);
    assert_int_equal(found.outside, 0);
    found = memory_find(attest_view_of(content_key), attest_secret_data(secret));
    assert_int_equal(found.inside + found.outside, 0);
    attest_secret_free(secret);
    assert_int_equal(memory_find(attest_view_of(plaintext), NULL).outside, 0);
}

#define THREADS 8
#define OPENED  16 /* by each */

static void *open_many(void *context)
{
    const struct attest_bytes *seed = context;

    for (unsigned i = 0; i < OPENED; i++) {
        struct attest_secret *secret = NULL;
        enum attest_error error = attest_envelope_open(attest_bytes_view(seed), &form, key, &secret, NULL);
        bool good = error == ATTEST_OK && is_plaintext(secret);
        attest_secret_free(secret);
        if (!good)
            return context; /* cmocka's assertions are for the main thread */
    }
    return NULL;
}

static void test_many_threads(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/constructed");
    pthread_t threads[THREADS];
    void *failed = NULL;

    (void)state;
    assert_ok(attest_secureheap_init(NULL));
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_many, &seed), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

static int set_up(void **state)
{
    (void)state;
    key = seed_recipient();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    attest_recipient_free(key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_left_in_memory), /* before others leave the plaintext in their frames */
        cmocka_unit_test(test_opens),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_other_forms),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_lying_lengths),
        cmocka_unit_test(test_another_key),
        cmocka_unit_test(test_many_threads),
    };
    return cmocka_run_group_tests_name("envelope", tests, set_up, tear_down);
}
