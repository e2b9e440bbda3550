/* SPDX-License-Identifier: Apache-2.0 */
/* Where to listen: unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT. */
#ifndef NITROTPM_SIM_ADDRESS_H
#define NITROTPM_SIM_ADDRESS_H

#include "attest/error.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_un un;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } socket;
    socklen_t size;
};

enum attest_error address_parse(const char *text, struct address *ret_address, struct attest_diag *diag)
    attest_must_check;

bool address_is_unix(const struct address *address);

/* Where swtpm's TCTI looks for the control channel: PATH.ctrl, or the port after. */
enum attest_error address_of_control(const struct address *data, struct address *ret_control,
                                     struct attest_diag *diag) attest_must_check;

/* A listening socket. A socket file that nobody listens on any more is replaced. */
enum attest_error address_listen(const struct address *address, int *ret_fd, struct attest_diag *diag)
    attest_must_check;

#define ADDRESS_TCTI_SIZE 160
/* What clients of tpm2-tss say to get there. */
void address_format_tcti(const struct address *address, char ret_text[ADDRESS_TCTI_SIZE]);

#endif
