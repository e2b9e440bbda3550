/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the host of a URL has an address, and takes connections: without a word of HTTP. */
#ifndef ATTEST_UNLOCK_CHECK_REACH_H
#define ATTEST_UNLOCK_CHECK_REACH_H

#include "attest/error.h"

#include <stddef.h>

/* `url` is http or https, with HOST[:PORT] and no path. The first address in words; ATTEST_REMOTE if it has
 * none. */
enum attest_error check_reach_dns(const char *url, char *ret_address, size_t size, struct attest_diag *diag)
    attest_must_check;

/* ATTEST_REMOTE if no address takes a connection within that time each. */
enum attest_error check_reach_tcp(const char *url, int timeout_ms, struct attest_diag *diag) attest_must_check;

#endif
