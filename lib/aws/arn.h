/* SPDX-License-Identifier: Apache-2.0 */
/* The full name of a KMS key: arn:PARTITION:kms:REGION:ACCOUNT:key/KEY-ID. */
#ifndef ATTEST_AWS_ARN_H
#define ATTEST_AWS_ARN_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>

#define ATTEST_ARN_REGION_SIZE 32

struct attest_arn {
    char partition[16];
    char region[ATTEST_ARN_REGION_SIZE];
    char account[13];
    char key_id[64]; /* "mrk-..." and its replicas are one key in several Regions */
    bool multi_region;
};

/* All of `text`. ATTEST_MALFORMED: for one, an alias is refused, since who may point it elsewhere would choose
 * the key; and so is a Region of another partition. */
enum attest_error attest_arn_parse(struct attest_view text, struct attest_arn *ret_arn,
                                   struct attest_diag *diag) attest_must_check;

/* Whether two ARNs are of one key: equal but for the Region, where it is a multi-Region key. */
bool attest_arn_is_same_key(const struct attest_arn *a, const struct attest_arn *b);

#endif
