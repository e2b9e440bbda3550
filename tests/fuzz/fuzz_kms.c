/* SPDX-License-Identifier: Apache-2.0 */
/* KMS's answers: what is taken has an envelope of a size that may be; what has a plaintext in it is not. */
#include "tests/fuzz/fuzz.h"

#include "aws/cms.h"
#include "aws/kms_wire.h"

#include <string.h>

#define KEY "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

/* Refusals are for what was read; all else can't be read. */
static void demand_outcome(enum attest_error error)
{
    if (error != ATTEST_REFUSED)
        demand_parsed(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes alone = { 0 }, envelope = { 0 }, ciphertext = { 0 };
    const struct attest_view body = { data, size };

    enum attest_error error = attest_kms_wire_parse(body, KEY, NULL, &alone, NULL);
    demand_outcome(error);
    demand((error == ATTEST_OK) == (alone.size > 0));
    demand(alone.size <= ATTEST_CMS_MAX);

    enum attest_error both = attest_kms_wire_parse(body, KEY, &ciphertext, &envelope, NULL);
    demand_outcome(both);
    demand(error == ATTEST_OK ? both != ATTEST_REFUSED : both == error);
    demand((both == ATTEST_OK) == (envelope.size > 0) && (both == ATTEST_OK) == (ciphertext.size > 0));
    demand(ciphertext.size <= ATTEST_KMS_CIPHERTEXT_MAX);
    if (both == ATTEST_OK)
        demand(attest_view_equal(attest_bytes_view(&envelope), attest_bytes_view(&alone)));
    return 0;
}
