/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instance metadata service, version 2 (EC2 User Guide, "Use the Instance Metadata Service"). What it says
 * is the host's word: good for finding one's way and for credentials, never for trust.
 */
#ifndef ATTEST_AWS_IMDS_H
#define ATTEST_AWS_IMDS_H

#include "aws/clock.h"
#include "base/bytes.h"

#define ATTEST_IMDS_ROLES "/latest/meta-data/iam/security-credentials/"

struct attest_imds;

/* `url` is http://HOST[:PORT]; NULL: the service's address in IPv4, and where that doesn't answer in IPv6.
 * Nothing is sent yet. */
enum attest_error attest_imds_open(const char *url, const struct attest_aws_clock *clock,
                                   struct attest_imds **ret_imds, struct attest_diag *diag) attest_must_check;
void attest_imds_close(struct attest_imds *imds); /* NULL is accepted */
void attest_imds_cleanup(struct attest_imds **imds);

/* What lies at `path`, at most `maximum` bytes. ATTEST_NOT_FOUND if nothing does; ATTEST_REMOTE if there is no
 * answer within two seconds, or another status. */
enum attest_error attest_imds_get(struct attest_imds *imds, const char *path, size_t maximum,
                                  struct attest_bytes *ret_body, struct attest_diag *diag) attest_must_check;

#endif
