/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation documents, bare or as JSON, verified to the end under the root of the seeds. */
#include "tests/fuzz/seed_root.h"

#include "evidence/document.h"

static void judge(const struct attest_document *document)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_document_demands demands = { .at = (uint64_t)SEED_TIME * 1000,
                                                     .allow_missing_nonce = true };

    demand(verdict);
    enum attest_error error = attest_document_verify(document, seed_trust(), &demands, verdict);
    demand(error == ATTEST_OK || error == ATTEST_REFUSED);
    demand(attest_verdict_holds(verdict) == (error == ATTEST_OK));
    struct attest_document_claims claims = attest_document_claims(document);
    demand(!claims.root_is_aws || error != ATTEST_OK);
    demand(error != ATTEST_OK || claims.kind != ATTEST_DOCUMENT_UNKNOWN);
    for (unsigned i = 0; i < 40; i++)
        demand(attest_document_pcr(document, i).size % ATTEST_DOCUMENT_PCR_SIZE == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_document_cleanup) struct attest_document *bare = NULL;
    _cleanup_(attest_document_cleanup) struct attest_document *wrapped = NULL;
    struct attest_view input = { data, size };
    struct attest_diag diag = { 0 };

    demand_parsed(attest_document_parse(input, &bare, &diag));
    if (bare)
        judge(bare);
    demand_parsed(attest_document_from_json(input, &wrapped, &diag));
    if (wrapped)
        judge(wrapped);
    return 0;
}
