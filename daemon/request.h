/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, from its first line to the last byte of its answer. It is plain data: http.c carries it
 * between libmicrohttpd, the route's functions, the TPM thread and the log thread.
 */
#ifndef ATTESTD_REQUEST_H
#define ATTESTD_REQUEST_H

#include "daemon/config.h"
#include "daemon/eventlog_worker.h"
#include "daemon/params.h"
#include "daemon/tpm_session.h"
#include "daemon/tpm_worker.h"
#include "evidence/evidence.h"
#include "tpm/quote_make.h"

struct endorsement;
struct endorser;
struct eventlog_stream;
struct metrics;
struct route;

/* An answer is at most this long: evidence with all logs. Most are a few kilobytes, and only grow as they are
 * written. */
#define ANSWER_MAX ATTEST_EVIDENCE_MAX

/* What only the main thread knows and answers are made of. */
struct daemon_state {
    struct config *config;
    struct tpm_worker *worker;
    struct eventlog_worker *logs;
    struct metrics *metrics;
    const struct endorser *endorser;
    const char *started; /* RFC 3339 */
};

struct request {
    struct job job; /* first: the other threads know only this */
    _Atomic unsigned references;
    enum door door;
    void *connection; /* libmicrohttpd's, for http.c */
    const struct route *route;
    struct daemon_state *daemon; /* the main thread's alone */
    struct config *config;       /* as it was when the request came */
    bool accepts_cose;           /* by its Accept header */
    struct attest_bytes body;
    struct params params;
    struct param_problem problem;

    /* What the route's work on the TPM thread leaves for its answer on the main thread. */
    struct param_problem work_problem; /* with an error of category usage */
    struct tpm_identity *identity;
    struct attest_tpm_quote quote;
    struct endorsement *endorsement;
    struct attest_pcrs pcrs;
    uint32_t update_counter;
    struct attest_tpmkey ek;
    struct attest_bytes bytes;
    struct eventlog_values *values;

    /* What its reading on the log thread leaves. */
    struct eventlog_stream *stream;
    struct attest_bytes piece; /* of the stream */
    struct attest_bytes logs[ATTEST_LOG_COUNT];
    size_t reserved; /* bytes of request_reserved */

    struct attest_bytes answer;
    size_t sent; /* bytes of the piece that are sent */
    const char *content_type;
    unsigned status;
    unsigned retry_after; /* seconds; 0: no such header */
    const char *allow;    /* methods, for 405 */
    bool close;           /* the connection, after the answer */

    bool sees_logs; /* [access] lets the caller have event logs */
    bool skip_logs; /* by the route's work: this request wants nothing of them */
    bool reading;   /* the job is with the log thread, or was there last */
    bool in_pieces; /* the answer is the first piece, and the stream has more */
    bool broken;    /* there won't be another piece */
};

/* Bytes of long logs in answers that are not sent yet. */
extern _Atomic size_t request_reserved;

struct request *request_new(struct daemon_state *daemon, enum door door); /* NULL without memory */
void request_unref(struct request *request);

/* Takes a reference of the identity that the session has now. */
void request_identify(struct request *request, const struct tpm_session *session);

#endif
