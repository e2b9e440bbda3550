/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, from its first line to the last byte of its answer. It is plain data: http.c carries it
 * between libmicrohttpd, the route's functions and the TPM thread.
 */
#ifndef ATTESTD_REQUEST_H
#define ATTESTD_REQUEST_H

#include "daemon/config.h"
#include "daemon/params.h"
#include "daemon/tpm_session.h"
#include "daemon/tpm_worker.h"
#include "tpm/quote_make.h"

struct metrics;
struct route;

/* An answer is at most this long. */
#define ANSWER_MAX ((size_t)256 << 10)

/* What only the main thread knows and answers are made of. */
struct daemon_state {
    struct config *config;
    struct tpm_worker *worker;
    struct metrics *metrics;
    const char *started; /* RFC 3339 */
};

struct request {
    struct tpm_job job; /* first: the TPM thread knows only this */
    _Atomic unsigned references;
    void *connection; /* libmicrohttpd's, for http.c */
    const struct route *route;
    struct daemon_state *daemon; /* the main thread's alone */
    struct config *config;       /* as it was when the request came */
    enum door door;
    bool accepts_cose; /* by its Accept header */
    struct attest_bytes body;
    struct params params;
    struct param_problem problem;

    /* What the route's work on the TPM thread leaves for its answer on the main thread. */
    struct param_problem work_problem; /* with an error of category usage */
    struct tpm_identity *identity;
    struct attest_tpm_quote quote;
    struct attest_pcrs pcrs;
    uint32_t update_counter;
    struct attest_tpmkey ek;
    struct attest_bytes bytes;

    struct attest_bytes answer;
    const char *content_type;
    unsigned status;
    unsigned retry_after; /* seconds; 0: no such header */
    bool close;           /* the connection, after the answer */
    const char *allow;    /* methods, for 405 */
};

struct request *request_new(struct daemon_state *daemon, enum door door); /* NULL without memory */
void request_unref(struct request *request);

/* Takes a reference of the identity that the session has now. */
void request_identify(struct request *request, const struct tpm_session *session);

#endif
