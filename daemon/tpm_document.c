/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is it worth asking the NSM? A vendor command that hangs, loses the connection or keeps being refused holds up
 * everybody who wants the TPM, and each loss has it opened again, with a message buffer written to NV. So it is
 * left alone after the second failure of that kind, longer each time. Trusts the TPM for nothing that can be
 * looked up in the document.
 */
#include "daemon/tpm_document.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/clock.h"
#include "evidence/document.h"

#define DEAR        500 /* milliseconds of the TPM thread that a failure may cost without being counted */
#define PAUSE_FIRST 1000
#define PAUSE_MAX   60000

static enum attest_error check_pause(const struct tpm_document_pause *pause, struct attest_diag *diag)
{
    const uint64_t now = clock_now();

    if (now >= pause->until)
        return ATTEST_OK;
    return attest_fail(
        diag, ATTEST_NOT_READY, NULL,
        "a NitroTPM that answers its vendor command; it failed %u times, and is asked again in %u s",
        pause->failures, (unsigned)((pause->until - now + 999) / 1000));
}

static void count(struct tpm_document_pause *pause, enum attest_error error, uint64_t took)
{
    if (error == ATTEST_OK)
        *pause = (struct tpm_document_pause){ 0 };
    if (error == ATTEST_OK || (error != ATTEST_TPM_LOST && error != ATTEST_TPM_TIMEOUT && took < DEAR))
        return;
    if (pause->failures++ == 0)
        return; /* one loss is mended by asking again */
    const uint64_t next = pause->next ?: PAUSE_FIRST;
    pause->until = clock_now() + next;
    pause->next = next * 2 < PAUSE_MAX ? next * 2 : PAUSE_MAX;
}

/* Asked for and there, or neither. */
static bool is_as_asked(struct attest_view asked, struct attest_view found)
{
    return asked.size > 0 ? attest_view_equal(asked, found) : !found.data;
}

static enum attest_error check(struct attest_view wire, const struct attest_nsm_attestation *attestation,
                               struct attest_diag *diag)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;

    if (attest_document_parse(wire, &document, NULL) != ATTEST_OK)
        return ATTEST_OK; /* of a newer form, say: for the verifier to judge */
    if (is_as_asked(attestation->nonce, document->nonce) &&
        is_as_asked(attestation->user_data, document->user_data) &&
        is_as_asked(attestation->public_key, document->public_key))
        return ATTEST_OK;
    return attest_fail(diag, ATTEST_TPM_FAILED, "another", "a document that carries what was asked for");
}

enum attest_error tpm_document_get(struct tpm_session *session,
                                   const struct attest_nsm_attestation *attestation,
                                   struct attest_bytes *ret_document, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes document = { 0 };
    const uint64_t begin = clock_now();

    attest_try(check_pause(&session->pause, diag));
    enum attest_error error = attest_tpm_nitrotpm_document(&session->nitrotpm, attestation, &document, diag);
    count(&session->pause, error, clock_now() - begin);
    attest_try(error);
    attest_try(check(attest_bytes_view(&document), attestation, diag));
    *ret_document = attest_bytes_take(&document);
    return ATTEST_OK;
}
