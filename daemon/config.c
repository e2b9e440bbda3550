/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What did the administrator ask for? Trusts files that root owns and nobody else may write; a section, key or
 * value that is not known stops the start, with file and line.
 */
#include "daemon/config.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "codec/ini.h"
#include "daemon/config_value.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)256 << 10)

static const struct key {
    const char *section;
    const char *name;
    config_value_parse *parse;
    size_t offset; /* of the field */
    const char *value;
    uint64_t least;
    uint64_t most;
} keys[] = {
#define CONFIG(section, key, type, field, value, least, most, what)                                            \
    { section, key, config_value_##type, offsetof(struct config, field), value, least, most },
#include "daemon/config.def"
#undef CONFIG
};

#define KEYS (sizeof keys / sizeof keys[0])

/* One file being read. */
struct source {
    struct config *config;
    bool seen[KEYS];
    struct config_secret *secret; /* of the section that is being read; NULL in another */
};

static enum attest_error set(struct config *config, const struct key *key, struct attest_view value,
                             struct attest_diag *diag)
{
    return key->parse(value, (char *)config + key->offset, key->least, key->most, diag);
}

static bool is_section(struct attest_view section)
{
    for (size_t i = 0; i < KEYS; i++)
        if (attest_view_equal(section, attest_view_text(keys[i].section)))
            return true;
    return false;
}

static enum attest_error visit(const struct attest_ini_entry *entry, void *context, struct attest_diag *diag)
{
    struct source *source = context;
    bool known = is_section(entry->section);
    char name[64];

    if (config_secret_is_section(entry->section)) {
        if (entry->key.size == 0)
            return config_secret_add(&source->config->secrets, &source->config->secret_count, entry->section,
                                     &source->secret, diag);
        return config_secret_set(source->secret, entry->key, entry->value, diag);
    }
    if (known && entry->key.size == 0)
        return ATTEST_OK;
    for (size_t i = 0; i < KEYS; i++) {
        if (!attest_view_equal(entry->section, attest_view_text(keys[i].section)) ||
            !attest_view_equal(entry->key, attest_view_text(keys[i].name)))
            continue;
        if (source->seen[i])
            return attest_fail(diag, ATTEST_MALFORMED, "it again", "%s once", keys[i].name);
        source->seen[i] = true;
        return set(source->config, &keys[i], entry->value, diag);
    }
    struct attest_view unknown = known ? entry->key : entry->section;
    attest_error_printable((const char *)unknown.data, unknown.size, name, sizeof name);
    return attest_fail(diag, ATTEST_MALFORMED, name, "a %s of attestd.conf(5)", known ? "key" : "section");
}

static enum attest_error read_file(struct config *config, const char *path, char *ret_where, size_t where_size,
                                   struct attest_diag *diag)
{
    struct source source = { .config = config };
    config_secret_begin_file(config->secrets, config->secret_count);
    _cleanup_close_ int fd = -1;
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);

    snprintf(ret_where, where_size, "%s", path);
    attest_try(attest_file_open_trusted(path, S_IFREG, &fd, diag));
    attest_try(attest_file_read_fd(fd, path, FILE_MAX, &content, diag));
    enum attest_error error = attest_ini_parse(attest_bytes_view(&content), visit, &source, diag);
    if (error != ATTEST_OK)
        snprintf(ret_where, where_size, "%s:%u", path, diag->native);
    return error;
}

static int is_drop_in(const struct dirent *entry)
{
    const char *suffix = strrchr(entry->d_name, '.');

    return entry->d_name[0] != '.' && suffix && strcmp(suffix, ".conf") == 0;
}

struct drop_ins {
    struct dirent **entries;
    int count;
};

static void drop_ins_done(struct drop_ins *drop_ins)
{
    for (int i = 0; i < drop_ins->count; i++)
        free(drop_ins->entries[i]);
    free(drop_ins->entries);
}

static enum attest_error read_drop_ins(struct config *config, const char *path, char *ret_where,
                                       size_t where_size, struct attest_diag *diag)
{
    _cleanup_(drop_ins_done) struct drop_ins found = { 0 };
    _cleanup_close_ int fd = -1;
    char folder[PATH_MAX], file[PATH_MAX];

    snprintf(folder, sizeof folder, "%s.d", path);
    snprintf(ret_where, where_size, "%s", folder);
    enum attest_error error = attest_file_open_trusted(folder, S_IFDIR, &fd, diag);
    if (error != ATTEST_OK)
        return error == ATTEST_SYSTEM && diag->native == ENOENT ? ATTEST_OK : error;
    found.count = scandirat(fd, ".", &found.entries, is_drop_in, alphasort);
    if (found.count < 0)
        return attest_fail_errno(diag, errno, "to read %s", folder);
    for (int i = 0; i < found.count; i++) {
        if (snprintf(file, sizeof file, "%s/%s", folder, found.entries[i]->d_name) >= (int)sizeof file)
            return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a shorter path than that of %s", folder);
        attest_try(read_file(config, file, ret_where, where_size, diag));
    }
    return ATTEST_OK;
}

static enum attest_error override(char **field, const char *option, const char *value, char *ret_where,
                                  size_t where_size, struct attest_diag *diag)
{
    if (!value)
        return ATTEST_OK;
    snprintf(ret_where, where_size, "%s", option);
    return config_value_TEXT(attest_view_text(value), field, 1, PATH_MAX, diag);
}

enum attest_error config_load(const struct config_source *source, struct config **ret_config, char *ret_where,
                              size_t where_size, struct attest_diag *diag)
{
    const char *file = source->path ?: CONFIG_FILE;

    _cleanup_(config_cleanup) struct config *config = calloc(1, sizeof *config);
    if (!config)
        return ATTEST_MEMORY;
    config->references = 1;
    config->access[ENDPOINT_HEALTH].kind = ACCESS_DOOR;
    for (size_t i = 0; i < KEYS; i++)
        attest_try(set(config, &keys[i], attest_view_text(keys[i].value), diag));
    enum attest_error error = read_file(config, file, ret_where, where_size, diag);
    if (error != ATTEST_OK && (source->path || error != ATTEST_SYSTEM || diag->native != ENOENT))
        return error;
    attest_try(read_drop_ins(config, file, ret_where, where_size, diag));
    attest_try(override(&config->tcti, "--tcti", source->tcti, ret_where, where_size, diag));
    attest_try(
        override(&config->vendor_tcti, "--vendor-tcti", source->vendor_tcti, ret_where, where_size, diag));
    snprintf(ret_where, where_size, "%s", file);
    for (size_t i = 0; i < config->secret_count; i++)
        attest_try(config_secret_finish(&config->secrets[i], diag));
    *ret_config = attest_steal(config);
    return ATTEST_OK;
}

struct config *config_ref(struct config *config)
{
    config->references++;
    return config;
}

void config_unref(struct config *config)
{
    if (!config || --config->references > 0)
        return;
    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].parse == config_value_TEXT || keys[i].parse == config_value_OPTIONAL)
            free(*(char **)((char *)config + keys[i].offset));
    config_secret_free(config->secrets, config->secret_count);
    free(config);
}

void config_cleanup(struct config **config)
{
    config_unref(*config);
}

bool config_same_tpm(const struct config *a, const struct config *b)
{
    return strcmp(a->tcti, b->tcti) == 0 && strcmp(a->vendor_tcti, b->vendor_tcti) == 0 &&
           a->command_timeout == b->command_timeout && a->ak_handle == b->ak_handle &&
           a->ak_algorithm == b->ak_algorithm;
}
