/* SPDX-License-Identifier: Apache-2.0 */
/* The signals that end the simulator, as a descriptor to be polled. */
#ifndef NITROTPM_SIM_SIGNALS_H
#define NITROTPM_SIM_SIGNALS_H

#include "attest/error.h"

#include <stdbool.h>

struct signals {
    int fd;
    bool stop; /* one came */
};

enum attest_error signals_open(struct signals *ret_signals, struct attest_diag *diag) attest_must_check;
void signals_close(struct signals *signals);

/* Takes what has come, without waiting. */
void signals_take(struct signals *signals);

/* Gives a child the signals back that `signals_open` blocked. Async-signal-safe. */
void signals_unblock(void);

#endif
