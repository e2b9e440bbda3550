/* SPDX-License-Identifier: Apache-2.0 */
/* The quote bundle: the JSON in which attestd gives a quote. */
#ifndef ATTEST_EVIDENCE_BUNDLE_H
#define ATTEST_EVIDENCE_BUNDLE_H

#include "attest/eventlog.h"
#include "codec/pcrs.h"
#include "evidence/tpmkey.h"

/* A log in a bundle has at most so many bytes, and a bundle with all of them, in base64, so many. */
#define ATTEST_BUNDLE_LOG_MAX ((size_t)4 << 20)
#define ATTEST_BUNDLE_MAX     (ATTEST_LOG_COUNT * (ATTEST_BUNDLE_LOG_MAX / 3 * 4 + 4) + ((size_t)64 << 10))

struct attest_bundle {
    struct attest_bytes nonce;
    struct attest_bytes quoted;    /* TPMS_ATTEST */
    struct attest_bytes signature; /* TPMT_SIGNATURE, or the bare one of other tools' quotes */
    struct attest_pcrs pcrs;
    struct attest_tpmkey ak;                    /* zeroed if not known */
    struct attest_key *ak_pem;                  /* what the bundle says the AK is; NULL if not known */
    struct attest_bytes ak_name;                /* what the bundle says its name is */
    struct attest_bytes logs[ATTEST_LOG_COUNT]; /* empty where the bundle does not have it */
};

/* Decodes and bounds, without judging whether the parts fit each other. ATTEST_MALFORMED and the like. */
enum attest_error attest_bundle_parse(struct attest_view json, struct attest_bundle *ret_bundle,
                                      struct attest_diag *diag) attest_must_check;

/* The same of an object inside another JSON text, which bounds its size. */
enum attest_error attest_bundle_parse_object(const struct attest_json *object, struct attest_bundle *ret_bundle,
                                             struct attest_diag *diag) attest_must_check;

/* A zeroed bundle is accepted. */
void attest_bundle_done(struct attest_bundle *bundle);

/* Writes it; `ak` has to be the key that signed, `ak_pem` the same in PEM; empty logs are left out, NULL for
 * none. */
void attest_bundle_write(struct attest_json_writer *json, struct attest_view nonce,
                         const struct attest_pcrs *pcrs, struct attest_view quoted,
                         struct attest_view signature, const struct attest_tpmkey *ak,
                         struct attest_view ak_pem, const struct attest_view logs[ATTEST_LOG_COUNT]);

/* Its members, into an object that is open. */
void attest_bundle_write_members(struct attest_json_writer *json, struct attest_view nonce,
                                 const struct attest_pcrs *pcrs, struct attest_view quoted,
                                 struct attest_view signature, const struct attest_tpmkey *ak,
                                 struct attest_view ak_pem, const struct attest_view logs[ATTEST_LOG_COUNT]);

#endif
