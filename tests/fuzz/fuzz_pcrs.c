/* SPDX-License-Identifier: Apache-2.0 */
/* PCRs: a selection or values that are read come back from their own text as they were. */
#include "tests/fuzz/fuzz.h"

#include "codec/pcrs.h"

#include <string.h>

static void fuzz_selection(struct attest_view text)
{
    char canonical[80];
    uint32_t mask = 0, again = 0;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_pcrs_parse_selection(text, &mask, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    demand(mask != 0 && (mask & ~ATTEST_PCR_ALL) == 0);
    attest_pcrs_format_selection(mask, canonical, sizeof canonical);
    demand(attest_pcrs_parse_selection(attest_view_text(canonical), &again, &diag) == ATTEST_OK);
    demand(again == mask);
}

/* The values in `text`; ATTEST_HASH_NONE for a bank if there are none. */
static struct attest_pcrs parse(struct attest_view text)
{
    struct attest_pcrs pcrs = { 0 };
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct attest_diag diag = { 0 };

    if (attest_json_parse(text, 1 << 16, &root, &diag) == ATTEST_OK) {
        enum attest_error error = attest_pcrs_parse(root, &pcrs, &diag);
        demand_parsed(error);
        demand((error == ATTEST_OK) == (pcrs.bank != ATTEST_HASH_NONE));
    }
    return pcrs;
}

static void fuzz_values(struct attest_view text)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1 << 16);
    struct attest_json_writer json = { .out = &out };
    struct attest_pcrs pcrs = parse(text);
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    if (pcrs.bank == ATTEST_HASH_NONE)
        return;
    attest_json_open(&json, NULL, '{');
    attest_pcrs_write(&json, &pcrs);
    attest_json_close(&json, '}');
    struct attest_pcrs again = parse(attest_bytes_view(&out));
    demand(memcmp(&pcrs, &again, sizeof pcrs) == 0);
    demand(attest_pcrs_digest(&pcrs, pcrs.mask, ATTEST_HASH_SHA256, digest) == ATTEST_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_selection((struct attest_view){ data, size });
    fuzz_values((struct attest_view){ data, size });
    return 0;
}
