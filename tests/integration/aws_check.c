/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One AWS call, or several, as a program for tests/integration/aws_client.py: NAME=VALUE arguments, the
 * request's body on standard input, and on standard output a line of JSON for each call, about how it ended.
 */
#include "aws/s3.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/file.h"
#include "codec/json_writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BODY_MAX    ((size_t)1 << 20)
#define THREADS_MAX 16

static const char *const names[] = {
    "region",     "endpoint",  "ca-file",        "proxy",      "imds",       "container",
    "token-file", "target",    "calls",          "threads",    "attempts",   "wait-ms",
    "shift-ms",   "offset-ms", "credentials-ms", "key-id",     "secret-key", "session-token",
    "service",    "bucket",    "object",         "connect-ms", "timeout-ms", "pause-ms",
};
#define NAMES (sizeof names / sizeof names[0])

static const char *values[NAMES];
static struct attest_bytes body;
static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

static const char *text_of(const char *name)
{
    for (size_t i = 0; i < NAMES; i++)
        if (strcmp(names[i], name) == 0)
            return values[i];
    abort();
}

static long number_of(const char *name)
{
    return text_of(name) ? strtol(text_of(name), NULL, 10) : 0;
}

static bool take_argument(const char *argument)
{
    for (size_t i = 0; i < NAMES; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(argument, names[i], length) == 0 && argument[length] == '=') {
            values[i] = argument + length + 1;
            return true;
        }
    }
    return false;
}

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A clock that is off. */
static uint64_t now_ms(void *context)
{
    (void)context;
    return read_clock(CLOCK_REALTIME) + (uint64_t)number_of("shift-ms");
}

static uint64_t steady_ms(void *context)
{
    (void)context;
    return read_clock(CLOCK_MONOTONIC);
}

static void sleep_ms(void *context, uint64_t ms)
{
    (void)context;
    nanosleep(&(struct timespec){ .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 },
              NULL);
}

static const struct attest_aws_clock wall = { .now_ms = now_ms, .steady_ms = steady_ms, .sleep_ms = sleep_ms };

static void print(enum attest_error error, const struct attest_aws_outcome *outcome, int64_t offset,
                  const struct attest_diag *diag, struct attest_view answer)
{
    _cleanup_(attest_bytes_done) struct attest_bytes line = attest_bytes_init(4 * BODY_MAX);
    struct attest_json_writer json = { .out = &line };

    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "error", attest_error_name(error));
    attest_json_write_text(&json, "type", outcome->type);
    attest_json_write_text(&json, "message", outcome->message);
    attest_json_write_text(&json, "request_id", outcome->request_id);
    attest_json_write_unsigned(&json, "status", outcome->status);
    attest_json_write_unsigned(&json, "attempts", outcome->attempts);
    attest_json_write_format(&json, "offset", "%jd", (intmax_t)offset);
    attest_json_write_text(&json, "expected", error == ATTEST_OK ? "" : diag->expected);
    attest_json_write_text(&json, "found", error == ATTEST_OK ? "" : diag->found);
    attest_json_write_base64(&json, "body", answer);
    attest_json_close(&json, '}');
    pthread_mutex_lock(&printing);
    printf("%.*s\n", (int)line.size, (const char *)line.data);
    fflush(stdout);
    pthread_mutex_unlock(&printing);
}

static void call_once(struct attest_aws_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(0);
    struct attest_aws_outcome outcome = { 0 };
    struct attest_diag diag = { 0 };
    const struct attest_aws_request request = { .target = text_of("target") ?: "TrentService.DescribeKey",
                                                .body = attest_bytes_view(&body) };

    enum attest_error error =
        text_of("bucket")
            ? attest_s3_get(call, text_of("bucket"), text_of("object"), 0, &answer, &outcome, &diag)
            : attest_aws_call_send(call, &request, &answer, &outcome, &diag);
    print(error, &outcome, attest_aws_call_offset(call), &diag, attest_bytes_view(&answer));
}

static void *run(void *source)
{
    _cleanup_(attest_aws_call_cleanup) struct attest_aws_call *call = NULL;
    struct attest_diag diag = { 0 };
    const struct attest_aws_options options = {
        .service = text_of("service") ?: "kms",
        .region = text_of("region") ?: "eu-west-1",
        .endpoint = { .url = text_of("endpoint") },
        .ca_file = text_of("ca-file"),
        .proxy = text_of("proxy"),
        .credentials = source,
        .clock = wall,
        .connect_ms = (unsigned)number_of("connect-ms"),
        .timeout_ms = (unsigned)number_of("timeout-ms"),
        .max_attempts = (unsigned)number_of("attempts"),
        .wait_ms = (uint64_t)number_of("wait-ms"),
    };

    enum attest_error error = attest_aws_call_new(&options, &call, &diag);
    if (error != ATTEST_OK) {
        print(error, &(struct attest_aws_outcome){ 0 }, 0, &diag, (struct attest_view){ 0 });
        return NULL;
    }
    attest_aws_call_set_offset(call, number_of("offset-ms"));
    for (long i = 0; i < (number_of("calls") ?: 1); i++) {
        if (i > 0)
            sleep_ms(NULL, (uint64_t)number_of("pause-ms"));
        call_once(call);
    }
    return NULL;
}

static enum attest_error run_all(struct attest_credentials_source *source)
{
    long count = number_of("threads") ?: 1;
    pthread_t threads[THREADS_MAX];

    if (count == 1) {
        run(source);
        return ATTEST_OK;
    }
    for (long i = 0; i < count && i < THREADS_MAX; i++)
        if (pthread_create(&threads[i], NULL, run, source) != 0)
            return ATTEST_SYSTEM;
    for (long i = 0; i < count && i < THREADS_MAX; i++)
        pthread_join(threads[i], NULL);
    return ATTEST_OK;
}

int main(int count, char **arguments)
{
    _cleanup_(attest_credentials_source_cleanup) struct attest_credentials_source *source = NULL;
    struct attest_diag diag = { 0 };

    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < count; i++)
        if (!take_argument(arguments[i])) {
            fprintf(stderr, "%s: what is %s?\n", arguments[0], arguments[i]);
            return 2;
        }
    const struct attest_credentials_options options = {
        .access_key_id = text_of("key-id"),
        .secret_access_key = text_of("secret-key"),
        .session_token = text_of("session-token"),
        .container_url = text_of("container"),
        .container_token_file = text_of("token-file"),
        .imds_url = text_of("imds"),
        .wait_ms = (uint64_t)number_of("credentials-ms"),
    };
    body = attest_bytes_init(0);
    enum attest_error error = attest_file_read("-", BODY_MAX, &body, &diag);
    if (error == ATTEST_OK)
        error = attest_credentials_source_new(&options, &wall, &source, &diag);
    if (error == ATTEST_OK)
        error = run_all(source);
    if (error != ATTEST_OK)
        print(error, &(struct attest_aws_outcome){ 0 }, 0, &diag, (struct attest_view){ 0 });
    attest_bytes_done(&body);
    return 0;
}
