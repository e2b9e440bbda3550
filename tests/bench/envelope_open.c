/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much dearer is an envelope that is opened than the two decryptions in it, and what does a key cost? Run
 * KEY.der MESSAGE SECONDS. In turns, so that whatever else the machine does falls on all alike: the bare
 * operations (EVP, OAEP of a wrapped key and AES-256-CBC, with a key that is kept), OpenSSL's own CMS_decrypt,
 * and ours; and once in a while a key of ours, and one of OpenSSL's. Prints medians as JSON.
 */
#include "aws/cms.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/ossl.h"
#include "tests/bench/samples.h"

#include <err.h>
#include <stdio.h>
#include <time.h>

#define KEYS_EACH 10 /* rounds of the others for one of keys */

struct bench {
    struct attest_bytes message;
    struct attest_recipient *recipient;
    EVP_PKEY *pkey;
    unsigned char wrapped[256], key[32], iv[16], content[48];
};

/* Of this thread's own time: what else the machine does is not counted. */
static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void demand(bool good, const char *what)
{
    if (!good)
        errx(1, "%s does not work", what);
}

static EVP_PKEY_CTX *oaep(EVP_PKEY *pkey, int (*init)(EVP_PKEY_CTX *))
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL);

    demand(context && init(context) == 1 &&
               EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1,
           "OAEP");
    return context;
}

static void bare(struct bench *bench)
{
    unsigned char plaintext[sizeof bench->content], key[256];
    size_t size = sizeof key;
    int got = 0, last = 0;

    _cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = oaep(bench->pkey, EVP_PKEY_decrypt_init);
    demand(EVP_PKEY_decrypt(context, key, &size, bench->wrapped, sizeof bench->wrapped) == 1, "RSA");
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    demand(EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, bench->iv) == 1 &&
               EVP_DecryptUpdate(cipher, plaintext, &got, bench->content, sizeof bench->content) == 1 &&
               EVP_DecryptFinal_ex(cipher, plaintext + got, &last) == 1 && got + last == 32,
           "AES");
    EVP_CIPHER_CTX_free(cipher);
}

static void cms_decrypt(struct bench *bench)
{
    const unsigned char *end = bench->message.data;

    _cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms =
        d2i_CMS_ContentInfo(NULL, &end, (long)bench->message.size);
    _cleanup_(BIO_free_allp) BIO *out = BIO_new(BIO_s_secmem());
    demand(cms && CMS_decrypt(cms, bench->pkey, NULL, NULL, out, 0) == 1, "CMS_decrypt");
}

static void open(struct bench *bench)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    demand(attest_cms_open(attest_bytes_view(&bench->message), bench->recipient, &secret, NULL) == ATTEST_OK,
           "attest_cms_open");
}

static void bare_key(struct bench *bench)
{
    (void)bench;
    EVP_PKEY_free(EVP_RSA_gen(ATTEST_RECIPIENT_BITS));
}

static void key(struct bench *bench)
{
    struct attest_recipient *made = NULL;

    (void)bench;
    demand(attest_recipient_new(&made, NULL) == ATTEST_OK, "attest_recipient_new");
    attest_recipient_free(made);
}

static const struct mode {
    const char *name;
    void (*run)(struct bench *bench);
    unsigned each;
} modes[] = {
    { "bare", bare, 1 },       { "cms_decrypt", cms_decrypt, 1 },
    { "open", open, 1 },       { "bare_key", bare_key, KEYS_EACH },
    { "key", key, KEYS_EACH },
};
#define MODE_COUNT (sizeof modes / sizeof modes[0])

static EVP_PKEY *read_key(const char *path)
{
    struct attest_bytes der = attest_bytes_init(0);

    demand(attest_file_read(path, 8192, &der, NULL) == ATTEST_OK, path);
    const unsigned char *end = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &end, (long)der.size);
    demand(pkey != NULL, path);
    attest_bytes_done(&der);
    return pkey;
}

static void prepare(struct bench *bench, const char *key_path, const char *message_path)
{
    const unsigned char plaintext[32] = { 0 };
    size_t size = sizeof bench->wrapped;
    int got = 0, last = 0;

    bench->pkey = read_key(key_path);
    EVP_PKEY *adopted = read_key(key_path);
    demand(attest_recipient_adopt(&adopted, &bench->recipient) == ATTEST_OK, key_path);
    demand(attest_file_read(message_path, 8192, &bench->message, NULL) == ATTEST_OK, message_path);

    _cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = oaep(bench->pkey, EVP_PKEY_encrypt_init);
    demand(EVP_PKEY_encrypt(context, bench->wrapped, &size, bench->key, sizeof bench->key) == 1, "RSA");
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    demand(EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, bench->key, bench->iv) == 1 &&
               EVP_EncryptUpdate(cipher, bench->content, &got, plaintext, sizeof plaintext) == 1 &&
               EVP_EncryptFinal_ex(cipher, bench->content + got, &last) == 1,
           "AES");
    EVP_CIPHER_CTX_free(cipher);
}

static void measure(struct bench *bench, struct samples *samples, double seconds)
{
    const uint64_t end = samples_now() + (uint64_t)(seconds * 1e9);

    for (unsigned round = 0; samples_now() < end; round++)
        for (size_t i = 0; i < MODE_COUNT; i++) {
            if (round % modes[i].each != 0)
                continue;
            uint64_t before = now();
            modes[i].run(bench);
            samples_add(&samples[i], now() - before);
        }
}

int main(int argc, char **argv)
{
    struct samples samples[MODE_COUNT] = { 0 };
    struct bench bench = { 0 };

    if (argc != 4)
        errx(2, "usage: envelope_open KEY.der MESSAGE SECONDS");
    prepare(&bench, argv[1], argv[2]);
    measure(&bench, samples, strtod(argv[3], NULL));
    for (size_t i = 0; i < MODE_COUNT; i++) {
        printf("%s\"%s\": {", i == 0 ? "{" : ", ", modes[i].name);
        samples_print(&samples[i], 1000000000);
        printf("}");
        samples_done(&samples[i]);
    }
    printf("}\n");
    attest_recipient_free(bench.recipient);
    EVP_PKEY_free(bench.pkey);
    attest_bytes_done(&bench.message);
    return 0;
}
