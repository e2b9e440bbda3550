/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which secrets are to be unlocked, and how? One table for all sections [secret NAME]; what is wrong in one
 * stops the start, with file and line, as everywhere in the configuration.
 */
#include "daemon/config_secret.h"

#include "base/bytes.h"
#include "base/error.h"
#include "daemon/config_value.h"
#include "evidence/unlockevent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "secret "
#define NAME   "NAME" /* in a default, at its end */

static const struct key {
    const char *name;
    config_value_parse *parse;
    size_t offset; /* of the field */
    const char *value;
    uint64_t least;
    uint64_t most;
} keys[] = {
#define SECRET(key, type, field, value, least, most, what)                                                     \
    { key, config_value_##type, offsetof(struct config_secret, field), value, least, most },
#include "daemon/secret.def"
#undef SECRET
};

_Static_assert(sizeof keys / sizeof keys[0] == CONFIG_SECRET_KEYS, "a flag for each row of secret.def");

static void *field_of(struct config_secret *secret, const struct key *key)
{
    return (char *)secret + key->offset;
}

static bool is_list(const struct key *key)
{
    return key->parse == config_value_ARNS || key->parse == config_value_PAIRS;
}

static bool is_text(const struct key *key)
{
    return key->parse == config_value_TEXT || key->parse == config_value_SOURCE ||
           key->parse == config_value_PATH;
}

bool config_secret_is_section(struct attest_view section)
{
    return section.size >= strlen(PREFIX) && memcmp(section.data, PREFIX, strlen(PREFIX)) == 0;
}

static enum attest_error grow(struct config_secret **secrets, size_t count, struct attest_diag *diag)
{
    if (count == CONFIG_SECRETS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, "more", "at most %d secrets", CONFIG_SECRETS_MAX);
    struct config_secret *grown = reallocarray(*secrets, count + 1, sizeof *grown);
    if (!grown)
        return ATTEST_MEMORY;
    grown[count] = (struct config_secret){ 0 };
    *secrets = grown;
    return ATTEST_OK;
}

enum attest_error config_secret_add(struct config_secret **secrets, size_t *count, struct attest_view section,
                                    struct config_secret **ret_secret, struct attest_diag *diag)
{
    const struct attest_view name = { section.data + strlen(PREFIX), section.size - strlen(PREFIX) };

    if (!attest_unlockevent_is_name(name))
        return attest_fail(
            diag, ATTEST_MALFORMED, NULL,
            "[secret NAME] with a name of letters, digits, '.', '_' and '-', at most %zu of them",
            ATTEST_UNLOCKEVENT_NAME_MAX);
    for (size_t i = 0; i < *count; i++)
        if (attest_view_equal(name, attest_view_text((*secrets)[i].name))) {
            *ret_secret = &(*secrets)[i];
            return ATTEST_OK;
        }
    char *copy = strndup((const char *)name.data, name.size);
    enum attest_error error = copy ? grow(secrets, *count, diag) : ATTEST_MEMORY;
    if (error != ATTEST_OK) {
        free(copy);
        return error;
    }
    *ret_secret = &(*secrets)[(*count)++];
    (*ret_secret)->name = copy;
    return ATTEST_OK;
}

void config_secret_begin_file(struct config_secret *secrets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memset(secrets[i].seen, 0, sizeof secrets[i].seen);
}

static enum attest_error set(struct config_secret *secret, size_t index, struct attest_view value,
                             struct attest_diag *diag)
{
    const struct key *key = &keys[index];

    if (secret->seen[index] && !is_list(key))
        return attest_fail(diag, ATTEST_MALFORMED, "it again", "%s once", key->name);
    if (!secret->seen[index] && is_list(key))
        config_list_done(field_of(secret, key)); /* an earlier file's */
    secret->seen[index] = secret->given[index] = true;
    return key->parse(value, field_of(secret, key), key->least, key->most, diag);
}

enum attest_error config_secret_set(struct config_secret *secret, struct attest_view key,
                                    struct attest_view value, struct attest_diag *diag)
{
    char name[64];

    for (size_t i = 0; i < CONFIG_SECRET_KEYS; i++)
        if (attest_view_equal(key, attest_view_text(keys[i].name)))
            return set(secret, i, value, diag);
    attest_error_printable((const char *)key.data, key.size, name, sizeof name);
    return attest_fail(diag, ATTEST_MALFORMED, name, "a key of [secret NAME] in attestd.conf(5)");
}

static enum attest_error set_default(struct config_secret *secret, const struct key *key,
                                     struct attest_diag *diag)
{
    size_t size = strlen(key->value);
    char text[256];

    if (size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, "none", "%s in [secret %s]", key->name, secret->name);
    bool named = size >= strlen(NAME) && strcmp(key->value + size - strlen(NAME), NAME) == 0;
    snprintf(text, sizeof text, "%.*s%s", (int)(size - (named ? strlen(NAME) : 0)), key->value,
             named ? secret->name : "");
    return key->parse(attest_view_text(text), field_of(secret, key), key->least, key->most, diag);
}

enum attest_error config_secret_finish(struct config_secret *secret, struct attest_diag *diag)
{
    for (size_t i = 0; i < CONFIG_SECRET_KEYS; i++)
        if (!secret->given[i])
            attest_try(set_default(secret, &keys[i], diag));
    return ATTEST_OK;
}

void config_list_done(struct config_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct config_list){ 0 };
}

void config_secret_free(struct config_secret *secrets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < CONFIG_SECRET_KEYS; j++)
            if (is_list(&keys[j]))
                config_list_done(field_of(&secrets[i], &keys[j]));
            else if (is_text(&keys[j]))
                free(*(char **)field_of(&secrets[i], &keys[j]));
        free(secrets[i].name);
    }
    free(secrets);
}
