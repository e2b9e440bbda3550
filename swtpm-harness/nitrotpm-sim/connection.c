/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came from this client, and what is still to be sent to it? Bounded both ways; a client that goes away,
 * sends too much or reads nothing is only its own problem.
 */
#include "swtpm-harness/nitrotpm-sim/connection.h"

#include "base/cleanup.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

void connection_open(struct connection *connection, int fd, enum connection_kind kind)
{
    *connection = (struct connection){
        .fd = fd, .kind = kind, .passed_fd = -1, .output = attest_bytes_init(CONNECTION_OUTPUT_MAX)
    };
}

static void drop_passed(struct connection *connection)
{
    attest_cleanup_close(&connection->passed_fd);
    connection->passed_fd = -1;
}

void connection_close(struct connection *connection)
{
    drop_passed(connection);
    attest_cleanup_close(&connection->fd);
    connection->fd = -1;
    attest_bytes_done(&connection->output);
}

/* SCM_RIGHTS (unix(7)): the one descriptor that there is room for. */
static void take_passed(struct connection *connection, struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);

    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len < CMSG_LEN(sizeof(int)))
        return;
    drop_passed(connection);
    memcpy(&connection->passed_fd, CMSG_DATA(header), sizeof(int));
}

void connection_receive(struct connection *connection)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { connection->input + connection->input_size,
                          sizeof connection->input - connection->input_size };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.space, /* one: CMSG_SPACE would let a second one in */
                              .msg_controllen = CMSG_LEN(sizeof(int)) };

    ssize_t size = recvmsg(connection->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size < 0)
        connection->broken = true;
    if (size <= 0) {
        connection->ended = true;
        return;
    }
    take_passed(connection, &message);
    connection->input_size += (size_t)size;
}

void connection_send(struct connection *connection)
{
    while (connection_is_sending(connection)) {
        ssize_t size = send(connection->fd, connection->output.data + connection->sent,
                            connection->output.size - connection->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (size < 0) {
            connection->broken = true;
            return;
        }
        connection->sent += (size_t)size;
    }
    attest_bytes_done(&connection->output);
    connection->sent = 0;
}

void connection_consume(struct connection *connection, size_t size)
{
    memmove(connection->input, connection->input + size, connection->input_size - size);
    connection->input_size -= size;
}

bool connection_is_sending(const struct connection *connection)
{
    return connection->sent < connection->output.size;
}
