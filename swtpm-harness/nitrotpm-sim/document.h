/* SPDX-License-Identifier: Apache-2.0 */
/* An attestation document of the form that a NitroTPM gives. */
#ifndef NITROTPM_SIM_DOCUMENT_H
#define NITROTPM_SIM_DOCUMENT_H

#include "swtpm-harness/nitrotpm-sim/ca.h"
#include "swtpm-harness/nitrotpm-sim/nsm.h"
#include "swtpm-harness/nitrotpm-sim/pcr.h"

#define DOCUMENT_SIZE_MAX                                                                                      \
    12288 /* more than fits into the message buffer: it is the buffer that is too small then */

/* `now` is in milliseconds since 1970. */
enum attest_error document_make(const struct ca *ca, const struct nsm_request *request,
                                const uint8_t pcrs[PCR_COUNT][PCR_SIZE], int64_t now, struct attest_bytes *out)
    attest_must_check;

#endif
