/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much dearer is a verified document than the ECDSA operations in it? Run ROOT.pem SECONDS DOCUMENT...: the
 * documents have one chain but each a leaf of its own. In turns, so that whatever else the machine does falls
 * on all alike: five bare P-384 verifications; a document whose chain was never seen; one whose authorities
 * were; and one whose leaf was. Prints medians as JSON.
 */
#include "base/file.h"
#include "evidence/document.h"
#include "tests/bench/samples.h"

#include <err.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BARE                                                                                                   \
    5 /* what a chain of five certificates takes, whose root is known: four, and the document's own            \
       */

struct bare {
    EVP_PKEY *key;
    unsigned char message[1024], signature[256]; /* about the size of a certificate */
    size_t size;
};

struct bench {
    struct bare bare;
    struct attest_trust *trust;
    struct attest_document *documents[1024];
    size_t count;
    uint64_t at;
};

/* Each beside as many bare operations as it has. */
static const struct mode {
    const char *name;
    int bare;           /* so many of them, and no document */
    bool forget;        /* nothing was seen before ... */
    bool other, itself; /* ... but another document of the chain, or this one */
} modes[] = {
    { .name = "bare_five", .bare = 5 }, { .name = "full", .forget = true },
    { .name = "bare_two", .bare = 2 },  { .name = "authorities_seen", .forget = true, .other = true },
    { .name = "bare_one", .bare = 1 },  { .name = "leaf_seen", .itself = true },
};
#define MODE_COUNT (sizeof modes / sizeof modes[0])

/* Of this thread's own time: what else the machine does is not counted. */
static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void prepare_bare(struct bare *bare)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    bare->key = EVP_EC_gen("P-384");
    bare->size = sizeof bare->signature;
    if (!context || !bare->key || EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, bare->key) != 1 ||
        EVP_DigestSign(context, bare->signature, &bare->size, bare->message, sizeof bare->message) != 1)
        errx(1, "OpenSSL does not sign");
    EVP_MD_CTX_free(context);
}

static void verify_bare(const struct bare *bare, int count)
{
    for (int i = 0; i < count; i++) {
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        if (EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, bare->key) != 1 ||
            EVP_DigestVerify(context, bare->signature, bare->size, bare->message, sizeof bare->message) != 1)
            errx(1, "OpenSSL does not verify");
        EVP_MD_CTX_free(context);
    }
}

static struct attest_bytes read_file(const char *path)
{
    struct attest_bytes content = attest_bytes_init(0);

    if (attest_file_read(path, ATTEST_DOCUMENT_MAX, &content, NULL) != ATTEST_OK)
        errx(1, "%s can't be read", path);
    return content;
}

/* From its bytes to the verdict, as a service does it. */
static void verify_document(struct bench *bench, struct attest_view wire)
{
    const struct attest_document_demands demands = { .at = bench->at, .allow_missing_nonce = true };
    struct attest_document *document = NULL;
    struct attest_verdict *verdict = attest_verdict_new();

    if (!verdict || attest_document_parse(wire, &document, NULL) != ATTEST_OK ||
        attest_document_verify(document, bench->trust, &demands, verdict) != ATTEST_OK)
        errx(1, "a document that does not hold");
    attest_verdict_free(verdict);
    attest_document_free(document);
}

static uint64_t measure(struct bench *bench, const struct mode *mode, size_t turn)
{
    struct attest_view wire = attest_bytes_view(&bench->documents[turn % bench->count]->wire);
    struct attest_view other = attest_bytes_view(&bench->documents[(turn + 1) % bench->count]->wire);

    if (mode->forget)
        attest_trust_forget(bench->trust);
    if (mode->other)
        verify_document(bench, other);
    if (mode->itself)
        verify_document(bench, wire);
    uint64_t begin = now();
    if (mode->bare > 0)
        verify_bare(&bench->bare, mode->bare);
    else
        verify_document(bench, wire);
    return now() - begin;
}

static void load(struct bench *bench, char *const *paths)
{
    for (; *paths && bench->count < sizeof bench->documents / sizeof bench->documents[0]; paths++) {
        struct attest_bytes wire = read_file(*paths);
        if (attest_document_parse(attest_bytes_view(&wire), &bench->documents[bench->count], NULL) != ATTEST_OK)
            errx(1, "%s is no document", *paths);
        bench->count++;
        attest_bytes_done(&wire);
    }
    if (bench->count < 2)
        errx(1, "expected two documents or more");
    bench->at = attest_document_claims(bench->documents[0]).timestamp;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct samples samples[MODE_COUNT] = { 0 };
    uint64_t elapsed[MODE_COUNT] = { 0 };

    if (argc < 5)
        errx(1, "usage: document_verify ROOT.pem SECONDS DOCUMENT DOCUMENT...");
    struct attest_bytes pem = read_file(argv[1]);
    bench.trust = attest_trust_new();
    if (!bench.trust || attest_trust_add_root(bench.trust, attest_bytes_view(&pem), NULL) != ATTEST_OK)
        errx(1, "%s is no root", argv[1]);
    attest_bytes_done(&pem);
    load(&bench, argv + 3);
    prepare_bare(&bench.bare);

    uint64_t end = samples_now() + (uint64_t)(strtod(argv[2], NULL) * 1e9);
    for (size_t turn = 0; samples_now() < end; turn++)
        for (size_t mode = 0; mode < MODE_COUNT; mode++) {
            uint64_t duration = measure(&bench, &modes[mode], turn);
            samples_add(&samples[mode], duration);
            elapsed[mode] += duration;
        }
    for (size_t mode = 0; mode < MODE_COUNT; mode++) {
        printf("%s\"%s\":{", mode == 0 ? "{" : ",", modes[mode].name);
        samples_print(&samples[mode], elapsed[mode]);
        putchar('}');
        samples_done(&samples[mode]);
    }
    puts("}");
    for (size_t i = 0; i < bench.count; i++)
        attest_document_free(bench.documents[i]);
    attest_trust_free(bench.trust);
    EVP_PKEY_free(bench.bare.key);
    return 0;
}
