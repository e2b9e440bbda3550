/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify document|quote|evidence FILE NONCE POLICY PEM: does it hold? NONCE is a file of bytes; PEM is the
 * root, or for a quote the AK. With AWS's own root, attest_trust_add_aws(trust) stands in place of
 * attest_trust_add_root.
 *
 *     cc -o verify verify.c $(pkg-config --cflags --libs attest)
 */
#include <attest/evidence.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint8_t memory[4][16 << 20];

static struct attest_view load(const char *path, uint8_t *to)
{
    FILE *file = fopen(path, "rb");
    struct attest_view content = { to, file ? fread(to, 1, sizeof memory[0], file) : 0 };
    return file ? (fclose(file), content) : content;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    struct attest_view file = load(argv[2], memory[0]), nonce = load(argv[3], memory[1]),
                       pem = load(argv[5], memory[3]);
    uint64_t now = (uint64_t)time(NULL) * 1000;
    struct attest_trust *trust = attest_trust_new();
    struct attest_verdict *verdict = attest_verdict_new();
    struct attest_policy *policy = NULL;
    struct attest_key *ak = NULL;
    struct attest_quote *quote = NULL;
    struct attest_document *document = NULL;
    struct attest_evidence *evidence = NULL;

    enum attest_error error = attest_policy_parse(load(argv[4], memory[2]), &policy, NULL);
    struct attest_quote_demands of_quote = { .nonce = nonce, .policy = policy };
    struct attest_document_demands of_document = { .at = now, .live = true, .nonce = nonce, .policy = policy };
    struct attest_evidence_demands of_evidence = { .at = now, .live = true, .nonce = nonce, .policy = policy };
    if (error == ATTEST_OK && strcmp(argv[1], "quote") == 0) {
        if ((error = attest_key_from_pem(pem, &ak, NULL)) == ATTEST_OK)
            error = attest_quote_from_bundle(file, &quote, NULL);
        of_quote.key = ak;
    } else if (error == ATTEST_OK && (error = attest_trust_add_root(trust, pem, NULL)) == ATTEST_OK) {
        error = strcmp(argv[1], "document") == 0 ? attest_document_from_json(file, &document, NULL)
                                                 : attest_evidence_from_json(file, &evidence, NULL);
    }
    if (error == ATTEST_OK)
        error = quote      ? attest_quote_verify(quote, &of_quote, verdict)
                : document ? attest_document_verify(document, trust, &of_document, verdict)
                           : attest_evidence_verify(evidence, trust, &of_evidence, verdict);
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            printf("%s: %s\n", attest_verdict_check(verdict, i).name, attest_verdict_check(verdict, i).detail);
    puts(error == ATTEST_OK ? "It holds." : attest_error_sentence(error));
    attest_evidence_free(evidence);
    attest_document_free(document);
    attest_quote_free(quote);
    attest_key_free(ak);
    attest_policy_free(policy);
    attest_verdict_free(verdict);
    attest_trust_free(trust);
    return error == ATTEST_OK ? 0 : error == ATTEST_REFUSED ? 1 : 3;
}
