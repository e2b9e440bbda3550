/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS attestation documents of EC2 NitroTPM and of Nitro Enclaves: read, and verified up to a root.
 *
 *     struct attest_trust *trust = attest_trust_new();
 *     struct attest_verdict *verdict = attest_verdict_new();
 *     struct attest_document_demands demands = { .at = now, .live = true, .nonce = nonce };
 *     if (attest_trust_add_aws(trust) == ATTEST_OK &&
 *         attest_document_parse(bytes, &document, NULL) == ATTEST_OK &&
 *         attest_document_verify(document, trust, &demands, verdict) == ATTEST_OK)
 *         ... AWS says that attest_document_pcr had these values when it was asked ...
 */
#ifndef ATTEST_DOCUMENT_H
#define ATTEST_DOCUMENT_H

#include "attest/error.h"
#include "attest/policy.h"
#include "attest/trust.h"
#include "attest/verdict.h"
#include "attest/view.h"

#pragma GCC visibility push(default)

#define ATTEST_DOCUMENT_LEEWAY 300 /* seconds, where the demands say none */

struct attest_document;

/* From the bare COSE_Sign1 bytes, at most 16 KiB, tagged or untagged. Form only: all that is mandatory is there
 * and of its type, nothing is unknown, nothing twice, nothing behind it. The caller frees. */
enum attest_error attest_document_parse(struct attest_view wire, struct attest_document **ret_document,
                                        struct attest_diag *diag) attest_must_check;

/* From the JSON that attestd gives: {"type":"aws-nitro-document","document":"base64"}. */
enum attest_error attest_document_from_json(struct attest_view json, struct attest_document **ret_document,
                                            struct attest_diag *diag) attest_must_check;

void attest_document_free(struct attest_document *document); /* NULL is accepted */

/* What the document has to satisfy. A yes always answers a question: without a nonce and without an age nothing
 * holds, unless that is allowed by name. A view whose `data` is NULL was not given; one of no bytes otherwise
 * is met by a document that has none. */
struct attest_document_demands {
    uint64_t at;                   /* the moment to judge it at: milliseconds since 1970 */
    bool live;                     /* that moment is now, by the verifier's clock: only changes what is said */
    uint32_t leeway;               /* seconds that clock may be slow by; 0: ATTEST_DOCUMENT_LEEWAY */
    uint32_t max_age;              /* seconds since the document was made; 0: any */
    struct attest_view nonce;      /* empty: not given, for it would prove no freshness */
    struct attest_view user_data;  /* must be the document's */
    struct attest_view public_key; /* must be the document's */
    bool allow_missing_nonce;
    bool allow_debug;                   /* an enclave in debug mode, whose PCRs are all zero */
    const struct attest_policy *policy; /* NULL: none is asked for; its max_age counts as an age */
};

/* Adds a check for each step to `verdict`, which must be a new one, and returns ATTEST_OK only if all hold,
 * else ATTEST_REFUSED; another error if it could not be found out. */
enum attest_error attest_document_verify(const struct attest_document *document, struct attest_trust *trust,
                                         const struct attest_document_demands *demands,
                                         struct attest_verdict *verdict) attest_must_check;

enum attest_document_kind {
    ATTEST_DOCUMENT_UNKNOWN, /* neither, or both: such a document never holds */
    ATTEST_DOCUMENT_NITROTPM,
    ATTEST_DOCUMENT_ENCLAVE,
};

/* "nitrotpm", "nitro-enclave", "unknown" */
const char *attest_document_kind_name(enum attest_document_kind kind);

/* What it says, true only if it was verified. Views live as long as the document; {NULL, 0} where it has none.
 */
struct attest_document_claims {
    enum attest_document_kind kind;
    struct attest_view module_id;
    struct attest_view instance; /* "i-...", the beginning of module_id */
    uint64_t timestamp;          /* milliseconds since 1970 */
    struct attest_view nonce;
    struct attest_view user_data;
    struct attest_view public_key;
    bool root_is_aws;        /* the chain begins with AWS's root */
    struct attest_view root; /* the SHA-256 fingerprint of what it begins with */
};
struct attest_document_claims attest_document_claims(const struct attest_document *document);

/* The SHA-384 value of a PCR, 48 bytes; {NULL, 0} if the document has none of that index (0 to 31). */
struct attest_view attest_document_pcr(const struct attest_document *document, unsigned index);

#pragma GCC visibility pop

#endif
