/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a canonical request that have rules of their own. */
#ifndef ATTEST_AWS_SIGV4_CANONICAL_H
#define ATTEST_AWS_SIGV4_CANONICAL_H

#include "aws/sigv4.h"

/* Appends each byte but letters, digits and "-._~" as %XX; '/' too, unless `slash`. */
void attest_sigv4_encode(struct attest_bytes *out, struct attest_view text, bool slash);

void attest_sigv4_canonical_path(struct attest_bytes *out, struct attest_view path, bool verbatim);

/* ATTEST_TOO_LARGE for more than ATTEST_SIGV4_PARAMETERS_MAX. */
enum attest_error attest_sigv4_canonical_query(struct attest_bytes *out, struct attest_view query)
    attest_must_check;

/* Appends "name:value\n" for each, and its names to `names`. Sorts `headers`. */
void attest_sigv4_canonical_headers(struct attest_bytes *out, struct attest_bytes *names,
                                    struct attest_sigv4_header *headers, size_t count);

#endif
