/* SPDX-License-Identifier: Apache-2.0 */
/* swtpm's control channel, in front of swtpm's own. */
#ifndef NITROTPM_SIM_CHANNEL_H
#define NITROTPM_SIM_CHANNEL_H

#include "base/bytes.h"
#include "swtpm-harness/nitrotpm-sim/swtpm.h"

enum channel_action {
    CHANNEL_INCOMPLETE, /* more has to come */
    CHANNEL_ANSWERED,
    CHANNEL_TAKE_DATA, /* the same, and the descriptor that came with it carries TPM commands */
    CHANNEL_MALFORMED, /* nothing that follows could be understood */
};

/* One request from the beginning of `input`. `has_fd`: a descriptor came with it; `is_machine`: from QEMU, for
 * which power off is meant, rather than from a TCTI beside which others use the same TPM. */
enum attest_error channel_execute(struct swtpm *swtpm, struct attest_view input, bool has_fd, bool is_machine,
                                  size_t *ret_size, struct attest_bytes *out, enum channel_action *ret_action,
                                  struct attest_diag *diag) attest_must_check;

#endif
