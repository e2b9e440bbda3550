/* SPDX-License-Identifier: Apache-2.0 */
/* COSE_Sign1: what is read lies within the input, and what is signed is made of it. */
#include "tests/fuzz/fuzz.h"

#include "codec/cbor.h"
#include "codec/cose.h"

static void demand_within(struct attest_view inner, struct attest_view whole)
{
    demand(inner.size == 0 || (inner.data >= whole.data && inner.data + inner.size <= whole.data + whole.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes message = attest_bytes_init(size + 64);
    struct attest_view wire = { data, size };
    struct attest_cose_sign1 sign1;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_cose_parse(wire, &sign1, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return 0;
    demand_within(sign1.protected, wire);
    demand_within(sign1.payload, wire);
    demand_within(sign1.signature, wire);
    demand(attest_cose_signed(&sign1, &message) == ATTEST_OK);
    struct attest_cbor cbor = attest_cbor_init(attest_bytes_view(&message));
    struct attest_cbor_item item;
    cbor.shortest = true;
    do
        demand(attest_cbor_next(&cbor, &item, &diag) == ATTEST_OK);
    while (!cbor.complete);
    demand(attest_cbor_end(&cbor, &diag) == ATTEST_OK);
    return 0;
}
