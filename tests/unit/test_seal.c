/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed with the same data key and message id, a message is byte for byte that of an independent writer
 * (tests/fuzz/make_message_seeds.py); and what readers would refuse is never written.
 */
#include "tests/unit/seeds.h"

#include "base/error.h"
#include "seal/seal.h"

#define TEXT "The secret that the tests look for."
#define ARN  "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"

static struct attest_secret *key;

static int make_key(void **state)
{
    (void)state;
    assert_ok(attest_secret_new(32, &key, NULL));
    for (uint8_t i = 0; i < 32; i++)
        attest_secret_data(key)[i] = i;
    return 0;
}

static int free_key(void **state)
{
    (void)state;
    attest_secret_free(key);
    return 0;
}

static struct attest_message_pair pair(const char *name, const char *value)
{
    return (struct attest_message_pair){ attest_view_text(name), attest_view_text(value) };
}

static struct attest_seal_options options_of(const struct attest_message_key *keys, size_t count)
{
    struct attest_seal_options options = { .keys = keys, .key_count = count, .frame_length = 16 };

    for (uint8_t i = 0; i < sizeof options.message_id; i++)
        options.message_id[i] = 0x40 + i;
    return options;
}

static struct attest_message_key raw(void)
{
    return (struct attest_message_key){ .provider = attest_view_text("raw") };
}

static enum attest_error seal(const struct attest_seal_options *options, struct attest_view plaintext,
                              struct attest_bytes *out)
{
    _cleanup_(attest_seal_cleanup) struct attest_seal *writer = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_seal_new(options, key, out, &writer, &diag);
    assert_true(error == ATTEST_OK || (strlen(diag.expected) > 0 && out->size == 0));
    attest_try(error);
    for (; plaintext.size > options->frame_length; plaintext.data += options->frame_length) {
        assert_ok(attest_seal_frame(writer, (struct attest_view){ plaintext.data, options->frame_length }, out,
                                    NULL));
        plaintext.size -= options->frame_length;
    }
    return attest_seal_end(writer, plaintext, out, NULL);
}

static void check(const struct attest_seal_options *options, const char *plaintext, const char *seed)
{
    _cleanup_(attest_bytes_done) struct attest_bytes expected = read_seed(seed);
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(4096);

    assert_ok(seal(options, attest_view_text(plaintext), &out));
    assert_view(attest_bytes_view(&out), attest_bytes_view(&expected));
}

static void test_as_others_write(void **state)
{
    const struct attest_message_key one = raw();
    struct attest_seal_options options = options_of(&one, 1);

    (void)state;
    check(&options, TEXT, "message/0478");
    check(&options, "", "message/0478-empty");
    check(&options, "The secret that the tests look f", "message/0478-full-frames");
    options.frame_length = UINT32_MAX;
    check(&options, TEXT, "message/0478-long-frame");
    options.frame_length = 1;
    check(&options, "abc", "message/0478-frame-of-1");
}

static void test_context(void **state)
{
    static const uint8_t zeros[40];
    const struct attest_message_key kms = { attest_view_text("aws-kms"), attest_view_text(ARN),
                                            attest_view_of(zeros) };
    const struct attest_message_key keys[] = { kms, kms };
    const struct attest_message_pair pairs[] = { pair("z\xc3\xbcrich", "\xe2\x82\xac"), pair("stage", "prod"),
                                                 pair("", "empty name"), pair("app", "db") };
    struct attest_seal_options options = options_of(keys, COUNT(keys));

    (void)state;
    options.pairs = pairs;
    options.pair_count = COUNT(pairs);
    check(&options, TEXT, "message/0478-context");
}

static void test_refused(void **state)
{
    const struct attest_message_key one = raw();
    static uint8_t big[UINT16_MAX + 1];
    const struct attest_view large = attest_view_of(big);
    const struct attest_message_pair twice[] = { pair("a", "1"), pair("b", "2"), pair("a", "3") },
                                     reserved = pair("aws-crypto-public-key", "x"), latin = pair("a", "\xfc"),
                                     long_value = { attest_view_text("a"), large };
    const struct attest_message_key long_key = { .provider = attest_view_text("raw"), .ciphertext = large };
    const struct {
        const struct attest_message_pair *pairs;
        size_t pair_count;
        const struct attest_message_key *keys;
        size_t key_count;
        uint32_t frame_length;
    } cases[] = {
        { twice, 3, &one, 1, 16 },       { &reserved, 1, &one, 1, 16 }, { &latin, 1, &one, 1, 16 },
        { &long_value, 1, &one, 1, 16 }, { NULL, 0, &long_key, 1, 16 }, { NULL, 0, NULL, 0, 16 },
        { NULL, 0, &one, 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1 << 20);
        struct attest_seal_options options = options_of(cases[i].keys, cases[i].key_count);
        options.pairs = cases[i].pairs;
        options.pair_count = cases[i].pair_count;
        options.frame_length = cases[i].frame_length;
        assert_error(seal(&options, (struct attest_view){ 0 }, &out), ATTEST_USAGE);
    }
}

static void test_frame_sizes(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(4096);
    _cleanup_(attest_seal_cleanup) struct attest_seal *writer = NULL;
    const struct attest_message_key one = raw();
    const struct attest_seal_options options = options_of(&one, 1);

    (void)state;
    assert_ok(attest_seal_new(&options, key, &out, &writer, NULL));
    assert_error(attest_seal_frame(writer, attest_view_text("short"), &out, NULL), ATTEST_USAGE);
    assert_error(attest_seal_end(writer, attest_view_text("longer than it may"), &out, NULL), ATTEST_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_others_write),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_frame_sizes),
    };

    return cmocka_run_group_tests_name("seal", tests, make_key, free_key);
}
