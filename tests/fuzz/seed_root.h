/* SPDX-License-Identifier: Apache-2.0 */
/* The roots that the seeds of documents, chains and evidence are made under, and when they are valid. */
#ifndef TESTS_FUZZ_SEED_ROOT_H
#define TESTS_FUZZ_SEED_ROOT_H

#include "attest/trust.h"
#include "base/file.h"
#include "tests/fuzz/fuzz.h"

#define SEED_TIME 1767225600 /* 2026-01-01T00:00:00Z, as in make_document_seeds.py */

/* Made once, kept for all inputs: so it is a leak that ends with the process. */
static inline struct attest_trust *seed_trust(void)
{
    static const char *const names[] = { "root", "evidence-root" };
    static struct attest_trust *trust;
    const char *source = getenv("srcdir");
    char path[1024];

    if (trust)
        return trust;
    trust = attest_trust_new();
    demand(trust);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(0);
        snprintf(path, sizeof path, "%s/tests/fuzz/corpus/certificate/%s.pem", source ? source : ".", names[i]);
        demand(attest_file_read(path, 4096, &pem, NULL) == ATTEST_OK);
        demand(attest_trust_add_root(trust, attest_bytes_view(&pem), NULL) == ATTEST_OK);
    }
    return trust;
}

#endif
