/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/pcrs and /v1/quote: what was measured, unsigned and signed?
 */
#include "base/error.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "evidence/bundle.h"
#include "tpm/pcr.h"

#include <string.h>

#define NONCE_LEAST 16
#define NONCE_MOST  66        /* TPM2B_DATA with SHA-512; what this TPM takes may be less */
#define RESERVED    "attestd" /* how extraData begins where it is not a caller's nonce */

#define PARAM_BANK_ROW                                                                                         \
    {                                                                                                          \
        "bank", PARAM_BANK, .what = "sha1, sha256, sha384 or sha512"                                           \
    }
#define PARAM_SELECTION_ROW                                                                                    \
    {                                                                                                          \
        "pcrs", PARAM_SELECTION, .what = "PCR numbers from 0 to 23, as in 0-7,11"                              \
    }

enum { BANK, PCRS, NONCE };

const struct param params_pcrs[] = { PARAM_BANK_ROW, PARAM_SELECTION_ROW, { 0 } };

const struct param params_quote[] = {
    PARAM_BANK_ROW,
    PARAM_SELECTION_ROW,
    { "nonce", PARAM_HEX, .required = true, .least = NONCE_LEAST, .most = NONCE_MOST,
      .what = "the caller's nonce, which becomes the quote's extraData" },
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

static enum attest_error check_bank(const struct tpm_session *session, enum attest_hash bank,
                                    struct attest_diag *diag)
{
    if (session->identity->properties.banks >> bank & 1)
        return ATTEST_OK;
    return attest_fail(diag, ATTEST_USAGE, attest_hash_name(bank), "a PCR bank that is active in this TPM");
}

enum attest_error api_pcrs_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    attest_try(check_bank(session, bank_of(request), diag));
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

/* The caller's nonce, unless it could be taken for what attestd itself has quoted. */
static enum attest_error check_nonce(const struct tpm_session *session, struct attest_view nonce,
                                     struct attest_diag *diag)
{
    static const size_t reserved = sizeof RESERVED - 1;
    size_t most = ATTEST_TPM_NONCE_MAX(&session->identity->properties);

    if (nonce.size > most)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a nonce of %d to %zu bytes, which this TPM takes",
                           NONCE_LEAST, most);
    if (nonce.size >= reserved && memcmp(nonce.data, RESERVED, reserved) == 0)
        return attest_fail(diag, ATTEST_USAGE, RESERVED, "a nonce that does not begin with the reserved text");
    return ATTEST_OK;
}

enum attest_error api_quote_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    struct attest_view nonce = attest_bytes_view(&request->params.values[NONCE].bytes);
    enum attest_hash bank = bank_of(request);

    attest_try(check_bank(session, bank, diag));
    attest_try(check_nonce(session, nonce, diag));
    request_identify(request, session);
    return attest_tpm_quote_make(&session->ak, nonce, mask_of(request), &session->known_pcrs[bank],
                                 &request->quote, diag);
}

enum attest_error api_quote_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    const struct attest_tpm_quote *quote = &request->quote;

    (void)diag;
    attest_bundle_write(&json, attest_bytes_view(&request->params.values[NONCE].bytes), &quote->pcrs,
                        attest_bytes_view(&quote->quoted), attest_bytes_view(&quote->signature),
                        &request->identity->ak, attest_bytes_view(&request->identity->ak_pem));
    return ATTEST_OK;
}
