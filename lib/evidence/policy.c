/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this a machine that the verifier wants? A policy is the verifier's own word; still, what it can't mean (an
 * unknown member, a set that demands nothing) is refused rather than guessed.
 */
#include "evidence/policy.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "codec/json.h"
#include "evidence/verdict.h"

#include <stdio.h>
#include <string.h>

#define JSON_MAX     ((size_t)1 << 20)
#define SETS_MAX     256
#define INSTANCE_MAX 64
#define AGE_MAX      ((uint64_t)1 << 40)

/* All of it must hold. */
struct set {
    struct attest_pcrs pcrs[ATTEST_HASH_COUNT];
};

struct attest_policy {
    struct attest_json *root; /* instances are looked up where they stand */
    const struct attest_json *instances;
    size_t set_count;
    struct set *sets;
    bool any_set; /* PCRs are demanded */
    bool secure_boot;
    struct attest_policy_age max_age;
    struct attest_policy_age endorsement_max_age;
};

void attest_policy_free(struct attest_policy *policy)
{
    if (!policy)
        return;
    attest_json_free(policy->root);
    free(policy->sets);
    free(policy);
}

void attest_policy_cleanup(struct attest_policy **policy)
{
    attest_policy_free(*policy);
}

/* One bank of a set. */
static enum attest_error visit_bank(const char *name, const struct attest_json *values, void *context,
                                    struct attest_diag *diag)
{
    struct set *set = context;
    enum attest_hash bank = attest_hash_find(attest_view_text(name));

    if (bank == ATTEST_HASH_NONE || bank == ATTEST_HASH_SHA1)
        return attest_fail(diag, ATTEST_MALFORMED, name, "\"pcrs\": by bank, sha256, sha384 or sha512");
    return attest_pcrs_parse_values(values, bank, &set->pcrs[bank], diag);
}

static bool names(const struct set *set, uint32_t mask)
{
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        if (set->pcrs[bank].mask & mask)
            return true;
    return false;
}

static enum attest_error parse_set(const struct attest_json *entry, struct set *set, struct attest_diag *diag)
{
    static const char *const known[] = { "pcrs", NULL };

    if (!attest_json_is_object(entry) || !attest_json_is_object(attest_json_member(entry, "pcrs")))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"any_of\": a list of objects with \"pcrs\"");
    attest_try(attest_json_only(entry, known, diag));
    attest_try(attest_json_each(attest_json_member(entry, "pcrs"), visit_bank, set, diag));
    if (!names(set, ATTEST_PCR_ALL))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "at least one PCR in each entry of \"any_of\"");
    return ATTEST_OK;
}

static enum attest_error new_sets(struct attest_policy *policy, size_t count)
{
    policy->any_set = true;
    policy->set_count = count;
    policy->sets = calloc(count + 1, sizeof *policy->sets);
    return policy->sets ? ATTEST_OK : ATTEST_MEMORY;
}

static enum attest_error parse_sets(const struct attest_json *list, struct attest_policy *policy,
                                    struct attest_diag *diag)
{
    size_t count = attest_json_count(list);

    if (!list)
        return ATTEST_OK;
    if (!attest_json_is_array(list) || count > SETS_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"any_of\": a list of at most %d entries", SETS_MAX);
    attest_try(new_sets(policy, count));
    for (size_t i = 0; i < count; i++)
        attest_try(parse_set(attest_json_element(list, i), &policy->sets[i], diag));
    return ATTEST_OK;
}

static enum attest_error parse_age(const struct attest_json *root, const char *name,
                                   struct attest_policy_age *age, struct attest_diag *diag)
{
    const struct attest_json *value = attest_json_member(root, name);

    if (value && (!attest_json_unsigned(value, &age->seconds) || age->seconds > AGE_MAX))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"%s\": seconds", name);
    age->known = value != NULL;
    return ATTEST_OK;
}

static enum attest_error parse_instances(const struct attest_json *list, struct attest_policy *policy,
                                         struct attest_diag *diag)
{
    struct attest_view text;

    policy->instances = list;
    if (list && !attest_json_is_array(list))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"instances\": a list of instance ids");
    for (size_t i = 0; i < attest_json_count(list); i++)
        if (!attest_json_text(attest_json_element(list, i), &text) || text.size < 3 ||
            text.size > INSTANCE_MAX || memcmp(text.data, "i-", 2) != 0)
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"instances\": ids that begin with i-");
    return ATTEST_OK;
}

/* A demand that is null would be one that nobody makes. */
static enum attest_error visit_demand(const char *name, const struct attest_json *value, void *context,
                                      struct attest_diag *diag)
{
    (void)context;
    return value ? ATTEST_OK
                 : attest_fail(diag, ATTEST_MALFORMED, "null", "\"%s\": a demand, or nothing of it", name);
}

static enum attest_error parse_demands(const struct attest_json *root, struct attest_policy *policy,
                                       struct attest_diag *diag)
{
    static const char *const known[] = { "any_of",      "max_age",   "endorsement_max_age",
                                         "secure_boot", "instances", NULL };
    const struct attest_json *secure_boot = attest_json_member(root, "secure_boot");

    attest_try(attest_json_only(root, known, diag));
    attest_try(attest_json_each(root, visit_demand, NULL, diag));
    attest_try(parse_sets(attest_json_member(root, "any_of"), policy, diag));
    attest_try(parse_age(root, "max_age", &policy->max_age, diag));
    attest_try(parse_age(root, "endorsement_max_age", &policy->endorsement_max_age, diag));
    attest_try(parse_instances(attest_json_member(root, "instances"), policy, diag));
    if (secure_boot && (!attest_json_boolean(secure_boot, &policy->secure_boot) || !policy->secure_boot))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"secure_boot\": true, or nothing of it");
    if (!policy->any_set && !policy->max_age.known && !policy->endorsement_max_age.known &&
        !policy->instances && !policy->secure_boot)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a policy that demands something");
    return ATTEST_OK;
}

/* "PCR4" of reference values: a set of its own form (nitro-tpm-pcr-compute, nitro-cli). */
static enum attest_error visit_measurement(const char *name, const struct attest_json *value, void *context,
                                           struct attest_diag *diag)
{
    struct attest_pcrs *pcrs = context;

    if (strcmp(name, "HashAlgorithm") == 0)
        return ATTEST_OK;
    if (strncmp(name, "PCR", 3) != 0)
        return attest_fail(diag, ATTEST_MALFORMED, name, "\"Measurements\": HashAlgorithm and PCRs");
    return attest_pcrs_parse_value(name + 3, value, pcrs, diag);
}

/* "SHA384", or as older tools print it "Sha384 { ... }" */
static bool is_sha384(struct attest_view algorithm)
{
    return algorithm.size >= 6 && strncasecmp((const char *)algorithm.data, "SHA384", 6) == 0 &&
           (algorithm.size == 6 || algorithm.data[6] == ' ');
}

static enum attest_error parse_measurements(const struct attest_json *root, struct attest_policy *policy,
                                            struct attest_diag *diag)
{
    static const char *const known[] = { "Measurements", NULL };
    const struct attest_json *measurements = attest_json_member(root, "Measurements");
    struct attest_view algorithm = { 0 };

    attest_try(attest_json_only(root, known, diag));
    if (!attest_json_text(attest_json_member(measurements, "HashAlgorithm"), &algorithm) ||
        !is_sha384(algorithm))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"HashAlgorithm\": SHA384");
    attest_try(new_sets(policy, 1));
    policy->sets[0].pcrs[ATTEST_HASH_SHA384].bank = ATTEST_HASH_SHA384;
    attest_try(
        attest_json_each(measurements, visit_measurement, &policy->sets[0].pcrs[ATTEST_HASH_SHA384], diag));
    if (!names(&policy->sets[0], ATTEST_PCR_ALL))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "at least one PCR in \"Measurements\"");
    return ATTEST_OK;
}

enum attest_error attest_policy_parse(struct attest_view json, struct attest_policy **ret_policy,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = calloc(1, sizeof *policy);

    if (!policy)
        return ATTEST_MEMORY;
    attest_try(attest_json_parse(json, JSON_MAX, &policy->root, diag));
    if (attest_json_member(policy->root, "Measurements"))
        attest_try(parse_measurements(policy->root, policy, diag));
    else
        attest_try(parse_demands(policy->root, policy, diag));
    *ret_policy = attest_steal(policy);
    return ATTEST_OK;
}

/* The first PCR of the set that was not proven to have its value; false if all were. */
static bool find_difference(const struct set *set, const struct attest_policy_facts *facts,
                            enum attest_hash *ret_bank, unsigned *ret_index)
{
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
            const struct attest_pcrs *wanted = &set->pcrs[bank], *proven = &facts->pcrs[bank];
            if (!(wanted->mask >> i & 1))
                continue;
            if (proven->mask >> i & 1 &&
                attest_view_equal(attest_pcrs_value(wanted, i), attest_pcrs_value(proven, i)))
                continue;
            *ret_bank = (enum attest_hash)bank;
            *ret_index = i;
            return true;
        }
    return false;
}

static void check_pcrs(const struct attest_policy *policy, const struct attest_policy_facts *facts,
                       struct attest_verdict *verdict)
{
    static const char name[] = "policy_pcrs";
    enum attest_hash bank = ATTEST_HASH_NONE;
    unsigned index = 0;

    for (size_t i = 0; i < policy->set_count; i++)
        if (!find_difference(&policy->sets[i], facts, &bank, &index)) {
            attest_verdict_add(verdict, true, name, "the PCR values are those of entry %zu of %zu", i + 1,
                               policy->set_count);
            return;
        }
    if (policy->set_count == 0)
        attest_verdict_add(verdict, false, name,
                           "expected one of the policy's entries, found that it has none");
    else
        attest_verdict_add(
            verdict, false, name,
            "expected the PCR values of one of %zu entries, found that the last one differs in PCR "
            "%u of %s, which %s",
            policy->set_count, index, attest_hash_name(bank),
            facts->pcrs[bank].mask >> index & 1 ? "has another value" : "is not proven");
}

static void check_secure_boot(const struct attest_policy_facts *facts, struct attest_verdict *verdict)
{
    attest_verdict_add(verdict, facts->secure_boot, "policy_secure_boot", "expected Secure Boot, found %s%s",
                       facts->secure_boot ? "it in PCR 7 and its events" : "it not proven: ",
                       facts->secure_boot ? "" : facts->secure_boot_reason ?: "an event log is needed");
}

static void check_age(const struct attest_policy_age *most, const struct attest_policy_age *age,
                      const char *name, struct attest_verdict *verdict)
{
    if (!most->known)
        return;
    if (age->known)
        attest_verdict_add(verdict, age->seconds <= most->seconds, name, "expected at most %ju s, found %ju s",
                           (uintmax_t)most->seconds, (uintmax_t)age->seconds);
    else
        attest_verdict_add(verdict, false, name,
                           "expected at most %ju s, found that this evidence tells no age",
                           (uintmax_t)most->seconds);
}

static void check_instance(const struct attest_policy *policy, const struct attest_policy_facts *facts,
                           struct attest_verdict *verdict)
{
    const struct attest_json *item;
    struct attest_view text;
    bool listed = false;

    for (size_t i = 0; facts->instance.data && (item = attest_json_element(policy->instances, i)); i++)
        listed = listed || (attest_json_text(item, &text) && attest_view_equal(text, facts->instance));
    attest_verdict_add(
        verdict, listed, "policy_instances", "expected one of the policy's instances, found %.*s",
        facts->instance.data ? (int)facts->instance.size : 35,
        facts->instance.data ? (const char *)facts->instance.data : "that this evidence does not say it");
}

void attest_policy_check(const struct attest_policy *policy, const struct attest_policy_facts *facts,
                         struct attest_verdict *verdict)
{
    if (policy->any_set)
        check_pcrs(policy, facts, verdict);
    if (policy->secure_boot)
        check_secure_boot(facts, verdict);
    check_age(&policy->max_age, &facts->age, "policy_max_age", verdict);
    check_age(&policy->endorsement_max_age, &facts->endorsement_age, "policy_endorsement_max_age", verdict);
    if (policy->instances)
        check_instance(policy, facts, verdict);
}

bool attest_policy_names(const struct attest_policy *policy, uint32_t mask)
{
    for (size_t i = 0; i < policy->set_count; i++)
        if (!names(&policy->sets[i], mask))
            return false;
    return policy->any_set;
}

bool attest_policy_max_age(const struct attest_policy *policy, uint64_t *ret_seconds)
{
    if (policy->max_age.known)
        *ret_seconds = policy->max_age.seconds;
    return policy->max_age.known;
}

bool attest_policy_endorsement_max_age(const struct attest_policy *policy, uint64_t *ret_seconds)
{
    if (policy->endorsement_max_age.known)
        *ret_seconds = policy->endorsement_max_age.seconds;
    return policy->endorsement_max_age.known;
}
