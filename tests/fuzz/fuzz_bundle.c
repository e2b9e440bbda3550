/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles: read, and verified with all that may be missing allowed; written again, they are read the same. */
#include "tests/fuzz/fuzz.h"

#include "attest/quote.h"
#include "evidence/bundle.h"
#include "evidence/verdict.h"

static void fuzz_rewrite(struct attest_view text)
{
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 }, again = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(2 * ATTEST_BUNDLE_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
    struct attest_json_writer json = { .out = &out };
    struct attest_view logs[ATTEST_LOG_COUNT];
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_bundle_parse(text, &bundle, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    demand(attest_key_encode_pem(bundle.ak.key, &pem) == ATTEST_OK);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        logs[i] = attest_bytes_view(&bundle.logs[i]);
    attest_bundle_write(&json, attest_bytes_view(&bundle.nonce), &bundle.pcrs,
                        attest_bytes_view(&bundle.quoted), attest_bytes_view(&bundle.signature), &bundle.ak,
                        attest_bytes_view(&pem), logs);
    demand(attest_bundle_parse(attest_bytes_view(&out), &again, &diag) == ATTEST_OK);
    demand(attest_view_equal(attest_bytes_view(&bundle.quoted), attest_bytes_view(&again.quoted)));
    demand(attest_view_equal(attest_bytes_view(&bundle.ak.wire), attest_bytes_view(&again.ak.wire)));
}

/* Of the logs in it. */
static bool is_unreadable(enum attest_error error)
{
    return attest_error_category(error) == ATTEST_CATEGORY_MALFORMED || error == ATTEST_TOO_LARGE;
}

static void fuzz_verify(struct attest_view text)
{
    const struct attest_quote_demands nothing = { 0 };
    const struct attest_quote_demands all = { .allow_missing_key = true, .allow_missing_nonce = true };
    struct attest_quote *quote = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_quote_from_bundle(text, &quote, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *unasked = attest_verdict_new();
    error = attest_quote_verify(quote, &all, verdict);
    demand(error == ATTEST_OK || error == ATTEST_REFUSED || is_unreadable(error));
    demand(attest_verdict_holds(verdict) == (error == ATTEST_OK));
    error = attest_quote_verify(quote, &nothing, unasked);
    demand(error == ATTEST_REFUSED || is_unreadable(error));
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        demand((attest_quote_pcr(quote, i).size > 0) == (attest_quote_claims(quote).pcr_mask >> i & 1));
    attest_quote_free(quote);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_rewrite((struct attest_view){ data, size });
    fuzz_verify((struct attest_view){ data, size });
    return 0;
}
