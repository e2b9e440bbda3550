/* SPDX-License-Identifier: Apache-2.0 */
/* Signature lists: entries lie one behind the other within the input. */
#include "tests/fuzz/fuzz.h"

#include "codec/esl.h"
#include "codec/guid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_esl esl = attest_esl_init((struct attest_view){ data, size });
    const uint8_t *end = data;
    struct attest_esl_entry entry;
    struct attest_diag diag = { 0 };

    while (attest_esl_next(&esl, &entry)) {
        demand(entry.type.size == ATTEST_GUID_SIZE && entry.owner.size == ATTEST_GUID_SIZE);
        demand(entry.wire.size == ATTEST_GUID_SIZE + entry.data.size);
        demand(entry.wire.data >= end && entry.wire.data + entry.wire.size <= data + size);
        end = entry.wire.data + entry.wire.size;
    }
    demand_parsed(attest_esl_end(&esl, &diag));
    return 0;
}
