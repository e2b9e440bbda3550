/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who says where credentials are? The configuration, which is measured or at least root's. Environment
 * variables come from whoever starts us, and instance metadata from whoever controls the account: neither may
 * turn requests elsewhere, unless `trust-environment' says so, for containers, which have nothing else.
 */
#include "daemon/unlock/environment.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

#define IMDS_IPV6      "http://[fd00:ec2::254]"
#define CONTAINER_HOST "http://169.254.170.2"

static const char *get(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* As AWS's SDKs read them: keys, then a container's endpoint, then another metadata service. */
static enum attest_error read_environment(struct attest_credentials_options *options, struct attest_diag *diag)
{
    static char relative[1024];
    const char *path = get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");

    options->access_key_id = get("AWS_ACCESS_KEY_ID");
    options->secret_access_key = get("AWS_SECRET_ACCESS_KEY");
    options->session_token = get("AWS_SESSION_TOKEN");
    if (!options->access_key_id != !options->secret_access_key)
        return attest_fail(diag, ATTEST_USAGE, "one of them",
                           "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, both or none");
    options->container_url = get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    options->container_token_file = get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (path && snprintf(relative, sizeof relative, CONTAINER_HOST "%s", path) < (int)sizeof relative)
        options->container_url = relative;
    options->imds_url = get("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?: options->imds_url;
    return ATTEST_OK;
}

enum attest_error environment_credentials(const struct config *config,
                                          struct attest_credentials_options *ret_options,
                                          struct attest_diag *diag)
{
    struct attest_credentials_options options = {
        .imds_url = config->aws.endpoint_imds ?: (config->aws.imds_ipv6 ? IMDS_IPV6 : NULL),
        .ca_file = config->aws.ca_file,
        .wait_ms = config->unlock.timeout,
    };

    if (config->aws.trust_environment)
        attest_try(read_environment(&options, diag));
    *ret_options = options;
    return ATTEST_OK;
}
