/* SPDX-License-Identifier: Apache-2.0 */
/* systemd's logs: what tests/fuzz/logs.h demands of each. */
#include "tests/fuzz/logs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_log(ATTEST_LOG_USERSPACE, data, size);
    return 0;
}
