/* SPDX-License-Identifier: Apache-2.0 */
/* INI: every view visited lies within the input, is trimmed, and sections are not empty, keys only on a
 * section's line. */
#include "tests/fuzz/fuzz.h"

#include "codec/ini.h"

static void demand_within(struct attest_view inner, struct attest_view whole)
{
    demand(inner.size == 0 || (inner.data >= whole.data && inner.data + inner.size <= whole.data + whole.size));
    demand(inner.size == 0 || (inner.data[0] != ' ' && inner.data[inner.size - 1] != ' '));
}

static enum attest_error visit(const struct attest_ini_entry *entry, void *context, struct attest_diag *diag)
{
    const struct attest_view *whole = context;

    (void)diag;
    demand(entry->section.size > 0 && entry->line > 0 && (entry->key.size > 0 || entry->value.size == 0));
    demand_within(entry->section, *whole);
    demand_within(entry->key, *whole);
    demand_within(entry->value, *whole);
    return ATTEST_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view whole = { data, size };
    struct attest_diag diag = { 0 };

    demand_parsed(attest_ini_parse(whole, visit, &whole, &diag));
    return 0;
}
