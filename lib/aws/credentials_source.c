/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where do credentials come from, and for how long are they good? A source asks early, asks again where it
 * pays, and makes do with old ones where nothing better is to be had. AWS SDKs and Tools Reference Guide, "IMDS
 * credential provider".
 */
#include "aws/container.h"
#include "aws/credentials_read.h"
#include "aws/imds.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define EARLY_MS       ((uint64_t)300000) /* before the end; IMDS has new ones by then */
#define AGAIN_MS       ((uint64_t)10000)  /* not more often, where IMDS gives what ends soon */
#define TROUBLE_MS     ((uint64_t)60000)  /* nor after a failure */
#define PAUSE_FIRST_MS ((uint64_t)250)
#define PAUSE_MAX_MS   ((uint64_t)5000)
#define ROLE_MAX       64 /* IAM: a role's name */
#define LISTING_MAX    ((size_t)1024)

typedef enum attest_error fetch(struct attest_credentials_source *source,
                                struct attest_credentials **ret_credentials, struct attest_diag *diag);

struct attest_credentials_source {
    struct attest_credentials_options options;
    struct attest_aws_clock clock;
    uint64_t patient_until; /* steady time: the first are waited for, once for all who ask */
    fetch *fetch;
    struct attest_imds *imds;
    struct attest_container *container;

    pthread_mutex_t mutex; /* held while fetching too: the others want the same */
    struct attest_credentials *current;
    uint64_t next_ms; /* when to fetch others */
};

static enum attest_error fetch_given(struct attest_credentials_source *source,
                                     struct attest_credentials **ret_credentials, struct attest_diag *diag)
{
    const struct attest_credentials_options *options = &source->options;
    const struct attest_credentials_parts parts = {
        .access_key_id = attest_view_text(options->access_key_id),
        .secret_access_key = attest_view_text(options->secret_access_key ?: ""),
        .session_token =
            options->session_token ? attest_view_text(options->session_token) : (struct attest_view){ 0 },
    };

    return attest_credentials_new(&parts, ret_credentials, diag);
}

static enum attest_error fetch_container(struct attest_credentials_source *source,
                                         struct attest_credentials **ret_credentials, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(0);

    attest_try(attest_container_get(source->container, ATTEST_CREDENTIALS_JSON_MAX, &body, diag));
    return attest_credentials_read(attest_bytes_view(&body), ret_credentials, diag);
}

/* Appends the first role that is listed to the path, of which its name becomes a part. IAM: letters, digits and
 * "+=,.@_-". */
static enum attest_error append_role(struct attest_view listing, struct attest_bytes *path,
                                     struct attest_diag *diag)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@_-";
    struct attest_reader reader = attest_reader_init(listing);
    struct attest_view role;

    attest_reader_split(&reader, '\n', &role);
    bool is_role = role.size > 0 && role.size <= ROLE_MAX && role.data[0] != '.';
    for (size_t i = 0; is_role && i < role.size; i++)
        is_role = role.data[i] != '\0' && strchr(alphabet, role.data[i]);
    if (!is_role)
        return attest_fail(diag, ATTEST_REMOTE, "something else", "a role's name from instance metadata");
    attest_bytes_append_text(path, ATTEST_IMDS_ROLES);
    attest_bytes_append(path, role);
    attest_bytes_append_u8(path, '\0');
    return attest_bytes_check(path);
}

static enum attest_error no_role(enum attest_error error, struct attest_diag *diag)
{
    if (error != ATTEST_NOT_FOUND)
        return error;
    return attest_fail(diag, ATTEST_REMOTE, "none", "a role of the instance (an instance profile)");
}

static enum attest_error fetch_role(struct attest_credentials_source *source,
                                    struct attest_credentials **ret_credentials, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes listing = attest_bytes_init(0),
                                                     body = attest_bytes_init(0);
    _cleanup_(attest_bytes_done) struct attest_bytes path = attest_bytes_init(256);

    attest_try(no_role(attest_imds_get(source->imds, ATTEST_IMDS_ROLES, LISTING_MAX, &listing, diag), diag));
    attest_try(append_role(attest_bytes_view(&listing), &path, diag));
    attest_try(no_role(
        attest_imds_get(source->imds, (const char *)path.data, ATTEST_CREDENTIALS_JSON_MAX, &body, diag),
        diag));
    return attest_credentials_read(attest_bytes_view(&body), ret_credentials, diag);
}

static enum attest_error open_source(struct attest_credentials_source *source, struct attest_diag *diag)
{
    if (source->options.access_key_id) {
        source->fetch = fetch_given;
        return ATTEST_OK;
    }
    if (source->options.container_url) {
        source->fetch = fetch_container;
        return attest_container_open(&source->options, &source->container, diag);
    }
    source->fetch = fetch_role;
    return attest_imds_open(source->options.imds_url, &source->clock, &source->imds, diag);
}

enum attest_error attest_credentials_source_new(const struct attest_credentials_options *options,
                                                const struct attest_aws_clock *clock,
                                                struct attest_credentials_source **ret_source,
                                                struct attest_diag *diag)
{
    _cleanup_(attest_credentials_source_cleanup) struct attest_credentials_source *source =
        calloc(1, sizeof *source);

    if (!source)
        return ATTEST_MEMORY;
    source->options = *options;
    source->clock = *clock;
    source->patient_until = attest_aws_clock_steady(clock) + options->wait_ms;
    pthread_mutex_init(&source->mutex, NULL);
    attest_try(open_source(source, diag));
    *ret_source = attest_steal(source);
    return ATTEST_OK;
}

void attest_credentials_source_free(struct attest_credentials_source *source)
{
    if (!source)
        return;
    attest_credentials_release(source->current);
    attest_imds_close(source->imds);
    attest_container_close(source->container);
    pthread_mutex_destroy(&source->mutex);
    free(source);
}

void attest_credentials_source_cleanup(struct attest_credentials_source **source)
{
    attest_credentials_source_free(*source);
}

/* Whether another try may go better: network, role and container may be on their way. */
static bool may_pass(enum attest_error error)
{
    enum attest_category category = attest_error_category(error);

    return category == ATTEST_CATEGORY_REMOTE || category == ATTEST_CATEGORY_MALFORMED ||
           category == ATTEST_CATEGORY_LIMIT;
}

static enum attest_error fetch_patiently(struct attest_credentials_source *source,
                                         struct attest_credentials **ret_credentials, struct attest_diag *diag)
{
    uint64_t end = source->current ? 0 : source->patient_until, pause = PAUSE_FIRST_MS;
    enum attest_error error = source->fetch(source, ret_credentials, diag);

    while (error != ATTEST_OK && may_pass(error) && attest_aws_clock_steady(&source->clock) + pause < end) {
        attest_aws_clock_sleep(&source->clock, pause);
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
        error = source->fetch(source, ret_credentials, diag);
    }
    return error;
}

static uint64_t next_of(const struct attest_credentials *credentials, uint64_t now)
{
    uint64_t end = attest_credentials_expiration_ms(credentials);

    if (end == 0)
        return UINT64_MAX;
    return end > now + EARLY_MS + AGAIN_MS ? end - EARLY_MS : now + AGAIN_MS;
}

/* The mutex is held. */
static enum attest_error replace(struct attest_credentials_source *source, struct attest_diag *diag)
{
    struct attest_credentials *fetched = NULL;

    enum attest_error error = fetch_patiently(source, &fetched, diag);
    uint64_t now = attest_aws_clock_now(&source->clock);
    if (error != ATTEST_OK) {
        source->next_ms = source->current ? now + TROUBLE_MS : 0;
        return error;
    }
    attest_credentials_release(source->current);
    source->current = fetched;
    source->next_ms = next_of(fetched, now);
    return ATTEST_OK;
}

enum attest_error attest_credentials_take(struct attest_credentials_source *source,
                                          struct attest_credentials **ret_credentials, struct attest_diag *diag)
{
    enum attest_error error = ATTEST_OK;

    pthread_mutex_lock(&source->mutex);
    if (!source->current || attest_aws_clock_now(&source->clock) >= source->next_ms)
        error = replace(source, diag);
    if (source->current) {
        error = ATTEST_OK; /* the old ones, if there are no new ones */
        *ret_credentials = attest_credentials_share(source->current);
    }
    pthread_mutex_unlock(&source->mutex);
    return error;
}

enum attest_error attest_credentials_renew(struct attest_credentials_source *source,
                                           const struct attest_credentials *refused,
                                           struct attest_credentials **ret_credentials,
                                           struct attest_diag *diag)
{
    enum attest_error error = ATTEST_OK;

    pthread_mutex_lock(&source->mutex);
    if (source->current == refused)
        error = replace(source, diag);
    if (error == ATTEST_OK)
        *ret_credentials = attest_credentials_share(source->current);
    pthread_mutex_unlock(&source->mutex);
    return error;
}
