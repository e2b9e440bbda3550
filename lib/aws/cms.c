/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What did KMS hand over? Trusts that the bytes came from KMS, which TLS has shown; what they say is taken only
 * in the one form that KMS uses (KMS API, RecipientInfo: RSAES_OAEP_SHA_256; the content's cipher as its
 * answers have it).
 */
#include "aws/cms.h"

#include "base/envelope.h"
#include "base/error.h"

static const struct attest_envelope_form form = {
    .oaep = ATTEST_HASH_SHA256,
    .cipher = "AES-256-CBC",
    .maximum = ATTEST_CMS_PLAIN_MAX,
};

enum attest_error attest_cms_open(struct attest_view envelope, const struct attest_recipient *key,
                                  struct attest_secret **ret_plaintext, struct attest_diag *diag)
{
    if (envelope.size > ATTEST_CMS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a CMS message of at most %zu bytes", ATTEST_CMS_MAX);
    return attest_envelope_open(envelope, &form, key, ret_plaintext, diag);
}
