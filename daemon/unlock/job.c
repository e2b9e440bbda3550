/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sealed here, for which key, and in which encryption context? The sealed form may come from anybody:
 * what it says of its context has to contain what the configuration says, and its key has to be one that the
 * configuration names.
 */
#include "daemon/unlock/job.h"

#include "aws/arn.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_PREFIX "file:"
#define TEXTS_MAX   ((size_t)64 << 10)

static bool look_up(const char *name, bool is_group, id_t *ret_id)
{
    const struct group *group = is_group ? getgrnam(name) : NULL;
    const struct passwd *user = is_group ? NULL : getpwnam(name);
    uint64_t number;

    if (attest_decode_decimal(attest_view_text(name), UINT32_MAX - 1, &number, NULL) == ATTEST_OK)
        *ret_id = (id_t)number;
    else if (group || user)
        *ret_id = group ? group->gr_gid : user->pw_uid;
    else
        return false;
    return true;
}

/* More closely than the configuration does when it is read, which attestd does too. */
static enum attest_error check_keys(const struct config_secret *secret, struct attest_diag *diag)
{
    struct attest_arn arn;

    for (size_t i = 0; i < secret->key_ids.count; i++)
        if (attest_arn_parse(attest_view_text(secret->key_ids.items[i]), &arn, diag) != ATTEST_OK)
            return ATTEST_USAGE;
    return ATTEST_OK;
}

enum attest_error job_init(struct job_secret *job, const struct config_secret *secret,
                           struct attest_unlockreport_secret *report, struct attest_diag *diag)
{
    *job = (struct job_secret){ .secret = secret, .report = report, .owner.mode = secret->mode };
    job->sealed = attest_bytes_init(JOB_SEALED_MAX);
    job->texts = attest_bytes_init(TEXTS_MAX);
    job->envelope = attest_bytes_init(0);
    snprintf(report->name, sizeof report->name, "%s", secret->name);
    report->required = secret->required;
    if (!look_up(secret->owner, false, &job->owner.uid))
        return attest_fail(diag, ATTEST_USAGE, secret->owner, "owner: a user of this machine");
    if (!look_up(secret->group, true, &job->owner.gid))
        return attest_fail(diag, ATTEST_USAGE, secret->group, "group: a group of this machine");
    return check_keys(secret, diag);
}

void job_done(struct job_secret *job)
{
    attest_bytes_done(&job->sealed);
    attest_bytes_done(&job->texts);
    attest_bytes_done(&job->envelope);
}

bool job_is_remote(const struct job_secret *job)
{
    return strncmp(job->secret->source, FILE_PREFIX, strlen(FILE_PREFIX)) != 0;
}

static enum attest_error check_digest(struct job_secret *job, struct attest_diag *diag)
{
    const struct config_digest *pinned = &job->secret->digest;
    const struct attest_view sealed = attest_bytes_view(&job->sealed);
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(attest_hash_digest(ATTEST_HASH_SHA384, &sealed, 1, digest));
    memcpy(job->digest, digest, sizeof job->digest);
    if (pinned->given && memcmp(pinned->value, job->digest, sizeof job->digest) != 0)
        return attest_fail(diag, ATTEST_REFUSED, "another", "the sealed form that `digest' pins");
    return ATTEST_OK;
}

/* The text with its end, by its offset: the bytes may still move. */
static enum attest_error keep(struct job_secret *job, struct attest_view text, size_t *ret_offset,
                              struct attest_diag *diag)
{
    if (text.size > 0 && memchr(text.data, '\0', text.size))
        return attest_fail(diag, ATTEST_REFUSED, "a NUL", "texts in the encryption context");
    *ret_offset = job->texts.size;
    attest_bytes_append(&job->texts, text);
    attest_bytes_append_u8(&job->texts, '\0');
    return attest_bytes_check(&job->texts);
}

static void split(const char *pair, struct attest_message_pair *ret_pair)
{
    const char *equals = strchr(pair, '=');

    ret_pair->name = (struct attest_view){ (const uint8_t *)pair, (size_t)(equals - pair) };
    ret_pair->value = attest_view_text(equals + 1);
}

/* The next pair of the message, or of the configuration where there is no message. */
static bool next_pair(const struct job_secret *job, struct attest_reader *cursor, size_t index,
                      struct attest_message_pair *ret_pair)
{
    if (job->secret->format == CONFIG_SECRET_SDK)
        return attest_message_next_pair(cursor, ret_pair);
    if (index == job->secret->context.count)
        return false;
    split(job->secret->context.items[index], ret_pair);
    return true;
}

static enum attest_error collect_pairs(struct job_secret *job, struct attest_diag *diag)
{
    struct attest_reader cursor = attest_reader_init(job->message.context);
    size_t offsets[JOB_PAIRS_MAX][2] = { 0 };
    struct attest_message_pair pair;

    for (job->pair_count = 0; next_pair(job, &cursor, job->pair_count, &pair); job->pair_count++) {
        if (job->pair_count == JOB_PAIRS_MAX)
            return attest_fail(diag, ATTEST_TOO_LARGE, "more", "an encryption context of at most %d pairs",
                               JOB_PAIRS_MAX);
        attest_try(keep(job, pair.name, &offsets[job->pair_count][0], diag));
        attest_try(keep(job, pair.value, &offsets[job->pair_count][1], diag));
    }
    for (size_t i = 0; i < job->pair_count; i++) {
        job->pairs[i].name = (const char *)job->texts.data + offsets[i][0];
        job->pairs[i].value = (const char *)job->texts.data + offsets[i][1];
    }
    return ATTEST_OK;
}

/* Whoever seals under the same key for another purpose says so in the context. */
static enum attest_error check_context(const struct job_secret *job, struct attest_diag *diag)
{
    struct attest_message_pair wanted;
    struct attest_view found;

    for (size_t i = 0; i < job->secret->context.count; i++) {
        const char *pair = job->secret->context.items[i];
        split(pair, &wanted);
        char *name = strndup(pair, wanted.name.size);
        if (!name)
            return ATTEST_MEMORY;
        bool same = attest_message_find(&job->message, name, &found) && attest_view_equal(found, wanted.value);
        free(name);
        if (!same)
            return attest_fail(diag, ATTEST_REFUSED, "another encryption context",
                               "a message that was sealed with %.64s", pair);
    }
    return ATTEST_OK;
}

enum attest_error job_read(struct job_secret *job, struct attest_diag *diag)
{
    const char *path = job->secret->source + strlen(FILE_PREFIX);

    if (!job_is_remote(job)) {
        attest_bytes_done(&job->sealed); /* of --check=online, which reads twice */
        attest_try(attest_file_read(path, JOB_SEALED_MAX, &job->sealed, diag));
    }
    attest_try(check_digest(job, diag));
    if (job->secret->format == CONFIG_SECRET_SDK) {
        enum attest_error error = attest_message_parse(attest_bytes_view(&job->sealed), &job->message, diag);
        if (error != ATTEST_OK)
            return attest_fail_within(diag, error, "the sealed form");
        attest_try(check_context(job, diag));
    }
    return collect_pairs(job, diag);
}

struct attest_view job_ciphertext(const struct job_secret *job, const char *key_id)
{
    struct attest_reader cursor = attest_reader_init(job->message.data_keys);
    struct attest_arn wanted, found;
    struct attest_message_key key;

    if (job->secret->format == CONFIG_SECRET_KMS)
        return attest_bytes_view(&job->sealed);
    if (attest_arn_parse(attest_view_text(key_id), &wanted, NULL) != ATTEST_OK)
        return (struct attest_view){ 0 };
    while (attest_message_next_key(&cursor, &key))
        if (attest_view_equal(key.provider, attest_view_text(ATTEST_MESSAGE_PROVIDER_KMS)) &&
            attest_arn_parse(key.info, &found, NULL) == ATTEST_OK && attest_arn_is_same_key(&wanted, &found))
            return key.ciphertext;
    return (struct attest_view){ 0 };
}
