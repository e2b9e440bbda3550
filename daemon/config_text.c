/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds, in the end? Written from the fields and not from the files, so that neither comments nor the
 * order of drop-ins make a difference.
 */
#include "daemon/config_text.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static void begin(struct attest_bytes *out, const char *key)
{
    attest_bytes_append_text(out, key);
    attest_bytes_append_text(out, " = ");
}

static void write_text(struct attest_bytes *out, const char *key, const char *value)
{
    begin(out, key);
    attest_bytes_append_text(out, value ?: "none");
    attest_bytes_append_text(out, "\n");
}

static void write_number(struct attest_bytes *out, const char *key, const char *format, unsigned value)
{
    begin(out, key);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* one of those below */
    attest_bytes_append_format(out, format, value);
#pragma GCC diagnostic pop
    attest_bytes_append_text(out, "\n");
}

static void write_pcr(struct attest_bytes *out, const char *key, unsigned pcr)
{
    if (pcr == CONFIG_NO_PCR)
        write_text(out, key, NULL);
    else
        write_number(out, key, "%u", pcr);
}

static void write_list(struct attest_bytes *out, const char *key, const struct config_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        write_text(out, key, list->items[i]);
    if (list->count == 0)
        write_text(out, key, NULL);
}

static void write_digest(struct attest_bytes *out, const char *key, const struct config_digest *digest)
{
    if (!digest->given) {
        write_text(out, key, NULL);
        return;
    }
    begin(out, key);
    attest_encode_hex(out, attest_view_of(digest->value));
    attest_bytes_append_text(out, "\n");
}

#define WRITE_TEXT(out, key, value)     write_text(out, key, value)
#define WRITE_OPTIONAL(out, key, value) write_text(out, key, value)
#define WRITE_SOURCE(out, key, value)   write_text(out, key, value)
#define WRITE_PATH(out, key, value)     write_text(out, key, value)
#define WRITE_BOOLEAN(out, key, value)  write_text(out, key, (value) ? "yes" : "no")
#define WRITE_FORMAT(out, key, value)                                                                          \
    write_text(out, key, (value) == CONFIG_SECRET_KMS ? "kms" : "aws-encryption-sdk")
#define WRITE_DURATION(out, key, value) write_number(out, key, "%ums", value)
#define WRITE_MODE(out, key, value)     write_number(out, key, "%04o", value)
#define WRITE_PCR(out, key, value)      write_pcr(out, key, value)
#define WRITE_ARNS(out, key, value)     write_list(out, key, &(value))
#define WRITE_PAIRS(out, key, value)    write_list(out, key, &(value))
#define WRITE_DIGEST(out, key, value)   write_digest(out, key, &(value))
/* Of sections that have nothing to do with unlocking. */
#define WRITE_NUMBER(out, key, value)       (void)(value)
#define WRITE_HANDLE(out, key, value)       (void)(value)
#define WRITE_BANK(out, key, value)         (void)(value)
#define WRITE_SELECTION(out, key, value)    (void)(value)
#define WRITE_ACCESS(out, key, value)       (void)(value)
#define WRITE_AK_ALGORITHM(out, key, value) (void)(value)

static void write_section(const struct config *config, const char *wanted, struct attest_bytes *out)
{
    attest_bytes_append_format(out, "[%s]\n", wanted);
#define CONFIG(section, key, type, field, value, least, most, what)                                            \
    if (strcmp(section, wanted) == 0)                                                                          \
        WRITE_##type(out, key, config->field);
#include "daemon/config.def"
#undef CONFIG
}

static void write_secret(const struct config_secret *secret, struct attest_bytes *out)
{
    attest_bytes_append_format(out, "[secret %s]\n", secret->name);
#define SECRET(key, type, field, value, least, most, what) WRITE_##type(out, key, secret->field);
#include "daemon/secret.def"
#undef SECRET
}

struct order {
    const struct config_secret *secret;
};

static int by_name(const void *a, const void *b)
{
    const struct order *left = a, *right = b;

    return strcmp(left->secret->name, right->secret->name);
}

enum attest_error config_text_write(const struct config *config, struct attest_bytes *ret_text)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(CONFIG_TEXT_MAX);
    struct order sorted[CONFIG_SECRETS_MAX] = { 0 };

    write_section(config, "unlock", &text);
    write_section(config, "aws", &text);
    for (size_t i = 0; i < config->secret_count; i++)
        sorted[i].secret = &config->secrets[i];
    qsort(sorted, config->secret_count, sizeof sorted[0], by_name);
    for (size_t i = 0; i < config->secret_count; i++)
        write_secret(sorted[i].secret, &text);
    attest_try(attest_bytes_check(&text));
    *ret_text = attest_bytes_take(&text);
    return ATTEST_OK;
}

enum attest_error config_text_digest(const struct config *config, uint8_t ret_digest[48])
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(0);
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(config_text_write(config, &text));
    const struct attest_view view = attest_bytes_view(&text);
    attest_try(attest_hash_digest(ATTEST_HASH_SHA384, &view, 1, digest));
    memcpy(ret_digest, digest, 48);
    return ATTEST_OK;
}
