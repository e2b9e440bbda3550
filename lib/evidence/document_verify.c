/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does AWS say so, to us, now? Trusts the roots of the trust it is given and nothing in the document. The steps
 * are those of the EC2 User Guide, "Validate a NitroTPM attestation document", and of attestation_process.md of
 * the Nitro Enclaves NSM API; each is a check, and all are made, so that a report shows everything that is
 * wrong. The document's signature alone waits for a chain that leads to a root: by the key of a leaf that
 * nobody vouches for, it would mean nothing.
 */
#include "evidence/document.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/key.h"
#include "base/time.h"
#include "evidence/policy.h"
#include "evidence/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DER_MAX 128 /* of an ECDSA signature */

struct judgement {
    const struct attest_document *document;
    const struct attest_document_demands *demands;
    struct attest_verdict *verdict;
    int64_t at, leeway, made; /* seconds */
    struct attest_x509_leaf leaf;
};

static void check_form(const struct judgement *j)
{
    const struct attest_document *document = j->document;
    bool is_sha384 = attest_view_equal(document->digest, attest_view_text("SHA384"));
    char found[20];

    attest_verdict_add(j->verdict, true, "form", "COSE_Sign1 over all fields of a document, and no others");
    attest_verdict_add(j->verdict, document->sign1.algorithm == ATTEST_COSE_ES384, "algorithm",
                       "expected %d (ES384), found %" PRId64, ATTEST_COSE_ES384, document->sign1.algorithm);
    attest_error_printable((const char *)document->digest.data, document->digest.size, found, sizeof found);
    attest_verdict_add(j->verdict, is_sha384, "digest", "expected SHA384, found %s", found);
}

/* NitroTPM documents and those of enclaves end at the same root: what tells them apart are the key of the PCRs
 * and the module's id, and both have to say the same. */
static void check_kind(const struct judgement *j)
{
    const struct attest_document *document = j->document;
    enum attest_document_kind module = attest_document_module_kind(document->module_id);
    const char *pcrs = document->has_nitrotpm_pcrs && document->has_enclave_pcrs ? "pcrs and nitrotpm_pcrs"
                       : document->has_nitrotpm_pcrs                             ? "nitrotpm_pcrs"
                       : document->has_enclave_pcrs                              ? "pcrs"
                                                                                 : "neither";
    char id[96];

    attest_error_printable((const char *)document->module_id.data, document->module_id.size, id, sizeof id);
    attest_verdict_add(j->verdict, module != ATTEST_DOCUMENT_UNKNOWN, "module_id",
                       "expected i-...-tpm... or i-...-enc..., found %s", id);
    attest_verdict_add(j->verdict, attest_document_claims(document).kind != ATTEST_DOCUMENT_UNKNOWN, "kind",
                       "expected nitrotpm_pcrs of a NitroTPM or pcrs of an enclave, found %s of %s", pcrs,
                       module == ATTEST_DOCUMENT_UNKNOWN ? "an unknown module"
                                                         : attest_document_kind_name(module));
}

static void check_pcrs(const struct judgement *j)
{
    const struct attest_document *document = j->document;

    for (size_t i = 0; i < document->pcr_count; i++) {
        if (document->pcrs[i].index < ATTEST_DOCUMENT_PCRS_MAX &&
            document->pcrs[i].value.size == ATTEST_DOCUMENT_PCR_SIZE)
            continue;
        attest_verdict_add(j->verdict, false, "pcrs",
                           "expected indexes to %d and values of %d bytes, found PCR %" PRIu64
                           " with %zu bytes",
                           ATTEST_DOCUMENT_PCRS_MAX - 1, ATTEST_DOCUMENT_PCR_SIZE, document->pcrs[i].index,
                           document->pcrs[i].value.size);
        return;
    }
    attest_verdict_add(j->verdict, document->pcr_count > 0, "pcrs",
                       "expected 1 to %d SHA-384 values, found %zu", ATTEST_DOCUMENT_PCRS_MAX,
                       document->pcr_count);
}

static bool is_zero(struct attest_view value)
{
    uint8_t all = 0;

    for (size_t i = 0; i < value.size; i++)
        all |= value.data[i];
    return all == 0;
}

/* In debug mode an enclave's console is open and its PCRs are zero; PCR 0 of one that runs an image is not. */
static void check_debug(const struct judgement *j)
{
    bool is_debug = j->document->has_enclave_pcrs && is_zero(attest_document_pcr(j->document, 0));

    attest_verdict_add(j->verdict, !is_debug || j->demands->allow_debug, "debug", "%s",
                       !is_debug ? "not an enclave in debug mode"
                       : j->demands->allow_debug
                           ? "an enclave in debug mode, as allowed: it proves nothing of its image"
                           : "expected PCR 0 to have a value, found zero: an enclave in debug mode");
}

static enum attest_error verify_signature(const struct judgement *j)
{
    const struct attest_cose_sign1 *sign1 = &j->document->sign1;
    _cleanup_(attest_bytes_done) struct attest_bytes message = attest_bytes_init(2 * ATTEST_DOCUMENT_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes der = attest_bytes_init(DER_MAX);
    const size_t half = ATTEST_COSE_ES384_SIZE / 2;
    const struct attest_view r = { sign1->signature.data, half }, s = { sign1->signature.data + half, half };

    attest_try(attest_cose_signed(sign1, &message));
    attest_try(attest_key_encode_ecdsa(r, s, &der));
    return attest_key_verify(j->leaf.key, ATTEST_KEY_ECDSA, ATTEST_HASH_SHA384, attest_bytes_view(&message),
                             attest_bytes_view(&der));
}

static enum attest_error check_signature(const struct judgement *j)
{
    const struct attest_cose_sign1 *sign1 = &j->document->sign1;
    const char *flaw = NULL;

    if (!j->leaf.key)
        flaw = "expected a leaf that a root vouches for, to verify it with, found none";
    else if (sign1->algorithm != ATTEST_COSE_ES384)
        flaw = "expected ES384, found another algorithm";
    else if (sign1->signature.size != ATTEST_COSE_ES384_SIZE)
        flaw = "expected 96 bytes, found another size";
    if (flaw) {
        attest_verdict_add(j->verdict, false, "signature", "%s", flaw);
        return ATTEST_OK;
    }
    enum attest_error error = verify_signature(j);
    if (error != ATTEST_OK && error != ATTEST_REFUSED)
        return error;
    attest_verdict_add(j->verdict, error == ATTEST_OK, "signature", "expected one by the leaf's key, found %s",
                       error == ATTEST_OK ? "it" : "another");
    return ATTEST_OK;
}

/* The document was made while its leaf was valid. Where there is no leaf, that is the fault. */
static void check_timestamp(const struct judgement *j)
{
    char made[ATTEST_TIME_SIZE], begin[ATTEST_TIME_SIZE], end[ATTEST_TIME_SIZE];

    attest_time_format(j->made, made);
    if (!j->leaf.key) {
        attest_verdict_add(j->verdict, false, "timestamp", "expected a leaf to compare %s with, found none",
                           made);
        return;
    }
    attest_time_format(j->leaf.not_before, begin);
    attest_time_format(j->leaf.not_after, end);
    attest_verdict_add(
        j->verdict,
        j->document->timestamp > 0 && j->made >= j->leaf.not_before - j->leeway && j->made <= j->leaf.not_after,
        "timestamp", "expected one from %s to %s, as the leaf is valid, found %s", begin, end, made);
}

/* Only a clock can be the reason for a document from the future; so this is told apart from one that expired.
 */
static void check_clock(const struct judgement *j)
{
    int64_t ahead = j->made - j->at;
    bool good = ahead <= j->leeway;

    if (good)
        attest_verdict_add(j->verdict, true, "clock",
                           "the document was not made after the time it is judged at%s",
                           j->demands->live ? "" : ", which was given");
    else
        attest_verdict_add(j->verdict, false, "clock",
                           "expected a document made at most %" PRId64 " s ahead of %s, found %" PRId64 " s%s",
                           j->leeway, j->demands->live ? "this clock" : "the time given", ahead,
                           j->demands->live ? ": this clock is slow, or AWS's is fast" : "");
}

static void check_age(const struct judgement *j)
{
    int64_t age = j->at > j->made ? j->at - j->made : 0;

    if (j->demands->max_age == 0)
        return;
    attest_verdict_add(j->verdict, age <= (int64_t)j->demands->max_age, "age",
                       "expected at most %" PRIu32 " s, found %" PRId64 " s", j->demands->max_age, age);
}

static bool asks_age(const struct attest_document_demands *demands)
{
    uint64_t seconds;

    return demands->max_age > 0 || (demands->policy && attest_policy_max_age(demands->policy, &seconds));
}

static void check_nonce(const struct judgement *j)
{
    struct attest_view wanted = j->demands->nonce, found = j->document->nonce;

    if (wanted.size > 0) {
        bool same = attest_view_equal(wanted, found);
        attest_verdict_add(j->verdict, same, "nonce",
                           "expected the one given (%zu bytes), found %s (%zu bytes)", wanted.size,
                           same         ? "it"
                           : found.data ? "another"
                                        : "none",
                           found.size);
    } else if (asks_age(j->demands)) {
        attest_verdict_add(j->verdict, true, "nonce", "none given: its age says how fresh it is");
    } else {
        attest_verdict_add(j->verdict, j->demands->allow_missing_nonce, "nonce", "%s",
                           j->demands->allow_missing_nonce
                               ? "none given, as allowed: the document may be an old one"
                               : "expected a nonce to compare with, or an age, found none given");
    }
}

/* All that a document tells, which is nothing of how PCR 7 came about. */
static void check_policy(const struct judgement *j)
{
    struct attest_policy_facts facts = {
        .age = { true, j->at > j->made ? (uint64_t)(j->at - j->made) : 0 },
        .instance = attest_document_claims(j->document).instance,
        .secure_boot_reason = "a document has no event log",
    };

    if (!j->demands->policy)
        return;
    attest_document_pcrs(j->document, &facts.pcrs[ATTEST_HASH_SHA384]);
    attest_policy_check(j->demands->policy, &facts, j->verdict);
}

/* What the caller wants bound to the document; not asked if not given. */
static void check_bound(const struct judgement *j, const char *name, struct attest_view wanted,
                        struct attest_view found)
{
    if (!wanted.data)
        return;
    bool same = attest_view_equal(wanted, found);
    attest_verdict_add(j->verdict, same, name, "expected the bytes given (%zu), found %s (%zu)", wanted.size,
                       same ? "them" : "others", found.size);
}

enum attest_error attest_document_verify(const struct attest_document *document, struct attest_trust *trust,
                                         const struct attest_document_demands *demands,
                                         struct attest_verdict *verdict)
{
    struct judgement j = {
        .document = document,
        .demands = demands,
        .verdict = verdict,
        .at = (int64_t)(demands->at / 1000),
        .leeway = demands->leeway > 0 ? demands->leeway : ATTEST_DOCUMENT_LEEWAY,
        .made = (int64_t)(document->timestamp / 1000),
    };

    check_form(&j);
    check_kind(&j);
    check_pcrs(&j);
    check_debug(&j);
    attest_try(attest_x509_verify(trust, &document->chain, j.at, j.leeway, verdict, &j.leaf));
    attest_try(check_signature(&j));
    check_timestamp(&j);
    check_clock(&j);
    check_age(&j);
    check_nonce(&j);
    check_bound(&j, "user_data", demands->user_data, document->user_data);
    check_bound(&j, "public_key", demands->public_key, document->public_key);
    check_policy(&j);
    return attest_verdict_finish(verdict);
}
