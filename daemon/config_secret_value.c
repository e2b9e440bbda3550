/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do values of [unlock], [aws] and [secret NAME] mean? As in config_value.c, nothing is guessed.
 */
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/reader.h"
#include "daemon/config_secret.h"
#include "daemon/config_value.h"
#include "evidence/unlockevent.h"

#include <string.h>

#define NONE "none"

static bool begins_with(struct attest_view text, const char *prefix)
{
    return text.size > strlen(prefix) && memcmp(text.data, prefix, strlen(prefix)) == 0;
}

enum attest_error config_value_OPTIONAL(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                        struct attest_diag *diag)
{
    if (!attest_view_equal(text, attest_view_text(NONE)))
        return config_value_TEXT(text, field, least, most, diag);
    free(*(char **)field);
    *(char **)field = NULL;
    return ATTEST_OK;
}

enum attest_error config_value_BOOLEAN(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                       struct attest_diag *diag)
{
    (void)least, (void)most;
    *(bool *)field = attest_view_equal(text, attest_view_text("yes"));
    if (!*(bool *)field && !attest_view_equal(text, attest_view_text("no")))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "yes or no");
    return ATTEST_OK;
}

enum attest_error config_value_PCR(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                   struct attest_diag *diag)
{
    uint64_t pcr = CONFIG_NO_PCR;

    (void)least, (void)most;
    if (!attest_view_equal(text, attest_view_text(NONE)) &&
        (attest_decode_decimal(text, 23, &pcr, NULL) != ATTEST_OK ||
         !attest_unlockevent_is_allowed((unsigned)pcr)))
        return attest_fail(diag, ATTEST_MALFORMED, NULL,
                           "none, 14, or 17 to 22: the others are the firmware's, the system's or resettable");
    *(unsigned *)field = (unsigned)pcr;
    return ATTEST_OK;
}

enum attest_error config_value_FORMAT(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                      struct attest_diag *diag)
{
    bool is_kms = attest_view_equal(text, attest_view_text("kms"));

    (void)least, (void)most;
    if (!is_kms && !attest_view_equal(text, attest_view_text("aws-encryption-sdk")))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "aws-encryption-sdk or kms");
    *(enum config_secret_format *)field = is_kms ? CONFIG_SECRET_KMS : CONFIG_SECRET_SDK;
    return ATTEST_OK;
}

enum attest_error config_value_MODE(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                    struct attest_diag *diag)
{
    unsigned mode = 0;
    bool octal = text.size >= 3 && text.size <= 4;

    for (size_t i = 0; i < text.size && octal; i++) {
        octal = text.data[i] >= '0' && text.data[i] <= '7';
        mode = mode << 3 | (unsigned)(text.data[i] - '0');
    }
    if (!octal || mode < least || mode > most)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "an octal mode from 0000 to 0777, as 0400");
    *(unsigned *)field = mode;
    return ATTEST_OK;
}

enum attest_error config_value_DIGEST(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes value = attest_bytes_init(0);
    struct config_digest digest = { 0 };

    (void)least, (void)most;
    if (!attest_view_equal(text, attest_view_text(NONE))) {
        if (attest_decode_hex(text, sizeof digest.value, &value, NULL) != ATTEST_OK ||
            value.size != sizeof digest.value)
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "none, or a SHA-384 in 96 hexadecimal digits");
        memcpy(digest.value, value.data, sizeof digest.value);
        digest.given = true;
    }
    *(struct config_digest *)field = digest;
    return ATTEST_OK;
}

enum attest_error config_value_SOURCE(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                      struct attest_diag *diag)
{
    const uint8_t *slash = begins_with(text, "s3://") ? memchr(text.data + 5, '/', text.size - 5) : NULL;
    bool has_key = slash && slash > text.data + 5 && slash + 1 < text.data + text.size;

    if (!begins_with(text, "file:/") && !has_key)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "file:PATH, absolute, or s3://BUCKET/KEY");
    return config_value_TEXT(text, field, least, most, diag);
}

/* Without parts that lead elsewhere than it says, and not a folder's name. */
enum attest_error config_value_PATH(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                    struct attest_diag *diag)
{
    struct attest_reader parts = attest_reader_init(text);
    struct attest_view part;
    bool more = attest_reader_split(&parts, '/', &part), plain = part.size == 0 && more;

    while (more && plain) {
        more = attest_reader_split(&parts, '/', &part);
        plain = part.size > 0 && part.size < 256 && part.data[0] != '.';
    }
    if (!plain)
        return attest_fail(diag, ATTEST_MALFORMED, NULL,
                           "an absolute path of which no part is empty or begins with a dot");
    return config_value_TEXT(text, field, least, most, diag);
}

static enum attest_error append(struct config_list *list, struct attest_view text, uint64_t most,
                                struct attest_diag *diag)
{
    if (list->count == most)
        return attest_fail(diag, ATTEST_MALFORMED, "more", "at most %ju of them", (uintmax_t)most);
    char **grown = reallocarray(list->items, list->count + 1, sizeof *grown);
    if (!grown)
        return ATTEST_MEMORY;
    list->items = grown;
    grown[list->count] = strndup((const char *)text.data, text.size);
    if (!grown[list->count])
        return ATTEST_MEMORY;
    list->count++;
    return ATTEST_OK;
}

/* The form alone: whether there is such a partition or Region, attestd-unlock finds out. An alias or a bare ID
 * could come to mean another key. */
enum attest_error config_value_ARNS(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                    struct attest_diag *diag)
{
    struct attest_reader parts = attest_reader_init(text);
    struct attest_view part[6] = { { 0 } };
    bool fits = true;

    (void)least;
    for (size_t i = 0; i < 5; i++)
        fits = attest_reader_split(&parts, ':', &part[i]) && part[i].size > 0 && fits;
    part[5] = attest_reader_take(&parts, attest_reader_left(&parts));
    if (!fits || text.size > 256 || !attest_view_equal(part[0], attest_view_text("arn")) ||
        !attest_view_equal(part[2], attest_view_text("kms")) || !begins_with(part[5], "key/"))
        return attest_fail(diag, ATTEST_MALFORMED, NULL,
                           "a key's ARN, as arn:aws:kms:REGION:ACCOUNT:key/ID, not an alias");
    return append(field, text, most, diag);
}

/* Whether the list has a pair of that name. */
static bool has_name(const struct config_list *list, struct attest_view name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strncmp(list->items[i], (const char *)name.data, name.size) == 0 &&
            list->items[i][name.size] == '=')
            return true;
    return false;
}

enum attest_error config_value_PAIRS(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                     struct attest_diag *diag)
{
    struct attest_reader items = attest_reader_init(text);
    struct attest_view item, name;
    bool more = !attest_view_equal(text, attest_view_text(NONE));

    (void)least;
    while (more) {
        more = attest_reader_split(&items, ',', &item);
        struct attest_reader parts = attest_reader_init(item);
        if (!attest_reader_split(&parts, '=', &name) || name.size == 0 || has_name(field, name))
            return attest_fail(diag, ATTEST_MALFORMED, NULL,
                               "none, or name=value with commas between several, each name once");
        attest_try(append(field, item, most, diag));
    }
    return ATTEST_OK;
}
