/* SPDX-License-Identifier: Apache-2.0 */
/* A policy held against what was proven. */
#ifndef ATTEST_EVIDENCE_POLICY_H
#define ATTEST_EVIDENCE_POLICY_H

#include "attest/policy.h"
#include "attest/verdict.h"
#include "codec/pcrs.h"

#include <stdbool.h>

/* An age, in seconds, that is known or not. */
struct attest_policy_age {
    bool known;
    uint64_t seconds;
};

/* What is known of a machine, each by proof. What is not known fails where the policy asks for it. */
struct attest_policy_facts {
    struct attest_pcrs pcrs[ATTEST_HASH_COUNT]; /* by bank; a mask of 0: none of that bank */
    bool secure_boot;
    const char *secure_boot_reason; /* why not; NULL: it is not known at all */
    struct attest_policy_age age;
    struct attest_policy_age endorsement_age;
    struct attest_view instance; /* "i-..."; {NULL, 0}: not known */
};

void attest_policy_cleanup(struct attest_policy **policy);

/* A check for each demand of the policy. */
void attest_policy_check(const struct attest_policy *policy, const struct attest_policy_facts *facts,
                         struct attest_verdict *verdict);

/* Whether every set names at least one of the PCRs of `mask`: else it says nothing of those. */
bool attest_policy_names(const struct attest_policy *policy, uint32_t mask);

/* How old, in seconds, documents and endorsements may be; false if the policy does not say. */
bool attest_policy_max_age(const struct attest_policy *policy, uint64_t *ret_seconds);
bool attest_policy_endorsement_max_age(const struct attest_policy *policy, uint64_t *ret_seconds);

#endif
