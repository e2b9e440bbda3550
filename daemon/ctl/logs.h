/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs that options name, replayed; and told, event by event. */
#ifndef ATTESTCTL_LOGS_H
#define ATTESTCTL_LOGS_H

#include "daemon/ctl/options.h"
#include "evidence/eventlog.h"

/* Replays the file ("-" is standard input), in pieces, whatever its size: as what it begins like, or as `log`.
 */
enum attest_error ctl_logs_add_any(struct ctl_call *call, const char *path, struct attest_eventlog *eventlog)
    attest_must_check;
enum attest_error ctl_logs_add(struct ctl_call *call, const char *path, enum attest_log log,
                               struct attest_eventlog *eventlog) attest_must_check;

/* Those of --ima and --userspace, where given. */
enum attest_error ctl_logs_add_options(struct ctl_call *call, struct attest_eventlog *eventlog)
    attest_must_check;

/* All records, to standard output: for a person, or with --json one object, {"log":..,"events":[..]}. */
enum attest_error ctl_logs_tell(struct ctl_call *call, struct attest_logreader *reader) attest_must_check;

#endif
