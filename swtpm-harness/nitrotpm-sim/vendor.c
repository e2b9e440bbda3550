/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes of a request in the message buffer? The vendor command has one NV index as both its handles, one
 * authorisation and no parameters; request and response are in the index. The TPM's answer is success once the
 * NSM was asked, whatever the NSM said. Trusts nothing in the index; swtpm judges whether its content may be
 * read and written.
 */
#include "swtpm-harness/nitrotpm-sim/vendor.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "swtpm-harness/nitrotpm-sim/clock.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/document.h"

#include <openssl/rand.h>
#include <string.h>

#define RESPONSE_SIZE_MAX (DOCUMENT_SIZE_MAX + 64)
#define FILLER            0xff  /* what follows the response in the buffer */
#define EXPIRED_LEFT      -3600 /* seconds */

static const struct fault *strikes(struct tpm *tpm, enum fault_id id)
{
    return faults_take(&tpm->faults, id, TPM_CC_AWS_NSM_REQUEST);
}

static enum attest_error make_noise(uint8_t *data, size_t size)
{
    return RAND_bytes(data, (int)size) == 1 ? ATTEST_OK : ATTEST_INTERNAL;
}

/* Seconds until the end of the leaf certificate; 0 for what AWS gives it. */
static int64_t left_of(struct tpm *tpm)
{
    const struct fault *expired = strikes(tpm, FAULT_EXPIRED), *ending = strikes(tpm, FAULT_ENDING);

    return expired ? EXPIRED_LEFT : ending ? ending->value : 0;
}

static enum attest_error attest(struct tpm *tpm, const struct nsm_request *request, struct attest_bytes *out,
                                struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes document = attest_bytes_init(DOCUMENT_SIZE_MAX);
    uint8_t pcrs[PCR_COUNT][PCR_SIZE];
    const struct fault *skew = strikes(tpm, FAULT_SKEW);
    int64_t now = clock_wall_ms() + (skew ? skew->value * 1000 : 0);

    attest_try(pcr_read(&tpm->swtpm, pcrs, diag));
    attest_try(ca_refresh(&tpm->ca, now / 1000, left_of(tpm), diag));
    attest_try(document_make(&tpm->ca, request, pcrs, now, &document));
    if (strikes(tpm, FAULT_TRUNCATED))
        document.size /= 2;
    if (strikes(tpm, FAULT_GARBAGE))
        attest_try(make_noise(document.data, document.size));
    nsm_append_document(out, attest_bytes_view(&document));
    return attest_bytes_check(out);
}

static enum attest_error answer(struct tpm *tpm, const struct nv_index *index, struct attest_bytes *out,
                                struct attest_diag *diag)
{
    struct nsm_request request = { 0 };
    const struct fault *error_asked = strikes(tpm, FAULT_NSM_ERROR);
    const char *error = nsm_parse((struct attest_view){ index->content, index->size }, &request);

    if (error_asked)
        error = error_asked->text;
    if (!error)
        return attest(tpm, &request, out, diag);
    nsm_append_error(out, error);
    return attest_bytes_check(out);
}

/* The request lies in the buffer until here, and nothing of it is left. */
static enum attest_error put(struct tpm *tpm, struct nv_index *index, struct attest_bytes *response)
{
    if (response->size > index->size) {
        attest_bytes_done(response);
        nsm_append_error(response, "BufferTooSmall");
        attest_try(attest_bytes_check(response));
    }
    memset(index->content, FILLER, index->size);
    memcpy(index->content, response->data, response->size);
    if (strikes(tpm, FAULT_NOISE))
        attest_try(make_noise(index->content, index->size));
    return ATTEST_OK;
}

/* One authorisation, for a password, to be answered (TPM 2.0 Part 1 §19.4): no nonce, continueSession, no HMAC.
 */
static void append_success(struct attest_bytes *out)
{
    static const uint8_t authorisation[] = { 0, 0, 1, 0, 0 };

    attest_bytes_append_u16(out, TPM_ST_SESSIONS);
    attest_bytes_append_u32(out, COMMAND_HEADER_SIZE + 4 + sizeof authorisation);
    attest_bytes_append_u32(out, TPM_RC_SUCCESS);
    attest_bytes_append_u32(out, 0);
    attest_bytes_append(out, attest_view_of(authorisation));
}

/* What is wrong with the command before swtpm is asked; 0 if nothing. An HMAC can't be judged, for swtpm
 * doesn't know the command that it covers. */
static uint32_t fault_of(struct tpm *tpm, const struct command *command)
{
    if (command->tag != TPM_ST_SESSIONS)
        return TPM_RC_AUTH_MISSING;
    if (command->parameters.size != 0)
        return TPM_RC_COMMAND_SIZE;
    if (!command_has_password_only(command))
        return TPM_RC_AUTH_UNAVAILABLE;
    if (command->handles[0] != command->handles[1])
        return TPM_RC_HANDLE + 0x200;
    return nv_find(&tpm->nv, command->handles[1]) ? TPM_RC_SUCCESS : TPM_RC_NV_SIZE;
}

enum attest_error vendor_execute(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                                 struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(RESPONSE_SIZE_MAX);
    uint32_t code = fault_of(tpm, command);

    if (code == TPM_RC_SUCCESS)
        attest_try(nv_judge(&tpm->nv, command, &code, diag));
    if (code != TPM_RC_SUCCESS) {
        command_refuse(code, out);
        return attest_bytes_check(out);
    }
    struct nv_index *index = nv_find(&tpm->nv, command->handles[1]);
    attest_try(answer(tpm, index, &response, diag));
    attest_try(put(tpm, index, &response));
    append_success(out);
    return attest_bytes_check(out);
}
