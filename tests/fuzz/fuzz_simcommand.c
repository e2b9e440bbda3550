/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's reading of TPM commands: what it takes apart lies within, and what it re-issues says what it
 * is. */
#include "tests/fuzz/fuzz.h"

#include "swtpm-harness/nitrotpm-sim/capability.h"
#include "swtpm-harness/nitrotpm-sim/nv_public.h"

#include <string.h>

#define COPY_MAX 65536

static void demand_within(struct attest_view inner, struct attest_view whole)
{
    demand(inner.size == 0 || (inner.data >= whole.data && inner.data + inner.size <= whole.data + whole.size));
}

static void fuzz_reissue(const struct command *command)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(COPY_MAX);
    struct command again;

    command_reissue(command, command->code, command->parameters, &out);
    demand(attest_bytes_check(&out) == ATTEST_OK);
    demand(command_parse(attest_bytes_view(&out), &again) == ATTEST_OK);
    demand(attest_view_equal(again.authorisations, command->authorisations));
    demand(attest_view_equal(again.parameters, command->parameters));
    demand(command_has_password_only(&again) == command_has_password_only(command));
}

static void fuzz_definition(struct attest_view parameters)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(COPY_MAX);
    struct nv_definition definition;

    if (nv_public_parse_definition(parameters, &definition) != ATTEST_OK)
        return;
    nv_public_append_definition(&out, &definition);
    demand(attest_view_equal(attest_bytes_view(&out), parameters));
}

/* The same bytes as a response of swtpm's, which is trusted little more. */
static void fuzz_responses(const struct command *command, struct attest_view wire)
{
    const struct capability_options options = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(COPY_MAX);
    struct nv_public public;

    attest_bytes_append(&response, wire);
    demand(attest_bytes_check(&response) == ATTEST_OK);
    demand_parsed(capability_rewrite(&options, command, &response));
    demand_parsed(nv_public_parse_response(wire, &public));
    command_response_code(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view wire = { data, size };
    struct command command = { 0 };

    if (size > COPY_MAX / 2)
        return 0;
    if (size >= COMMAND_HEADER_SIZE)
        demand(command_announced_size(data) <= COMMAND_SIZE_MAX);
    if (command_parse(wire, &command) == ATTEST_OK) {
        demand(command.handle_count <= COMMAND_HANDLES_MAX);
        demand_within(command.authorisations, wire);
        demand_within(command.parameters, wire);
        if (command.handle_count > 0 && command.tag == 0x8002)
            fuzz_reissue(&command);
        fuzz_definition(command.parameters);
    }
    fuzz_responses(&command, wire);
    return 0;
}
