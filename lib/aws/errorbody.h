/* SPDX-License-Identifier: Apache-2.0 */
/* What a service of AWS says when it refuses. */
#ifndef ATTEST_AWS_ERRORBODY_H
#define ATTEST_AWS_ERRORBODY_H

#include "attest/view.h"
#include "aws/call.h"

#define ATTEST_ERRORBODY_MAX ((size_t)64 << 10)

/* Sets type and message of `outcome`, each empty where `body` has none that is one. `header` is
 * x-amzn-ErrorType, which counts where the body says nothing. */
void attest_errorbody_read(struct attest_view body, const char *header, struct attest_aws_outcome *outcome);

#endif
