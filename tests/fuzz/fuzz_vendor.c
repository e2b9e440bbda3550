/* SPDX-License-Identifier: Apache-2.0 */
/* Responses to raw commands: as long as they say, or none. */
#include "tests/fuzz/fuzz.h"

#include "tpm/vendor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TPM2_RC code = 42;

    enum attest_error error = attest_tpm_vendor_parse((struct attest_view){ data, size }, &code, NULL);
    demand_parsed(error);
    demand(error == ATTEST_OK || code == 42);
    demand(error != ATTEST_OK || size >= 10);
    return 0;
}
