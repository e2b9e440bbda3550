/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only thread that reads event logs, with a queue in front: neither the main loop nor a quote waits for a
 * file. All functions are for the main thread, which also answers at a deadline whatever the log thread does.
 */
#ifndef ATTESTD_EVENTLOG_WORKER_H
#define ATTESTD_EVENTLOG_WORKER_H

#include "daemon/eventlog_state.h"
#include "daemon/job_queue.h"

struct eventlog_worker;

/* `wake_fd` is an eventfd that is written when jobs are done. */
enum attest_error eventlog_worker_start(struct config *config, int wake_fd, struct eventlog_worker **ret_worker,
                                        struct attest_diag *diag) attest_must_check;

/* As those of tpm_worker.h. */
bool eventlog_worker_stop(struct eventlog_worker *worker);
void eventlog_worker_free(struct eventlog_worker *worker);
void eventlog_worker_reconfigure(struct eventlog_worker *worker, struct config *config);
enum attest_error eventlog_worker_submit(struct eventlog_worker *worker, struct job *job,
                                         struct attest_diag *diag) attest_must_check;
struct job *eventlog_worker_collect(struct eventlog_worker *worker);
uint64_t eventlog_worker_supervise(struct eventlog_worker *worker, uint64_t now);

/* What the last comparison found. */
void eventlog_worker_report(struct eventlog_worker *worker, struct eventlog_report *ret_report);

#endif
