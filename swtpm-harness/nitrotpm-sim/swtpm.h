/* SPDX-License-Identifier: Apache-2.0 */
/* The software TPM behind us: a child process, one connection for commands, one for its control channel. */
#ifndef NITROTPM_SIM_SWTPM_H
#define NITROTPM_SIM_SWTPM_H

#include "base/bytes.h"
#include "swtpm-harness/nitrotpm-sim/signals.h"

#include <sys/types.h>

struct swtpm {
    pid_t pid;
    int data;
    int control;
    struct signals *signals;
};

/* Makes the TPM's state in the folder `path` where there is none (swtpm_setup), and starts swtpm on it. */
enum attest_error swtpm_start(struct swtpm *ret_swtpm, const char *path, struct signals *signals,
                              struct attest_diag *diag) attest_must_check;

/* Ends it in order, by force after two seconds. */
void swtpm_stop(struct swtpm *swtpm);

/* One command, and its response appended to `out`. An error means that the TPM is gone, or that we shall stop
 * (signals->stop), never that the TPM refused. */
enum attest_error swtpm_transact(struct swtpm *swtpm, struct attest_view command, struct attest_bytes *out,
                                 struct attest_diag *diag) attest_must_check;

/* The same on the control channel (swtpm_ioctls(3)). */
enum attest_error swtpm_control(struct swtpm *swtpm, struct attest_view request, struct attest_bytes *out,
                                struct attest_diag *diag) attest_must_check;

#endif
