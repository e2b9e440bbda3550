/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between libmicrohttpd and the routes: requests are read, answered, or suspended while the TPM works or a log
 * is read; long answers are sent in pieces. Trusts nothing that comes in; headers, bodies, connections and time
 * are all bounded, here or in admit.c. Runs on the main thread, in its loop (libmicrohttpd's external mode with
 * epoll).
 */
#include "daemon/http.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/admit.h"
#include "daemon/clock.h"
#include "daemon/connections.h"
#include "daemon/eventlog_stream.h"
#include "daemon/response.h"

#include <errno.h>
#include <malloc.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define POOL_SIZE          ((size_t)16 << 10) /* of a connection: head of the request and of the answer */
#define PIECE_SIZE         ((size_t)8 << 10)  /* of an answer in pieces: within the pool */
#define DRAIN_MAX          ((size_t)1 << 20)  /* of a refused body, read so that the refusal can be read */
#define UNLOCK_CONNECTIONS 8
#define CONNECTIONS_MAX    (4096 + UNLOCK_CONNECTIONS) /* the most that may be configured; has_room decides */
#define TRIM_AFTER         8                           /* connections */

struct http {
    struct daemon_state *daemon;
    struct MHD_Daemon *mhd;
    struct connections connections;
    unsigned most_open; /* connections at the same time since memory was last given back */
};

static struct connection *connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* libmicrohttpd took over a connection that http_add gave it, or let go of it. */
static void on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http *http = context;
    int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*socket_context)
            connections_remove(&http->connections, *socket_context);
        return;
    }
    struct connection *connection = connections_find_new(&http->connections, fd);
    if (connection)
        connection->started = true;
    *socket_context = connection;
}

static void on_completed(void *context, struct MHD_Connection *mhd, void **request_context,
                         enum MHD_RequestTerminationCode code)
{
    struct http *http = context;
    struct request *request = *request_context;
    struct connection *connection = connection_of(mhd);

    (void)code;
    if (!request)
        return;
    if (request->status != 0)
        metrics_count_answer(http->daemon->metrics, request->route, request->status);
    request_unref(request);
    *request_context = NULL;
    connection->answering = false;
    connection->since = clock_now();
}

static enum attest_error run_read(struct job *job, struct eventlog_state *logs, struct attest_diag *diag)
{
    struct request *request = (struct request *)job;

    return request->route->read(request, logs, diag);
}

static void suspend(struct request *request)
{
    connection_of(request->connection)->suspended = true;
    MHD_suspend_connection(request->connection);
}

static enum attest_error submit_read(struct request *request, struct attest_diag *diag)
{
    request->job.read = run_read;
    request->reading = true;
    return eventlog_worker_submit(request->daemon->logs, &request->job, diag);
}

/* The next bytes of an answer in pieces. Called whenever what was given before is with the caller: so this is
 * progress. */
static ssize_t give_piece(void *context, uint64_t position, char *buffer, size_t size)
{
    struct request *request = context;
    struct attest_diag diag = { 0 };

    (void)position;
    connection_of(request->connection)->since = clock_now();
    if (request->broken)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = request->answer.size - request->sent;
    if (left > 0) {
        size_t given = left < size ? left : size;
        memcpy(buffer, request->answer.data + request->sent, given);
        request->sent += given;
        return (ssize_t)given;
    }
    if (eventlog_stream_is_over(request->stream))
        return MHD_CONTENT_READER_END_OF_STREAM;
    attest_bytes_done(&request->answer);
    request->sent = 0;
    if (submit_read(request, &diag) != ATTEST_OK)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    suspend(request);
    return 0;
}

static struct MHD_Response *make_response(struct request *request)
{
    if (request->in_pieces)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_SIZE, give_piece, request, NULL);
    return MHD_create_response_from_buffer(request->answer.size, request->answer.data, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_answer(struct request *request, struct connection *connection)
{
    char seconds[12];
    struct MHD_Response *response = make_response(request);

    if (!response)
        return MHD_NO;
    snprintf(seconds, sizeof seconds, "%u", request->retry_after);
    enum MHD_Result result =
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, request->content_type);
    if (result == MHD_YES)
        result = MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (result == MHD_YES && request->retry_after > 0)
        result = MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    if (result == MHD_YES && request->close)
        result = MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (result == MHD_YES && request->allow)
        result = MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, request->allow);
    if (result == MHD_YES)
        result = MHD_queue_response(request->connection, request->status, response);
    MHD_destroy_response(response);
    connection->answering = true;
    connection->since = clock_now();
    return result;
}

/* Whatever a route's answer needs that could not be had becomes a problem document. */
static void answer(struct request *request)
{
    struct attest_diag diag = { 0 };

    request->status = 200;
    request->content_type = request->route->content_type;
    enum attest_error error = request->route->answer(request, &diag);
    if (error == ATTEST_OK)
        error = attest_bytes_check(&request->answer);
    if (error != ATTEST_OK)
        response_fail(request, error, &diag);
}

/* The query of a GET: libmicrohttpd has split and unescaped it. */
struct query_context {
    struct request *request;
    enum attest_error error;
    struct attest_diag *diag;
};

static enum MHD_Result visit_query(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                   const char *value, size_t value_size)
{
    struct query_context *query = context;
    struct request *request = query->request;

    (void)kind;
    if (strlen(name) != name_size)
        query->error = attest_fail(query->diag, ATTEST_MALFORMED, "a NUL", "names of parameters without NUL");
    else
        query->error =
            params_set(&request->params, name,
                       (struct attest_view){ (const uint8_t *)(value ?: ""), value ? value_size : 0 },
                       &request->problem, query->diag);
    return query->error == ATTEST_OK ? MHD_YES : MHD_NO;
}

static enum attest_error take_params(struct request *request, bool is_post, struct attest_diag *diag)
{
    struct query_context query = { request, ATTEST_OK, diag };

    if (is_post && MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) > 0)
        return attest_fail(diag, ATTEST_USAGE, "a query", "the parameters of a POST in its body");
    MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND, visit_query, &query);
    attest_try(query.error);
    attest_try(params_set_json(&request->params, attest_bytes_view(&request->body), &request->problem, diag));
    return params_check(&request->params, &request->problem, diag);
}

/* The TPM has done its part. True: the log thread has the request now. */
static bool goes_on(struct request *request)
{
    struct job *job = &request->job;
    struct attest_diag diag = { 0 };

    if (job->error != ATTEST_OK || request->reading || !request->route->read || request->skip_logs)
        return false;
    enum attest_error error = submit_read(request, &diag);
    if (error == ATTEST_OK)
        return true;
    job->error = error;
    job->diag = diag;
    return false;
}

static void finish_piece(struct request *request)
{
    if (request->job.error == ATTEST_OK)
        request->answer = attest_bytes_take(&request->piece);
    else
        request->broken = true;
}

static void finish_answer(struct request *request)
{
    const struct job *job = &request->job;
    bool anyway = request->reading && request->route->answers_anyway;

    if (attest_error_category(job->error) == ATTEST_CATEGORY_USAGE) /* so the work came to its end */
        request->problem = request->work_problem;
    if (job->error == ATTEST_OK || anyway)
        answer(request);
    else if (request->reading)
        response_fail_log(request, job->error, &job->diag);
    else
        response_fail(request, job->error, &job->diag);
}

static void finish(struct job *job)
{
    struct request *request = (struct request *)job;

    if (goes_on(request) || !request->connection) { /* the latter is nobody's: http_check_logs */
        job->unref(job);
        return;
    }
    struct connection *connection = connection_of(request->connection);
    if (request->in_pieces)
        finish_piece(request);
    else
        finish_answer(request);
    connection->suspended = false;
    connection->answering = true;
    connection->since = clock_now();
    MHD_resume_connection(request->connection);
    job->unref(job);
}

static enum attest_error run_work(struct job *job, struct tpm_session *session, struct attest_diag *diag)
{
    struct request *request = (struct request *)job;

    return request->route->work(request, session, diag);
}

/* The whole request is here. */
static void dispatch(struct http *http, struct request *request, bool is_post)
{
    struct attest_diag diag = { 0 };

    enum attest_error error = take_params(request, is_post, &diag);
    if (error == ATTEST_OK && !admit_params(request))
        return;
    if (error == ATTEST_OK && !request->route->work && !request->route->read)
        return answer(request);
    request->job.run = run_work;
    request->job.finish = finish;
    request->job.dear = request->route->dear;
    if (error == ATTEST_OK && request->route->work)
        error = tpm_worker_submit(http->daemon->worker, &request->job, &diag);
    else if (error == ATTEST_OK)
        error = submit_read(request, &diag);
    if (error != ATTEST_OK)
        return response_fail(request, error, &diag);
    suspend(request);
}

static enum MHD_Result visit_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct request_head *head = context;

    (void)kind, (void)value;
    if (admit_is_forbidden(name))
        head->forbidden = name;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
        head->content_lengths++;
    return MHD_YES;
}

static const char *header(struct MHD_Connection *mhd, const char *name)
{
    return MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
}

/* The head of the request is here. False: there is a refusal to send. */
static bool begin(struct http *http, struct MHD_Connection *mhd, const char *path, const char *method,
                  struct request **ret_request)
{
    const struct connection *connection = connection_of(mhd);
    struct request_head head = {
        .path = path,
        .method = method,
        .door = connection->door,
        .fd = connection->fd,
        .host = header(mhd, MHD_HTTP_HEADER_HOST),
        .content_type = header(mhd, MHD_HTTP_HEADER_CONTENT_TYPE),
        .content_length = header(mhd, MHD_HTTP_HEADER_CONTENT_LENGTH),
        .transfer_encoding = header(mhd, MHD_HTTP_HEADER_TRANSFER_ENCODING),
    };
    struct request *request = request_new(http->daemon, connection->door);

    if (!request)
        return false;
    request->connection = mhd;
    request->accepts_cose = admit_accepts_cose(header(mhd, MHD_HTTP_HEADER_ACCEPT));
    *ret_request = request;
    MHD_get_connection_values(mhd, MHD_HEADER_KIND, visit_header, &head);
    return admit(request, &head);
}

/* A body that is refused and not long is read to its end all the same: to close on it would lose the refusal.
 */
static bool is_worth_draining(struct MHD_Connection *mhd)
{
    const char *length = header(mhd, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return length && strtoull(length, NULL, 10) <= DRAIN_MAX;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *mhd, const char *path,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **request_context)
{
    struct http *http = context;
    struct request *request = *request_context;

    (void)version;
    if (!request) {
        bool admitted = begin(http, mhd, path, method, &request);
        *request_context = request;
        if (!request)
            return MHD_NO;
        return admitted || is_worth_draining(mhd) ? MHD_YES : send_answer(request, connection_of(mhd));
    }
    if (*size > 0) {
        if (request->status == 0)
            attest_bytes_append(&request->body, (struct attest_view){ (const uint8_t *)data, *size });
        *size = 0;
        return MHD_YES;
    }
    if (request->status == 0)
        dispatch(http, request, strcmp(method, MHD_HTTP_METHOD_POST) == 0);
    return request->status != 0 ? send_answer(request, connection_of(mhd)) : MHD_YES;
}

static void ignore_log(void *context, const char *format, va_list arguments)
{
    (void)context, (void)format, (void)arguments; /* what clients do wrong they are told, not the journal */
}

enum attest_error http_start(struct daemon_state *daemon, struct http **ret_http, struct attest_diag *diag)
{
    struct http *http = calloc(1, sizeof *http);

    if (!http)
        return ATTEST_MEMORY;
    http->daemon = daemon;
    http->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                                     MHD_USE_ERROR_LOG,
                                 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL,
                                 MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_NOTIFY_COMPLETED,
                                 on_completed, http, MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_SIZE,
                                 MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_END);
    if (!http->mhd) {
        free(http);
        return attest_fail_errno(diag, errno, "to start the HTTP side");
    }
    *ret_http = http;
    return ATTEST_OK;
}

void http_stop(struct http *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->mhd);
    connections_done(&http->connections);
    free(http);
}

int http_epoll_fd(const struct http *http)
{
    return MHD_get_daemon_info(http->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

uint64_t http_timeout(const struct http *http)
{
    MHD_UNSIGNED_LONG_LONG timeout;

    return MHD_get_timeout(http->mhd, &timeout) == MHD_YES ? timeout : UINT64_MAX;
}

/* What many connections at once have used goes back to the system when the last of them has gone. */
static void trim(struct http *http, unsigned open)
{
    if (open > http->most_open)
        http->most_open = open;
    if (open > 0 || http->most_open < TRIM_AFTER)
        return;
    malloc_trim(0);
    http->most_open = 0;
}

void http_run(struct http *http)
{
    MHD_run(http->mhd);
    unsigned open = connections_total(&http->connections);
    http->daemon->metrics->connections = open;
    trim(http, open);
}

static bool has_room(const struct http *http, enum door door)
{
    const unsigned *count = http->connections.count;

    if (door == DOOR_UNLOCK)
        return count[DOOR_UNLOCK] < UNLOCK_CONNECTIONS;
    return count[DOOR_PUBLIC] + count[DOOR_TCP] < http->daemon->config->max_connections;
}

void http_add(struct http *http, int fd, enum door door)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;

    if (!has_room(http, door)) {
        http->daemon->metrics->refused++;
        connections_refuse(fd, 503, "expected fewer connections at the same time (max-connections)");
        close(fd);
        return;
    }
    struct connection *connection = connections_add(&http->connections, fd, door);
    if (!connection || getpeername(fd, (struct sockaddr *)&peer, &size) < 0) {
        connections_remove(&http->connections, connection);
        close(fd);
        return;
    }
    /* Where it fails, libmicrohttpd has closed the descriptor, and may or may not have told on_connection. */
    if (MHD_add_connection(http->mhd, fd, (const struct sockaddr *)&peer, size) != MHD_YES)
        connections_remove(&http->connections, connections_find_new(&http->connections, fd));
}

void http_check_logs(struct http *http)
{
    struct request *request = request_new(http->daemon, DOOR_PUBLIC);
    struct attest_diag diag = { 0 };

    if (!request)
        return;
    request->route = routes_find("/v1/status");
    request->job.run = run_work;
    request->job.finish = finish;
    enum attest_error error = tpm_worker_submit(http->daemon->worker, &request->job, &diag);
    (void)error; /* where the TPM is not there: there will be another time */
    request_unref(request);
}

bool http_is_answering(const struct http *http)
{
    return connections_is_answering(&http->connections);
}

uint64_t http_expire(struct http *http, uint64_t now)
{
    return connections_expire(&http->connections, now, http->daemon->config->idle_timeout);
}
