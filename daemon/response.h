/* SPDX-License-Identifier: Apache-2.0 */
/* Answers, and problems as RFC 9457 writes them. */
#ifndef ATTESTD_RESPONSE_H
#define ATTESTD_RESPONSE_H

#include "codec/json_writer.h"
#include "daemon/request.h"

#define CONTENT_JSON    "application/json"
#define CONTENT_BINARY  "application/octet-stream"
#define CONTENT_COSE    "application/cose" /* RFC 9052 §11.3.1 */
#define CONTENT_PROBLEM "application/problem+json"

/* The one place where an error becomes an HTTP status. */
unsigned response_status(enum attest_error error);
const char *response_title(unsigned status);

/* A writer into the emptied answer. */
struct attest_json_writer response_begin(struct request *request);

/* Replaces what the answer is by a problem document: `status` is response_status(error), or what fits better.
 */
void response_problem(struct request *request, unsigned status, enum attest_error error,
                      const struct attest_diag *diag);

/* The same with the status that belongs to the error. */
void response_fail(struct request *request, enum attest_error error, const struct attest_diag *diag);

/* The same for what reading an event log met: 404 where this machine has no such log, 503 where it can't be
 * read. */
void response_fail_log(struct request *request, enum attest_error error, const struct attest_diag *diag);

/* The same for what the HTTP side itself refuses: `expected` and `found` (or NULL) as in attest_fail. */
void response_refuse(struct request *request, unsigned status, const char *found, const char *expected);

#endif
