/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn is it? Clients come and go as they like, and send when they like; their commands are carried out
 * whole, one at a time, in the order in which they were complete, as Linux does it for /dev/tpm0. It manages no
 * resources: handles and sessions are shared. A delay doesn't hold up the loop, only the TPM.
 */
#include "swtpm-harness/nitrotpm-sim/server.h"

#include "base/error.h"
#include "swtpm-harness/nitrotpm-sim/channel.h"
#include "swtpm-harness/nitrotpm-sim/clock.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/console.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CUT_LIMIT_MS 30000 /* for the rest of a message that has begun */
#define IDLE_MS      60000

void server_init(struct server *server, struct tpm *tpm, struct signals *signals)
{
    *server = (struct server){ .tpm = tpm, .signals = signals };
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++)
        connection_open(&server->connections[i], -1, CONNECTION_DATA);
}

enum attest_error server_listen(struct server *server, const struct address *address, enum connection_kind kind,
                                struct attest_diag *diag)
{
    struct listener listener = { -1, kind, *address };

    if (server->listener_count == SERVER_LISTENERS_MAX)
        return attest_fail(diag, ATTEST_USAGE, NULL, "at most %d sockets", SERVER_LISTENERS_MAX);
    attest_try(address_listen(address, &listener.fd, diag));
    server->listeners[server->listener_count++] = listener;
    return ATTEST_OK;
}

void server_close(struct server *server)
{
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++)
        connection_close(&server->connections[i]);
    for (size_t i = 0; i < server->listener_count; i++) {
        close(server->listeners[i].fd);
        if (address_is_unix(&server->listeners[i].address))
            unlink(server->listeners[i].address.socket.un.sun_path);
    }
    server->listener_count = 0;
}

/* ---- Connections ---- */

/* One that there is no room for is closed: better told than kept waiting. */
static void adopt(struct server *server, int fd, enum connection_kind kind)
{
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        if (server->connections[i].fd < 0) {
            connection_open(&server->connections[i], fd, kind);
            return;
        }
    }
    fprintf(stderr, "nitrotpm-sim: more than %d connections, one is closed\n", SERVER_CONNECTIONS_MAX);
    close(fd);
}

static void accept_all(struct server *server, const struct listener *listener)
{
    int fd;

    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
        adopt(server, fd, listener->kind);
}

/* The next command of a client that sends ahead waits until the answer before it is out: who doesn't read,
 * doesn't get. */
static void take_commands(struct server *server, struct connection *connection)
{
    if (connection->arrival || connection_is_sending(connection) ||
        connection->input_size < COMMAND_HEADER_SIZE)
        return;
    size_t size = command_announced_size(connection->input);
    if (size == 0) { /* where the next command would begin can't be known */
        command_refuse(TPM_RC_COMMAND_SIZE, &connection->output);
        connection->input_size = 0;
        connection->ended = true;
    } else if (connection->input_size >= size) {
        connection->arrival = ++server->arrivals;
    }
}

static enum attest_error take_requests(struct server *server, struct connection *connection,
                                       struct attest_diag *diag)
{
    enum channel_action action = CHANNEL_ANSWERED;
    size_t size;

    while (action != CHANNEL_INCOMPLETE && action != CHANNEL_MALFORMED && connection->input_size > 0) {
        attest_try(channel_execute(&server->tpm->swtpm,
                                   (struct attest_view){ connection->input, connection->input_size },
                                   connection->passed_fd >= 0, connection->kind == CONNECTION_QEMU, &size,
                                   &connection->output, &action, diag));
        connection_consume(connection, size);
        if (action == CHANNEL_TAKE_DATA) {
            adopt(server, connection->passed_fd, CONNECTION_DATA);
            connection->passed_fd = -1;
        }
    }
    if (action == CHANNEL_MALFORMED) {
        connection->input_size = 0;
        connection->ended = true;
    }
    return ATTEST_OK;
}

static void take_lines(struct server *server, struct connection *connection)
{
    uint8_t *end;

    while ((end = memchr(connection->input, '\n', connection->input_size))) {
        size_t size = (size_t)(end - connection->input);
        console_execute(server->tpm, (struct attest_view){ connection->input, size }, &connection->output);
        connection_consume(connection, size + 1);
    }
    if (connection->input_size > CONSOLE_LINE_MAX)
        connection->broken = true;
}

static enum attest_error take_input(struct server *server, struct connection *connection,
                                    struct attest_diag *diag)
{
    if (connection->kind == CONNECTION_DATA)
        take_commands(server, connection);
    else if (connection->kind == CONNECTION_CONSOLE)
        take_lines(server, connection);
    else
        attest_try(take_requests(server, connection, diag));
    connection->deadline = clock_running_ms() + CUT_LIMIT_MS;
    return ATTEST_OK;
}

static bool is_cut(const struct connection *connection)
{
    return connection->input_size > 0 && !connection->arrival;
}

/* Sends what can be sent; closes what has ended, broke, or stopped in the middle of something. A command that
 * is whole is carried out though its sender be gone, as a TPM would. */
static void look_after(struct server *server, struct connection *connection)
{
    if (attest_bytes_check(&connection->output) != ATTEST_OK)
        connection->broken = true;
    if (connection_is_sending(connection) && !connection->broken)
        connection_send(connection);
    if (connection->kind == CONNECTION_DATA && !connection->broken)
        take_commands(server, connection);
    bool late = is_cut(connection) && clock_running_ms() >= connection->deadline;
    bool done = connection->broken || (connection->ended && !connection_is_sending(connection)) || late;
    if (done && !connection->arrival && connection != server->current)
        connection_close(connection);
}

/* ---- The TPM ---- */

static void choose(struct server *server)
{
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        struct connection *connection = &server->connections[i];
        if (connection->fd >= 0 && connection->arrival &&
            (!server->current || connection->arrival < server->current->arrival))
            server->current = connection;
    }
    if (!server->current)
        return;
    const uint8_t *wire = server->current->input;
    server->ready_at =
        clock_running_ms() + tpm_delay(server->tpm, (struct attest_view){ wire, command_announced_size(wire) });
}

static enum attest_error carry_out(struct server *server, struct attest_diag *diag)
{
    struct connection *connection = server->current;
    size_t size = command_announced_size(connection->input);
    bool lost = false;

    server->current = NULL;
    connection->arrival = 0;
    attest_try(tpm_execute(server->tpm, (struct attest_view){ connection->input, size }, &connection->output,
                           &lost, diag));
    if (lost)
        connection->broken = true;
    connection_consume(connection, size);
    connection->deadline = clock_running_ms() + CUT_LIMIT_MS;
    look_after(server, connection);
    return ATTEST_OK;
}

/* Commands that are due: each in its turn, so that no client has the TPM for itself. */
static enum attest_error work(struct server *server, struct attest_diag *diag)
{
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        if (!server->current)
            choose(server);
        if (!server->current || clock_running_ms() < server->ready_at)
            return ATTEST_OK;
        attest_try(carry_out(server, diag));
    }
    return ATTEST_OK;
}

/* ---- The loop ---- */

struct polled {
    struct pollfd items[2 + SERVER_LISTENERS_MAX + SERVER_CONNECTIONS_MAX];
    size_t count;
};

/* One whose command waits is not listened to, even if it hangs up: poll(2) would say so again and again. */
static struct pollfd wanted(const struct connection *connection)
{
    short events = connection_is_sending(connection) ? POLLOUT : POLLIN;

    return (struct pollfd){ connection->arrival ? -1 : connection->fd, events, 0 };
}

static struct polled prepare(const struct server *server)
{
    struct polled polled = { .count = 2 };

    polled.items[0] = (struct pollfd){ server->signals->fd, POLLIN, 0 };
    polled.items[1] = (struct pollfd){ server->tpm->swtpm.data, POLLIN, 0 };
    for (size_t i = 0; i < server->listener_count; i++)
        polled.items[polled.count++] = (struct pollfd){ server->listeners[i].fd, POLLIN, 0 };
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++)
        polled.items[polled.count++] = wanted(&server->connections[i]);
    return polled;
}

static int time_to_wait(const struct server *server)
{
    int64_t end = clock_running_ms() + IDLE_MS;

    if (server->current && server->ready_at < end)
        end = server->ready_at;
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        const struct connection *connection = &server->connections[i];
        if (connection->fd < 0)
            continue;
        if (connection->arrival && !server->current)
            return 0;
        if (is_cut(connection) && connection->deadline < end)
            end = connection->deadline;
    }
    return clock_until(end);
}

static enum attest_error serve_connection(struct server *server, struct connection *connection, short events,
                                          struct attest_diag *diag)
{
    if (events & (POLLIN | POLLHUP | POLLERR) && !connection_is_sending(connection)) {
        connection_receive(connection);
        attest_try(take_input(server, connection, diag));
    } else if (events & (POLLHUP | POLLERR)) {
        connection->broken = true;
    }
    look_after(server, connection);
    return ATTEST_OK;
}

static enum attest_error serve(struct server *server, const struct polled *polled, struct attest_diag *diag)
{
    const struct pollfd *item = polled->items + 2;

    for (size_t i = 0; i < server->listener_count; i++, item++)
        if (item->revents)
            accept_all(server, &server->listeners[i]);
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++, item++) {
        struct connection *connection = &server->connections[i];
        if (connection->fd >= 0 && !connection->arrival)
            attest_try(
                serve_connection(server, connection, item->fd == connection->fd ? item->revents : 0, diag));
    }
    return work(server, diag);
}

enum attest_error server_run(struct server *server, struct attest_diag *diag)
{
    while (!server->signals->stop) {
        struct polled polled = prepare(server);
        if (poll(polled.items, polled.count, time_to_wait(server)) < 0 && errno != EINTR)
            return attest_fail_errno(diag, errno, "to wait");
        if (polled.items[0].revents)
            signals_take(server->signals);
        if (server->signals->stop)
            return ATTEST_OK;
        /* Between commands swtpm says nothing: that there is something to read means that it ended. */
        if (polled.items[1].revents)
            return attest_fail(diag, ATTEST_TPM_LOST, NULL, "swtpm to run");
        enum attest_error error = serve(server, &polled, diag);
        if (error != ATTEST_OK)
            return server->signals->stop ? ATTEST_OK : error;
    }
    return ATTEST_OK;
}
