/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in this ciphertext? For scripts: the same document, key and call as for secrets, and the plaintext
 * goes to whoever reads our standard output, byte for byte.
 */
#include "daemon/unlock/decrypt.h"

#include "aws/cms.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "daemon/config_value.h"
#include "daemon/unlock/clock.h"
#include "daemon/unlock/environment.h"
#include "daemon/unlock/fetch.h"

#include <string.h>

#define CONTEXTS_MAX 32

/* A secret that no section names, with standard input as its source. */
static enum attest_error make_secret(const struct config *config, const struct unlock_options *options,
                                     struct config_secret *secret, struct attest_diag *diag)
{
    secret->name = (char *)"decrypt";
    secret->source = (char *)"file:-";
    secret->format = CONFIG_SECRET_KMS;
    secret->owner = secret->group = (char *)"0";
    secret->timeout = config->unlock.timeout;
    attest_try(config_value_ARNS(attest_view_text(options->key_id), &secret->key_ids, 1, 1, diag));
    if (!options->context)
        return ATTEST_OK;
    return config_value_PAIRS(attest_view_text(options->context), &secret->context, 0, CONTEXTS_MAX, diag);
}

static void secret_done(struct config_secret *secret)
{
    config_list_done(&secret->key_ids);
    config_list_done(&secret->context);
}

static enum attest_error fetch(const struct config *config, const struct attest_recipient *key,
                               struct job_secret *job, struct attest_diag *diag)
{
    _cleanup_(attest_credentials_source_cleanup) struct attest_credentials_source *credentials = NULL;
    _cleanup_(ask_cleanup) struct ask *ask = NULL;
    const uint64_t deadline = attest_aws_clock_steady(&unlock_clock) + config->unlock.timeout;
    struct attest_credentials_options options;

    attest_try(environment_credentials(config, &options, diag));
    attest_try(attest_credentials_source_new(&options, &unlock_clock, &credentials, diag));
    attest_try(ask_new(config, attest_recipient_spki(key), deadline, &ask, diag));
    return fetch_one(&(struct fetch){ config, credentials, ask, deadline, false }, job, diag);
}

enum attest_error decrypt(const struct config *config, const struct unlock_options *options,
                          struct attest_diag *diag)
{
    _cleanup_(job_done) struct job_secret job = { 0 };
    _cleanup_(secret_done) struct config_secret secret = { 0 };
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = NULL;
    _cleanup_(attest_secret_cleanup) struct attest_secret *plaintext = NULL;
    struct attest_unlockreport_secret report = { 0 };

    enum attest_error error = make_secret(config, options, &secret, diag);
    if (error != ATTEST_OK)
        return attest_error_category(error) == ATTEST_CATEGORY_MALFORMED ? ATTEST_USAGE : error;
    attest_try(job_init(&job, &secret, &report, diag));
    attest_try(attest_recipient_new(&key, diag));
    attest_try(fetch(config, key, &job, diag));
    attest_try(attest_cms_open(attest_bytes_view(&job.envelope), key, &plaintext, diag));
    return attest_file_write(
        "-", (struct attest_view){ attest_secret_data(plaintext), attest_secret_size(plaintext) }, diag);
}
