/* SPDX-License-Identifier: Apache-2.0 */
/* The TPM's wire: each structure read from the same bytes; what is read also fits what is said about it. */
#include "tests/fuzz/fuzz.h"

#include "codec/tpmwire.h"
#include "evidence/tpmkey.h"

static void demand_within(struct attest_view inner, struct attest_view whole)
{
    demand(inner.size == 0 || (inner.data >= whole.data && inner.data + inner.size <= whole.data + whole.size));
}

static void fuzz_attest(struct attest_view wire)
{
    struct attest_tpm_attest attest;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_tpmwire_parse_attest(wire, &attest, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    demand_within(attest.qualified_signer, wire);
    demand_within(attest.extra_data, wire);
    demand_within(attest.pcr_digest, wire);
    demand(attest.selection_count <= ATTEST_TPM_SELECTIONS_MAX);
    for (size_t i = 0; i < attest.selection_count; i++)
        demand(attest.selections[i].mask < 1u << 24);
}

static void fuzz_signature(struct attest_view wire)
{
    struct attest_tpm_signature signature;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_tpmwire_parse_signature(wire, &signature, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    demand_within(signature.r, wire);
    demand_within(signature.s, wire);
}

static void fuzz_public(struct attest_view wire)
{
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_tpmkey_parse(wire, &key, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (key.key != NULL));
    if (error != ATTEST_OK)
        return;
    demand(attest_view_equal(attest_bytes_view(&key.wire), wire));
    demand(attest_tpmkey_name(&key).size > 2);
    demand(attest_tpmkey_algorithm(&key) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view wire = { data, size };

    fuzz_attest(wire);
    fuzz_signature(wire);
    fuzz_public(wire);
    return 0;
}
