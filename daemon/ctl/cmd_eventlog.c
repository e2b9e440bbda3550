/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, event by event? From attestd, or from a file. Trusts neither: the log is read here, and only
 * attestctl verify eventlog, or a quote, says what it is worth.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/logs.h"
#include "daemon/ctl/output.h"
#include "flow/logfile.h"

#include <string.h>

#define LOG_MAX ((size_t)256 << 20) /* from attestd */

static enum attest_error check_call(struct ctl_call *call)
{
    if (call->operand && (call->value[CTL_LOG] || call->value[CTL_OUT]))
        return attest_fail(&call->diag, ATTEST_USAGE, "both",
                           "either FILE, or --log and -o, which are about attestd");
    return ctl_output_check(call);
}

static enum attest_error parse_kind(struct ctl_call *call, enum attest_log *ret_log)
{
    const char *name = call->value[CTL_LOG] ?: attest_log_name(ATTEST_LOG_FIRMWARE);

    for (int log = 0; log < ATTEST_LOG_COUNT; log++)
        if (strcmp(name, attest_log_name((enum attest_log)log)) == 0) {
            *ret_log = (enum attest_log)log;
            return ATTEST_OK;
        }
    return attest_fail(&call->diag, ATTEST_USAGE, name, "firmware, ima or userspace after --log");
}

static enum attest_error tell_file(struct ctl_call *call)
{
    _cleanup_(attest_logfile_cleanup) struct attest_logfile *file = NULL;

    call->subject = call->operand;
    attest_try(attest_logfile_detect(call->operand, &file, &call->diag));
    return ctl_logs_tell(call, &file->reader);
}

static enum attest_error tell_daemon(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes log = attest_bytes_init(0);
    enum attest_log kind = ATTEST_LOG_FIRMWARE;

    attest_try(parse_kind(call, &kind));
    const struct ctl_parameter parameters[] = {
        { "log", attest_log_name(kind) },
        { "format", "raw" },
        { 0 },
    };
    attest_try(ctl_client_fetch(call, "/v1/eventlog", parameters, LOG_MAX, &log));
    if (call->value[CTL_OUT])
        return attest_file_write(call->value[CTL_OUT], attest_bytes_view(&log), &call->diag);
    _cleanup_(attest_logreader_done) struct attest_logreader reader =
        attest_logreader_init(kind, attest_bytes_view(&log));
    call->subject = "the answer of /v1/eventlog";
    return ctl_logs_tell(call, &reader);
}

static enum attest_error run(struct ctl_call *call)
{
    attest_try(check_call(call));
    return call->operand ? tell_file(call) : tell_daemon(call);
}

static const struct ctl_option options[] = {
    { CTL_LOG, "LOG",
      "firmware (the default), ima (the kernel's list of measured files) or userspace (systemd's)" },
    { CTL_OUT, "FILE",
      "write attestd's log to FILE as it is, instead of showing its events; - is standard output" },
    { 0 },
};

const struct ctl_command ctl_command_eventlog = {
    .name = "eventlog",
    .operand = "FILE",
    .summary = "what was measured, event by event",
    .about =
        "Shows the events of a log: attestd's, or the one in FILE, of whatever kind (- is standard input). "
        "What a "
        "log says is not to be believed before its replay agrees with PCR values that are: attestctl verify "
        "eventlog, attestctl verify quote.",
    .options = options,
    .run = run,
};
