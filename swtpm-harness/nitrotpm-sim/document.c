/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the NSM attest? A COSE_Sign1 (RFC 9052 §4.2) without tag; its payload is a map of indefinite length
 * with the keys in the order and the nulls that a NitroTPM's documents have.
 */
#include "swtpm-harness/nitrotpm-sim/document.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "swtpm-harness/nitrotpm-sim/cbor.h"
#include "swtpm-harness/nitrotpm-sim/certificate.h"

static const uint8_t protected_header[] = { 0xa1, 0x01, 0x38, 0x22 }; /* {1: -35}: alg ES384 */

static enum attest_error append_certificate(struct attest_bytes *out, const struct ca *ca, enum ca_level level)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = attest_bytes_init(CERTIFICATE_SIZE_MAX);

    attest_try(ca_append_certificate(ca, level, &der));
    cbor_append_bytes(out, attest_bytes_view(&der));
    return ATTEST_OK;
}

static void append_pcrs(struct attest_bytes *out, const uint8_t pcrs[PCR_COUNT][PCR_SIZE])
{
    cbor_append_text(out, "nitrotpm_pcrs");
    cbor_append_head(out, CBOR_MAP, PCR_COUNT);
    for (unsigned i = 0; i < PCR_COUNT; i++) {
        cbor_append_head(out, CBOR_UNSIGNED, i);
        cbor_append_bytes(out, (struct attest_view){ pcrs[i], PCR_SIZE });
    }
}

static void append_field(struct attest_bytes *out, const char *name, const struct nsm_field *field)
{
    cbor_append_text(out, name);
    if (field->given)
        cbor_append_bytes(out, field->value);
    else
        cbor_append_null(out);
}

static enum attest_error append_payload(struct attest_bytes *out, const struct ca *ca,
                                        const struct nsm_request *request,
                                        const uint8_t pcrs[PCR_COUNT][PCR_SIZE], int64_t now)
{
    cbor_append_map_begin(out);
    cbor_append_text(out, "module_id");
    cbor_append_text(out, ca->module_id);
    cbor_append_text(out, "digest");
    cbor_append_text(out, "SHA384");
    cbor_append_text(out, "timestamp");
    cbor_append_head(out, CBOR_UNSIGNED, (uint64_t)now);
    append_pcrs(out, pcrs);
    cbor_append_text(out, "certificate");
    attest_try(append_certificate(out, ca, CA_LEAF));
    cbor_append_text(out, "cabundle");
    cbor_append_head(out, CBOR_ARRAY, CA_LEAF);
    for (enum ca_level level = CA_ROOT; level < CA_LEAF; level++)
        attest_try(append_certificate(out, ca, level));
    append_field(out, "public_key", &request->public_key);
    append_field(out, "user_data", &request->user_data);
    append_field(out, "nonce", &request->nonce);
    cbor_append_break(out);
    return attest_bytes_check(out);
}

/* Sig_structure, RFC 9052 §4.4, with no external_aad. */
static enum attest_error sign(const struct ca *ca, struct attest_view payload,
                              struct attest_bytes *ret_signature)
{
    _cleanup_(attest_bytes_done) struct attest_bytes message = attest_bytes_init(DOCUMENT_SIZE_MAX);

    cbor_append_head(&message, CBOR_ARRAY, 4);
    cbor_append_text(&message, "Signature1");
    cbor_append_bytes(&message, attest_view_of(protected_header));
    cbor_append_bytes(&message, (struct attest_view){ 0 });
    cbor_append_bytes(&message, payload);
    attest_try(attest_bytes_check(&message));
    return ca_sign(ca, attest_bytes_view(&message), ret_signature);
}

enum attest_error document_make(const struct ca *ca, const struct nsm_request *request,
                                const uint8_t pcrs[PCR_COUNT][PCR_SIZE], int64_t now, struct attest_bytes *out)
{
    _cleanup_(attest_bytes_done) struct attest_bytes payload = attest_bytes_init(DOCUMENT_SIZE_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes signature = attest_bytes_init(DOCUMENT_SIZE_MAX);

    attest_try(append_payload(&payload, ca, request, pcrs, now));
    attest_try(sign(ca, attest_bytes_view(&payload), &signature));
    cbor_append_head(out, CBOR_ARRAY, 4);
    cbor_append_bytes(out, attest_view_of(protected_header));
    cbor_append_head(out, CBOR_MAP, 0);
    cbor_append_bytes(out, attest_bytes_view(&payload));
    cbor_append_bytes(out, attest_bytes_view(&signature));
    return attest_bytes_check(out);
}
