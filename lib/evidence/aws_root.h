/* SPDX-License-Identifier: Apache-2.0 */
/* The root certificate of AWS's Nitro attestation PKI. */
#ifndef ATTEST_EVIDENCE_AWS_ROOT_H
#define ATTEST_EVIDENCE_AWS_ROOT_H

#include "attest/view.h"

struct attest_view attest_aws_root_der(void);

/* SHA-256, lowercase hexadecimal. */
const char *attest_aws_root_fingerprint(void);

#endif
