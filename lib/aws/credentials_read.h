/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials as bytes: what IMDS and container endpoints answer, and what a configuration says. */
#ifndef ATTEST_AWS_CREDENTIALS_READ_H
#define ATTEST_AWS_CREDENTIALS_READ_H

#include "aws/credentials.h"

#define ATTEST_CREDENTIALS_JSON_MAX ((size_t)16 << 10)

struct attest_credentials_parts {
    struct attest_view access_key_id, secret_access_key, session_token; /* the token may be {NULL, 0} */
    uint64_t expiration_ms;                                             /* 0: none */
};

/* Held once, by the caller. ATTEST_MALFORMED for what cannot be credentials. */
enum attest_error attest_credentials_new(const struct attest_credentials_parts *parts,
                                         struct attest_credentials **ret_credentials, struct attest_diag *diag)
    attest_must_check;

/* {"AccessKeyId","SecretAccessKey","Token","Expiration"} and, of IMDS, "Code": ATTEST_REMOTE with what it says
 * where that is not "Success"; ATTEST_MALFORMED, ATTEST_TOO_LARGE. */
enum attest_error attest_credentials_read(struct attest_view json, struct attest_credentials **ret_credentials,
                                          struct attest_diag *diag) attest_must_check;

/* Another one holds them. */
struct attest_credentials *attest_credentials_share(struct attest_credentials *credentials);

#endif
