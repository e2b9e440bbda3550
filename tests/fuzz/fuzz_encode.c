/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings: decode(encode(x)) is x, and of all texts for a value only the canonical one is read; and times. */
#include "tests/fuzz/fuzz.h"

#include "base/encode.h"
#include "base/time.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define MAXIMUM ((size_t)1 << 16)

typedef enum attest_error decoder(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                  struct attest_diag *diag);
typedef void encoder(struct attest_bytes *out, struct attest_view data);

static void fuzz_both_ways(encoder *encode, decoder *decode, struct attest_view input, bool fold_case)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(4 * MAXIMUM);
    _cleanup_(attest_bytes_done) struct attest_bytes back = attest_bytes_init(0), data = attest_bytes_init(0);
    _cleanup_(attest_bytes_done) struct attest_bytes canonical = attest_bytes_init(4 * MAXIMUM);
    struct attest_diag diag = { 0 };

    encode(&text, input);
    demand(decode(attest_bytes_view(&text), input.size, &back, &diag) == ATTEST_OK);
    demand(attest_view_equal(attest_bytes_view(&back), input));

    enum attest_error error = decode(input, MAXIMUM, &data, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    encode(&canonical, attest_bytes_view(&data));
    demand(canonical.size == input.size);
    for (size_t i = 0; i < input.size; i++)
        demand(canonical.data[i] == input.data[i] ||
               (fold_case && canonical.data[i] == tolower(input.data[i])));
}

static void fuzz_decimal(struct attest_view text)
{
    uint64_t value = 0;
    struct attest_diag diag = { 0 };
    char canonical[32];

    enum attest_error error = attest_decode_decimal(text, UINT64_MAX, &value, &diag);
    demand_parsed(error);
    if (error != ATTEST_OK)
        return;
    snprintf(canonical, sizeof canonical, "%" PRIu64, value);
    demand(attest_view_equal(text, attest_view_text(canonical)));
    demand(value == 0 || attest_decode_decimal(text, value - 1, &value, &diag) == ATTEST_TOO_LARGE);
}

/* A date is read only if the calendar has it, so that it is written again as it came. */
static void fuzz_time(struct attest_view text)
{
    uint64_t milliseconds = 0;
    char canonical[ATTEST_TIME_SIZE];

    enum attest_error error = attest_time_parse(text, &milliseconds, NULL);
    demand_parsed(error);
    if (error != ATTEST_OK || text.data[text.size - 1] != 'Z')
        return;
    attest_time_format((int64_t)(milliseconds / 1000), canonical);
    demand(memcmp(canonical, text.data, sizeof "2026-02-03T10:12:02" - 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view input = { data, size < MAXIMUM ? size : MAXIMUM };

    fuzz_both_ways(attest_encode_hex, attest_decode_hex, input, true);
    fuzz_both_ways(attest_encode_base64, attest_decode_base64, input, false);
    fuzz_decimal(input);
    fuzz_time(input);
    return 0;
}
