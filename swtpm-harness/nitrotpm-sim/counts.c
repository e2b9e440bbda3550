/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked of the TPM, and how often? Counted as it came from clients, before any fault; what the
 * simulator itself asks swtpm is not in it.
 */
#include "swtpm-harness/nitrotpm-sim/counts.h"

#include <inttypes.h>
#include <stdio.h>

void counts_add(struct counts *counts, uint32_t code)
{
    size_t i = 0;

    counts->total++;
    while (i < counts->size && counts->items[i].code != code)
        i++;
    if (i == COUNTS_CODES_MAX)
        return;
    if (i == counts->size)
        counts->items[counts->size++].code = code;
    counts->items[i].number++;
}

void counts_append(const struct counts *counts, struct attest_bytes *out)
{
    char line[40];

    for (size_t i = 0; i < counts->size; i++) {
        snprintf(line, sizeof line, "0x%08x %" PRIu64 "\n", counts->items[i].code, counts->items[i].number);
        attest_bytes_append_text(out, line);
    }
    snprintf(line, sizeof line, "total %" PRIu64 "\n", counts->total);
    attest_bytes_append_text(out, line);
}
