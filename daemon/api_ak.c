/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/ak, /v1/ak/activate and /v1/ek: whose word is a quote?
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/endorsement.h"
#include "daemon/endorser.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "tpm/activate.h"

#define BLOB_MOST   ((size_t)512)
#define SECRET_MOST ((size_t)1024)
#define PEM_MAX     ((size_t)4096)

static const char *const key_types[] = {
    [ATTEST_TPM_EK_RSA_2048] = "rsa-2048",
    [ATTEST_TPM_EK_ECC_SEC_P384] = "ecc-sec-p384",
    NULL,
};

#define PARAM_KEY_TYPE_ROW                                                                                     \
    {                                                                                                          \
        "key_type", PARAM_CHOICE, .choices = key_types,                                                        \
                                  .what = "which endorsement key: rsa-2048 (the default) or ecc-sec-p384, as " \
                                          "EC2's GetInstanceTpmEkPub says"                                     \
    }

enum { KEY_TYPE, CREDENTIAL_BLOB, SECRET };

const struct param params_ek[] = { PARAM_KEY_TYPE_ROW, { 0 } };

const struct param params_activate[] = {
    PARAM_KEY_TYPE_ROW,
    { "credential_blob", PARAM_BASE64, .required = true, .least = 2, .most = BLOB_MOST,
      .what = "TPM2B_ID_OBJECT, as TPM2_MakeCredential gives it" },
    { "secret", PARAM_BASE64, .required = true, .least = 2, .most = SECRET_MOST,
      .what = "TPM2B_ENCRYPTED_SECRET, as TPM2_MakeCredential gives it" },
    { 0 },
};

static enum attest_tpm_ek_type key_type(const struct request *request)
{
    return (enum attest_tpm_ek_type)request->params.values[KEY_TYPE].choice;
}

enum attest_error api_ak_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    request_identify(request, session);
    endorsement_unref(request->endorsement);
    request->endorsement = NULL;
    if (!(request->door & DOORS_UNIX))
        return ATTEST_OK;
    return endorsement_current(session, &request->endorsement, diag);
}

/* Before AWS has been asked, nobody can say that there is none. */
static enum attest_error check_endorsement(const struct request *request, struct attest_diag *diag)
{
    const struct endorser *endorser = request->daemon->endorser;

    if (request->endorsement || !(request->door & DOORS_UNIX) || !request->identity->nitrotpm ||
        endorser_stage(endorser) != ENDORSER_PENDING)
        return ATTEST_OK;
    return attest_fail(diag, ATTEST_NOT_READY, NULL, "the AK's endorsement, which is being made");
}

enum attest_error api_ak_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    const struct tpm_identity *identity = request->identity;

    attest_try(check_endorsement(request, diag));
    attest_json_open(&json, NULL, '{');
    attest_tpmkey_write(&json, &identity->ak, attest_bytes_view(&identity->ak_pem));
    attest_json_write_text(&json, "algorithm", attest_tpmkey_algorithm(&identity->ak));
    if (request->endorsement) {
        const struct attest_endorsement_parts parts = endorsement_parts(request->endorsement);
        attest_endorsement_write(&json, "endorsement", &parts);
    }
    attest_json_close(&json, '}');
    return ATTEST_OK;
}

enum attest_error api_activate_work(struct request *request, struct tpm_session *session,
                                    struct attest_diag *diag)
{
    return attest_tpm_activate_credential(
        &session->ak, key_type(request), attest_bytes_view(&request->params.values[CREDENTIAL_BLOB].bytes),
        attest_bytes_view(&request->params.values[SECRET].bytes), &request->bytes, diag);
}

enum attest_error api_activate_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_base64(&json, "credential", attest_bytes_view(&request->bytes));
    attest_json_close(&json, '}');
    return ATTEST_OK;
}

static enum attest_error make_ek(struct tpm_session *session, enum attest_tpm_ek_type type,
                                 struct attest_diag *diag)
{
    struct tpm_ek *known = &session->eks[type];
    _cleanup_(attest_tpm_handle_done) struct attest_tpm_handle handle = { 0 };
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes certificate = attest_bytes_init(0);

    attest_try(attest_tpm_ek_create(session->tpm, type, &handle, &key, diag));
    attest_try(
        attest_tpm_ek_read_certificate(session->tpm, type, &session->identity->properties, &certificate, diag));
    known->certificate = attest_bytes_take(&certificate);
    known->wire = attest_bytes_take(&key.wire);
    return ATTEST_OK;
}

enum attest_error api_ek_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    struct tpm_ek *known = &session->eks[key_type(request)];

    if (known->wire.size == 0)
        attest_try(make_ek(session, key_type(request), diag));
    attest_tpmkey_done(&request->ek);
    attest_try(attest_tpmkey_parse(attest_bytes_view(&known->wire), &request->ek, diag));
    attest_bytes_done(&request->bytes);
    request->bytes = attest_bytes_init(known->certificate.size);
    attest_bytes_append(&request->bytes, attest_bytes_view(&known->certificate));
    return attest_bytes_check(&request->bytes);
}

enum attest_error api_ek_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(PEM_MAX);

    (void)diag;
    attest_try(attest_key_encode_pem(request->ek.key, &pem));
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "key_type", key_types[key_type(request)]);
    attest_tpmkey_write(&json, &request->ek, attest_bytes_view(&pem));
    if (request->bytes.size > 0)
        attest_json_write_base64(&json, "certificate", attest_bytes_view(&request->bytes));
    attest_json_close(&json, '}');
    return ATTEST_OK;
}
