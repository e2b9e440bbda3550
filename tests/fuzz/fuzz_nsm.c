/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's NSM: a request is understood, with fields that lie within it, or one of the NSM's errors. */
#include "tests/fuzz/fuzz.h"

#include "swtpm-harness/nitrotpm-sim/nsm.h"

static void demand_field(const struct nsm_field *field, struct attest_view buffer)
{
    const struct attest_view value = field->value;

    demand(field->given || value.size == 0);
    demand(value.size <= NSM_FIELD_MAX);
    demand(value.size == 0 ||
           (value.data >= buffer.data && value.data + value.size <= buffer.data + buffer.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view buffer = { data, size };
    struct nsm_request request = { 0 };

    const char *error = nsm_parse(buffer, &request);
    demand(!error || nsm_is_error(error));
    demand(!error || (!request.nonce.given && !request.user_data.given && !request.public_key.given));
    demand_field(&request.user_data, buffer);
    demand_field(&request.nonce, buffer);
    demand_field(&request.public_key, buffer);
    return 0;
}
