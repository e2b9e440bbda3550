/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/unlock/measure and /v1/unlock/cap: the two extends that unlocking secrets needs. Which bytes are measured
 * is decided here, not by the caller: whoever holds the door can say which secret, not make a PCR look like
 * something else.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "evidence/unlockevent.h"

#include <stdio.h>

#define DIGEST_SIZE ATTEST_UNLOCKEVENT_DIGEST_SIZE
#define PCR_LAST    (ATTEST_PCR_COUNT - 1)

#define PARAM_PCR_ROW                                                                                          \
    {                                                                                                          \
        "pcr", PARAM_NUMBER, .required = true, .most = PCR_LAST, .what = "a PCR, 14 or 17 to 22"               \
    }
#define PARAM_BEFORE_ROW                                                                                       \
    {                                                                                                          \
        "before", PARAM_HEX, .least = DIGEST_SIZE, .most = DIGEST_SIZE,                                        \
                             .what = "what the PCR is in the SHA-384 bank, which makes it safe to ask again"   \
    }

enum { PCR, BEFORE, SECRET, DIGEST };

const struct param params_measure[] = {
    PARAM_PCR_ROW,
    PARAM_BEFORE_ROW,
    { "secret", PARAM_NAME, .what = "the name of a secret; without it, the configuration is measured" },
    { "digest", PARAM_HEX, .required = true, .least = DIGEST_SIZE, .most = DIGEST_SIZE,
      .what = "the SHA-384 of the secret's sealed form, or of the configuration" },
    { 0 },
};

const struct param params_cap[] = { PARAM_PCR_ROW, PARAM_BEFORE_ROW, { 0 } };

static struct attest_view given(const struct request *request, unsigned which)
{
    return attest_bytes_view(&request->params.values[which].bytes);
}

static enum attest_error check_pcr(struct request *request, struct attest_diag *diag)
{
    char text[16];

    if (attest_unlockevent_is_allowed(request->params.values[PCR].number))
        return ATTEST_OK;
    params_blame(&request->work_problem, params_cap[PCR].name);
    snprintf(text, sizeof text, "%u", request->params.values[PCR].number);
    return attest_fail(diag, ATTEST_USAGE, text,
                       "a PCR that is not the firmware's, the system's or resettable: 14, or 17 to 22");
}

static enum attest_error extend(struct request *request, struct tpm_session *session, struct attest_view event,
                                struct attest_diag *diag)
{
    const struct attest_tpm_properties *properties = &session->identity->properties;
    const struct attest_tpm_extend wanted = {
        .pcr = request->params.values[PCR].number,
        .banks = properties->banks,
        .event = event,
        .before = given(request, BEFORE),
    };

    attest_try(check_pcr(request, diag));
    if (properties->other_banks)
        return attest_fail(diag, ATTEST_TPM_UNABLE, "another one",
                           "only banks of SHA-1, SHA-256, SHA-384 and SHA-512 to be active");
    return attest_tpm_pcr_extend(session->tpm, &wanted, &request->extension, diag);
}

enum attest_error api_measure_work(struct request *request, struct tpm_session *session,
                                   struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes event = attest_bytes_init(0);

    attest_try(attest_unlockevent_write(given(request, SECRET), given(request, DIGEST), &event));
    return extend(request, session, attest_bytes_view(&event), diag);
}

enum attest_error api_cap_work(struct request *request, struct tpm_session *session, struct attest_diag *diag)
{
    return extend(request, session, attest_unlockevent_cap(), diag);
}

enum attest_error api_extend_answer(struct request *request, struct attest_diag *diag)
{
    const struct attest_tpm_pcr_values *after = &request->extension.after;
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_unsigned(&json, "pcr", request->params.values[PCR].number);
    attest_json_write_boolean(&json, "extended", !request->extension.was_there);
    attest_json_open(&json, "values", '{');
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (after->banks >> bank & 1)
            attest_json_write_hex(
                &json, attest_hash_name((enum attest_hash)bank),
                (struct attest_view){ after->values[bank], attest_hash_size((enum attest_hash)bank) });
    attest_json_close(&json, '}');
    attest_json_close(&json, '}');
    return ATTEST_OK;
}
