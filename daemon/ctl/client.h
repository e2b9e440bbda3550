/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to attestd (attestd-api(7)). */
#ifndef ATTESTCTL_CLIENT_H
#define ATTESTCTL_CLIENT_H

#include "base/key.h"
#include "codec/json.h"
#include "daemon/ctl/options.h"
#include "evidence/evidence.h"

/* An answer of attestd's is at most this long. */
#define CTL_ANSWER_MAX ATTEST_EVIDENCE_MAX

/* A parameter of a request, taken from an option if that is given. */
struct ctl_parameter {
    const char *name;
    const char *value; /* NULL: not sent */
};

/* Asks for `path` with `parameters` (which end with a NULL name; NULL if there are none). ATTEST_USAGE if
 * attestd calls the request wrong, ATTEST_REMOTE if it can't be reached or does not give what was asked for;
 * what it says about that is in call->problem. The answer is a JSON object. */
enum attest_error ctl_client_ask(struct ctl_call *call, const char *path,
                                 const struct ctl_parameter *parameters, struct attest_bytes *ret_answer,
                                 struct attest_json **ret_json) attest_must_check;

/* The same for an answer that is just bytes (application/octet-stream), at most `maximum` of them. */
enum attest_error ctl_client_fetch(struct ctl_call *call, const char *path,
                                   const struct ctl_parameter *parameters, size_t maximum,
                                   struct attest_bytes *ret_answer) attest_must_check;

/* Asks for /v1/ak, whose key is decoded. */
enum attest_error ctl_client_ask_ak(struct ctl_call *call, struct attest_bytes *ret_answer,
                                    struct attest_json **ret_json, struct attest_key **ret_key)
    attest_must_check;

#endif
