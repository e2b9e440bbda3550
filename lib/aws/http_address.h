/* SPDX-License-Identifier: Apache-2.0 */
/* Whom HTTP may be spoken with, and how. */
#ifndef ATTEST_AWS_HTTP_ADDRESS_H
#define ATTEST_AWS_HTTP_ADDRESS_H

#include "attest/error.h"

#include <stdbool.h>

#define ATTEST_HTTP_HOST_SIZE 264 /* a name of 253 characters, a port, and its end */

struct attest_http_address {
    bool tls;
    char host[ATTEST_HTTP_HOST_SIZE]; /* the Host field: with a port where it is not the scheme's own */
    const char *socket_path;          /* NULL: TCP. Points into the text */
};

/* One of unix:PATH, tcp:127.0.0.1:PORT, tcp:[::1]:PORT, https://HOST[:PORT], and http://HOST[:PORT] where HOST
 * is numerically loopback or where EC2 and ECS have metadata and credentials. ATTEST_USAGE. */
enum attest_error attest_http_address_parse(const char *text, struct attest_http_address *ret_address,
                                            struct attest_diag *diag) attest_must_check;

#endif
