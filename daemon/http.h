/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP, by libmicrohttpd: http.c is the only file that knows it. It runs inside the main thread's loop. */
#ifndef ATTESTD_HTTP_H
#define ATTESTD_HTTP_H

#include "daemon/metrics.h"
#include "daemon/request.h"

struct http;

enum attest_error http_start(struct daemon_state *daemon, struct http **ret_http, struct attest_diag *diag)
    attest_must_check;

/* Nothing may wait for the TPM any more. NULL is accepted. */
void http_stop(struct http *http);

/* To be watched for reading; then, and whenever http_timeout is over, http_run. */
int http_epoll_fd(const struct http *http);
uint64_t http_timeout(const struct http *http); /* milliseconds; UINT64_MAX: none */
void http_run(struct http *http);

/* Takes over an accepted connection; tells the caller and closes it where there are too many. */
void http_add(struct http *http, int fd, enum door door);

/* Has the event logs compared with the PCRs as /v1/status does, for metrics and the journal. */
void http_check_logs(struct http *http);

/* Whether an answer is still on its way. */
bool http_is_answering(const struct http *http);

/* Ends connections that take too long to send or to receive; gives the time of the next one, UINT64_MAX if
 * none. */
uint64_t http_expire(struct http *http, uint64_t now);

#endif
