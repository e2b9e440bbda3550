/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long does it take to read a firmware's log and to replay it, without a process around it? Each time from
 * nothing: the values to compare with, the log, the verdict.
 *
 *     replay_loop LOG PCRS SECONDS
 *
 * PCRS is what attestctl verify eventlog --pcrs takes; a log that does not make these values is an error.
 */
#include "tests/bench/samples.h"

#include "attest/eventlog.h"
#include "attest/verdict.h"
#include "base/bytes.h"
#include "base/file.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#define LOG_MAX  ((size_t)16 << 20)
#define PCRS_MAX ((size_t)64 << 10)

static void check(enum attest_error error, const char *what)
{
    if (error != ATTEST_OK)
        errx(1, "%s: %s", what, attest_error_sentence(error));
}

static void replay(struct attest_view log, struct attest_view pcrs)
{
    const struct attest_eventlog_demands demands = { 0 };
    struct attest_verdict *verdict = attest_verdict_new();
    struct attest_eventlog *eventlog = NULL;

    check(attest_eventlog_new(&eventlog), "a replay");
    check(attest_eventlog_expect(eventlog, pcrs, NULL), "the values");
    check(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log, NULL), "the log");
    check(attest_eventlog_verify(eventlog, &demands, verdict), "the verdict");
    attest_eventlog_free(eventlog);
    attest_verdict_free(verdict);
}

static void measure(struct attest_view log, struct attest_view pcrs, double seconds)
{
    struct samples samples = { 0 };
    const uint64_t begun = samples_now(), end = begun + (uint64_t)(seconds * 1e9);

    for (uint64_t before = begun, now; before < end; before = now) {
        replay(log, pcrs);
        now = samples_now();
        samples_add(&samples, now - before);
    }
    uint64_t elapsed = samples_now() - begun;
    printf("{");
    samples_print(&samples, elapsed);
    printf("}\n");
    samples_done(&samples);
}

int main(int argc, char **argv)
{
    struct attest_bytes log = attest_bytes_init(0), pcrs = attest_bytes_init(0);

    if (argc != 4)
        errx(2, "usage: replay_loop LOG PCRS SECONDS");
    check(attest_file_read(argv[1], LOG_MAX, &log, NULL), argv[1]);
    check(attest_file_read(argv[2], PCRS_MAX, &pcrs, NULL), argv[2]);
    measure(attest_bytes_view(&log), attest_bytes_view(&pcrs), strtod(argv[3], NULL));
    attest_bytes_done(&log);
    attest_bytes_done(&pcrs);
    return 0;
}
