/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread: one loop over signals, listeners, HTTP and what the TPM thread has done. */
#ifndef ATTESTD_SERVER_H
#define ATTESTD_SERVER_H

#include "daemon/config.h"
#include "daemon/listen.h"

/* Serves until SIGTERM or SIGINT. Takes over a reference of `config`, which on SIGHUP is loaded again from
 * `source`. `ret_ended` is false where the TPM thread
 * was stuck in a command and had to be left behind: the process must then end by _exit(2). */
enum attest_error server_run(const struct config_source *source, struct config *config,
                             const struct listeners *listeners, bool *ret_ended, struct attest_diag *diag)
    attest_must_check;

#endif
