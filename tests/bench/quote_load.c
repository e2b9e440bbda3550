/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast does attestd serve quotes, and in which order? Each of N keep-alive connections has one request
 * under way, with a nonce of its own; of a reply the status, the length and the nonce are looked at. One
 * thread, so that it takes little from what it measures.
 *
 *     quote_load -c CONNECTIONS -t SECONDS|-n QUOTES SOCKET
 */
#include "tests/bench/samples.h"

#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_MAX  16384
#define QUIET_MAX  20000 /* milliseconds without any reply */
#define EVENTS_MAX 64
#define PREFIX     24 /* bytes of a nonce that are the same in one run; the other 8 are the request's number */

struct connection {
    int fd;
    uint64_t number; /* of the request under way, in the order of sending; 0 if there is none */
    uint64_t sent_at;
    uint64_t served;
    size_t used;
    char reply[REPLY_MAX + 1];
};

struct load {
    const char *path;
    size_t connection_count;
    uint64_t seconds_ns, quotes; /* it ends with whichever comes first */

    char prefix[2 * PREFIX + 1];
    struct connection *connections;
    int epoll_fd;
    size_t under_way;
    uint64_t end, number;

    struct samples samples;
    uint64_t errors;
    uint64_t overtaken;    /* replies that came while an older request still waited */
    uint64_t overtook_max; /* how many older ones, at most */
};

static void parse_options(int argc, char **argv, struct load *load)
{
    *load = (struct load){ .connection_count = 1, .seconds_ns = UINT64_MAX / 2, .quotes = UINT64_MAX };
    for (int option; (option = getopt(argc, argv, "c:t:n:")) != -1;) {
        if (option == 'c')
            load->connection_count = strtoul(optarg, NULL, 10);
        else if (option == 't')
            load->seconds_ns = (uint64_t)(strtod(optarg, NULL) * 1e9);
        else if (option == 'n')
            load->quotes = strtoull(optarg, NULL, 10);
        else
            exit(2);
    }
    if (optind != argc - 1 || load->connection_count == 0)
        errx(2, "usage: quote_load -c CONNECTIONS -t SECONDS|-n QUOTES SOCKET");
    load->path = argv[optind];
}

static void choose_prefix(struct load *load)
{
    uint8_t random[PREFIX];

    if (getrandom(random, sizeof random, 0) != sizeof random)
        err(1, "getrandom");
    for (size_t i = 0; i < PREFIX; i++)
        snprintf(load->prefix + 2 * i, 3, "%02x", random[i]);
}

static void open_connection(struct load *load, struct connection *connection)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };

    if (strlen(load->path) >= sizeof address.sun_path)
        errx(2, "%s: too long for a socket", load->path);
    strcpy(address.sun_path, load->path);
    connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0)
        err(1, "%s", load->path);
    if (epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) < 0)
        err(1, "epoll_ctl");
}

static void start(struct load *load)
{
    choose_prefix(load);
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    load->connections = calloc(load->connection_count, sizeof *load->connections);
    if (load->epoll_fd < 0 || !load->connections)
        err(1, "%zu connections", load->connection_count);
    for (size_t i = 0; i < load->connection_count; i++)
        open_connection(load, &load->connections[i]);
}

static void send_request(struct load *load, struct connection *connection)
{
    char request[256];

    connection->number = ++load->number;
    connection->used = 0;
    int size = snprintf(request, sizeof request,
                        "GET /v1/quote?nonce=%s%016" PRIx64
                        "&bank=sha384&pcrs=0-15 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        load->prefix, connection->number);
    connection->sent_at = samples_now();
    /* A request is smaller than any socket's buffer, which is empty: it is sent whole. */
    if (send(connection->fd, request, (size_t)size, MSG_NOSIGNAL) != size)
        err(1, "send");
    load->under_way++;
}

/* Whether the reply is here to its end. */
static bool is_complete(const struct connection *connection)
{
    const char *body = strstr(connection->reply, "\r\n\r\n");
    const char *length = strcasestr(connection->reply, "\r\nContent-Length:");

    if (!body)
        return false;
    if (!length || length > body)
        errx(1, "a reply without Content-Length:\n%s", connection->reply);
    size_t head = (size_t)(body + 4 - connection->reply);
    return connection->used - head >= strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
}

static bool is_right(const struct load *load, const struct connection *connection)
{
    char nonce[128];

    snprintf(nonce, sizeof nonce, "\"nonce\":\"%s%016" PRIx64 "\"", load->prefix, connection->number);
    return strncmp(connection->reply, "HTTP/1.1 200 ", 13) == 0 && strstr(connection->reply, nonce);
}

static void note_order(struct load *load, const struct connection *connection)
{
    uint64_t older = 0;

    for (size_t i = 0; i < load->connection_count; i++)
        older += load->connections[i].number && load->connections[i].number < connection->number;
    load->overtaken += older > 0;
    if (older > load->overtook_max)
        load->overtook_max = older;
}

static void take_reply(struct load *load, struct connection *connection, uint64_t now)
{
    samples_add(&load->samples, now - connection->sent_at);
    note_order(load, connection);
    if (!is_right(load, connection) && load->errors++ == 0)
        warnx("not the quote that was asked for:\n%s", connection->reply);
    connection->served++;
    connection->number = 0;
    load->under_way--;
}

static bool is_over(const struct load *load)
{
    return load->number >= load->quotes || samples_now() >= load->end;
}

static void receive(struct load *load, struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->reply + connection->used, REPLY_MAX - connection->used, 0);

    if (got <= 0)
        err(1, "connection lost, or a reply of more than %d bytes", REPLY_MAX);
    connection->used += (size_t)got;
    connection->reply[connection->used] = '\0';
    if (!is_complete(connection))
        return;
    take_reply(load, connection, samples_now());
    if (!is_over(load))
        send_request(load, connection);
}

static uint64_t run(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    const uint64_t begun = samples_now();

    load->end = begun + load->seconds_ns;
    for (size_t i = 0; i < load->connection_count && !is_over(load); i++)
        send_request(load, &load->connections[i]);
    while (load->under_way > 0) {
        int count = epoll_wait(load->epoll_fd, events, EVENTS_MAX, QUIET_MAX);
        if (count <= 0)
            errx(1, "no reply in %d ms", QUIET_MAX);
        for (int i = 0; i < count; i++)
            receive(load, events[i].data.ptr);
    }
    return samples_now() - begun;
}

static void report(struct load *load, uint64_t elapsed)
{
    uint64_t least = UINT64_MAX, most = 0;

    for (size_t i = 0; i < load->connection_count; i++) {
        uint64_t served = load->connections[i].served;
        least = served < least ? served : least;
        most = served > most ? served : most;
    }
    printf("{");
    samples_print(&load->samples, elapsed);
    printf(",\"errors\":%" PRIu64 ",\"share_least\":%" PRIu64 ",\"share_most\":%" PRIu64
           ",\"overtaken\":%" PRIu64 ",\"overtook_most\":%" PRIu64 "}\n",
           load->errors, least, most, load->overtaken, load->overtook_max);
}

int main(int argc, char **argv)
{
    struct load load;

    parse_options(argc, argv, &load);
    start(&load);
    report(&load, run(&load));
    for (size_t i = 0; i < load.connection_count; i++)
        close(load.connections[i].fd);
    close(load.epoll_fd);
    samples_done(&load.samples);
    free(load.connections);
    return load.errors > 0;
}
