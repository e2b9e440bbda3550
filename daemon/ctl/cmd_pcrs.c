/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which values do the PCRs have? What is shown is what attestd says: only a quote proves it.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "codec/pcrs.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/output.h"

#include <inttypes.h>

static enum attest_error print_pcrs(struct ctl_call *call, const struct attest_json *answer)
{
    struct attest_pcrs pcrs = { 0 };
    uint64_t counter;
    char label[16];

    attest_try(attest_pcrs_parse(answer, &pcrs, &call->diag));
    ctl_output_field(stdout, "bank", attest_view_text(attest_hash_name(pcrs.bank)));
    if (attest_json_unsigned(attest_json_member(answer, "update_counter"), &counter)) {
        ctl_output_label(stdout, "update_counter");
        printf("%" PRIu64 "\n", counter);
    }
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        snprintf(label, sizeof label, "PCR %u", i);
        if (pcrs.mask >> i & 1)
            ctl_output_field_hex(stdout, label, attest_pcrs_value(&pcrs, i));
    }
    return ATTEST_OK;
}

static enum attest_error run(struct ctl_call *call)
{
    const struct ctl_parameter parameters[] = {
        { "bank", call->value[CTL_BANK] },
        { "pcrs", call->value[CTL_PCRS] },
        { 0 },
    };
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(CTL_ANSWER_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;

    attest_try(ctl_client_ask(call, "/v1/pcrs", parameters, &answer, &json));
    if (!call->value[CTL_JSON])
        return print_pcrs(call, json);
    ctl_output_json(attest_bytes_view(&answer));
    return ATTEST_OK;
}

static const struct ctl_option options[] = {
    { CTL_BANK, "BANK", "sha1, sha256, sha384 or sha512 (default: as attestd is configured)" },
    { CTL_PCRS, "LIST", "numbers and ranges, as in 0-7,11 (default: as attestd is configured)" },
    { 0 },
};

const struct ctl_command ctl_command_pcrs = {
    .name = "pcrs",
    .summary = "the values of PCRs",
    .about = "Shows the values of PCRs, read at one moment. Only a quote proves them.",
    .options = options,
    .run = run,
};
