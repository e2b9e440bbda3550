/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through which doors do callers come? systemd opens them and names them; --listen is for tests and systems
 * without it. Trusts no name alone: what is called the TCP door must be loopback TCP, the others must be Unix
 * sockets.
 */
#include "daemon/listen.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define BACKLOG 256

union address {
    struct sockaddr any;
    struct sockaddr_un un;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static bool is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohl(address->in.sin_addr.s_addr) >> 24 == 127;
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr);
}

static enum attest_error add(struct listeners *listeners, int fd, enum door door, const char *path,
                             struct attest_diag *diag)
{
    if (listeners->count == LISTENERS_MAX)
        return attest_fail(diag, ATTEST_USAGE, NULL, "at most %d sockets to listen on", LISTENERS_MAX);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return attest_fail_errno(diag, errno, "to set up a listening socket");
    listeners->items[listeners->count++] = (struct listener){ fd, door, path };
    return ATTEST_OK;
}

static enum attest_error open_socket(const union address *address, socklen_t size, const char *name,
                                     int *ret_fd, struct attest_diag *diag)
{
    const int on = 1;

    _cleanup_close_ int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, &address->any, size) < 0 || listen(fd, BACKLOG) < 0)
        return attest_fail_errno(diag, errno, "to listen on %s", name);
    *ret_fd = fd;
    fd = -1;
    return ATTEST_OK;
}

/* A socket that a killed process left behind is in the way; one that is listened on is not ours to remove. */
static void remove_stale(const union address *address, socklen_t size)
{
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct stat status;

    if (lstat(address->un.sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
        return;
    if (fd >= 0 && connect(fd, &address->any, size) < 0 && errno == ECONNREFUSED)
        unlink(address->un.sun_path);
}

static enum attest_error open_unix(struct listeners *listeners, const char *path, enum door door,
                                   struct attest_diag *diag)
{
    union address address = { .un.sun_family = AF_UNIX };
    _cleanup_close_ int fd = -1;

    if (path[0] != '/' || strlen(path) >= sizeof address.un.sun_path)
        return attest_fail(diag, ATTEST_USAGE, path, "an absolute path of at most %zu bytes",
                           sizeof address.un.sun_path - 1);
    memcpy(address.un.sun_path, path, strlen(path));
    remove_stale(&address, sizeof address.un);
    mode_t before = umask(0177); /* never wider than it is meant, not for a moment */
    enum attest_error error = open_socket(&address, sizeof address.un, path, &fd, diag);
    umask(before);
    attest_try(error);
    if (door == DOOR_PUBLIC && chmod(path, 0666) < 0)
        return attest_fail_errno(diag, errno, "to open %s to everybody", path);
    attest_try(add(listeners, fd, door, path, diag));
    fd = -1;
    return ATTEST_OK;
}

/* "127.0.0.1:PORT" or "[::1]:PORT" */
static bool parse_tcp(const char *text, union address *ret_address, socklen_t *ret_size)
{
    char host[INET6_ADDRSTRLEN] = "";
    uint64_t port;

    const char *colon = strrchr(text, ':');
    if (!colon || attest_decode_decimal(attest_view_text(colon + 1), UINT16_MAX, &port, NULL) != ATTEST_OK)
        return false;
    bool is_v6 = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    size_t size = (size_t)(colon - text) - (is_v6 ? 2 : 0);
    if (size >= sizeof host)
        return false;
    memcpy(host, text + is_v6, size);
    *ret_address = (union address){ 0 };
    *ret_size = is_v6 ? sizeof ret_address->in6 : sizeof ret_address->in;
    if (is_v6) {
        ret_address->in6.sin6_family = AF_INET6;
        ret_address->in6.sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &ret_address->in6.sin6_addr) == 1;
    }
    ret_address->in.sin_family = AF_INET;
    ret_address->in.sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &ret_address->in.sin_addr) == 1;
}

static enum attest_error open_tcp(struct listeners *listeners, const char *text, struct attest_diag *diag)
{
    union address address;
    socklen_t size;
    _cleanup_close_ int fd = -1;

    if (!parse_tcp(text, &address, &size) || !is_loopback(&address))
        return attest_fail(diag, ATTEST_USAGE, text, "a loopback address: 127.0.0.1:PORT or [::1]:PORT");
    attest_try(open_socket(&address, size, text, &fd, diag));
    attest_try(add(listeners, fd, DOOR_TCP, NULL, diag));
    fd = -1;
    return ATTEST_OK;
}

static const char *behind(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

enum attest_error listen_open(struct listeners *listeners, const char *address, struct attest_diag *diag)
{
    const char *rest;

    if ((rest = behind(address, "unix:")))
        return open_unix(listeners, rest, DOOR_PUBLIC, diag);
    if ((rest = behind(address, "unlock:")))
        return open_unix(listeners, rest, DOOR_UNLOCK, diag);
    if ((rest = behind(address, "tcp:")))
        return open_tcp(listeners, rest, diag);
    return attest_fail(diag, ATTEST_USAGE, address,
                       "unix:PATH, unlock:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT");
}

static bool fits(int fd, enum door door)
{
    union address address = { 0 };
    socklen_t size = sizeof address;

    if (getsockname(fd, &address.any, &size) < 0 || sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
        return false;
    return door == DOOR_TCP ? is_loopback(&address) : address.any.sa_family == AF_UNIX;
}

static enum attest_error inherit(struct listeners *listeners, int fd, const char *name,
                                 struct attest_diag *diag)
{
    static const struct {
        const char *name;
        enum door door;
    } doors[] = {
        { "attestd", DOOR_PUBLIC },
        { "attestd-unlock-door", DOOR_UNLOCK },
        { "attestd-tcp", DOOR_TCP },
    };

    for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++) {
        if (strcmp(name, doors[i].name) != 0)
            continue;
        if (!fits(fd, doors[i].door))
            return attest_fail(diag, ATTEST_USAGE, "another kind of socket", "%s to be the %s door", name,
                               door_name(doors[i].door));
        return add(listeners, fd, doors[i].door, NULL, diag);
    }
    return attest_fail(diag, ATTEST_USAGE, name,
                       "FileDescriptorName= attestd, attestd-unlock-door or attestd-tcp");
}

static void free_names(char ***names)
{
    for (char **name = *names; name && *name; name++)
        free(*name);
    free(*names);
}

enum attest_error listen_inherit(struct listeners *listeners, struct attest_diag *diag)
{
    _cleanup_(free_names) char **names = NULL;

    int count = sd_listen_fds_with_names(1, &names);
    if (count < 0)
        return attest_fail_errno(diag, -count, "to take over sockets from systemd");
    for (int i = 0; i < count; i++)
        attest_try(inherit(listeners, SD_LISTEN_FDS_START + i, names[i], diag));
    return ATTEST_OK;
}

void listen_close(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        close(listeners->items[i].fd);
        if (listeners->items[i].path)
            unlink(listeners->items[i].path);
    }
    listeners->count = 0;
}
