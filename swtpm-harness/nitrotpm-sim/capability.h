/* SPDX-License-Identifier: Apache-2.0 */
/* What TPM2_GetCapability says, made to say what a NitroTPM would. */
#ifndef NITROTPM_SIM_CAPABILITY_H
#define NITROTPM_SIM_CAPABILITY_H

#include "swtpm-harness/nitrotpm-sim/command.h"
#include "swtpm-harness/nitrotpm-sim/swtpm.h"

struct capability_options {
    bool plain_vendor; /* the vendor strings stay swtpm's */
    bool hide_command; /* the vendor command works, but isn't listed */
};

/* Changes `response`, swtpm's answer to `command`: the vendor strings, the largest NV index, the vendor command
 * in the list and in the counts. An answer with sessions stays as it is, for their HMAC covers it. */
enum attest_error capability_rewrite(const struct capability_options *options, const struct command *command,
                                     struct attest_bytes *response) attest_must_check;

/* One property of the TPM (TPM_PT_*), as swtpm itself says. */
enum attest_error capability_ask(struct swtpm *swtpm, uint32_t property, uint32_t *ret_value,
                                 struct attest_diag *diag) attest_must_check;

#endif
