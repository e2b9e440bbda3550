/* SPDX-License-Identifier: Apache-2.0 */
/* The PCRs that swtpm really has. */
#ifndef NITROTPM_SIM_PCR_H
#define NITROTPM_SIM_PCR_H

#include "swtpm-harness/nitrotpm-sim/swtpm.h"

#define PCR_COUNT 24
#define PCR_SIZE  48 /* SHA-384 */

enum attest_error pcr_read(struct swtpm *swtpm, uint8_t ret_values[PCR_COUNT][PCR_SIZE],
                           struct attest_diag *diag) attest_must_check;

#endif
