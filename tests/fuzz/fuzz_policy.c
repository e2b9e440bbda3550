/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: a machine of which nothing is known never is one that is wanted. */
#include "tests/fuzz/fuzz.h"

#include "evidence/policy.h"
#include "evidence/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_policy_facts nothing = { 0 };
    struct attest_diag diag = { 0 };
    uint64_t seconds = 0;

    enum attest_error error = attest_policy_parse((struct attest_view){ data, size }, &policy, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (policy != NULL));
    if (!policy)
        return 0;
    attest_policy_check(policy, &nothing, verdict);
    demand(attest_verdict_count(verdict) > 0);
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        demand(!attest_verdict_check(verdict, i).ok);
    demand(attest_verdict_finish(verdict) == ATTEST_REFUSED);
    attest_policy_names(policy, ATTEST_PCR_ALL);
    attest_policy_max_age(policy, &seconds);
    attest_policy_endorsement_max_age(policy, &seconds);
    return 0;
}
