/* SPDX-License-Identifier: Apache-2.0 */
/* A verification of event logs, done and told. */
#ifndef ATTESTCTL_REPORT_EVENTLOG_H
#define ATTESTCTL_REPORT_EVENTLOG_H

#include "attest/eventlog.h"
#include "daemon/ctl/options.h"

/* Verifies, and reports to standard output (ctl_report_verdict). What attest_eventlog_verify returns. */
enum attest_error ctl_report_eventlog(struct ctl_call *call, const struct attest_eventlog *eventlog,
                                      const struct attest_eventlog_demands *demands) attest_must_check;

#endif
