/* SPDX-License-Identifier: Apache-2.0 */
/* What AWS says when it refuses, and a header that says it too: whatever is taken can stand in a log. */
#include "tests/fuzz/fuzz.h"

#include "aws/errorbody.h"

#include <string.h>

static void demand_printable(const char *text, size_t size)
{
    demand(strlen(text) < size);
    for (; *text; text++)
        demand(*text >= ' ' && *text <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view input = { data, size };
    struct attest_view body = take_part(&input);
    struct attest_aws_outcome outcome = { .status = 400 };
    char header[80] = "";

    memcpy(header, input.data ?: (const uint8_t *)"",
           input.size < sizeof header ? input.size : sizeof header - 1);
    attest_errorbody_read(body, header, &outcome);
    demand_printable(outcome.type, sizeof outcome.type);
    demand_printable(outcome.message, sizeof outcome.message);
    demand(!strpbrk(outcome.type, " #:/\"\\"));
    demand(outcome.status == 400);
    return 0;
}
