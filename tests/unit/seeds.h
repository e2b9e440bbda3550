/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seeds of the fuzz targets, as input of unit tests: documents and certificates that an independent writer
 * made (tests/fuzz/make_document_seeds.py, make_evidence_seeds.py).
 */
#ifndef TESTS_UNIT_SEEDS_H
#define TESTS_UNIT_SEEDS_H

#include "attest/trust.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#define SEED_TIME 1767225600 /* 2026-01-01T00:00:00Z, for which they are made */

/* The caller frees with attest_bytes_done. */
static inline struct attest_bytes read_seed(const char *name)
{
    struct attest_bytes content = attest_bytes_init(0);
    const char *source = getenv("srcdir");
    char path[1024];

    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", source ? source : ".", name);
    assert_ok(attest_file_read(path, 64 << 10, &content, NULL));
    return content;
}

/* One that believes the roots of the seeds. */
static inline struct attest_trust *trust_seeds(void)
{
    _cleanup_(attest_bytes_done) struct attest_bytes documents = read_seed("certificate/root.pem");
    _cleanup_(attest_bytes_done) struct attest_bytes evidence = read_seed("certificate/evidence-root.pem");
    struct attest_trust *trust = attest_trust_new();

    assert_non_null(trust);
    assert_ok(attest_trust_add_root(trust, attest_bytes_view(&documents), NULL));
    assert_ok(attest_trust_add_root(trust, attest_bytes_view(&evidence), NULL));
    return trust;
}

#endif
