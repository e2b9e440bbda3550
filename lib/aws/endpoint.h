/* SPDX-License-Identifier: Apache-2.0 */
/* Where a service answers: by Region and partition, or where the configuration says. */
#ifndef ATTEST_AWS_ENDPOINT_H
#define ATTEST_AWS_ENDPOINT_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>

#define ATTEST_ENDPOINT_SIZE 280 /* of a URL, its end with it */

struct attest_endpoint_options {
    const char *url; /* used as it is, as https://HOST or https://HOST:PORT; NULL: by Region */
    bool fips;
    bool dualstack;
};

/* The base URL of `service` ("kms", "s3") in `region`. ATTEST_USAGE for a Region that is none, a URL of another
 * form, a URL together with fips or dualstack, and what the partition does not have. A Region that no partition
 * claims is taken for one of aws. */
enum attest_error attest_endpoint_find(const char *service, const char *region,
                                       const struct attest_endpoint_options *options,
                                       char ret_url[ATTEST_ENDPOINT_SIZE], struct attest_diag *diag)
    attest_must_check;

/* The partition that a Region belongs to. */
const char *attest_endpoint_partition(const char *region);

#endif
