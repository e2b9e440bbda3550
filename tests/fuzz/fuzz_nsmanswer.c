/* SPDX-License-Identifier: Apache-2.0 */
/* The NSM's answers: a document that lies within, an error that is named, or neither; and no prefix of an
 * answer that is whole is anything but cut off. */
#include "tests/fuzz/fuzz.h"

#include "codec/nsm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct attest_view answer = { data, size };
    struct attest_view document = { 0 };
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_nsm_parse_attestation(answer, &document, &diag);
    if (error == ATTEST_USAGE || error == ATTEST_TPM_FAILED) {
        demand(diag.expected[0] != '\0');
        demand(!document.data);
        return 0;
    }
    demand_parsed(error);
    demand((error == ATTEST_OK) == (document.data != NULL));
    if (error != ATTEST_OK)
        return 0;
    demand(document.size > 0 && document.data >= data && document.data + document.size <= data + size);
    /* As whoever reads in parts asks. */
    size_t before = (size_t)(document.data - data) + document.size - 1;
    demand(attest_nsm_parse_attestation((struct attest_view){ data, before }, &document, NULL) ==
           ATTEST_TRUNCATED);
    return 0;
}
