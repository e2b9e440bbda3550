/* SPDX-License-Identifier: Apache-2.0 */
/* A client's connection: what came and is not yet carried out, what is not yet sent. It never blocks. */
#ifndef NITROTPM_SIM_CONNECTION_H
#define NITROTPM_SIM_CONNECTION_H

#include "base/bytes.h"

#include <stdbool.h>

#define CONNECTION_INPUT_MAX  4200 /* a TPM command; or CMD_HASH_DATA with 4096 bytes */
#define CONNECTION_OUTPUT_MAX 65536

enum connection_kind {
    CONNECTION_DATA,    /* TPM commands */
    CONNECTION_CONTROL, /* swtpm's control channel, as the TCTI uses it */
    CONNECTION_QEMU,    /* the same, as QEMU uses it */
    CONNECTION_CONSOLE, /* the simulator's own: faults and counts */
};

struct connection {
    int fd; /* -1: free */
    enum connection_kind kind;
    uint8_t input[CONNECTION_INPUT_MAX];
    size_t input_size;
    int passed_fd; /* a descriptor that came with the input; -1 */
    struct attest_bytes output;
    size_t sent;
    uint64_t arrival; /* when its command was whole, counted; 0: none waits */
    int64_t deadline; /* until when what has begun must be whole */
    bool ended;       /* nothing more comes */
    bool broken;      /* it is to be closed without another word */
};

void connection_open(struct connection *connection, int fd, enum connection_kind kind);
void connection_close(struct connection *connection);

/* Takes what is there, and sends what can be sent. */
void connection_receive(struct connection *connection);
void connection_send(struct connection *connection);

/* Removes the first `size` bytes of the input. */
void connection_consume(struct connection *connection, size_t size);

bool connection_is_sending(const struct connection *connection);

#endif
