/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A quote read from a file, verified and written, or an attestation document verified, while calls fail:
 * nothing leaks, nothing crashes, nothing is trusted that was not verified to its end, and without a fault all
 * of it succeeds. The input is the seed, 4 bytes, of which the last chooses which.
 */
#include "tests/fuzz/faults.h"
#include "tests/fuzz/fuzz.h"

#include "attest/quote.h"
#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "evidence/document.h"
#include "evidence/bundle.h"
#include "evidence/evidence.h"
#include "evidence/verdict.h"

#include <string.h>

#define QUOTES   4
#define SUBJECTS (QUOTES + 2) /* a document, and evidence */
static const char *const names[QUOTES] = { "ecdsa-p256", "ecdsa-p384", "rsassa-2048", "rsapss-2048" };

static const char *path_of(const char *form, const char *name, const char *suffix)
{
    static char path[1024];
    const char *source = getenv("srcdir");

    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s/%s%s", source ? source : ".", form, name, suffix);
    return path;
}

static enum attest_error verify(struct attest_view text, const struct attest_key *key)
{
    const struct attest_quote_demands demands = { .key = key, .allow_missing_nonce = true };
    struct attest_quote *quote = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    if (!verdict)
        return ATTEST_MEMORY;
    enum attest_error error = attest_quote_from_bundle(text, &quote, NULL);
    demand((error == ATTEST_OK) == (quote != NULL));
    if (error == ATTEST_OK)
        error = attest_quote_verify(quote, &demands, verdict);
    demand(attest_verdict_holds(verdict) == (error == ATTEST_OK));
    attest_quote_free(quote);
    return error;
}

static enum attest_error rewrite(struct attest_view text, struct attest_view pem)
{
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_BUNDLE_MAX);
    struct attest_json_writer json = { .out = &out };
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_bundle_parse(text, &bundle, &diag);
    if (error != ATTEST_OK)
        return error;
    attest_bundle_write(&json, attest_bytes_view(&bundle.nonce), &bundle.pcrs,
                        attest_bytes_view(&bundle.quoted), attest_bytes_view(&bundle.signature), &bundle.ak,
                        pem, NULL);
    error = attest_bytes_check(&out);
    return error == ATTEST_OK ? attest_file_write("/dev/null", attest_bytes_view(&out), &diag) : error;
}

#define SEED_TIME 1767225600 /* 2026-01-01T00:00:00Z, as in make_document_seeds.py */

/* A seed, and the root that it is judged under. */
static enum attest_error read_seed(const char *path, size_t maximum, const char *root,
                                   struct attest_bytes *ret_seed, struct attest_trust *trust)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(0);

    if (!trust)
        return ATTEST_MEMORY;
    attest_try(attest_file_read(path, maximum, ret_seed, NULL));
    attest_try(attest_file_read(path_of("certificate", root, ".pem"), 4096, &pem, NULL));
    return attest_trust_add_root(trust, attest_bytes_view(&pem), NULL);
}

static enum attest_error judge(struct attest_view wire, struct attest_trust *trust)
{
    const struct attest_document_demands demands = { .at = (uint64_t)SEED_TIME * 1000,
                                                     .allow_missing_nonce = true };
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    if (!verdict)
        return ATTEST_MEMORY;
    enum attest_error error = attest_document_parse(wire, &document, NULL);
    demand((error == ATTEST_OK) == (document != NULL));
    if (error == ATTEST_OK)
        error = attest_document_verify(document, trust, &demands, verdict);
    demand(attest_verdict_holds(verdict) == (error == ATTEST_OK));
    return error;
}

static enum attest_error run_document(void)
{
    _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(0);
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();

    enum attest_error error =
        read_seed(path_of("document", "nitrotpm", ""), ATTEST_DOCUMENT_MAX, "root", &wire, trust);
    if (error == ATTEST_OK)
        error = judge(attest_bytes_view(&wire), trust);
    return error == ATTEST_OK ? judge(attest_bytes_view(&wire), trust)
                              : error; /* and once more, as seen before */
}

static enum attest_error judge_evidence(struct attest_view text, struct attest_trust *trust)
{
    const struct attest_evidence_demands demands = { .at = (uint64_t)SEED_TIME * 1000,
                                                     .allow_missing_nonce = true,
                                                     .allow_missing_policy = true };
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    if (!verdict)
        return ATTEST_MEMORY;
    enum attest_error error = attest_evidence_from_json(text, &evidence, NULL);
    demand((error == ATTEST_OK) == (evidence != NULL));
    if (error == ATTEST_OK)
        error = attest_evidence_verify(evidence, trust, &demands, verdict);
    demand(attest_verdict_holds(verdict) == (error == ATTEST_OK));
    return error;
}

static enum attest_error run_evidence(void)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(0);
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();

    enum attest_error error =
        read_seed(path_of("evidence", "log", ".json"), ATTEST_EVIDENCE_MAX, "evidence-root", &text, trust);
    return error == ATTEST_OK ? judge_evidence(attest_bytes_view(&text), trust) : error;
}

static enum attest_error keep_secret(void)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    enum attest_error error = attest_secret_new(32, &secret, NULL);

    demand((error == ATTEST_OK) == (secret != NULL));
    return error;
}

static enum attest_error run(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(0), pem = attest_bytes_init(0);
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error =
        attest_file_read(path_of("bundle", name, ".json"), ATTEST_BUNDLE_MAX, &text, &diag);
    if (error == ATTEST_OK)
        error = attest_file_read(path_of("key", name, ".pem"), 4096, &pem, &diag);
    if (error == ATTEST_OK)
        error = attest_key_from_pem(attest_bytes_view(&pem), &key, &diag);
    if (error == ATTEST_OK)
        error = verify(attest_bytes_view(&text), key);
    if (error == ATTEST_OK)
        error = rewrite(attest_bytes_view(&text), attest_bytes_view(&pem));
    return error == ATTEST_OK ? keep_secret() : error;
}

static enum attest_error run_subject(size_t subject)
{
    return subject < QUOTES ? run(names[subject]) : subject == QUOTES ? run_document() : run_evidence();
}

/* OpenSSL loads algorithms when they are first used; a fault there would not be ours but of every later run. */
__attribute__((constructor)) static void warm_up(void)
{
    faults_init();
    for (size_t i = 0; i < SUBJECTS; i++)
        demand(run_subject(i) == ATTEST_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t seed;
    unsigned calls;

    if (size < sizeof seed)
        return 0;
    memcpy(&seed, data, sizeof seed);
    faults_on(seed & 0xffffff);
    enum attest_error error = run_subject((seed >> 24) % SUBJECTS);
    unsigned failed = faults_off(&calls);
    demand(failed > 0 || error == ATTEST_OK);
    demand(calls > 0);
    return 0;
}
