/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verifier demands of a machine: PCR values, one set for each image that may run, and more. JSON, as
 * attestctl(1) describes it; the reference values that nitro-tpm-pcr-compute and nitro-cli print are a policy
 * too.
 */
#ifndef ATTEST_POLICY_H
#define ATTEST_POLICY_H

#include "attest/error.h"
#include "attest/view.h"

#pragma GCC visibility push(default)

struct attest_policy;

/* At most 1 MiB. Unknown members, a set without a PCR, a PCR of the SHA-1 bank are errors: ATTEST_MALFORMED. An
 * empty list is none: it allows nothing. The caller frees. */
enum attest_error attest_policy_parse(struct attest_view json, struct attest_policy **ret_policy,
                                      struct attest_diag *diag) attest_must_check;
void attest_policy_free(struct attest_policy *policy); /* NULL is accepted */

#pragma GCC visibility pop

#endif
