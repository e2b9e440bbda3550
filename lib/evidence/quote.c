/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did this TPM, asked with this nonce, have these PCR values? Trusts only the key it is given. The order is
 * that of safe verification: nothing of the message is believed before the signature over its exact bytes.
 */
#include "evidence/quote.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "evidence/bundle.h"
#include "evidence/signature.h"
#include "evidence/verdict.h"

#include <stdlib.h>

#define PART_MAX ((size_t)1024)
#define PCRS_MAX ((size_t)64 << 10)

struct attest_quote {
    struct attest_bundle bundle;
    struct attest_tpm_attest attest; /* views into bundle.quoted */
    bool has_ak;
};

void attest_quote_cleanup(struct attest_quote **quote)
{
    attest_quote_free(*quote);
}

static enum attest_error new_quote(struct attest_quote **ret_quote)
{
    struct attest_quote *quote = calloc(1, sizeof *quote);
    if (!quote)
        return ATTEST_MEMORY;
    *ret_quote = quote;
    return ATTEST_OK;
}

/* Takes over the bundle. */
static enum attest_error from_bundle(struct attest_bundle *bundle, struct attest_quote **ret_quote,
                                     struct attest_diag *diag)
{
    _cleanup_(attest_quote_cleanup) struct attest_quote *quote = NULL;

    attest_try(new_quote(&quote));
    quote->bundle = *bundle;
    *bundle = (struct attest_bundle){ 0 };
    attest_try(attest_tpmwire_parse_attest(attest_bytes_view(&quote->bundle.quoted), &quote->attest, diag));
    quote->has_ak = true;
    *ret_quote = attest_steal(quote);
    return ATTEST_OK;
}

enum attest_error attest_quote_from_bundle(struct attest_view json, struct attest_quote **ret_quote,
                                           struct attest_diag *diag)
{
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };

    attest_try(attest_bundle_parse(json, &bundle, diag));
    return from_bundle(&bundle, ret_quote, diag);
}

enum attest_error attest_quote_from_object(const struct attest_json *object, struct attest_quote **ret_quote,
                                           struct attest_diag *diag)
{
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };

    attest_try(attest_bundle_parse_object(object, &bundle, diag));
    return from_bundle(&bundle, ret_quote, diag);
}

static enum attest_error copy_part(struct attest_view part, struct attest_bytes *ret_part)
{
    _cleanup_(attest_bytes_done) struct attest_bytes copy = attest_bytes_init(PART_MAX);

    attest_bytes_append(&copy, part);
    attest_try(attest_bytes_check(&copy));
    *ret_part = attest_bytes_take(&copy);
    return ATTEST_OK;
}

enum attest_error attest_quote_from_parts(struct attest_view message, struct attest_view signature,
                                          struct attest_view pcrs, struct attest_quote **ret_quote,
                                          struct attest_diag *diag)
{
    _cleanup_(attest_quote_cleanup) struct attest_quote *quote = NULL;
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    attest_try(new_quote(&quote));
    attest_try(copy_part(message, &quote->bundle.quoted));
    attest_try(copy_part(signature, &quote->bundle.signature));
    attest_try(attest_json_parse(pcrs, PCRS_MAX, &root, diag));
    attest_try(attest_pcrs_parse(root, &quote->bundle.pcrs, diag));
    attest_try(attest_tpmwire_parse_attest(attest_bytes_view(&quote->bundle.quoted), &quote->attest, diag));
    *ret_quote = attest_steal(quote);
    return ATTEST_OK;
}

void attest_quote_free(struct attest_quote *quote)
{
    if (!quote)
        return;
    attest_bundle_done(&quote->bundle);
    free(quote);
}

/* The TPM digests the PCRs with the hash of its signature's scheme (Part 3 §18.4), so the digest's size tells
 * which that is, also where a signature is bare and does not say. */
static enum attest_hash hash_of_size(size_t size)
{
    for (int i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++)
        if (attest_hash_size((enum attest_hash)i) == size)
            return (enum attest_hash)i;
    return ATTEST_HASH_NONE;
}

/* Which key must have signed; NULL if the question was not asked. */
static const struct attest_key *check_key(const struct attest_quote *quote,
                                          const struct attest_quote_demands *demands,
                                          struct attest_verdict *verdict)
{
    if (demands->key) {
        attest_verdict_add(verdict, true, "key", "a key was given to verify with");
        return demands->key;
    }
    bool allowed = demands->allow_missing_key && quote->has_ak;
    attest_verdict_add(
        verdict, allowed, "key",
        allowed ? "none given, as allowed: the bundle's own AK, which proves nothing about whose it is"
                : "expected a trusted key, found none given");
    return quote->has_ak ? quote->bundle.ak.key : NULL;
}

static void check_form(const struct attest_quote *quote, struct attest_verdict *verdict)
{
    attest_verdict_add(verdict, quote->attest.magic == ATTEST_TPM_GENERATED_VALUE, "magic",
                       "expected 0x%08x (made inside a TPM), found 0x%08x", ATTEST_TPM_GENERATED_VALUE,
                       quote->attest.magic);
    attest_verdict_add(verdict, quote->attest.type == ATTEST_TPM_ST_ATTEST_QUOTE, "type",
                       "expected 0x%04x (a quote), found 0x%04x", ATTEST_TPM_ST_ATTEST_QUOTE,
                       quote->attest.type);
}

static void check_nonce(const struct attest_quote *quote, const struct attest_quote_demands *demands,
                        struct attest_verdict *verdict)
{
    struct attest_view quoted = quote->attest.extra_data;

    if (quote->has_ak && !attest_view_equal(attest_bytes_view(&quote->bundle.nonce), quoted))
        attest_verdict_add(verdict, false, "nonce", "expected the bundle's nonce in the quote, found another");
    else if (demands->nonce.size == 0)
        attest_verdict_add(verdict, demands->allow_missing_nonce, "nonce",
                           demands->allow_missing_nonce ? "none given, as allowed: the quote may be an old one"
                                                        : "expected a nonce to compare with, found none given");
    else if (attest_view_equal(demands->nonce, quoted))
        attest_verdict_add(verdict, true, "nonce", "the quote was made for it (%zu bytes)", quoted.size);
    else
        attest_verdict_add(verdict, false, "nonce",
                           "expected the nonce given (%zu bytes), found another (%zu bytes)",
                           demands->nonce.size, quoted.size);
}

/* The mask of the one bank that is selected, 0 if there is none or more than one. Selections of nothing don't
 * count. */
static uint32_t selected(const struct attest_tpm_attest *attest, enum attest_hash *ret_bank)
{
    uint32_t mask = 0;

    for (size_t i = 0; i < attest->selection_count; i++) {
        if (attest->selections[i].mask == 0)
            continue;
        if (mask != 0)
            return 0;
        mask = attest->selections[i].mask;
        *ret_bank = attest_tpmwire_hash(attest->selections[i].alg);
    }
    return mask;
}

static enum attest_error check_pcrs(const struct attest_quote *quote,
                                    const struct attest_quote_demands *demands, struct attest_verdict *verdict)
{
    const struct attest_pcrs *pcrs = &quote->bundle.pcrs;
    enum attest_hash bank = ATTEST_HASH_NONE;
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    char expected[96], found[96];

    uint32_t mask = selected(&quote->attest, &bank);
    attest_verdict_add(verdict, bank != ATTEST_HASH_NONE && (bank != ATTEST_HASH_SHA1 || demands->allow_sha1),
                       "bank", "expected one of sha256, sha384 or sha512%s, found %s",
                       demands->allow_sha1 ? ", or sha1" : "", attest_hash_name(bank));
    attest_pcrs_format_selection(mask, expected, sizeof expected);
    attest_pcrs_format_selection(pcrs->mask, found, sizeof found);
    /* A value that is not quoted would look as proven as the others. */
    if (!attest_verdict_add(verdict, mask != 0 && mask == pcrs->mask && bank == pcrs->bank, "selection",
                            "quoted are %s:%s, given are the values of %s:%s", attest_hash_name(bank), expected,
                            attest_hash_name(pcrs->bank), found))
        return ATTEST_OK;

    enum attest_hash hash = hash_of_size(quote->attest.pcr_digest.size);
    if (hash == ATTEST_HASH_NONE) {
        attest_verdict_add(verdict, false, "pcr_digest", "expected a digest, found %zu bytes",
                           quote->attest.pcr_digest.size);
        return ATTEST_OK;
    }
    attest_try(attest_pcrs_digest(pcrs, mask, hash, digest));
    bool equal =
        attest_view_equal((struct attest_view){ digest, attest_hash_size(hash) }, quote->attest.pcr_digest);
    attest_verdict_add(verdict, equal, "pcr_digest",
                       equal ? "the PCR values are those quoted (%s)"
                             : "expected the %s of the PCR values, found another digest",
                       attest_hash_name(hash));
    return ATTEST_OK;
}

/* The AK as the bundle describes it: all said of it has to follow from its public area, and that from the key.
 */
static enum attest_error check_ak(const struct attest_quote *quote, const struct attest_key *key,
                                  struct attest_verdict *verdict)
{
    const struct attest_bundle *bundle = &quote->bundle;
    uint8_t qualified[ATTEST_TPMKEY_NAME_MAX];
    size_t size = 0;

    bool same = attest_view_equal(attest_bytes_view(&bundle->ak_name), attest_tpmkey_name(&bundle->ak));
    attest_verdict_add(verdict, same, "ak_name", "expected the digest of the public area, found %s",
                       same ? "it" : "another name");
    same = attest_key_equal(bundle->ak_pem, bundle->ak.key) && attest_key_equal(bundle->ak.key, key);
    attest_verdict_add(verdict, same, "ak_key", "expected the key of the public area, found %s",
                       same ? "it" : "another key");
    const char *flaw = attest_tpmkey_flaw(&bundle->ak);
    attest_verdict_add(verdict, !flaw, "ak_attributes",
                       "expected a restricted signing key of the TPM's own, found %s%s",
                       flaw ? "it lacks " : "one", flaw ?: "");
    attest_try(attest_tpmkey_qualify(&bundle->ak, ATTEST_TPM_RH_ENDORSEMENT, qualified, &size));
    same = attest_view_equal((struct attest_view){ qualified, size }, quote->attest.qualified_signer);
    attest_verdict_add(verdict, same, "qualified_signer",
                       "expected the AK as a primary of the endorsement hierarchy, found %s",
                       same ? "it" : "another signer");
    return ATTEST_OK;
}

enum attest_error attest_quote_check(const struct attest_quote *quote, const struct attest_key *key,
                                     const struct attest_quote_demands *demands, struct attest_verdict *verdict)
{
    attest_try(attest_signature_check(attest_bytes_view(&quote->bundle.signature), key,
                                      attest_bytes_view(&quote->bundle.quoted),
                                      hash_of_size(quote->attest.pcr_digest.size), verdict));
    check_form(quote, verdict);
    check_nonce(quote, demands, verdict);
    attest_try(check_pcrs(quote, demands, verdict));
    return quote->has_ak ? check_ak(quote, key, verdict) : ATTEST_OK;
}

enum attest_error attest_quote_verify(const struct attest_quote *quote,
                                      const struct attest_quote_demands *demands,
                                      struct attest_verdict *verdict)
{
    const struct attest_key *key = check_key(quote, demands, verdict);

    attest_try(attest_quote_check(quote, key, demands, verdict));
    attest_try(attest_quote_check_context(quote, demands, verdict));
    return attest_verdict_finish(verdict);
}

struct attest_quote_claims attest_quote_claims(const struct attest_quote *quote)
{
    const struct attest_tpm_attest *attest = &quote->attest;

    return (struct attest_quote_claims){
        .bank = quote->bundle.pcrs.bank,
        .pcr_mask = quote->bundle.pcrs.mask,
        .nonce = attest->extra_data,
        .ak_name = quote->has_ak ? attest_tpmkey_name(&quote->bundle.ak) : (struct attest_view){ 0 },
        .clock = attest->clock,
        .reset_count = attest->reset_count,
        .restart_count = attest->restart_count,
        .firmware_version = attest->firmware_version,
        .clock_safe = attest->safe,
    };
}

struct attest_view attest_quote_pcr(const struct attest_quote *quote, unsigned index)
{
    if (index >= ATTEST_PCR_COUNT || !(quote->bundle.pcrs.mask >> index & 1))
        return (struct attest_view){ 0 };
    return attest_pcrs_value(&quote->bundle.pcrs, index);
}

const struct attest_pcrs *attest_quote_pcrs(const struct attest_quote *quote)
{
    return &quote->bundle.pcrs;
}

const struct attest_bundle *attest_quote_bundle(const struct attest_quote *quote)
{
    return &quote->bundle;
}

const struct attest_tpm_attest *attest_quote_attest(const struct attest_quote *quote)
{
    return &quote->attest;
}

struct attest_view attest_quote_log(const struct attest_quote *quote, enum attest_log kind)
{
    if ((size_t)kind >= ATTEST_LOG_COUNT)
        return (struct attest_view){ 0 };
    return attest_bytes_view(&quote->bundle.logs[kind]);
}
