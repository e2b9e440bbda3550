/* SPDX-License-Identifier: Apache-2.0 */
/* The sections [secret NAME] of the configuration (attestd.conf(5)). */
#ifndef ATTESTD_CONFIG_SECRET_H
#define ATTESTD_CONFIG_SECRET_H

#include "attest/error.h"
#include "attest/view.h"

#include <limits.h>
#include <stdbool.h>

#define CONFIG_SECRETS_MAX 128
#define CONFIG_SECRET_KEYS 12 /* rows of secret.def */
#define CONFIG_NO_PCR      UINT_MAX

enum config_secret_format {
    CONFIG_SECRET_SDK, /* a message of the AWS Encryption SDK */
    CONFIG_SECRET_KMS, /* a bare KMS ciphertext */
};

/* Texts of a key that may be repeated. */
struct config_list {
    char **items;
    size_t count;
};

struct config_digest {
    bool given;
    uint8_t value[48]; /* SHA-384 */
};

struct config_secret {
    char *name;
    char *source; /* "file:PATH" or "s3://BUCKET/KEY" */
    enum config_secret_format format;
    struct config_list key_ids;
    struct config_list context; /* "name=value" each */
    struct config_digest digest;
    char *output, *owner, *group;
    unsigned mode;
    unsigned measure_pcr; /* CONFIG_NO_PCR: none */
    bool required;
    unsigned timeout;               /* milliseconds */
    bool given[CONFIG_SECRET_KEYS]; /* in any file */
    bool seen[CONFIG_SECRET_KEYS];  /* in the file that is being read */
};

/* Whether it is "secret ..." */
bool config_secret_is_section(struct attest_view section);

/* The secret of that section, made where there is none. */
enum attest_error config_secret_add(struct config_secret **secrets, size_t *count, struct attest_view section,
                                    struct config_secret **ret_secret, struct attest_diag *diag)
    attest_must_check;

/* A later file overrides key by key; within a file only a list may be repeated. */
void config_secret_begin_file(struct config_secret *secrets, size_t count);
enum attest_error config_secret_set(struct config_secret *secret, struct attest_view key,
                                    struct attest_view value, struct attest_diag *diag) attest_must_check;

/* Gives what was not given its default, and demands what has none. */
enum attest_error config_secret_finish(struct config_secret *secret, struct attest_diag *diag)
    attest_must_check;

void config_secret_free(struct config_secret *secrets, size_t count);
void config_list_done(struct config_list *list);

#endif
