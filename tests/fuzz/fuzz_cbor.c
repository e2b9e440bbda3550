/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR, item by item to its end, as it comes and in the shortest form only. */
#include "tests/fuzz/fuzz.h"

#include "codec/cbor.h"

static enum attest_error walk(struct attest_view input, bool shortest)
{
    struct attest_cbor cbor = attest_cbor_init(input);
    struct attest_cbor_item item;
    size_t opened = 0, closed = 0, items = 0;

    cbor.shortest = shortest;
    while (!cbor.complete) {
        size_t before = cbor.reader.offset;
        struct attest_diag diag = { 0 };
        enum attest_error error = attest_cbor_next(&cbor, &item, &diag);
        demand_parsed(error);
        if (error != ATTEST_OK)
            return error;
        demand(item.content.size <= cbor.reader.offset - before);
        demand(item.content.size == 0 ||
               item.content.data + item.content.size == input.data + cbor.reader.offset);
        opened += item.type == ATTEST_CBOR_ARRAY || item.type == ATTEST_CBOR_MAP;
        closed += item.type == ATTEST_CBOR_END;
        demand(opened - closed == cbor.depth && cbor.depth <= ATTEST_CBOR_DEPTH_MAX);
        demand(++items <= 2 * ATTEST_CBOR_ITEMS_MAX);
    }
    demand(opened == closed);
    enum attest_error error = attest_cbor_end(&cbor, NULL);
    demand_parsed(error);
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view input = { data, size };

    enum attest_error error = walk(input, false);
    demand(walk(input, true) != ATTEST_OK || error == ATTEST_OK);
    return 0;
}
