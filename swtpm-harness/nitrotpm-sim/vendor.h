/* SPDX-License-Identifier: Apache-2.0 */
/* TPM2_VENDOR_AWS_NSM_REQUEST. */
#ifndef NITROTPM_SIM_VENDOR_H
#define NITROTPM_SIM_VENDOR_H

#include "swtpm-harness/nitrotpm-sim/tpm.h"

enum attest_error vendor_execute(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                                 struct attest_diag *diag) attest_must_check;

#endif
