/* SPDX-License-Identifier: Apache-2.0 */
/* The partition table that was booted from: UEFI_GPT_DATA (PFP §10.2.7) of headers and entries of UEFI 2.10
 * §5.3. Views point into the input. */
#ifndef ATTEST_CODEC_GPT_H
#define ATTEST_CODEC_GPT_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>

struct attest_gpt {
    struct attest_view disk; /* EFI_GUID */
    uint64_t first_usable;   /* LBA */
    uint64_t last_usable;
    size_t count;
    size_t entry_size;
    struct attest_view entries; /* count times entry_size bytes */
};

struct attest_gpt_entry {
    struct attest_view type;   /* EFI_GUID */
    struct attest_view unique; /* EFI_GUID */
    uint64_t first;            /* LBA */
    uint64_t last;
    uint64_t attributes;
    struct attest_view name; /* UTF-16LE, without the NULs at its end */
};

/* All of `wire` must be it. ATTEST_TRUNCATED, ATTEST_TRAILING, ATTEST_MALFORMED. */
enum attest_error attest_gpt_parse(struct attest_view wire, struct attest_gpt *ret_gpt,
                                   struct attest_diag *diag) attest_must_check;

/* False where there is no such entry. */
bool attest_gpt_entry_at(const struct attest_gpt *gpt, size_t index, struct attest_gpt_entry *ret_entry);

#endif
