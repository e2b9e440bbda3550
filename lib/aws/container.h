/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials from a container's endpoint (ECS, EKS Pod Identity). */
#ifndef ATTEST_AWS_CONTAINER_H
#define ATTEST_AWS_CONTAINER_H

#include "aws/credentials.h"
#include "base/bytes.h"

struct attest_container;

/* By container_url, container_token_file and ca_file of the options, whose texts must live as long.
 * ATTEST_USAGE for a URL of another form or host. Nothing is sent yet. */
enum attest_error attest_container_open(const struct attest_credentials_options *options,
                                        struct attest_container **ret_container, struct attest_diag *diag)
    attest_must_check;
void attest_container_close(struct attest_container *container); /* NULL is accepted */
void attest_container_cleanup(struct attest_container **container);

/* What it answers, for attest_credentials_read. */
enum attest_error attest_container_get(struct attest_container *container, size_t maximum,
                                       struct attest_bytes *ret_body, struct attest_diag *diag)
    attest_must_check;

#endif
