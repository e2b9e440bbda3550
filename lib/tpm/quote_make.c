/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the TPM sign about its PCRs, and which values are those? TPM2_Quote gives a digest only (TPM 2.0
 * Part 3 §18.4): the values are those last read if their digest is the same, else they are read again. Mostly a
 * quote is one command.
 */
#include "tpm/quote_make.h"

#include "tpm/call.h"
#include "tpm/pcr.h"

#include <string.h>
#include <tss2/tss2_mu.h>

#define TRIES_MAX     8
#define SIGNATURE_MAX ((size_t)1024)

void attest_tpm_quote_done(struct attest_tpm_quote *quote)
{
    attest_bytes_done(&quote->quoted);
    attest_bytes_done(&quote->signature);
}

static enum attest_error copy(struct attest_view view, struct attest_bytes *out)
{
    *out = attest_bytes_init(view.size);
    attest_bytes_append(out, view);
    return attest_bytes_check(out);
}

static enum attest_error copy_signature(const TPMT_SIGNATURE *signature, struct attest_bytes *out,
                                        struct attest_diag *diag)
{
    uint8_t wire[SIGNATURE_MAX];
    size_t size = 0;

    if (Tss2_MU_TPMT_SIGNATURE_Marshal(signature, wire, sizeof wire, &size) != TSS2_RC_SUCCESS)
        return attest_fail(diag, ATTEST_TPM_FAILED, NULL, "a signature in TPM2_Quote's answer");
    return copy((struct attest_view){ wire, size }, out);
}

static enum attest_error quote_once(const struct attest_tpm_ak *ak, struct attest_view nonce,
                                    enum attest_hash bank, uint32_t mask, struct attest_tpm_quote *quote,
                                    struct attest_diag *diag)
{
    struct attest_tpm *tpm = ak->handle.tpm;
    const TPML_PCR_SELECTION selection = attest_tpm_pcr_selection(bank, mask);
    const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL }; /* the key's own */
    TPM2B_DATA qualifying = { .size = (UINT16)nonce.size };
    _cleanup_esys_ TPM2B_ATTEST *attest = NULL;
    _cleanup_esys_ TPMT_SIGNATURE *signature = NULL;

    memcpy(qualifying.buffer, nonce.data, nonce.size);
    attest_try(attest_tpm_call(tpm, diag, "TPM2_Quote",
                               Esys_Quote_Async(tpm->esys, ak->handle.tr, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                                ESYS_TR_NONE, &qualifying, &scheme, &selection),
                               Esys_Quote_Finish(tpm->esys, &attest, &signature)));
    attest_tpm_quote_done(quote);
    attest_try(copy((struct attest_view){ attest->attestationData, attest->size }, &quote->quoted));
    return copy_signature(signature, &quote->signature, diag);
}

/* Whether `values` are those of the quote. */
static enum attest_error are_quoted(const struct attest_tpm_ak *ak, const struct attest_tpm_quote *quote,
                                    const struct attest_pcrs *values, uint32_t mask, bool *ret_quoted,
                                    struct attest_diag *diag)
{
    enum attest_hash hash = attest_tpmwire_hash(ak->key.public.scheme_hash);
    struct attest_tpm_attest attest;
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    *ret_quoted = false;
    if (mask & ~values->mask)
        return ATTEST_OK;
    attest_try(attest_tpmwire_parse_attest(attest_bytes_view(&quote->quoted), &attest, diag));
    attest_try(attest_pcrs_digest(values, mask, hash, digest));
    *ret_quoted = attest_view_equal((struct attest_view){ digest, attest_hash_size(hash) }, attest.pcr_digest);
    return ATTEST_OK;
}

static void keep(struct attest_pcrs *cache, const struct attest_pcrs *read)
{
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (read->mask >> i & 1)
            memcpy(cache->values[i], read->values[i], sizeof cache->values[i]);
    cache->mask |= read->mask;
}

static enum attest_error quote_and_match(const struct attest_tpm_ak *ak, struct attest_view nonce,
                                         uint32_t mask, struct attest_pcrs *cache,
                                         struct attest_tpm_quote *quote, bool *ret_quoted,
                                         struct attest_diag *diag)
{
    struct attest_pcrs read;
    uint32_t counter;

    attest_try(quote_once(ak, nonce, cache->bank, mask, quote, diag));
    attest_try(are_quoted(ak, quote, cache, mask, ret_quoted, diag));
    if (*ret_quoted)
        return ATTEST_OK;
    attest_try(attest_tpm_pcr_read(ak->handle.tpm, cache->bank, mask, &read, &counter, diag));
    keep(cache, &read);
    return are_quoted(ak, quote, cache, mask, ret_quoted, diag);
}

enum attest_error attest_tpm_quote_make(const struct attest_tpm_ak *ak, struct attest_view nonce, uint32_t mask,
                                        struct attest_pcrs *cache, struct attest_tpm_quote *ret_quote,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_tpm_quote_done) struct attest_tpm_quote quote = { 0 };
    bool quoted = false;

    if (nonce.size > sizeof((TPM2B_DATA *)NULL)->buffer)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a nonce of at most %zu bytes",
                           sizeof((TPM2B_DATA *)NULL)->buffer);
    for (unsigned i = 0; i < TRIES_MAX && !quoted; i++)
        attest_try(quote_and_match(ak, nonce, mask, cache, &quote, &quoted, diag));
    if (!quoted)
        return attest_fail(diag, ATTEST_TPM_UNSTABLE, NULL, "PCRs that hold still, in %d tries", TRIES_MAX);
    quote.pcrs = *cache;
    quote.pcrs.mask = mask;
    *ret_quote = quote;
    quote = (struct attest_tpm_quote){ 0 };
    return ATTEST_OK;
}
