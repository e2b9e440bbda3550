/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where do clients find us? Unix sockets, or TCP on loopback: a TPM that anybody on the network may use is
 * never wanted.
 */
#include "swtpm-harness/nitrotpm-sim/address.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define BACKLOG      256
#define CONTROL_TAIL ".ctrl"
#define EXPECTED     "unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT"

static const char *behind(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

/* Room for the control channel's tail is left. */
static enum attest_error parse_unix(const char *path, struct address *ret_address, struct attest_diag *diag)
{
    struct address address = { .socket.un.sun_family = AF_UNIX, .size = sizeof address.socket.un };
    size_t longest = sizeof address.socket.un.sun_path - sizeof CONTROL_TAIL;

    if (path[0] == '\0' || strlen(path) > longest)
        return attest_fail(diag, ATTEST_USAGE, path, "a path of 1 to %zu bytes", longest);
    memcpy(address.socket.un.sun_path, path, strlen(path));
    *ret_address = address;
    return ATTEST_OK;
}

static bool parse_port(const char *text, in_port_t *ret_port)
{
    uint64_t port;

    /* The port after is the control channel's. */
    if (attest_decode_decimal(attest_view_text(text), UINT16_MAX - 1, &port, NULL) != ATTEST_OK || port == 0)
        return false;
    *ret_port = htons((uint16_t)port);
    return true;
}

enum attest_error address_parse(const char *text, struct address *ret_address, struct attest_diag *diag)
{
    struct address address = { 0 };
    const char *rest;

    if ((rest = behind(text, "unix:")))
        return parse_unix(rest, ret_address, diag);
    if ((rest = behind(text, "tcp:127.0.0.1:"))) {
        address.size = sizeof address.socket.in;
        address.socket.in.sin_family = AF_INET;
        address.socket.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (!parse_port(rest, &address.socket.in.sin_port))
            return attest_fail(diag, ATTEST_USAGE, rest, "a port, 1 to 65534");
    } else if ((rest = behind(text, "tcp:[::1]:"))) {
        address.size = sizeof address.socket.in6;
        address.socket.in6.sin6_family = AF_INET6;
        address.socket.in6.sin6_addr = in6addr_loopback;
        if (!parse_port(rest, &address.socket.in6.sin6_port))
            return attest_fail(diag, ATTEST_USAGE, rest, "a port, 1 to 65534");
    } else {
        return attest_fail(diag, ATTEST_USAGE, text, EXPECTED);
    }
    *ret_address = address;
    return ATTEST_OK;
}

bool address_is_unix(const struct address *address)
{
    return address->socket.any.sa_family == AF_UNIX;
}

enum attest_error address_of_control(const struct address *data, struct address *ret_control,
                                     struct attest_diag *diag)
{
    struct address control = *data;
    char *path = control.socket.un.sun_path;

    if (address_is_unix(data)) {
        if (strlen(path) + sizeof CONTROL_TAIL > sizeof control.socket.un.sun_path)
            return attest_fail(diag, ATTEST_USAGE, path, "a shorter path");
        memcpy(path + strlen(path), CONTROL_TAIL, sizeof CONTROL_TAIL);
    } else if (data->socket.any.sa_family == AF_INET) {
        control.socket.in.sin_port = htons((uint16_t)(ntohs(data->socket.in.sin_port) + 1));
    } else {
        control.socket.in6.sin6_port = htons((uint16_t)(ntohs(data->socket.in6.sin6_port) + 1));
    }
    *ret_control = control;
    return ATTEST_OK;
}

/* A socket that a killed process left behind is in the way; one that is listened on is not ours to remove. */
static void remove_stale(const struct address *address)
{
    const char *path = address->socket.un.sun_path;
    struct stat status;

    if (!address_is_unix(address) || lstat(path, &status) < 0 || !S_ISSOCK(status.st_mode))
        return;
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, &address->socket.any, address->size) < 0 && errno == ECONNREFUSED)
        unlink(path);
}

static void describe(const struct address *address, char ret_text[ADDRESS_TCTI_SIZE])
{
    if (address_is_unix(address))
        snprintf(ret_text, ADDRESS_TCTI_SIZE, "path=%s", address->socket.un.sun_path);
    else if (address->socket.any.sa_family == AF_INET)
        snprintf(ret_text, ADDRESS_TCTI_SIZE, "host=127.0.0.1,port=%u", ntohs(address->socket.in.sin_port));
    else
        snprintf(ret_text, ADDRESS_TCTI_SIZE, "host=::1,port=%u", ntohs(address->socket.in6.sin6_port));
}

enum attest_error address_listen(const struct address *address, int *ret_fd, struct attest_diag *diag)
{
    char text[ADDRESS_TCTI_SIZE];
    const int on = 1;

    remove_stale(address);
    mode_t before = umask(0077); /* the TPM is for who started it */
    _cleanup_close_ int fd =
        socket(address->socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool listening = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     bind(fd, &address->socket.any, address->size) == 0 && listen(fd, BACKLOG) == 0;
    int error_number = errno;
    umask(before);
    describe(address, text);
    if (!listening)
        return attest_fail_errno(diag, error_number, "to listen on %s", text);
    *ret_fd = fd;
    fd = -1;
    return ATTEST_OK;
}

void address_format_tcti(const struct address *address, char ret_text[ADDRESS_TCTI_SIZE])
{
    char text[ADDRESS_TCTI_SIZE];

    describe(address, text);
    snprintf(ret_text, ADDRESS_TCTI_SIZE, "swtpm:%.*s", ADDRESS_TCTI_SIZE - 7, text);
}
