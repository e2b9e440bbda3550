/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of certificates in DER, root first, with "\n--\n" between them, under the root of the seeds. */
#include "tests/fuzz/seed_root.h"

#include "evidence/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    struct attest_view input = { data, size };
    struct attest_x509_chain chain = { 0 };
    struct attest_x509_leaf leaf;

    while (input.size > 0 && chain.count < ATTEST_X509_CHAIN_MAX)
        chain.der[chain.count++] = take_part(&input);
    demand(verdict);
    if (chain.count < 2)
        return 0;
    demand(attest_x509_verify(seed_trust(), &chain, SEED_TIME, 300, verdict, &leaf) == ATTEST_OK);
    bool good = attest_verdict_finish(verdict) == ATTEST_OK;
    demand(!good || leaf.key);
    return 0;
}
