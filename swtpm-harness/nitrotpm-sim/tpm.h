/* SPDX-License-Identifier: Apache-2.0 */
/* The TPM as clients see it: swtpm, and what a NitroTPM has beyond it. */
#ifndef NITROTPM_SIM_TPM_H
#define NITROTPM_SIM_TPM_H

#include "swtpm-harness/nitrotpm-sim/ca.h"
#include "swtpm-harness/nitrotpm-sim/capability.h"
#include "swtpm-harness/nitrotpm-sim/counts.h"
#include "swtpm-harness/nitrotpm-sim/faults.h"
#include "swtpm-harness/nitrotpm-sim/nv.h"
#include "swtpm-harness/nitrotpm-sim/swtpm.h"

struct tpm {
    struct capability_options capability;
    struct swtpm swtpm;
    struct nv nv;
    struct ca ca;
    struct faults faults;
    struct counts counts;
};

/* What the faults add to a command's time: asked once for each, before it is carried out. */
int64_t tpm_delay(struct tpm *tpm, struct attest_view wire);

/* Carries out one command. `ret_lost`: its client is to get no answer, but to lose its connection. An error
 * means that swtpm is gone, or that we shall stop. */
enum attest_error tpm_execute(struct tpm *tpm, struct attest_view wire, struct attest_bytes *out,
                              bool *ret_lost, struct attest_diag *diag) attest_must_check;

#endif
