/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be asked: one table, from which also /v1/openapi.json is made. A route has up to three parts:
 * `work`, on the TPM thread; then `read`, on the log thread; then `answer`, on the main thread.
 */
#ifndef ATTESTD_ROUTES_H
#define ATTESTD_ROUTES_H

#include "daemon/request.h"

enum method {
    METHOD_GET = 1,
    METHOD_POST = 2,
};

#define METHODS_BOTH (METHOD_GET | METHOD_POST)

struct route {
    const char *path;
    unsigned methods;
    unsigned doors;
    unsigned get_doors; /* through which GET is taken: over TCP, GET could come from a browser */
    enum endpoint endpoint;
    const char *content_type;
    const char *summary;
    const struct param *params; /* ends with a NULL name */
    /* Called with all parameters valid; may be NULL. Runs twice if the TPM was lost in between:
     * what may not be done twice looks first whether it was (request->extension). */
    enum attest_error (*work)(struct request *request, struct tpm_session *session, struct attest_diag *diag);
    /* May be NULL, and is not called where work sets skip_logs. Called again for each piece of an answer in
     * pieces. */
    enum attest_error (*read)(struct request *request, struct eventlog_state *logs, struct attest_diag *diag);
    /* Writes request->answer. */
    enum attest_error (*answer)(struct request *request, struct attest_diag *diag);
    /* The JSON Schema of the answer's members: "name:type" with commas between, '?' behind optional ones. */
    const char *schema;
    const char *other_type; /* that the answer may have, if it may be other than JSON; NULL if not */
    bool dear;              /* its work may hold the TPM up for long */
    bool answers_anyway;    /* also where `read` fails: what it wants of the logs is not all that it says */
};

extern const struct route routes[]; /* ends with a NULL path */

/* NULL if there is none. */
const struct route *routes_find(const char *path);

/* What the routes are made of: api_*.c */
extern const struct param params_none[], params_pcrs[], params_quote[], params_activate[], params_ek[],
    params_eventlog[], params_document[], params_evidence[], params_measure[], params_cap[];

/* The nonce of a quote: it must not begin as what attestd itself has the AK sign. */
#define QUOTE_NONCE_LEAST 16
#define QUOTE_NONCE_MOST  66 /* TPM2B_DATA with SHA-512; what this TPM takes may be less */
#define PARAM_QUOTE_NONCE(text)                                                                                \
    {                                                                                                          \
        "nonce", PARAM_HEX, .required = true, .least = QUOTE_NONCE_LEAST, .most = QUOTE_NONCE_MOST,            \
                            .reserved = "attestd", .what = text                                                \
    }

/* What quotes and evidence demand alike: `which` is the nonce among the parameters. */
enum attest_error api_quote_check_nonce(struct request *request, unsigned which,
                                        const struct tpm_session *session, struct attest_diag *diag)
    attest_must_check;
enum attest_error api_quote_check_logs(const struct request *request, struct attest_diag *diag)
    attest_must_check;

enum attest_error api_health_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_health_answer(struct request *, struct attest_diag *);
enum attest_error api_status_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_status_answer(struct request *, struct attest_diag *);
enum attest_error api_pcrs_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_pcrs_answer(struct request *, struct attest_diag *);
enum attest_error api_quote_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_quote_answer(struct request *, struct attest_diag *);
enum attest_error api_document_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_document_answer(struct request *, struct attest_diag *);
enum attest_error api_measure_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_cap_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_extend_answer(struct request *, struct attest_diag *);
enum attest_error api_evidence_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_evidence_answer(struct request *, struct attest_diag *);
enum attest_error api_ak_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_ak_answer(struct request *, struct attest_diag *);
enum attest_error api_activate_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_activate_answer(struct request *, struct attest_diag *);
enum attest_error api_ek_work(struct request *, struct tpm_session *, struct attest_diag *);
enum attest_error api_ek_answer(struct request *, struct attest_diag *);
enum attest_error api_status_read(struct request *, struct eventlog_state *, struct attest_diag *);
enum attest_error api_quote_read(struct request *, struct eventlog_state *, struct attest_diag *);
enum attest_error api_eventlog_read(struct request *, struct eventlog_state *, struct attest_diag *);
enum attest_error api_eventlog_answer(struct request *, struct attest_diag *);
enum attest_error api_openapi_answer(struct request *, struct attest_diag *);
enum attest_error api_metrics_answer(struct request *, struct attest_diag *);

#endif
