/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/pcrs and /v1/quote: what was measured, unsigned and signed?
 */
#include "base/error.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "evidence/bundle.h"
#include "tpm/pcr.h"

#define PARAM_BANK_ROW                                                                                         \
    {                                                                                                          \
        "bank", PARAM_BANK, .what = "sha1, sha256, sha384 or sha512"                                           \
    }
#define PARAM_SELECTION_ROW                                                                                    \
    {                                                                                                          \
        "pcrs", PARAM_SELECTION, .what = "PCR numbers from 0 to 23, as in 0-7,11"                              \
    }

enum { BANK, PCRS, NONCE, EVENTLOG };

#define EVENTLOG_TRUE 1 /* of the choices */
static const char *const booleans[] = { "false", "true", NULL };

const struct param params_pcrs[] = { PARAM_BANK_ROW, PARAM_SELECTION_ROW, { 0 } };

const struct param params_quote[] = {
    PARAM_BANK_ROW,
    PARAM_SELECTION_ROW,
    PARAM_QUOTE_NONCE("the caller's nonce, which becomes the quote's extraData"),
    { "eventlog", PARAM_CHOICE, .choices = booleans,
      .what = "true for the event logs too (not over TCP), or false" },
    { 0 },
};

static enum attest_hash bank_of(const struct request *request)
{
    const struct param_value *value = &request->params.values[BANK];

    return value->given ? value->bank : request->config->quote_bank;
}

static uint32_t mask_of(const struct request *request)
{
    const struct param_value *value = &request->params.values[PCRS];

    return value->given ? value->mask : request->config->quote_pcrs;
}

static enum attest_error check_bank(struct request *request, const struct tpm_session *session,
                                    struct attest_diag *diag)
{
    enum attest_hash bank = bank_of(request);

    if (session->identity->properties.banks >> bank & 1)
        return ATTEST_OK;
    params_blame(&request->work_problem, params_pcrs[BANK].name);
    return attest_fail(diag, ATTEST_USAGE, attest_hash_name(bank), "a PCR bank that is active in this TPM");
}

enum attest_error api_pcrs_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    attest_try(check_bank(request, session, diag));
    return attest_tpm_pcr_read(session->tpm, bank_of(request), mask_of(request), &request->pcrs,
                               &request->update_counter, diag);
}

enum attest_error api_pcrs_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_unsigned(&json, "update_counter", request->update_counter);
    attest_pcrs_write(&json, &request->pcrs);
    attest_json_close(&json, '}');
    return ATTEST_OK;
}

enum attest_error api_quote_check_nonce(struct request *request, unsigned which,
                                        const struct tpm_session *session, struct attest_diag *diag)
{
    size_t size = request->params.values[which].bytes.size;
    size_t most = session->identity->properties.nonce_max;

    if (size <= most)
        return ATTEST_OK;
    params_blame(&request->work_problem, request->params.table[which].name);
    request->work_problem.has_length = true;
    request->work_problem.got_length = size;
    return attest_fail(diag, ATTEST_USAGE, NULL, "a nonce of %d to %zu bytes, which this TPM takes",
                       QUOTE_NONCE_LEAST, most);
}

enum attest_error api_quote_check_logs(const struct request *request, struct attest_diag *diag)
{
    if (request->sees_logs)
        return ATTEST_OK;
    return attest_fail(diag, ATTEST_DENIED, NULL,
                       "a caller whom [access] of the configuration names for /v1/eventlog too");
}

static enum attest_error check_eventlog(struct request *request, struct attest_diag *diag)
{
    request->skip_logs = request->params.values[EVENTLOG].choice != EVENTLOG_TRUE;
    if (request->skip_logs)
        return ATTEST_OK;
    attest_try(api_quote_check_logs(request, diag));
    if (request->door & DOORS_UNIX)
        return ATTEST_OK;
    return attest_fail(
        diag, ATTEST_DENIED, "TCP",
        "eventlog=true on a Unix socket (/run/attestd/attestd.sock); over TCP quotes come without");
}

enum attest_error api_quote_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    struct attest_view nonce = attest_bytes_view(&request->params.values[NONCE].bytes);
    enum attest_hash bank = bank_of(request);

    attest_try(check_eventlog(request, diag));
    attest_try(check_bank(request, session, diag));
    attest_try(api_quote_check_nonce(request, NONCE, session, diag));
    request_identify(request, session);
    return attest_tpm_quote_make(&session->ak, nonce, mask_of(request), &session->known_pcrs[bank],
                                 &request->quote, diag);
}

enum attest_error api_quote_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    const struct attest_tpm_quote *quote = &request->quote;
    struct attest_view logs[ATTEST_LOG_COUNT];

    (void)diag;
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        logs[i] = attest_bytes_view(&request->logs[i]);
    attest_bundle_write(&json, attest_bytes_view(&request->params.values[NONCE].bytes), &quote->pcrs,
                        attest_bytes_view(&quote->quoted), attest_bytes_view(&quote->signature),
                        &request->identity->ak, attest_bytes_view(&request->identity->ak_pem), logs);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        attest_bytes_done(&request->logs[i]);
    return ATTEST_OK;
}
