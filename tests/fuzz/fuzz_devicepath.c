/* SPDX-License-Identifier: Apache-2.0 */
/* Device paths: their text is UTF-8 and of a length that the path bounds; a failure leaves nothing. */
#include "tests/fuzz/fuzz.h"

#include "base/utf8.h"
#include "codec/devicepath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init((size_t)64 << 20);
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_devicepath_format((struct attest_view){ data, size }, &out, &diag);
    demand_parsed(error);
    demand(error == ATTEST_OK || out.size == 0);
    demand(out.size <= 64 * size);
    demand(attest_utf8_is_valid(attest_bytes_view(&out)));
    return 0;
}
