/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did the TPM carry out this command, which ESAPI does not know? TPM 2.0 Part 1 §18 (structure of commands and
 * responses), §19.4 (password authorisations). Trusts the TPM with what it says; a response that cannot be one
 * ends the connection.
 */
#include "tpm/vendor.h"

#include "base/reader.h"
#include "tpm/call.h"

#include <tss2/tss2_tcti.h>

#define COMMAND_MAX  ((size_t)27 + 2 + ATTEST_TPM_VENDOR_AUTH_MAX)
#define RESPONSE_MAX ((size_t)4096) /* what the driver and swtpm have room for */
#define HEADER_SIZE  10
#define PATIENCE     1000 /* milliseconds with a busy NSM: others wait for the TPM */

enum attest_error attest_tpm_vendor_encode(TPM2_CC code, TPM2_HANDLE index, struct attest_view auth,
                                           struct attest_bytes *out)
{
    const uint32_t area = 4 + 2 + 1 + 2 + (uint32_t)auth.size; /* a TPMS_AUTH_COMMAND, Part 2 §10.13.2 */

    if (auth.size > ATTEST_TPM_VENDOR_AUTH_MAX)
        return ATTEST_TOO_LARGE;
    attest_bytes_append_u16(out, TPM2_ST_SESSIONS);
    attest_bytes_append_u32(out, HEADER_SIZE + 3 * 4 + area);
    attest_bytes_append_u32(out, code);
    attest_bytes_append_u32(out, index);
    attest_bytes_append_u32(out, index);
    attest_bytes_append_u32(out, area);
    attest_bytes_append_u32(out, TPM2_RS_PW);
    attest_bytes_append_u16(out, 0);                           /* no nonce */
    attest_bytes_append_u8(out, TPMA_SESSION_CONTINUESESSION); /* as ESAPI sends it for a password */
    attest_bytes_append_u16(out, (uint16_t)auth.size);
    attest_bytes_append(out, auth);
    return attest_bytes_check(out);
}

enum attest_error attest_tpm_vendor_parse(struct attest_view response, TPM2_RC *ret_code,
                                          struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(response);

    uint16_t tag = attest_reader_u16(&reader);
    uint32_t size = attest_reader_u32(&reader);
    TPM2_RC code = attest_reader_u32(&reader);
    attest_try(attest_reader_check(&reader, diag));
    if (size != response.size)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a response as long as it says");
    if (tag != TPM2_ST_NO_SESSIONS && tag != (code == TPM2_RC_SUCCESS ? TPM2_ST_SESSIONS : TPM2_ST_NO_SESSIONS))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "the tag of a response");
    *ret_code = code;
    return ATTEST_OK;
}

/* The two halves of the exchange, as attest_tpm_call wants them. */
static TSS2_RC transmit(struct attest_tpm *tpm, const struct attest_bytes *command)
{
    return Tss2_Tcti_Transmit(tpm->tcti, command->size, command->data);
}

static TSS2_RC receive(struct attest_tpm *tpm)
{
    uint8_t response[RESPONSE_MAX];
    size_t size = sizeof response;
    TPM2_RC code = TPM2_RC_SUCCESS;

    TSS2_RC rc = Tss2_Tcti_Receive(tpm->tcti, &size, response, (int32_t)tpm->options->command_timeout);
    if (rc != TSS2_RC_SUCCESS)
        return rc;
    if (attest_tpm_vendor_parse((struct attest_view){ response, size }, &code, NULL) != ATTEST_OK)
        return TSS2_TCTI_RC_MALFORMED_RESPONSE;
    return code;
}

enum attest_error attest_tpm_vendor_send(struct attest_tpm *tpm, TPM2_CC code, const char *name,
                                         TPM2_HANDLE index, struct attest_view auth, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes command = attest_bytes_init(COMMAND_MAX);

    attest_try(attest_tpm_vendor_encode(code, index, auth, &command));
    tpm->patience = PATIENCE;
    enum attest_error error = attest_tpm_call(tpm, diag, name, transmit(tpm, &command), receive(tpm));
    tpm->patience = 0;
    return error;
}
