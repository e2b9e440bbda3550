/* SPDX-License-Identifier: Apache-2.0 */
/* The one loop: listeners, connections, the TPM's commands one at a time. */
#ifndef NITROTPM_SIM_SERVER_H
#define NITROTPM_SIM_SERVER_H

#include "swtpm-harness/nitrotpm-sim/address.h"
#include "swtpm-harness/nitrotpm-sim/connection.h"
#include "swtpm-harness/nitrotpm-sim/tpm.h"

#define SERVER_LISTENERS_MAX   12
#define SERVER_CONNECTIONS_MAX 64

struct server {
    struct tpm *tpm;
    struct signals *signals;
    struct listener {
        int fd;
        enum connection_kind kind;
        struct address address;
    } listeners[SERVER_LISTENERS_MAX];
    size_t listener_count;
    struct connection connections[SERVER_CONNECTIONS_MAX];
    struct connection *current; /* whose command is the TPM's now */
    int64_t ready_at;           /* when it will be carried out */
    uint64_t arrivals;
};

void server_init(struct server *server, struct tpm *tpm, struct signals *signals);
enum attest_error server_listen(struct server *server, const struct address *address, enum connection_kind kind,
                                struct attest_diag *diag) attest_must_check;

/* Serves until a signal asks to stop (ATTEST_OK) or swtpm is gone. */
enum attest_error server_run(struct server *server, struct attest_diag *diag) attest_must_check;

/* Closes everything and removes the socket files. */
void server_close(struct server *server);

#endif
