/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/document: what does AWS say of this machine? The document is passed on as the TPM gave it. Whose public
 * key it may name is decided by the door.
 */
#include "base/error.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "daemon/tpm_document.h"
#include "evidence/endorsement.h"

#define CONTENT_MOST    ((size_t)512)
#define PUBLIC_KEY_MOST ((size_t)1024)

static const char *const formats[] = { "json", "cose", NULL };

enum { FORMAT_JSON, FORMAT_COSE };
enum { NONCE, USER_DATA, PUBLIC_KEY, FORMAT };

const struct param params_document[] = {
    { "nonce", PARAM_HEX, .least = 1, .most = CONTENT_MOST, .what = "the caller's nonce" },
    { "user_data", PARAM_BASE64, .least = 1, .most = CONTENT_MOST, .reserved = ATTEST_ENDORSEMENT_RESERVED,
      .what = "what the document is to carry" },
    { "public_key", PARAM_PUBLIC_KEY, .least = 1, .most = PUBLIC_KEY_MOST, .doors = DOOR_UNLOCK,
      .what = "SubjectPublicKeyInfo in DER, or PEM as it is; through the unlock door only" },
    { "format", PARAM_CHOICE, .choices = formats,
      .what = "json, or cose for the bare COSE_Sign1 bytes; without it, as the Accept header says" },
    { 0 },
};

static struct attest_view content_of(const struct request *request, unsigned which)
{
    return attest_bytes_view(&request->params.values[which].bytes);
}

enum attest_error api_document_work(struct request *request, struct tpm_session *session,
                                    struct attest_diag *diag)
{
    const struct attest_nsm_attestation attestation = {
        .user_data = content_of(request, USER_DATA),
        .nonce = content_of(request, NONCE),
        .public_key = content_of(request, PUBLIC_KEY),
    };

    attest_bytes_done(&request->bytes);
    return tpm_document_get(session, &attestation, &request->bytes, diag);
}

static bool is_wanted_bare(const struct request *request)
{
    const struct param_value *format = &request->params.values[FORMAT];

    return format->given ? format->choice == FORMAT_COSE : request->accepts_cose;
}

enum attest_error api_document_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    if (is_wanted_bare(request)) {
        request->content_type = CONTENT_COSE;
        attest_bytes_append(&request->answer, attest_bytes_view(&request->bytes));
        return ATTEST_OK;
    }
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "type", "aws-nitro-document");
    attest_json_write_base64(&json, "document", attest_bytes_view(&request->bytes));
    attest_json_close(&json, '}');
    return ATTEST_OK;
}
