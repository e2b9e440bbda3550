/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread: one loop over signals, listeners, HTTP and what the TPM thread has done. */
#ifndef ATTESTD_SERVER_H
#define ATTESTD_SERVER_H

#include "daemon/config.h"
#include "daemon/listen.h"

/* How the configuration is loaded again on SIGHUP. */
struct server_options {
    const char *config_file; /* NULL: the default */
    const char *tcti;        /* NULL: as configured */
};

/* Serves until SIGTERM or SIGINT. Takes over a reference of `config`. `ret_ended` is false where the TPM thread
 * was stuck in a command and had to be left behind: the process must then end by _exit(2). */
enum attest_error server_run(const struct server_options *options, struct config *config,
                             const struct listeners *listeners, bool *ret_ended, struct attest_diag *diag)
    attest_must_check;

#endif
