/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/health and /v1/status: does it work, and what is it?
 */
#include <config.h>
#include "daemon/openers.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "tpm/properties.h"

#include <inttypes.h>

/* One small command, in the queue like all others: what is said of health is what a caller would meet. */
enum attest_error api_health_work(struct request *request, struct tpm_session *session,
                                  struct attest_diag *diag)
{
    struct attest_tpm_properties properties;

    (void)request;
    return attest_tpm_properties_read(session->tpm, &properties, diag);
}

enum attest_error api_health_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "status", "ok");
    attest_json_close(&json, '}');
    return ATTEST_OK;
}

enum attest_error api_status_work(struct request *request, struct tpm_session *session,
                                  struct attest_diag *diag)
{
    (void)diag;
    request_identify(request, session);
    return ATTEST_OK;
}

static void write_tpm(struct attest_json_writer *json, const struct tpm_identity *identity)
{
    const struct attest_tpm_properties *tpm = &identity->properties;

    attest_json_open(json, "tpm", '{');
    attest_json_write_text(json, "manufacturer", tpm->manufacturer);
    attest_json_write_text(json, "vendor", tpm->vendor);
    attest_json_write_format(json, "firmware", "%" PRIx64, tpm->firmware_version);
    attest_json_open(json, "banks", '[');
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (tpm->banks >> bank & 1)
            attest_json_write_text(json, NULL, attest_hash_name((enum attest_hash)bank));
    attest_json_close(json, ']');
    attest_json_write_boolean(json, "nitrotpm", identity->nitrotpm);
    openers_write(json, "openers");
    attest_json_close(json, '}');
}

enum attest_error api_status_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);
    const struct tpm_identity *identity = request->identity;

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "version", PACKAGE_VERSION);
    attest_json_write_text(&json, "started", request->daemon->started);
    write_tpm(&json, identity);
    attest_json_open(&json, "ak", '{');
    attest_json_write_hex(&json, "name", attest_tpmkey_name(&identity->ak));
    attest_json_write_text(&json, "algorithm", attest_tpmkey_algorithm(&identity->ak));
    attest_json_close(&json, '}');
    attest_json_close(&json, '}');
    return ATTEST_OK;
}
