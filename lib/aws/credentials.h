/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose requests are these? Credentials from the instance's role (IMDSv2), from a container's endpoint, or
 * given (tests). One source serves all threads: it fetches when it must, and everybody gets the same object.
 *
 *     _cleanup_(attest_credentials_cleanup) struct attest_credentials *credentials = NULL;
 *     attest_try(attest_credentials_take(source, &credentials, diag));
 */
#ifndef ATTEST_AWS_CREDENTIALS_H
#define ATTEST_AWS_CREDENTIALS_H

#include "attest/view.h"
#include "aws/clock.h"
#include "base/secret.h"

#include <stdbool.h>

/* Nobody changes them; they live until the last who took them lets go. */
struct attest_credentials;
struct attest_credentials_source;

struct attest_credentials_options {
    /* The first of these three that is given counts; none: the instance's role, at the default addresses. */
    const char *access_key_id, *secret_access_key, *session_token; /* the token may be NULL */
    const char *container_url;                                     /* http or https, with its path */
    const char *imds_url;                                          /* http://HOST[:PORT] */

    const char *container_token_file; /* whose content is sent as Authorization, read each time; NULL: none */
    const char *ca_file;              /* for a container_url with https; NULL: the system's roots */
    uint64_t wait_ms; /* for how long, from now on, to try again: role and network may be late */
};

/* Fetches nothing yet; what the options point to must live as long. ATTEST_USAGE for a URL that credentials
 * are not fetched from. */
enum attest_error attest_credentials_source_new(const struct attest_credentials_options *options,
                                                const struct attest_aws_clock *clock,
                                                struct attest_credentials_source **ret_source,
                                                struct attest_diag *diag) attest_must_check;
void attest_credentials_source_free(struct attest_credentials_source *source); /* NULL is accepted */
void attest_credentials_source_cleanup(struct attest_credentials_source **source);

/* Those that hold for another five minutes, if there are any to be had. Expired ones are given if no better can
 * be: AWS decides whether they hold, and IMDS prolongs them while it is in trouble. */
enum attest_error attest_credentials_take(struct attest_credentials_source *source,
                                          struct attest_credentials **ret_credentials, struct attest_diag *diag)
    attest_must_check;

/* After AWS called `refused` expired: others, fetched unless another thread already has. */
enum attest_error attest_credentials_renew(struct attest_credentials_source *source,
                                           const struct attest_credentials *refused,
                                           struct attest_credentials **ret_credentials,
                                           struct attest_diag *diag) attest_must_check;

void attest_credentials_release(struct attest_credentials *credentials); /* NULL is accepted */
void attest_credentials_cleanup(struct attest_credentials **credentials);

/* These live as long as the credentials. The two secrets are for sigv4.c and nobody else. */
const char *attest_credentials_access_key_id(const struct attest_credentials *credentials);
struct attest_secret *attest_credentials_secret_access_key(const struct attest_credentials *credentials);
struct attest_secret *
attest_credentials_session_token(const struct attest_credentials *credentials);          /* or NULL */
uint64_t attest_credentials_expiration_ms(const struct attest_credentials *credentials); /* 0: they don't */

#endif
