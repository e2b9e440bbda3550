/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence: read, judged with all that may be missing allowed; written again, it is read the same. */
#include "tests/fuzz/seed_root.h"

#include "evidence/evidence.h"
#include "evidence/verdict.h"

static void judge(const struct attest_evidence *evidence)
{
    const struct attest_evidence_demands nothing = { .at = (uint64_t)SEED_TIME * 1000 };
    const struct attest_evidence_demands all = { .at = (uint64_t)SEED_TIME * 1000,
                                                 .previous = evidence,
                                                 .allow_missing_nonce = true,
                                                 .allow_missing_policy = true };
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *strict = attest_verdict_new();
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *lenient = attest_verdict_new();

    demand(strict && lenient);
    demand(attest_evidence_verify(evidence, seed_trust(), &nothing, strict) == ATTEST_REFUSED);
    enum attest_error error = attest_evidence_verify(evidence, seed_trust(), &all, lenient);
    demand(error == ATTEST_OK || error == ATTEST_REFUSED);
    demand(attest_verdict_holds(lenient) == (error == ATTEST_OK));
    /* What holds is of a NitroTPM, and its boot is AWS's word. */
    if (error == ATTEST_OK)
        demand(attest_document_claims(attest_evidence_document(evidence)).kind == ATTEST_DOCUMENT_NITROTPM &&
               attest_evidence_voucher(evidence, 4) == ATTEST_VOUCHER_AWS);
}

static void rewrite(const struct attest_evidence *evidence)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *again = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(2 * ATTEST_EVIDENCE_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
    const struct attest_bundle *bundle = attest_quote_bundle(evidence->quote);
    const struct attest_endorsement_parts endorsement = {
        .document = attest_bytes_view(&evidence->endorsement.document->wire),
        .quoted = attest_bytes_view(&evidence->endorsement.quoted),
        .signature = attest_bytes_view(&evidence->endorsement.signature),
    };
    struct attest_json_writer json = { .out = &out };

    if (!attest_view_equal(attest_bytes_view(&bundle->nonce), attest_bytes_view(&evidence->nonce)))
        return; /* not what attestd writes */
    demand(attest_key_encode_pem(bundle->ak.key, &pem) == ATTEST_OK);
    attest_evidence_write(&json, attest_bytes_view(&evidence->nonce), &endorsement, &bundle->pcrs,
                          attest_bytes_view(&bundle->quoted), attest_bytes_view(&bundle->signature),
                          &bundle->ak, attest_bytes_view(&pem), NULL);
    demand(attest_evidence_from_json(attest_bytes_view(&out), &again, NULL) == ATTEST_OK);
    demand(again->fresh == evidence->fresh);
    demand(attest_view_equal(attest_bytes_view(&again->endorsement.quoted), endorsement.quoted));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_evidence_from_json((struct attest_view){ data, size }, &evidence, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (evidence != NULL));
    if (!evidence)
        return 0;
    judge(evidence);
    rewrite(evidence);
    return 0;
}
