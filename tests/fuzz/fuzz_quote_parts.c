/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes in parts, as other tools give them: PEM, PCR values in JSON, signature, and the message last. */
#include "tests/fuzz/fuzz.h"

#include "attest/quote.h"
#include "base/key.h"
#include "evidence/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view input = { data, size };
    struct attest_view pem = take_part(&input), pcrs = take_part(&input), signature = take_part(&input);
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    struct attest_quote *quote = NULL;
    struct attest_diag diag = { 0 };

    demand_parsed(attest_key_from_pem(pem, &key, &diag));
    enum attest_error error = attest_quote_from_parts(input, signature, pcrs, &quote, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return 0;
    const struct attest_quote_demands demands = { .key = key, .allow_missing_nonce = true, .allow_sha1 = true };
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    error = attest_quote_verify(quote, &demands, verdict);
    demand(error == ATTEST_OK || error == ATTEST_REFUSED);
    demand(attest_verdict_holds(verdict) == (error == ATTEST_OK));
    demand(key || error == ATTEST_REFUSED);
    attest_quote_free(quote);
    return 0;
}
