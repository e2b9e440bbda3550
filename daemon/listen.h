/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets that callers come through. */
#ifndef ATTESTD_LISTEN_H
#define ATTESTD_LISTEN_H

#include "daemon/access.h"

#define LISTENERS_MAX 8

struct listener {
    int fd;
    enum door door;
    const char *path; /* of a socket that we made and remove at the end; NULL otherwise */
};

struct listeners {
    size_t count;
    struct listener items[LISTENERS_MAX];
};

/* Opens "unix:PATH", "unlock:PATH", "tcp:127.0.0.1:PORT" or "tcp:[::1]:PORT"; a TCP address that is not
 * loopback is refused. `address` must outlive the listeners. */
enum attest_error listen_open(struct listeners *listeners, const char *address, struct attest_diag *diag)
    attest_must_check;

/* Takes over what systemd hands us (sd_listen_fds(3)), by name: attestd, attestd-unlock-door, attestd-tcp. */
enum attest_error listen_inherit(struct listeners *listeners, struct attest_diag *diag) attest_must_check;

void listen_close(struct listeners *listeners);

#endif
