/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long does it take to read a log that has grown, from where it was left? Reads LOG whole, then ROUNDS
 * times appends MORE to it and reads on, and replays all that it reads.
 *
 *     log_growth LOG MORE ROUNDS
 */
#include "tests/bench/samples.h"

#include "base/file.h"
#include "evidence/eventlog.h"
#include "flow/logfile.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MORE_MAX ((size_t)16 << 20)

static void check(enum attest_error error, const struct attest_diag *diag)
{
    if (error != ATTEST_OK)
        errx(1, "%s: expected %s", attest_error_sentence(error), diag->expected);
}

static void append(const char *path, struct attest_view more)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    if (fd < 0 || write(fd, more.data, more.size) != (ssize_t)more.size || close(fd) < 0)
        err(1, "%s", path);
}

/* Milliseconds for all that the log has now. */
static double read_on(struct attest_eventlog *eventlog, struct attest_logfile *file)
{
    struct attest_diag diag = { 0 };
    const uint64_t begun = samples_now();

    check(attest_eventlog_read(eventlog, &file->reader, &diag), &diag);
    check(attest_logreader_end(&file->reader, &diag), &diag);
    return (double)(samples_now() - begun) / 1e6;
}

/* KiB that the process has had at most, proc(5). What getrusage(2) says is of whoever started it, too. */
static long high_water(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    long peak = 0;

    while (status && fgets(line, sizeof line, status) && sscanf(line, "VmHWM: %ld", &peak) != 1)
        ;
    if (status)
        fclose(status);
    return peak;
}

int main(int argc, char **argv)
{
    struct attest_bytes more = attest_bytes_init(0);
    struct attest_eventlog *eventlog = NULL;
    struct attest_logfile *file = NULL;
    struct attest_diag diag = { 0 };

    if (argc != 4)
        errx(2, "usage: log_growth LOG MORE ROUNDS");
    check(attest_file_read(argv[2], MORE_MAX, &more, &diag), &diag);
    check(attest_eventlog_new(&eventlog), &diag);
    check(attest_logfile_detect(argv[1], &file, &diag), &diag);
    printf("{\"first_ms\":%.3f,\"more_ms\":[", read_on(eventlog, file));
    for (long round = strtol(argv[3], NULL, 10), i = 0; i < round; i++) {
        append(argv[1], attest_bytes_view(&more));
        printf("%s%.3f", i > 0 ? "," : "", read_on(eventlog, file));
    }
    printf("],\"events\":%zu,\"peak_kib\":%ld}\n", attest_eventlog_count(eventlog, file->reader.log),
           high_water());
    attest_logfile_close(file);
    attest_eventlog_free(eventlog);
    attest_bytes_done(&more);
    return 0;
}
