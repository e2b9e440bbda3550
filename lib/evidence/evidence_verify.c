/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did AWS's machine boot what is wanted, and is this its word, now? Trusts the roots of the trust it is given.
 * The steps: the document holds up to the root and names the AK; the AK is one that signs only what its TPM
 * made; its quote belongs to the same boot as the document, shows the same boot PCRs, and was made for the
 * nonce; the logs make the quoted values; the policy wants them. Each is a check, and all are made.
 */
#include "evidence/evidence.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "evidence/policy.h"
#include "evidence/verdict.h"

#include <inttypes.h>

struct judgement {
    const struct attest_evidence *evidence;
    struct attest_trust *trust;
    const struct attest_evidence_demands *demands;
    const struct attest_tpmkey *ak;
    struct attest_verdict *verdict;
    struct attest_view nonce; /* what the evidence's has to be; empty: not given */
    uint64_t age;             /* of the document, in seconds */
};

typedef enum attest_error part(const struct judgement *j, struct attest_verdict *verdict);

/* Makes the checks of one part, whose names then say which. */
static enum attest_error check_part(const struct judgement *j, part *check, const char *prefix)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    if (!verdict)
        return ATTEST_MEMORY;
    enum attest_error error = check(j, verdict);
    if (error != ATTEST_OK && error != ATTEST_REFUSED)
        return error;
    attest_verdict_adopt(j->verdict, verdict, prefix);
    return ATTEST_OK;
}

/* The nonce as the evidence must carry it: the caller's, or what binds that to something else. */
static enum attest_error bind_nonce(const struct attest_evidence_demands *demands,
                                    uint8_t digest[ATTEST_HASH_MAX_SIZE], struct attest_view *ret_nonce)
{
    const struct attest_view parts[] = { demands->nonce, demands->bind };

    *ret_nonce = demands->nonce;
    if (!demands->bind.data || demands->nonce.size == 0)
        return ATTEST_OK;
    attest_try(attest_hash_digest(ATTEST_HASH_SHA256, parts, 2, digest));
    *ret_nonce = (struct attest_view){ digest, attest_hash_size(ATTEST_HASH_SHA256) };
    return ATTEST_OK;
}

static void check_nonce(const struct judgement *j)
{
    struct attest_view found = attest_bytes_view(&j->evidence->nonce);
    bool is_bound = j->demands->bind.data != NULL;

    if (j->nonce.size == 0) {
        attest_verdict_add(j->verdict, j->demands->allow_missing_nonce && !is_bound, "nonce", "%s",
                           is_bound ? "expected the challenge that the bytes are bound with, found none given"
                           : j->demands->allow_missing_nonce
                               ? "none given, as allowed: the evidence may be an old one"
                               : "expected a nonce to compare with, found none given");
        return;
    }
    bool same = attest_view_equal(j->nonce, found);
    attest_verdict_add(j->verdict, same, "nonce", "expected %s (%zu bytes), found %s (%zu bytes)",
                       is_bound ? "SHA-256 of the challenge and the bytes given" : "the one given",
                       j->nonce.size, same ? "it" : "another", found.size);
}

/* An enclave's document ends at the same root and says nothing of any TPM. */
static void check_kind(const struct judgement *j)
{
    enum attest_document_kind kind = attest_document_claims(j->evidence->endorsement.document).kind;

    attest_verdict_add(j->verdict, kind == ATTEST_DOCUMENT_NITROTPM, "kind",
                       "expected a document of a NitroTPM, found one of %s", attest_document_kind_name(kind));
}

static void check_fresh(const struct judgement *j)
{
    if (j->evidence->fresh)
        attest_verdict_add(j->verdict, true, "fresh", "the endorsement was made for the same nonce");
    else
        attest_verdict_add(j->verdict, !j->demands->fresh, "fresh",
                           "%s%" PRIu64 " s before, which is a cached one",
                           j->demands->fresh ? "expected an endorsement made for this nonce, found one made "
                                             : "the endorsement was made ",
                           j->age);
}

static uint32_t endorsement_max_age(const struct judgement *j)
{
    uint64_t seconds = ATTEST_EVIDENCE_ENDORSEMENT_AGE;

    if (j->demands->policy)
        attest_policy_endorsement_max_age(j->demands->policy, &seconds);
    /* An age of 0 would be none to a document; that it is less than a second old, the policy's check says. */
    return seconds == 0 ? 1 : seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

static enum attest_error check_document(const struct judgement *j, struct attest_verdict *verdict)
{
    static const uint8_t none[1];
    _cleanup_(attest_bytes_done) struct attest_bytes user_data =
        attest_bytes_init(ATTEST_ENDORSEMENT_USER_DATA_SIZE);
    struct attest_document_demands demands = {
        .at = j->demands->at,
        .live = j->demands->live,
        .leeway = j->demands->leeway,
        .max_age = endorsement_max_age(j),
        .nonce = j->evidence->fresh ? attest_bytes_view(&j->evidence->nonce) : (struct attest_view){ 0 },
        .public_key = { none, 0 },
    };

    attest_try(attest_endorsement_user_data(attest_tpmkey_name(j->ak),
                                            attest_bytes_view(&j->evidence->endorsement.quoted), &user_data));
    demands.user_data = attest_bytes_view(&user_data);
    return attest_document_verify(j->evidence->endorsement.document, j->trust, &demands, verdict);
}

static enum attest_error check_endorsement(const struct judgement *j, struct attest_verdict *verdict)
{
    return attest_endorsement_check(
        &j->evidence->endorsement, j->ak,
        j->evidence->fresh ? attest_bytes_view(&j->evidence->nonce) : (struct attest_view){ 0 }, verdict);
}

static enum attest_error check_quote(const struct judgement *j, struct attest_verdict *verdict)
{
    const struct attest_quote_demands demands = { .nonce = attest_bytes_view(&j->evidence->nonce) };

    return attest_quote_check(j->evidence->quote, j->ak->key, &demands, verdict);
}

static void check_count(const struct judgement *j, const char *name, uint32_t wanted, uint32_t found)
{
    attest_verdict_add(j->verdict, wanted == found, name,
                       "expected %" PRIu32 ", as in the endorsement, found %" PRIu32, wanted, found);
}

/* Both quotes are of one boot, and the endorsement's is the older one (TPM 2.0 Part 1 §36): only then do the
 * document's PCRs say something about the quote's. */
static void check_boot(const struct judgement *j)
{
    const struct attest_tpm_attest *first = &j->evidence->endorsement.attest;
    const struct attest_tpm_attest *second = attest_quote_attest(j->evidence->quote);

    check_count(j, "reset_count", first->reset_count, second->reset_count);
    check_count(j, "restart_count", first->restart_count, second->restart_count);
    attest_verdict_add(j->verdict, second->clock >= first->clock, "clock",
                       "expected %" PRIu64 " ms, the endorsement's, or later, found %" PRIu64 " ms",
                       first->clock, second->clock);
    attest_verdict_add(j->verdict, first->safe && second->safe, "clock_safe",
                       "expected a clock that was not set back in both, found %s",
                       !first->safe    ? "one in the endorsement that may have been"
                       : !second->safe ? "one in the quote that may have been"
                                       : "it");
}

/* The boot's PCRs are AWS's own word; a quote that has others is of another boot, or not of that TPM. */
static void check_pcrs(const struct judgement *j)
{
    const struct attest_pcrs *quoted = attest_quote_pcrs(j->evidence->quote);
    uint32_t different = 0;
    char text[80];

    attest_verdict_add(j->verdict, quoted->bank == ATTEST_HASH_SHA384, "bank", "expected sha384, found %s",
                       attest_hash_name(quoted->bank));
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (ATTEST_EVIDENCE_BOOT_PCRS >> i & 1 && attest_evidence_voucher(j->evidence, i) != ATTEST_VOUCHER_AWS)
            different |= 1u << i;
    attest_pcrs_format_selection(different, text, sizeof text);
    if (different == 0)
        attest_verdict_add(j->verdict, true, "boot_pcrs", "PCR 0 to 9, 12 and 13 are the document's");
    else
        attest_verdict_add(
            j->verdict, false, "boot_pcrs",
            "expected the document's values in PCR 0 to 9, 12 and 13, found others, or none, in %s", text);
}

/* What workloads extend themselves (a cap, a secret's digest) is in no log: that is for the policy to judge. */
static enum attest_error check_eventlog(const struct judgement *j, struct attest_verdict *verdict)
{
    const struct attest_eventlog_demands demands = { .allow_newer = j->demands->allow_newer,
                                                     .allow_unexplained = true };

    if (j->evidence->eventlog)
        attest_eventlog_check(j->evidence->eventlog, &demands, verdict);
    return ATTEST_OK;
}

/* Those that AWS vouches for too: where that is demanded, what the AK alone says is not proven. */
static uint32_t vouched_by_aws(const struct attest_evidence *evidence)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
        if (attest_evidence_voucher(evidence, i) == ATTEST_VOUCHER_AWS)
            mask |= 1u << i;
    return mask;
}

static void collect_facts(const struct judgement *j, struct attest_policy_facts *facts)
{
    const struct attest_pcrs *pcrs = attest_quote_pcrs(j->evidence->quote);
    struct attest_evidence_claims claims = attest_evidence_claims(j->evidence);

    facts->pcrs[pcrs->bank] = *pcrs;
    if (j->demands->fresh)
        facts->pcrs[pcrs->bank].mask &= vouched_by_aws(j->evidence);
    facts->secure_boot = claims.secure_boot;
    facts->secure_boot_reason = claims.secure_boot_reason;
    facts->instance = claims.instance;
    facts->endorsement_age = (struct attest_policy_age){ true, j->age };
    /* With a cached endorsement it is the quote whose age counts, and that is younger than its nonce. */
    facts->age =
        (struct attest_policy_age){ j->evidence->fresh || j->nonce.size > 0, j->evidence->fresh ? j->age : 0 };
}

static void check_policy(const struct judgement *j)
{
    const struct attest_policy *policy = j->demands->policy;
    struct attest_policy_facts facts = { 0 };

    if (!policy) {
        attest_verdict_add(j->verdict, j->demands->allow_missing_policy, "policy",
                           j->demands->allow_missing_policy
                               ? "none given, as allowed: whether the machine is wanted was not asked"
                               : "expected a policy, found none given");
        return;
    }
    bool names = attest_policy_names(policy, ATTEST_EVIDENCE_IMAGE_PCRS);
    attest_verdict_add(j->verdict, names, "policy",
                       "expected one that names PCR 4, 7 or 11 in each of its sets, found %s",
                       names ? "it" : "one that says nothing of what was booted");
    collect_facts(j, &facts);
    attest_policy_check(policy, &facts, j->verdict);
}

/* The quote that the counters are compared with has to be one by the same key. */
static enum attest_error check_previous_quote(const struct judgement *j, struct attest_verdict *verdict)
{
    const struct attest_quote_demands demands = { .allow_missing_nonce = true };

    return attest_quote_check(j->demands->previous->quote, j->ak->key, &demands, verdict);
}

static void check_previous_machine(const struct judgement *j)
{
    const struct attest_evidence *previous = j->demands->previous;
    struct attest_view before = attest_document_claims(previous->endorsement.document).module_id;
    struct attest_view now = attest_document_claims(j->evidence->endorsement.document).module_id;

    bool same = attest_view_equal(attest_tpmkey_name(&attest_quote_bundle(previous->quote)->ak),
                                  attest_tpmkey_name(j->ak));
    attest_verdict_add(j->verdict, same, "previous_ak", "expected the AK of the previous evidence, found %s",
                       same ? "it" : "another");
    same = attest_view_equal(before, now);
    attest_verdict_add(j->verdict, same, "previous_module",
                       "expected the module of the previous evidence, found %s", same ? "it" : "another");
}

/* resetCount grows with each TPM Reset, restartCount with each restart or resume since, and Clock always: also
 * over a reset, as long as it is `safe`. What sets all three back without another AK is TPM2_Clear. */
static void check_previous_counters(const struct judgement *j)
{
    const struct attest_tpm_attest *before = attest_quote_attest(j->demands->previous->quote);
    const struct attest_tpm_attest *now = attest_quote_attest(j->evidence->quote);

    bool later = now->reset_count > before->reset_count ||
                 (now->reset_count == before->reset_count && now->restart_count >= before->restart_count);
    attest_verdict_add(j->verdict, later, "previous_counters",
                       "expected %" PRIu32 " resets and %" PRIu32 " restarts or more, found %" PRIu32
                       " and %" PRIu32 "%s",
                       before->reset_count, before->restart_count, now->reset_count, now->restart_count,
                       later ? "" : ": it is older, or the TPM was cleared");
    attest_verdict_add(j->verdict, before->safe && now->clock >= before->clock, "previous_clock",
                       "expected %" PRIu64 " ms or later, from a clock that is safe, found %" PRIu64 " ms%s",
                       before->clock, now->clock, before->safe ? "" : " after one that may have been set back");
}

static enum attest_error check_previous(const struct judgement *j)
{
    if (!j->demands->previous)
        return ATTEST_OK;
    attest_try(check_part(j, check_previous_quote, "previous_"));
    check_previous_machine(j);
    check_previous_counters(j);
    return ATTEST_OK;
}

static uint64_t age_of(const struct attest_evidence *evidence, uint64_t at)
{
    uint64_t made = attest_document_claims(evidence->endorsement.document).timestamp / 1000;

    return at / 1000 > made ? at / 1000 - made : 0;
}

enum attest_error attest_evidence_verify(const struct attest_evidence *evidence, struct attest_trust *trust,
                                         const struct attest_evidence_demands *demands,
                                         struct attest_verdict *verdict)
{
    struct judgement j = {
        .evidence = evidence,
        .trust = trust,
        .demands = demands,
        .ak = &attest_quote_bundle(evidence->quote)->ak,
        .verdict = verdict,
        .age = age_of(evidence, demands->at),
    };
    uint8_t bound[ATTEST_HASH_MAX_SIZE];

    attest_try(bind_nonce(demands, bound, &j.nonce));
    check_nonce(&j);
    attest_try(check_part(&j, check_document, "document_"));
    check_kind(&j);
    check_fresh(&j);
    attest_try(check_part(&j, check_endorsement, "endorsement_"));
    attest_try(check_part(&j, check_quote, "quote_"));
    check_boot(&j);
    check_pcrs(&j);
    attest_try(check_part(&j, check_eventlog, "eventlog_"));
    check_policy(&j);
    attest_try(check_previous(&j));
    return attest_verdict_finish(verdict);
}
