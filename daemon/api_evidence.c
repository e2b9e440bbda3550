/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/evidence: how was this machine booted, in one answer that leads up to AWS's root? The endorsement comes
 * first, so that the quote can't be older.
 */
#include "base/error.h"
#include "daemon/endorsement.h"
#include "daemon/response.h"
#include "daemon/routes.h"

enum { NONCE, CACHED };

#define CACHED_YES 1 /* of the choices */
static const char *const answers[] = { "no", "yes", NULL };

const struct param params_evidence[] = {
    PARAM_QUOTE_NONCE("the caller's nonce, for the quote and, unless cached=yes, for the document too"),
    { "cached", PARAM_CHOICE, .choices = answers,
      .what = "yes for the endorsement that is kept, no (the default) for one that is made for the nonce" },
    { 0 },
};

static struct attest_view nonce_of(const struct request *request)
{
    return attest_bytes_view(&request->params.values[NONCE].bytes);
}

static enum attest_error endorse(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    endorsement_unref(request->endorsement);
    request->endorsement = NULL;
    if (request->params.values[CACHED].choice != CACHED_YES)
        return endorsement_make_fresh(session, nonce_of(request), &request->endorsement, diag);
    attest_try(endorsement_current(session, &request->endorsement, diag));
    if (request->endorsement)
        return ATTEST_OK;
    attest_try(endorsement_renew(session, diag));
    request->endorsement = endorsement_ref(session->endorsement);
    return ATTEST_OK;
}

enum attest_error api_evidence_work(struct request *request, struct tpm_session *session,
                                    struct attest_diag *diag)
{
    attest_try(api_quote_check_logs(request, diag));
    attest_try(api_quote_check_nonce(request, NONCE, session, diag));
    request_identify(request, session);
    attest_try(endorse(request, session, diag));
    return attest_tpm_quote_make(&session->ak, nonce_of(request), ATTEST_PCR_ALL,
                                 &session->known_pcrs[ATTEST_HASH_SHA384], &request->quote, diag);
}

enum attest_error api_evidence_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    const struct attest_endorsement_parts endorsement = endorsement_parts(request->endorsement);
    const struct attest_tpm_quote *quote = &request->quote;
    struct attest_view logs[ATTEST_LOG_COUNT];

    (void)diag;
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        logs[i] = attest_bytes_view(&request->logs[i]);
    attest_evidence_write(&json, nonce_of(request), &endorsement, &quote->pcrs,
                          attest_bytes_view(&quote->quoted), attest_bytes_view(&quote->signature),
                          &request->identity->ak, attest_bytes_view(&request->identity->ak_pem), logs);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        attest_bytes_done(&request->logs[i]);
    return ATTEST_OK;
}
