/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is there a way to that host? Names and connections apart, which libcurl reports as one, since they are mended
 * in different places.
 */
#include "daemon/unlock/check_reach.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HOST_SIZE 264

/* HOST, [HOST], HOST:PORT, [HOST]:PORT, behind the scheme (RFC 3986, 3.2). */
static enum attest_error split(const char *url, char host[HOST_SIZE], const char **ret_port,
                               struct attest_diag *diag)
{
    const char *begin = strstr(url, "://"), *end, *colon;

    if (!begin)
        return attest_fail(diag, ATTEST_USAGE, url, "a URL");
    begin += strlen("://");
    *ret_port = strncmp(url, "https:", strlen("https:")) == 0 ? "443" : "80";
    end = *begin == '[' ? strchr(begin, ']') : NULL;
    begin += end != NULL;
    colon = strchr(end ? end : begin, ':');
    if (colon)
        *ret_port = colon + 1;
    size_t length = end ? (size_t)(end - begin) : colon ? (size_t)(colon - begin) : strcspn(begin, "/");
    if (length >= HOST_SIZE)
        return attest_fail(diag, ATTEST_USAGE, url, "a shorter URL");
    memcpy(host, begin, length);
    host[length] = '\0';
    return ATTEST_OK;
}

static enum attest_error look_up(const char *url, struct addrinfo **ret_list, struct attest_diag *diag)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    char host[HOST_SIZE];
    const char *port = NULL;

    attest_try(split(url, host, &port, diag));
    int status = getaddrinfo(host, port, &hints, ret_list);
    if (status != 0)
        return attest_fail(diag, ATTEST_REMOTE, gai_strerror(status), "an address of %.100s", host);
    return ATTEST_OK;
}

static void free_list(struct addrinfo **list)
{
    if (*list)
        freeaddrinfo(*list);
}

enum attest_error check_reach_dns(const char *url, char *ret_address, size_t size, struct attest_diag *diag)
{
    _cleanup_(free_list) struct addrinfo *list = NULL;
    char host[NI_MAXHOST];

    attest_try(look_up(url, &list, diag));
    if (getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0)
        snprintf(ret_address, size, "%s", host);
    return ATTEST_OK;
}

/* 0, or the errno of the failure. */
static int connect_to(const struct addrinfo *address, int timeout_ms)
{
    _cleanup_close_ int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct pollfd wanted = { .fd = fd, .events = POLLOUT };
    int error_number = 0;
    socklen_t size = sizeof error_number;

    if (fd < 0)
        return errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (poll(&wanted, 1, timeout_ms) <= 0)
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size) < 0 ? errno : error_number;
}

enum attest_error check_reach_tcp(const char *url, int timeout_ms, struct attest_diag *diag)
{
    _cleanup_(free_list) struct addrinfo *list = NULL;
    int error_number = 0;

    attest_try(look_up(url, &list, diag));
    for (const struct addrinfo *address = list; address; address = address->ai_next) {
        error_number = connect_to(address, timeout_ms);
        if (error_number == 0)
            return ATTEST_OK;
    }
    attest_fail_errno(diag, error_number, "a connection to %.100s", url);
    return ATTEST_REMOTE;
}
