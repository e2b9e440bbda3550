/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do sealing and unsealing cost beside bare AES-256-GCM? Run SECONDS FRAME-LENGTH...: for each frame
 * length, in turns so that whatever else the machine does falls on all alike, a message of 8 MiB is encrypted
 * barely (one EVP operation a frame, as openssl speed does), sealed, decrypted barely, and unsealed. Prints
 * MB/s of this thread's own time, by medians, as JSON.
 */
#include "seal/seal.h"
#include "seal/unseal.h"
#include "tests/bench/samples.h"

#include <err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIZE  ((size_t)8 << 20)
#define PIECE ((size_t)64 << 10) /* as a program reads a file */
#define TAG   16

struct bench {
    uint32_t frame_length;
    uint8_t *plain, *bare, *room;
    uint8_t *tags;
    EVP_CIPHER_CTX *encrypt, *decrypt;
    struct attest_secret *key;
    struct attest_bytes sealed;
};

/* What else the machine does is not counted. */
static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void number(uint8_t iv[12], size_t frame)
{
    memset(iv, 0, 12);
    for (size_t i = 0; i < 4; i++)
        iv[11 - i] = (uint8_t)(frame >> 8 * i);
}

static void encrypt_bare(struct bench *bench)
{
    uint8_t iv[12];
    int done;

    for (size_t at = 0, frame = 1; at < SIZE; at += bench->frame_length, frame++) {
        number(iv, frame);
        if (EVP_EncryptInit_ex2(bench->encrypt, NULL, NULL, iv, NULL) != 1 ||
            EVP_EncryptUpdate(bench->encrypt, bench->bare + at, &done, bench->plain + at,
                              (int)bench->frame_length) != 1 ||
            EVP_EncryptFinal_ex(bench->encrypt, bench->room, &done) != 1 ||
            EVP_CIPHER_CTX_ctrl(bench->encrypt, EVP_CTRL_AEAD_GET_TAG, TAG, bench->tags + TAG * frame) != 1)
            errx(1, "OpenSSL does not encrypt");
    }
}

static void decrypt_bare(struct bench *bench)
{
    uint8_t iv[12];
    int done;

    for (size_t at = 0, frame = 1; at < SIZE; at += bench->frame_length, frame++) {
        number(iv, frame);
        if (EVP_DecryptInit_ex2(bench->decrypt, NULL, NULL, iv, NULL) != 1 ||
            EVP_DecryptUpdate(bench->decrypt, bench->room, &done, bench->bare + at, (int)bench->frame_length) !=
                1 ||
            EVP_CIPHER_CTX_ctrl(bench->decrypt, EVP_CTRL_AEAD_SET_TAG, TAG, bench->tags + TAG * frame) != 1 ||
            EVP_DecryptFinal_ex(bench->decrypt, bench->room, &done) != 1)
            errx(1, "OpenSSL does not decrypt");
    }
}

/* Key derivation and header included. */
static void seal(struct bench *bench)
{
    const struct attest_message_key key = { .provider = attest_view_text("bench") };
    const struct attest_seal_options options = { .keys = &key,
                                                 .key_count = 1,
                                                 .frame_length = bench->frame_length };
    struct attest_bytes *out = &bench->sealed;
    struct attest_seal *writer = NULL;

    attest_bytes_shrink(out, out->size);
    if (attest_seal_new(&options, bench->key, out, &writer, NULL) != ATTEST_OK)
        errx(1, "no seal");
    for (size_t at = 0; at < SIZE; at += bench->frame_length)
        if (attest_seal_frame(writer, (struct attest_view){ bench->plain + at, bench->frame_length }, out,
                              NULL) != ATTEST_OK)
            errx(1, "no frame");
    if (attest_seal_end(writer, (struct attest_view){ 0 }, out, NULL) != ATTEST_OK)
        errx(1, "no end");
    attest_seal_free(writer);
}

static void unseal(struct bench *bench)
{
    const struct attest_unseal_options options = { .release = ATTEST_UNSEAL_FRAMES,
                                                   .room = bench->room,
                                                   .room_size = bench->frame_length };
    struct attest_view sealed = attest_bytes_view(&bench->sealed), plaintext;
    struct attest_unseal *reader = NULL;
    struct attest_message message;

    if (attest_message_parse(sealed, &message, NULL) != ATTEST_OK ||
        attest_unseal_new(&message, bench->key, &options, &reader, NULL) != ATTEST_OK)
        errx(1, "no message");
    sealed.data += message.header.size;
    sealed.size -= message.header.size;
    while (sealed.size > 0) {
        struct attest_view input = { sealed.data, sealed.size < PIECE ? sealed.size : PIECE };
        sealed.data += input.size;
        sealed.size -= input.size;
        while (input.size > 0)
            if (attest_unseal_feed(reader, &input, &plaintext, NULL) != ATTEST_OK)
                errx(1, "not unsealed");
    }
    if (attest_unseal_end(reader, &plaintext, NULL) != ATTEST_OK)
        errx(1, "no end");
    attest_unseal_free(reader);
}

static const struct {
    const char *name;
    void (*run)(struct bench *bench);
} modes[] = {
    { "bare_encrypt", encrypt_bare },
    { "seal", seal },
    { "bare_decrypt", decrypt_bare },
    { "unseal", unseal },
};
#define MODE_COUNT (sizeof modes / sizeof modes[0])

static void prepare(struct bench *bench)
{
    bench->plain = calloc(1, SIZE);
    bench->bare = calloc(1, SIZE);
    bench->room = calloc(1, SIZE);
    bench->tags = calloc(SIZE / bench->frame_length + 2, TAG);
    bench->encrypt = EVP_CIPHER_CTX_new();
    bench->decrypt = EVP_CIPHER_CTX_new();
    bench->sealed = attest_bytes_init(4 * SIZE);
    if (!bench->plain || !bench->bare || !bench->room || !bench->tags || !bench->encrypt || !bench->decrypt ||
        attest_secret_new(32, &bench->key, NULL) != ATTEST_OK ||
        EVP_EncryptInit_ex2(bench->encrypt, EVP_aes_256_gcm(), attest_secret_data(bench->key), NULL, NULL) !=
            1 ||
        EVP_DecryptInit_ex2(bench->decrypt, EVP_aes_256_gcm(), attest_secret_data(bench->key), NULL, NULL) != 1)
        errx(1, "no memory");
}

static void discard(struct bench *bench)
{
    free(bench->plain);
    free(bench->bare);
    free(bench->room);
    free(bench->tags);
    EVP_CIPHER_CTX_free(bench->encrypt);
    EVP_CIPHER_CTX_free(bench->decrypt);
    attest_secret_free(bench->key);
    attest_bytes_done(&bench->sealed);
}

static void measure(uint32_t frame_length, double seconds)
{
    struct bench bench = { .frame_length = frame_length };
    struct samples samples[MODE_COUNT] = { 0 };
    uint64_t elapsed[MODE_COUNT] = { 0 };

    prepare(&bench);
    uint64_t end = samples_now() + (uint64_t)(seconds * 1e9);
    do
        for (size_t i = 0; i < MODE_COUNT; i++) {
            uint64_t begin = now();
            modes[i].run(&bench);
            samples_add(&samples[i], now() - begin);
            elapsed[i] += now() - begin;
        }
    while (samples_now() < end);
    printf("\"%u\":{", frame_length);
    for (size_t i = 0; i < MODE_COUNT; i++) {
        printf("%s\"%s\":{", i == 0 ? "" : ",", modes[i].name);
        samples_print(&samples[i], elapsed[i]);
        putchar('}');
        samples_done(&samples[i]);
    }
    putchar('}');
    discard(&bench);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(1, "usage: seal_loop SECONDS FRAME-LENGTH...");
    printf("{\"bytes\":%zu", SIZE);
    for (int i = 2; i < argc; i++) {
        unsigned long frame_length = strtoul(argv[i], NULL, 10);
        if (frame_length == 0 || SIZE % frame_length != 0)
            errx(1, "%s does not divide %zu", argv[i], SIZE);
        putchar(',');
        measure((uint32_t)frame_length, strtod(argv[1], NULL));
    }
    puts("}");
    return 0;
}
