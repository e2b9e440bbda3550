/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did attestd give the evidence that was asked for? Trusts it for nothing. Whether the evidence holds is not
 * asked here.
 */
#include "daemon/ctl/ask_evidence.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "daemon/ctl/client.h"

/* Evidence for another nonce, or an older endorsement, would answer another question. */
static enum attest_error check(struct ctl_call *call, const struct attest_evidence *evidence,
                               struct attest_view nonce, bool cached)
{
    if (!attest_view_equal(attest_bytes_view(&evidence->nonce), nonce))
        return attest_fail(&call->diag, ATTEST_REFUSED, "another", "the nonce that was asked for");
    if (!cached && !evidence->fresh)
        return attest_fail(&call->diag, ATTEST_REFUSED, "a cached one", "an endorsement for the nonce");
    return ATTEST_OK;
}

enum attest_error ctl_ask_evidence(struct ctl_call *call, struct attest_view nonce, bool cached,
                                   struct attest_bytes *ret_json, struct attest_evidence **ret_evidence)
{
    _cleanup_(attest_bytes_done) struct attest_bytes hex = attest_bytes_init(2 * nonce.size + 1);
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(CTL_ANSWER_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;

    attest_encode_hex(&hex, nonce);
    attest_bytes_append_u8(&hex, '\0');
    attest_try(attest_bytes_check(&hex));
    const struct ctl_parameter parameters[] = {
        { "nonce", (const char *)hex.data },
        { "cached", cached ? "yes" : NULL },
        { 0 },
    };
    attest_try(ctl_client_ask(call, "/v1/evidence", parameters, &answer, &json));
    call->subject = "the answer of /v1/evidence";
    attest_try(attest_evidence_from_json(attest_bytes_view(&answer), &evidence, &call->diag));
    attest_try(check(call, evidence, nonce, cached));
    call->subject = NULL;
    *ret_json = attest_bytes_take(&answer);
    *ret_evidence = attest_steal(evidence);
    return ATTEST_OK;
}
