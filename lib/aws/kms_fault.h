/* SPDX-License-Identifier: Apache-2.0 */
/* Why KMS refused, for an operator: what its error means here, and what was shown to it. */
#ifndef ATTEST_AWS_KMS_FAULT_H
#define ATTEST_AWS_KMS_FAULT_H

#include "attest/document.h"
#include "base/bytes.h"

struct attest_kms_fault {
    const char *type;    /* as in attest_aws_outcome; one that ends with '*' is for all that begin so */
    const char *meaning; /* a clause, in lower case, without full stop */
    const char *advice;  /* the same, in the imperative */
};

/* Never NULL: for a type that is not known, and for "", a row that says so. */
const struct attest_kms_fault *attest_kms_fault_find(const char *type);

/* Appends which PCR values `document` presented, for AccessDeniedException: a line for each that is not zero,
 * as a key policy names it, and one for all that are.
 *
 *     kms:RecipientAttestation:NitroTPMPCR4 = 3d1c...
 *     all zero: PCR 5-6,10-13
 */
enum attest_error attest_kms_fault_presented(const struct attest_document *document, struct attest_bytes *out)
    attest_must_check;

#endif
