/* SPDX-License-Identifier: Apache-2.0 */
/* CiphertextForRecipient: the CMS message in which KMS hands over a secret to the holder of an attested key. */
#ifndef ATTEST_AWS_CMS_H
#define ATTEST_AWS_CMS_H

#include "base/recipient.h"
#include "base/secret.h"

#define ATTEST_CMS_MAX       ((size_t)6144) /* KMS API, CiphertextForRecipient */
#define ATTEST_CMS_PLAIN_MAX ((size_t)4096) /* KMS API, Plaintext */

/* ATTEST_MALFORMED, with one and the same text whatever is wrong: another key, another algorithm, bad padding,
 * garbage, an end too early. ATTEST_TOO_LARGE over ATTEST_CMS_MAX, ATTEST_SYSTEM if no memory can be locked.
 * Success says nothing about who made it: anybody can encrypt to a public key, and the cipher authenticates
 * nothing. That KMS did is known from TLS alone. */
enum attest_error attest_cms_open(struct attest_view envelope, const struct attest_recipient *key,
                                  struct attest_secret **ret_plaintext, struct attest_diag *diag)
    attest_must_check;

#endif
