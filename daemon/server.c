/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens next? One loop, which never waits for the TPM or for a log: it accepts, lets libmicrohttpd read
 * and write, hands jobs to the TPM thread and supervises it, and tells systemd that all is well, or at least
 * that somebody looks after it.
 */
#include "daemon/server.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/clock.h"
#include "daemon/endorser.h"
#include "daemon/http.h"
#include "daemon/log.h"
#include "daemon/notify.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define OTHER_DESCRIPTORS 64     /* beside connections */
#define ACCEPT_MAX        64     /* of one listener before the others have their turn */
#define FLUSH_MAX         200    /* milliseconds for the last answers */
#define CHECK_EVERY       600000 /* milliseconds between two looks at the event logs, beside those of callers */

struct server {
    const struct config_source *source;
    struct daemon_state daemon;
    struct metrics metrics;
    struct endorser endorser;
    char started[32];
    struct http *http;
    int epoll_fd, signal_fd, wake_fd;
    bool stopping;
    bool ready;
    uint64_t check_at; /* when the event logs are to be compared */
    uint64_t alive_at; /* when systemd is to be told again; UINT64_MAX: never */
};

static enum attest_error watch(struct server *server, int fd, const void *tag, struct attest_diag *diag)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = (void *)tag };

    if (epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        return attest_fail_errno(diag, errno, "to watch a descriptor");
    return ATTEST_OK;
}

static enum attest_error open_fds(struct server *server, struct attest_diag *diag)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    server->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->epoll_fd < 0 || server->signal_fd < 0 || server->wake_fd < 0)
        return attest_fail_errno(diag, errno, "descriptors for the main loop");
    return ATTEST_OK;
}

static enum attest_error watch_all(struct server *server, const struct listeners *listeners,
                                   struct attest_diag *diag)
{
    attest_try(watch(server, server->signal_fd, &server->signal_fd, diag));
    attest_try(watch(server, server->wake_fd, &server->wake_fd, diag));
    attest_try(watch(server, http_epoll_fd(server->http), NULL, diag));
    for (size_t i = 0; i < listeners->count; i++)
        attest_try(watch(server, listeners->items[i].fd, &listeners->items[i], diag));
    return ATTEST_OK;
}

static void accept_some(struct server *server, const struct listener *listener)
{
    for (int i = 0; i < ACCEPT_MAX; i++) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        http_add(server->http, fd, listener->door);
    }
}

/* A configuration that is not accepted leaves the old one in force. */
static void reload(struct server *server)
{
    struct attest_diag diag = { 0 };
    char where[512] = "", text[LOG_TEXT_SIZE], line[LOG_TEXT_SIZE];
    struct config *config;

    notify_reloading();
    enum attest_error error = config_load(server->source, &config, where, sizeof where, &diag);
    if (error == ATTEST_OK) {
        tpm_worker_reconfigure(server->daemon.worker, config);
        eventlog_worker_reconfigure(server->daemon.logs, config);
        config_unref(server->daemon.config);
        server->daemon.config = config;
        log_event(LOG_EVENT_CONFIG_RELOADED, server->source->path ?: CONFIG_FILE);
    } else {
        snprintf(line, sizeof line, "%.150s: %.150s", where, log_describe(error, &diag, text));
        log_event(LOG_EVENT_CONFIG_BAD, line);
    }
    notify_ready("Serving");
}

static void read_signals(struct server *server)
{
    struct signalfd_siginfo info;

    while (read(server->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            reload(server);
        else
            server->stopping = true;
    }
}

static void handle(struct server *server, const struct epoll_event *event)
{
    uint64_t counter;

    if (event->data.ptr == &server->signal_fd)
        read_signals(server);
    else if (event->data.ptr == &server->wake_fd)
        while (read(server->wake_fd, &counter, sizeof counter) > 0)
            continue;
    else if (event->data.ptr)
        accept_some(server, event->data.ptr);
}

static void finish_jobs(struct server *server)
{
    for (struct job *job; (job = tpm_worker_collect(server->daemon.worker));)
        job->finish(job);
    for (struct job *job; (job = eventlog_worker_collect(server->daemon.logs));)
        job->finish(job);
}

/* READY waits for the first look at the TPM, whatever that finds. */
static void tell_systemd(struct server *server, uint64_t now)
{
    char ak_name[TPM_WORKER_AK_SIZE];
    struct tpm_worker_state state;

    if (server->ready && now < server->alive_at)
        return;
    state = tpm_worker_state(server->daemon.worker);
    if (!server->ready && state.settled) {
        server->ready = true;
        tpm_worker_ak_name(server->daemon.worker, ak_name);
        log_event(LOG_EVENT_STARTED, ak_name);
        notify_ready("Serving");
    }
    if (now >= server->alive_at) {
        if (state.alive)
            notify_alive();
        server->alive_at = now + notify_interval();
    }
}

static void check_logs(struct server *server, uint64_t now)
{
    if (!server->ready || now < server->check_at)
        return;
    server->check_at = now + CHECK_EVERY;
    http_check_logs(server->http);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int time_left(uint64_t until, uint64_t now)
{
    if (until == UINT64_MAX)
        return -1;
    uint64_t left = until > now ? until - now : 0;
    return (int)least(left, INT32_MAX);
}

/* Waits for events, at most until `until`, and handles them. */
static void turn(struct server *server, uint64_t until)
{
    struct epoll_event events[16];
    uint64_t http = http_timeout(server->http), now = clock_now();

    if (http != UINT64_MAX)
        until = least(until, now + http);
    int count = epoll_wait(server->epoll_fd, events, sizeof events / sizeof events[0], time_left(until, now));
    for (int i = 0; i < count; i++)
        handle(server, &events[i]);
    finish_jobs(server);
    http_run(server->http);
}

static void loop(struct server *server)
{
    server->alive_at = notify_interval() > 0 ? clock_now() : UINT64_MAX;
    while (!server->stopping) {
        uint64_t now = clock_now();
        tell_systemd(server, now);
        check_logs(server, now);
        uint64_t until =
            least(tpm_worker_supervise(server->daemon.worker, now), http_expire(server->http, now));
        until = least(until, eventlog_worker_supervise(server->daemon.logs, now));
        until = least(until, endorser_run(&server->endorser, now));
        if (server->ready)
            until = least(until, server->check_at);
        turn(server, least(until, server->alive_at));
    }
}

/* Whoever waits is answered, and the answers are sent, before the connections are closed. False if one of the
 * threads is stuck: then nothing that it uses may be freed. */
static bool stop(struct server *server)
{
    notify_stopping();
    bool ended = tpm_worker_stop(server->daemon.worker), logs_ended = eventlog_worker_stop(server->daemon.logs);
    uint64_t limit = clock_now() + FLUSH_MAX;

    finish_jobs(server);
    while (http_is_answering(server->http) && clock_now() < limit)
        turn(server, limit);
    http_stop(server->http);
    if (ended)
        tpm_worker_free(server->daemon.worker);
    if (logs_ended)
        eventlog_worker_free(server->daemon.logs);
    return ended && logs_ended;
}

/* With fewer descriptors than connections, accepting would fail again and again. */
static enum attest_error check_descriptors(const struct config *config, struct attest_diag *diag)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return attest_fail_errno(diag, errno, "the limit of descriptors");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < config->max_connections + OTHER_DESCRIPTORS)
        return attest_fail(diag, ATTEST_SYSTEM, NULL, "LimitNOFILE= of at least max-connections and %d",
                           OTHER_DESCRIPTORS);
    return ATTEST_OK;
}

static enum attest_error start(struct server *server, const struct listeners *listeners,
                               struct attest_diag *diag)
{
    attest_try(check_descriptors(server->daemon.config, diag));
    attest_try(open_fds(server, diag));
    attest_try(http_start(&server->daemon, &server->http, diag));
    attest_try(watch_all(server, listeners, diag));
    attest_try(eventlog_worker_start(server->daemon.config, server->wake_fd, &server->daemon.logs, diag));
    attest_try(tpm_worker_start(server->daemon.config, server->wake_fd, &server->daemon.worker, diag));
    server->endorser = (struct endorser){ .worker = server->daemon.worker, .backoff = ENDORSER_BACKOFF };
    return ATTEST_OK;
}

enum attest_error server_run(const struct config_source *source, struct config *config,
                             const struct listeners *listeners, bool *ret_ended, struct attest_diag *diag)
{
    struct server server = { .source = source, .epoll_fd = -1, .signal_fd = -1, .wake_fd = -1 };
    const time_t now = time(NULL);
    struct tm utc;

    strftime(server.started, sizeof server.started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    server.daemon = (struct daemon_state){
        .config = config, .metrics = &server.metrics, .endorser = &server.endorser, .started = server.started
    };
    enum attest_error error = start(&server, listeners, diag);
    if (error == ATTEST_OK) {
        loop(&server);
        *ret_ended = stop(&server);
    } else {
        http_stop(server.http);
    }
    attest_cleanup_close(&server.epoll_fd);
    attest_cleanup_close(&server.signal_fd);
    attest_cleanup_close(&server.wake_fd);
    config_unref(server.daemon.config);
    return error;
}
