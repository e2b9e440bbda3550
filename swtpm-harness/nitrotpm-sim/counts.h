/* SPDX-License-Identifier: Apache-2.0 */
/* How many commands of each code clients sent: the TPM's part of what something costs. */
#ifndef NITROTPM_SIM_COUNTS_H
#define NITROTPM_SIM_COUNTS_H

#include "base/bytes.h"

#define COUNTS_CODES_MAX 256

struct counts {
    struct {
        uint32_t code;
        uint64_t number;
    } items[COUNTS_CODES_MAX];
    size_t size;
    uint64_t total; /* also of those that found no place in the table */
};

void counts_add(struct counts *counts, uint32_t code);

/* "0x0000017a 12" on a line each, in the order of their first use, and "total 12". */
void counts_append(const struct counts *counts, struct attest_bytes *out);

#endif
