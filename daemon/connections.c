/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is connected, and who takes too long? Trusts nobody to send, to read, or to go away.
 */
#include "daemon/connections.h"

#include "daemon/clock.h"
#include "daemon/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct connection *connections_add(struct connections *connections, int fd, enum door door)
{
    struct connection *connection = calloc(1, sizeof *connection);

    if (!connection)
        return NULL;
    *connection = (struct connection){
        .next = connections->first, .at = &connections->first, .fd = fd, .door = door, .since = clock_now()
    };
    if (connection->next)
        connection->next->at = &connection->next;
    connections->first = connection;
    connections->count[door]++;
    return connection;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
    if (!connection)
        return;
    *connection->at = connection->next;
    if (connection->next)
        connection->next->at = connection->at;
    connections->count[connection->door]--;
    free(connection);
}

void connections_done(struct connections *connections)
{
    while (connections->first)
        connections_remove(connections, connections->first);
}

struct connection *connections_find_new(const struct connections *connections, int fd)
{
    struct connection *connection = connections->first;

    while (connection && (connection->fd != fd || connection->started))
        connection = connection->next;
    return connection;
}

unsigned connections_total(const struct connections *connections)
{
    return connections->count[DOOR_PUBLIC] + connections->count[DOOR_UNLOCK] + connections->count[DOOR_TCP];
}

bool connections_is_answering(const struct connections *connections)
{
    const struct connection *connection = connections->first;

    while (connection && !connection->answering)
        connection = connection->next;
    return connection != NULL;
}

uint64_t connections_expire(struct connections *connections, uint64_t now, uint64_t limit)
{
    uint64_t next = UINT64_MAX;

    for (struct connection *connection = connections->first; connection; connection = connection->next) {
        if (connection->suspended)
            continue;
        if (now >= connection->since + limit) {
            if (!connection->answering)
                connections_refuse(connection->fd, 408, "expected a whole request within idle-timeout");
            shutdown(connection->fd, SHUT_RDWR); /* libmicrohttpd sees the end and cleans up */
            connection->since = now;
        }
        if (connection->since + limit < next)
            next = connection->since + limit;
    }
    return next;
}

void connections_refuse(int fd, unsigned status, const char *detail)
{
    char body[256], head[512];

    int size = snprintf(body, sizeof body,
                        "{\"type\":\"urn:attestd:limit\",\"title\":\"%s\",\"status\":%u,\"detail\":\"%s\"}",
                        response_title(status), status, detail);
    int head_size = snprintf(head, sizeof head,
                             "HTTP/1.1 %u %s\r\nContent-Type: " CONTENT_PROBLEM "\r\nContent-Length: %d\r\n"
                             "Connection: close\r\nRetry-After: 1\r\n\r\n%s",
                             status, response_title(status), size, body);
    if (send(fd, head, (size_t)head_size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        return; /* the caller is gone, or does not read */
}
