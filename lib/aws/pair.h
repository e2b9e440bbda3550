/* SPDX-License-Identifier: Apache-2.0 */
/* A name and its value, as AWS's APIs have them in maps. */
#ifndef ATTEST_AWS_PAIR_H
#define ATTEST_AWS_PAIR_H

struct attest_aws_pair {
    const char *name;
    const char *value;
};

#endif
