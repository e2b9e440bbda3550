/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's own control socket: lines in, lines out. */
#ifndef NITROTPM_SIM_CONSOLE_H
#define NITROTPM_SIM_CONSOLE_H

#include "swtpm-harness/nitrotpm-sim/tpm.h"

#define CONSOLE_LINE_MAX 256

/* Carries out one line (without its end). What it prints ends with a line "ok", or "error: " and why. */
void console_execute(struct tpm *tpm, struct attest_view line, struct attest_bytes *out);

#endif
