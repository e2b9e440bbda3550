/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does this evidence say? Form only, every part with its own hard maximum; unknown members are refused.
 * Whether any of it is true is for evidence_verify.c.
 */
#include "evidence/evidence.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"

#define TYPE      "attestd-evidence"
#define NONCE_MAX ((size_t)1024)

static enum attest_error parse_nonce(const struct attest_json *root, struct attest_bytes *ret_nonce,
                                     struct attest_diag *diag)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(root, "nonce"), &text) ||
        attest_decode_hex(text, NONCE_MAX, ret_nonce, NULL) != ATTEST_OK || ret_nonce->size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"nonce\": hexadecimal, 1 to %zu bytes", NONCE_MAX);
    return ATTEST_OK;
}

/* TPMs write TPMT_SIGNATURE; the bare forms of other tools have no place here. */
static enum attest_error parse_quote(const struct attest_json *object, struct attest_evidence *evidence,
                                     struct attest_diag *diag)
{
    struct attest_tpm_signature tpmt;

    if (!attest_json_is_object(object))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"quote\": an object");
    attest_try(attest_quote_from_object(object, &evidence->quote, diag));
    attest_try(attest_tpmwire_parse_signature(
        attest_bytes_view(&attest_quote_bundle(evidence->quote)->signature), &tpmt, diag));
    return attest_quote_replay(evidence->quote, &evidence->eventlog, diag);
}

static enum attest_error parse_members(const struct attest_json *root, struct attest_evidence *evidence,
                                       struct attest_diag *diag)
{
    static const char *const known[] = { "type", "nonce", "endorsement", "quote", NULL };
    struct attest_view type;

    if (!attest_json_text(attest_json_member(root, "type"), &type) ||
        !attest_view_equal(type, attest_view_text(TYPE)))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"type\": \"%s\"", TYPE);
    attest_try(attest_json_only(root, known, diag));
    attest_try(parse_nonce(root, &evidence->nonce, diag));
    attest_try(attest_endorsement_parse(attest_json_member(root, "endorsement"), &evidence->endorsement, diag));
    return parse_quote(attest_json_member(root, "quote"), evidence, diag);
}

enum attest_error attest_evidence_from_json(struct attest_view json, struct attest_evidence **ret_evidence,
                                            struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = calloc(1, sizeof *evidence);

    if (!evidence)
        return ATTEST_MEMORY;
    attest_try(attest_json_parse(json, ATTEST_EVIDENCE_MAX, &root, diag));
    attest_try(parse_members(root, evidence, diag));
    evidence->fresh = attest_view_equal(attest_document_claims(evidence->endorsement.document).nonce,
                                        attest_bytes_view(&evidence->nonce));
    *ret_evidence = attest_steal(evidence);
    return ATTEST_OK;
}

void attest_evidence_free(struct attest_evidence *evidence)
{
    if (!evidence)
        return;
    attest_bytes_done(&evidence->nonce);
    attest_endorsement_done(&evidence->endorsement);
    attest_quote_free(evidence->quote);
    attest_eventlog_free(evidence->eventlog);
    free(evidence);
}

void attest_evidence_cleanup(struct attest_evidence **evidence)
{
    attest_evidence_free(*evidence);
}

struct attest_evidence_claims attest_evidence_claims(const struct attest_evidence *evidence)
{
    struct attest_evidence_claims claims = {
        .instance = attest_document_claims(evidence->endorsement.document).instance,
        .fresh = evidence->fresh,
        .secure_boot_reason = "there is no event log",
    };

    if (evidence->eventlog)
        claims.secure_boot = attest_eventlog_secure_boot(evidence->eventlog, &claims.secure_boot_reason);
    return claims;
}

const struct attest_document *attest_evidence_document(const struct attest_evidence *evidence)
{
    return evidence->endorsement.document;
}

const struct attest_quote *attest_evidence_quote(const struct attest_evidence *evidence)
{
    return evidence->quote;
}

enum attest_voucher attest_evidence_voucher(const struct attest_evidence *evidence, unsigned index)
{
    struct attest_view quoted = attest_quote_pcr(evidence->quote, index);

    if (!quoted.data)
        return ATTEST_VOUCHER_NONE;
    return attest_quote_claims(evidence->quote).bank == ATTEST_HASH_SHA384 &&
                   attest_view_equal(quoted, attest_document_pcr(evidence->endorsement.document, index))
               ? ATTEST_VOUCHER_AWS
               : ATTEST_VOUCHER_AK;
}

const char *attest_voucher_name(enum attest_voucher voucher)
{
    return voucher == ATTEST_VOUCHER_AWS ? "aws" : voucher == ATTEST_VOUCHER_AK ? "ak" : "none";
}

void attest_evidence_write(struct attest_json_writer *json, struct attest_view nonce,
                           const struct attest_endorsement_parts *endorsement, const struct attest_pcrs *pcrs,
                           struct attest_view quoted, struct attest_view signature,
                           const struct attest_tpmkey *ak, struct attest_view ak_pem,
                           const struct attest_view logs[ATTEST_LOG_COUNT])
{
    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "type", TYPE);
    attest_json_write_hex(json, "nonce", nonce);
    attest_endorsement_write(json, "endorsement", endorsement);
    attest_json_open(json, "quote", '{');
    attest_bundle_write_members(json, nonce, pcrs, quoted, signature, ak, ak_pem, logs);
    attest_json_close(json, '}');
    attest_json_close(json, '}');
}
