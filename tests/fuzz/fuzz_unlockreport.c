/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of attestd-unlock: what is read is bounded and printable, and written again it is read the same. */
#include "tests/fuzz/fuzz.h"

#include "evidence/unlockreport.h"

#include <string.h>

static void demand_text(const char *text, size_t size)
{
    demand(memchr(text, '\0', size) != NULL);
    for (; *text; text++)
        demand(*text >= ' ' && *text <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_unlockreport_done) struct attest_unlockreport report = { 0 }, again = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes json = attest_bytes_init(0);

    enum attest_error error = attest_unlockreport_parse((struct attest_view){ data, size }, &report, NULL);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return 0;
    demand(report.count <= ATTEST_UNLOCKREPORT_SECRETS);
    demand_text(report.detail, sizeof report.detail);
    for (size_t i = 0; i < report.count; i++)
        demand_text(report.secrets[i].detail, sizeof report.secrets[i].detail);
    if (attest_unlockreport_write(&report, &json) != ATTEST_OK)
        return 0; /* texts that JSON writes longer */
    demand(attest_unlockreport_parse(attest_bytes_view(&json), &again, NULL) == ATTEST_OK);
    demand(again.count == report.count && strcmp(again.detail, report.detail) == 0);
    return 0;
}
