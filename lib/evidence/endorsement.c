/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Was this key vouched for by the software of this boot? Written as it is read: the reserved user_data has one
 * encoding, which is made anew from what it must say and compared byte for byte, so that nothing that a CBOR
 * reader takes for the same ever passes. Trusts the document only as far as its own verification does.
 */
#include "evidence/endorsement.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"
#include "codec/cbor_writer.h"
#include "codec/pcrs.h"
#include "evidence/signature.h"
#include "evidence/verdict.h"

#include <string.h>

#define PART_MAX ((size_t)1024)

static const uint8_t extra_prefix[8] = { 'a', 't', 't', 'e', 's', 't', 'd', 'E' };

void attest_endorsement_extra_data_random(const uint8_t random[ATTEST_ENDORSEMENT_RANDOM_SIZE],
                                          uint8_t ret_extra_data[ATTEST_ENDORSEMENT_EXTRA_SIZE])
{
    memcpy(ret_extra_data, extra_prefix, sizeof extra_prefix);
    memcpy(ret_extra_data + sizeof extra_prefix, random, ATTEST_ENDORSEMENT_RANDOM_SIZE);
}

enum attest_error attest_endorsement_extra_data_fresh(struct attest_view nonce,
                                                      uint8_t ret_extra_data[ATTEST_ENDORSEMENT_EXTRA_SIZE])
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(attest_hash_digest(ATTEST_HASH_SHA256, &nonce, 1, digest));
    attest_endorsement_extra_data_random(digest, ret_extra_data);
    return ATTEST_OK;
}

enum attest_error attest_endorsement_user_data(struct attest_view ak_name, struct attest_view quoted,
                                               struct attest_bytes *out)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(attest_hash_digest(ATTEST_HASH_SHA384, &quoted, 1, digest));
    attest_cbor_write_map(out, 3);
    attest_cbor_write_text(out, "attestd");
    attest_cbor_write_unsigned(out, 1);
    attest_cbor_write_text(out, "ak");
    attest_cbor_write_bytes(out, ak_name);
    attest_cbor_write_text(out, "quote");
    attest_cbor_write_bytes(out, (struct attest_view){ digest, attest_hash_size(ATTEST_HASH_SHA384) });
    return attest_bytes_check(out);
}

void attest_endorsement_write(struct attest_json_writer *json, const char *name,
                              const struct attest_endorsement_parts *parts)
{
    attest_json_open(json, name, '{');
    attest_json_write_base64(json, "document", parts->document);
    attest_json_write_base64(json, "quoted", parts->quoted);
    attest_json_write_base64(json, "signature", parts->signature);
    attest_json_close(json, '}');
}

static enum attest_error take(const struct attest_json *object, const char *name, size_t maximum,
                              struct attest_bytes *ret_data, struct attest_diag *diag)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(object, name), &text))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"%s\": a text in the endorsement", name);
    enum attest_error error = attest_decode_base64(text, maximum, ret_data, NULL);
    if (error != ATTEST_OK)
        return attest_fail(diag, error, NULL, "\"%s\": base64, at most %zu bytes of data", name, maximum);
    return ATTEST_OK;
}

static enum attest_error parse_members(const struct attest_json *object, struct attest_endorsement *endorsement,
                                       struct attest_diag *diag)
{
    static const char *const known[] = { "document", "quoted", "signature", NULL };
    _cleanup_(attest_bytes_done) struct attest_bytes document = attest_bytes_init(0);
    struct attest_tpm_signature tpmt;

    if (!attest_json_is_object(object))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"endorsement\": an object");
    attest_try(attest_json_only(object, known, diag));
    attest_try(take(object, "document", ATTEST_DOCUMENT_MAX, &document, diag));
    attest_try(take(object, "quoted", PART_MAX, &endorsement->quoted, diag));
    attest_try(take(object, "signature", PART_MAX, &endorsement->signature, diag));
    attest_try(attest_document_parse(attest_bytes_view(&document), &endorsement->document, diag));
    attest_try(
        attest_tpmwire_parse_attest(attest_bytes_view(&endorsement->quoted), &endorsement->attest, diag));
    return attest_tpmwire_parse_signature(attest_bytes_view(&endorsement->signature), &tpmt, diag);
}

enum attest_error attest_endorsement_parse(const struct attest_json *object,
                                           struct attest_endorsement *ret_endorsement, struct attest_diag *diag)
{
    _cleanup_(attest_endorsement_done) struct attest_endorsement endorsement = { 0 };

    attest_try(parse_members(object, &endorsement, diag));
    *ret_endorsement = endorsement;
    endorsement = (struct attest_endorsement){ 0 };
    return ATTEST_OK;
}

void attest_endorsement_done(struct attest_endorsement *endorsement)
{
    attest_document_free(endorsement->document);
    attest_bytes_done(&endorsement->quoted);
    attest_bytes_done(&endorsement->signature);
    *endorsement = (struct attest_endorsement){ 0 };
}

static enum attest_error check_extra_data(const struct attest_endorsement *endorsement,
                                          struct attest_view nonce, struct attest_verdict *verdict)
{
    struct attest_view found = endorsement->attest.extra_data;
    uint8_t wanted[ATTEST_ENDORSEMENT_EXTRA_SIZE];
    bool good = found.size == sizeof wanted && memcmp(found.data, extra_prefix, sizeof extra_prefix) == 0;

    if (nonce.data) {
        attest_try(attest_endorsement_extra_data_fresh(nonce, wanted));
        good = attest_view_equal(found, attest_view_of(wanted));
    }
    attest_verdict_add(verdict, good, "extra_data", "expected attestdE and %s, found %s",
                       nonce.data ? "the SHA-256 of the document's nonce" : "32 bytes",
                       good ? "them" : "something else");
    return ATTEST_OK;
}

/* Exactly the 24 PCRs of the bank that documents have. */
static void check_selection(const struct attest_tpm_attest *attest, struct attest_verdict *verdict)
{
    bool good = attest->selection_count == 1 && attest->selections[0].alg == ATTEST_TPM_ALG_SHA384 &&
                attest->selections[0].mask == ATTEST_PCR_ALL;

    attest_verdict_add(verdict, good, "selection", "expected all PCRs of the SHA-384 bank, found %s",
                       good ? "them" : "others");
}

static enum attest_error check_signer(const struct attest_tpm_attest *attest, const struct attest_tpmkey *ak,
                                      struct attest_verdict *verdict)
{
    uint8_t qualified[ATTEST_TPMKEY_NAME_MAX];
    size_t size = 0;

    attest_try(attest_tpmkey_qualify(ak, ATTEST_TPM_RH_ENDORSEMENT, qualified, &size));
    bool same = attest_view_equal((struct attest_view){ qualified, size }, attest->qualified_signer);
    attest_verdict_add(verdict, same, "qualified_signer",
                       "expected the AK as a primary of the endorsement hierarchy, found %s",
                       same ? "it" : "another signer");
    return ATTEST_OK;
}

enum attest_error attest_endorsement_check(const struct attest_endorsement *endorsement,
                                           const struct attest_tpmkey *ak, struct attest_view nonce,
                                           struct attest_verdict *verdict)
{
    const struct attest_tpm_attest *attest = &endorsement->attest;

    attest_try(attest_signature_check(attest_bytes_view(&endorsement->signature), ak->key,
                                      attest_bytes_view(&endorsement->quoted), ATTEST_HASH_NONE, verdict));
    attest_verdict_add(verdict, attest->magic == ATTEST_TPM_GENERATED_VALUE, "magic",
                       "expected 0x%08x (made inside a TPM), found 0x%08x", ATTEST_TPM_GENERATED_VALUE,
                       attest->magic);
    attest_verdict_add(verdict, attest->type == ATTEST_TPM_ST_ATTEST_QUOTE, "type",
                       "expected 0x%04x (a quote), found 0x%04x", ATTEST_TPM_ST_ATTEST_QUOTE, attest->type);
    attest_try(check_extra_data(endorsement, nonce, verdict));
    check_selection(attest, verdict);
    return check_signer(attest, ak, verdict);
}
