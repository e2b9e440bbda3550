/* SPDX-License-Identifier: Apache-2.0 */
/* A request without a connection, and a TPM worker whose TPM is not there. */
#ifndef TESTS_UNIT_REQUESTS_H
#define TESTS_UNIT_REQUESTS_H

#include "tests/unit/unit.h"

#include "codec/json.h"
#include "daemon/endorser.h"
#include "daemon/metrics.h"
#include "daemon/request.h"
#include "daemon/response.h"

#include <sys/eventfd.h>

static struct config test_config = {
    .references = 1,
    .tcti = (char *)"swtpm:path=/nonexistent/attestd",
    .vendor_tcti = (char *)VENDOR_TCTI_AUTO,
    .command_timeout = 1000,
    .request_timeout = 1000,
    .queue_length = 1,
    .eventlogs = { (char *)"/nonexistent/firmware", (char *)"/nonexistent/ima",
                   (char *)"/nonexistent/userspace" },
};
static struct metrics test_metrics;
static struct endorser test_endorser;
static struct daemon_state test_daemon = {
    .config = &test_config, .metrics = &test_metrics, .endorser = &test_endorser, .started = "now"
};
static int test_wake;

static inline int start_worker(void **state)
{
    (void)state;
    test_wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (tpm_worker_start(&test_config, test_wake, &test_daemon.worker, NULL) != ATTEST_OK ||
        eventlog_worker_start(&test_config, test_wake, &test_daemon.logs, NULL) != ATTEST_OK)
        return -1;
    test_endorser.worker = test_daemon.worker;
    while (!tpm_worker_state(test_daemon.worker).settled)
        usleep(1000);
    return 0;
}

static inline int stop_worker(void **state)
{
    (void)state;
    if (!tpm_worker_stop(test_daemon.worker) || !eventlog_worker_stop(test_daemon.logs))
        return -1;
    tpm_worker_free(test_daemon.worker);
    eventlog_worker_free(test_daemon.logs);
    return close(test_wake);
}

static inline struct attest_json *parse_answer(const struct request *request)
{
    struct attest_json *json = NULL;

    assert_ok(attest_bytes_check(&request->answer));
    assert_ok(attest_json_parse(attest_bytes_view(&request->answer), ANSWER_MAX, &json, NULL));
    return json;
}

#endif
