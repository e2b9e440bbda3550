/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What are the SHA-384 PCRs at this moment? TPM2_PCR_Read gives eight at most (TPM 2.0 Library Part 3 §22.4);
 * nobody comes in between, for commands are carried out one at a time.
 */
#include "swtpm-harness/nitrotpm-sim/pcr.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/command.h"

#include <string.h>

#define PART      8
#define SELECTED  3 /* bytes of a selection */
#define READ_SIZE (COMMAND_HEADER_SIZE + 4 + 2 + 1 + SELECTED)

static void append_command(struct attest_bytes *out, unsigned part)
{
    attest_bytes_append_u16(out, TPM_ST_NO_SESSIONS);
    attest_bytes_append_u32(out, READ_SIZE);
    attest_bytes_append_u32(out, TPM_CC_PCR_READ);
    attest_bytes_append_u32(out, 1);
    attest_bytes_append_u16(out, TPM_ALG_SHA384);
    attest_bytes_append_u8(out, SELECTED);
    for (unsigned i = 0; i < SELECTED; i++)
        attest_bytes_append_u8(out, i == part ? 0xff : 0);
}

/* pcrUpdateCounter, pcrSelectionOut, pcrValues: all eight, or the bank is not there. */
static enum attest_error parse_values(struct attest_view response, uint8_t (*ret_values)[PCR_SIZE],
                                      struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(response);

    attest_reader_take(&reader, COMMAND_HEADER_SIZE + 4 + 4 + 2 + 1 + SELECTED);
    uint32_t count = attest_reader_u32(&reader);
    for (size_t i = 0; i < PART; i++) {
        struct attest_view value = attest_reader_take_sized(&reader, PCR_SIZE);
        if (count != PART || value.size != PCR_SIZE)
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "eight SHA-384 PCRs");
        memcpy(ret_values[i], value.data, PCR_SIZE);
    }
    return attest_reader_end(&reader, diag);
}

enum attest_error pcr_read(struct swtpm *swtpm, uint8_t ret_values[PCR_COUNT][PCR_SIZE],
                           struct attest_diag *diag)
{
    for (unsigned part = 0; part < PCR_COUNT / PART; part++) {
        _cleanup_(attest_bytes_done) struct attest_bytes command = attest_bytes_init(COMMAND_SIZE_MAX);
        _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(COMMAND_SIZE_MAX);
        append_command(&command, part);
        attest_try(attest_bytes_check(&command));
        attest_try(swtpm_transact(swtpm, attest_bytes_view(&command), &response, diag));
        attest_try(parse_values(attest_bytes_view(&response), ret_values + (size_t)part * PART, diag));
    }
    return ATTEST_OK;
}
