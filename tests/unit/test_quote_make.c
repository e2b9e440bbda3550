/* SPDX-License-Identifier: Apache-2.0 */
/* Do quotes carry the values that were quoted, whatever the cache knew before? Judged by the library's own
 * verifier, which tests/unit/test_quote.c holds against OpenSSL and tss2-mu. */
#include "tests/unit/swtpm.h"

#include "attest/quote.h"
#include "evidence/bundle.h"
#include "tpm/pcr.h"
#include "tpm/properties.h"
#include "tpm/quote_make.h"

#define NONCE "0123456789abcdef"

static void write_bundle(const struct attest_tpm_quote *quote, struct attest_view nonce,
                         struct attest_bytes *out)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
    struct attest_json_writer json = { .out = out };

    assert_ok(attest_key_encode_pem(swtpm_ak.key.key, &pem));
    attest_bundle_write(&json, nonce, &quote->pcrs, attest_bytes_view(&quote->quoted),
                        attest_bytes_view(&quote->signature), &swtpm_ak.key, attest_bytes_view(&pem), NULL);
    assert_ok(attest_bytes_check(out));
}

static void assert_verified(const struct attest_tpm_quote *made, struct attest_view nonce)
{
    const struct attest_quote_demands demands = { .key = swtpm_ak.key.key, .nonce = nonce };
    _cleanup_(attest_bytes_done) struct attest_bytes bundle = attest_bytes_init(65536);
    struct attest_verdict *verdict = attest_verdict_new();
    struct attest_quote *quote = NULL;

    write_bundle(made, nonce, &bundle);
    assert_ok(attest_quote_from_bundle(attest_bytes_view(&bundle), &quote, NULL));
    assert_ok(attest_quote_verify(quote, &demands, verdict));
    attest_quote_free(quote);
    attest_verdict_free(verdict);
}

static void quote_and_check(struct attest_pcrs *cache, uint32_t mask)
{
    _cleanup_(attest_tpm_quote_done) struct attest_tpm_quote quote = { 0 };
    struct attest_pcrs now;
    uint32_t counter;

    assert_ok(attest_tpm_quote_make(&swtpm_ak, attest_view_text(NONCE), mask, cache, &quote, NULL));
    assert_int_equal(quote.pcrs.mask, mask);
    assert_int_equal(quote.pcrs.bank, cache->bank);
    assert_ok(attest_tpm_pcr_read(swtpm, cache->bank, mask, &now, &counter, NULL));
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (mask >> i & 1)
            assert_view(attest_pcrs_value(&quote.pcrs, i), attest_pcrs_value(&now, i));
    assert_verified(&quote, attest_view_text(NONCE));
}

static void test_banks_and_selections(void **state)
{
    const enum attest_hash banks[] = { ATTEST_HASH_SHA256, ATTEST_HASH_SHA384 };
    const uint32_t masks[] = { 1, 0xffff, 1u << 23, ATTEST_PCR_ALL, 0xaaaaaa };

    (void)state;
    for (size_t bank = 0; bank < COUNT(banks); bank++) {
        struct attest_pcrs cache = { .bank = banks[bank] };
        for (size_t i = 0; i < COUNT(masks); i++)
            quote_and_check(&cache, masks[i]);
    }
}

/* Those whose update counter does not move (16, 23) too. */
static void test_cache_follows_extends(void **state)
{
    const unsigned extended[] = { 0, 16, 23, 7, 15, 16 };
    struct attest_pcrs cache = { .bank = ATTEST_HASH_SHA384 };

    (void)state;
    quote_and_check(&cache, 0xffff);
    for (size_t i = 0; i < COUNT(extended); i++) {
        swtpm_extend(extended[i], (uint8_t)(i + 1));
        quote_and_check(&cache, 1u << extended[i]); /* only that one is read anew, */
        quote_and_check(&cache, ATTEST_PCR_ALL);    /* then the mixture has to hold */
        quote_and_check(&cache, 0xffff);
    }
}

/* One extend was seen only by a quote of others: what the cache says of it is old, and must not be given. */
static void test_cache_partly_old(void **state)
{
    struct attest_pcrs cache = { .bank = ATTEST_HASH_SHA384 };

    (void)state;
    quote_and_check(&cache, ATTEST_PCR_ALL);
    swtpm_extend(3, 1);
    swtpm_extend(9, 1);
    quote_and_check(&cache, 1u << 3);
    quote_and_check(&cache, 1u << 3 | 1u << 9);
    quote_and_check(&cache, ATTEST_PCR_ALL);
}

/* A cache of lies costs a read, never a wrong quote. */
static void test_cache_of_lies(void **state)
{
    struct attest_pcrs cache = { .bank = ATTEST_HASH_SHA256, .mask = ATTEST_PCR_ALL };

    (void)state;
    memset(cache.values, 0x5a, sizeof cache.values);
    quote_and_check(&cache, 0xffff);
}

static unsigned commands;

static void count_command(void *context, bool in_command)
{
    (void)context;
    commands += in_command;
}

/* That is what the cache is for. */
static void test_one_command_if_unchanged(void **state)
{
    const struct attest_tpm_options counted = { .command_timeout = TEST_TIMEOUT, .observe = count_command };
    const struct attest_tpm_options *before = swtpm->options;
    struct attest_pcrs cache = { .bank = ATTEST_HASH_SHA384 };

    (void)state;
    quote_and_check(&cache, 0xffff);
    swtpm->options = &counted;
    _cleanup_(attest_tpm_quote_done) struct attest_tpm_quote quote = { 0 };
    assert_ok(attest_tpm_quote_make(&swtpm_ak, attest_view_text(NONCE), 0xffff, &cache, &quote, NULL));
    swtpm->options = before;
    assert_int_equal(commands, 1);
}

static void test_nonce_lengths(void **state)
{
    struct attest_pcrs cache = { .bank = ATTEST_HASH_SHA256 };
    static const uint8_t zeros[67];
    struct attest_tpm_properties properties;

    (void)state;
    assert_ok(attest_tpm_properties_read(swtpm, &properties, NULL));
    for (size_t size = 0; size <= sizeof zeros; size++) {
        struct attest_tpm_quote quote = { .pcrs.mask = 42 };
        struct attest_view nonce = { zeros, size };
        enum attest_error error = attest_tpm_quote_make(&swtpm_ak, nonce, 1, &cache, &quote, NULL);
        assert_error(error, size <= properties.nonce_max ? ATTEST_OK : ATTEST_USAGE);
        if (error == ATTEST_OK && size > 0)
            assert_verified(&quote, nonce);
        if (error != ATTEST_OK)
            assert_int_equal(quote.pcrs.mask, 42);
        attest_tpm_quote_done(&quote);
    }
}

static void test_inactive_bank(void **state)
{
    struct attest_pcrs cache = { .bank = ATTEST_HASH_SHA1 };
    struct attest_tpm_quote quote = { .pcrs.mask = 42 };
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_tpm_quote_make(&swtpm_ak, attest_view_text(NONCE), 1, &cache, &quote, &diag),
                 ATTEST_USAGE);
    assert_non_null(strstr(diag.expected, "sha1"));
    assert_int_equal(quote.pcrs.mask, 42);
    assert_null(quote.quoted.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_banks_and_selections),
        cmocka_unit_test(test_cache_follows_extends),
        cmocka_unit_test(test_cache_partly_old),
        cmocka_unit_test(test_cache_of_lies),
        cmocka_unit_test(test_one_command_if_unchanged),
        cmocka_unit_test(test_nonce_lengths),
        cmocka_unit_test(test_inactive_bank),
    };
    if (!swtpm_tcti())
        return swtpm_skip();
    return cmocka_run_group_tests_name("quote_make", tests, swtpm_open_ak, swtpm_close_ak);
}
