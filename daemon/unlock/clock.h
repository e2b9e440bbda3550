/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's clocks, as lib/aws takes them. */
#ifndef ATTEST_UNLOCK_CLOCK_H
#define ATTEST_UNLOCK_CLOCK_H

#include "aws/clock.h"

extern const struct attest_aws_clock unlock_clock;

#endif
