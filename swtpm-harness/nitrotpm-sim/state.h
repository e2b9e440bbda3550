/* SPDX-License-Identifier: Apache-2.0 */
/* The folder in which the simulator keeps what a restart must not change. */
#ifndef NITROTPM_SIM_STATE_H
#define NITROTPM_SIM_STATE_H

#include "attest/error.h"

#include <stdbool.h>

#define STATE_MODULE_ID_SIZE 40 /* with its NUL */
#define STATE_PATH_SIZE      4096

struct state {
    const char *folder;
    int lock;
    char module_id[STATE_MODULE_ID_SIZE];
};

/* Makes it where there is none, and locks it: a TPM's state is one process's. `module_id`: NULL, or one to
 * keep. */
enum attest_error state_open(struct state *ret_state, const char *folder, const char *module_id,
                             struct attest_diag *diag) attest_must_check;
void state_close(struct state *state);

/* The path of a file in it. */
void state_path(const struct state *state, const char *name, char ret_path[STATE_PATH_SIZE]);

/* i-<17 hex digits>-tpm<16 hex digits>: a NitroTPM's. */
bool state_is_module_id(const char *text);

#endif
