/* SPDX-License-Identifier: Apache-2.0 */
/* IMA's logs: what tests/fuzz/logs.h demands of each. */
#include "tests/fuzz/logs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_log(ATTEST_LOG_IMA, data, size);
    return 0;
}
