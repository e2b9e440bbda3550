/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do these logs make these PCR values? From files alone. Trusts the values of --pcrs as far as the caller does;
 * without them a log may be anybody's, and does not hold.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/logs.h"
#include "daemon/ctl/report_eventlog.h"

#include <string.h>

#define PCRS_MAX ((size_t)64 << 10)

static enum attest_error check_files(struct ctl_call *call)
{
    const char *const files[] = { call->operand, call->value[CTL_PCRS], call->value[CTL_IMA],
                                  call->value[CTL_USERSPACE] };
    const char *allowed = call->value[CTL_ALLOW_MISSING];
    size_t standard_inputs = 0;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        standard_inputs += files[i] && strcmp(files[i], "-") == 0;
    if (!call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "FILE, an event log");
    if (standard_inputs > 1)
        return attest_fail(&call->diag, ATTEST_USAGE, "it twice", "standard input (-) for one file");
    if (allowed && strcmp(allowed, "pcrs") != 0)
        return attest_fail(&call->diag, ATTEST_USAGE, allowed, "pcrs after --allow-missing");
    return ATTEST_OK;
}

static enum attest_error read_pcrs(struct ctl_call *call, struct attest_eventlog *eventlog)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pcrs = attest_bytes_init(0);

    if (!call->value[CTL_PCRS])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[CTL_PCRS], PCRS_MAX, &pcrs));
    attest_try(attest_eventlog_expect(eventlog, attest_bytes_view(&pcrs), &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}

static enum attest_error verify(struct ctl_call *call)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    const struct attest_eventlog_demands demands = {
        .allow_missing_pcrs = call->value[CTL_ALLOW_MISSING] != NULL,
        .allow_newer = call->value[CTL_ALLOW_NEWER] != NULL,
    };

    attest_try(check_files(call));
    attest_try(attest_eventlog_new(&eventlog));
    attest_try(read_pcrs(call, eventlog));
    attest_try(ctl_logs_add_any(call, call->operand, eventlog));
    attest_try(ctl_logs_add_options(call, eventlog));
    return ctl_report_eventlog(call, eventlog, &demands);
}

static const struct ctl_option options[] = {
    { CTL_PCRS, "FILE",
      "the PCR values that the logs must make, as {\"bank\":...,\"pcrs\":{...}}; without them the "
      "log does not hold" },
    { CTL_IMA, "FILE", "the kernel's list of measured files beside it (binary_runtime_measurements)" },
    { CTL_USERSPACE, "FILE", "systemd's log beside it (tpm2-measure.log)" },
    { CTL_ALLOW_NEWER, NULL, "the logs of the kernel and of systemd may go on behind what made the values" },
    { CTL_ALLOW_MISSING, "pcrs", "hold even without PCR values: the log then only is what it is" },
    { 0 },
};

const struct ctl_command ctl_command_verify_eventlog = {
    .name = "verify eventlog",
    .operand = "FILE",
    .summary = "whether event logs make PCR values, from files alone",
    .about =
        "Replays the event log in FILE, of the firmware, of the kernel (IMA) or of systemd, judges its events, "
        "and "
        "compares the PCR values that it makes with those given. attestctl eventlog shows the events. A file "
        "called - is standard input.",
    .options = options,
    .verifies = true,
    .run = verify,
};
