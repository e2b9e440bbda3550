/* SPDX-License-Identifier: Apache-2.0 */
/* The connections that are open, and how long each may take. */
#ifndef ATTESTD_CONNECTIONS_H
#define ATTESTD_CONNECTIONS_H

#include "daemon/access.h"

struct connection {
    struct connection *next, **at;
    int fd; /* libmicrohttpd's to close */
    enum door door;
    bool started;   /* libmicrohttpd knows it */
    bool answering; /* a whole request came; its answer is on the way */
    bool suspended; /* the TPM works on it: who waits is not who is slow */
    uint64_t since; /* when it began to receive or to answer: milliseconds of CLOCK_MONOTONIC */
};

struct connections {
    struct connection *first;     /* the newest */
    unsigned count[DOOR_TCP + 1]; /* by door */
};

struct connection *connections_add(struct connections *connections, int fd,
                                   enum door door); /* NULL without memory */
void connections_remove(struct connections *connections, struct connection *connection); /* NULL is accepted */
void connections_done(struct connections *connections);

/* The one with that descriptor that is not started yet; NULL if there is none. */
struct connection *connections_find_new(const struct connections *connections, int fd);

unsigned connections_total(const struct connections *connections);
bool connections_is_answering(const struct connections *connections);

/* Ends those that take longer than `limit` to send a request or to receive an answer; gives the time of the
 * next one, UINT64_MAX if there is none. */
uint64_t connections_expire(struct connections *connections, uint64_t now, uint64_t limit);

/* A problem document to a caller whom libmicrohttpd has nothing to say to. What can't be sent at once is not
 * sent. */
void connections_refuse(int fd, unsigned status, const char *detail);

#endif
