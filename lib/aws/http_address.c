/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is that somebody to speak HTTP with? Without TLS only where no packet leaves the host that the machine runs
 * on: a name could be made to mean another machine, so those addresses are numeric.
 */
#include "aws/http_address.h"

#include "base/bytes.h"
#include "base/encode.h"
#include "base/error.h"

#include <string.h>
#include <sys/un.h>

#define NAME_MAX_SIZE 253 /* RFC 1035 §2.3.4, as text */

static const char form[] = "unix:PATH, tcp:127.0.0.1:PORT, tcp:[::1]:PORT or https://HOST[:PORT]; "
                           "http:// for loopback and metadata only";

/* Metadata of EC2, and credentials of ECS and EKS. */
static const char *const plain_hosts[] = {
    "127.0.0.1",     "[::1]",          "169.254.169.254", "[fd00:ec2::254]",
    "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
};
#define LOOPBACKS 2 /* of them, at the beginning */

static bool is_one_of(struct attest_view host, const char *const *hosts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (attest_view_equal(host, attest_view_text(hosts[i])))
            return true;
    return false;
}

static bool is_loopback(struct attest_view host)
{
    return is_one_of(host, plain_hosts, LOOPBACKS);
}

static bool is_plain(struct attest_view host)
{
    return is_one_of(host, plain_hosts, sizeof plain_hosts / sizeof plain_hosts[0]);
}

/* Whether TLS can hold somebody to it: a name, or an address in numbers. */
static bool is_host(struct attest_view host)
{
    static const char in_names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    static const char in_brackets[] = "0123456789abcdefABCDEF:.";
    bool brackets = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
    struct attest_view text = brackets ? (struct attest_view){ host.data + 1, host.size - 2 } : host;

    if (text.size == 0 || text.size > NAME_MAX_SIZE || text.data[0] == '-' || text.data[0] == '.')
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\0' || !strchr(brackets ? in_brackets : in_names, text.data[i]))
            return false;
    return true;
}

static const struct scheme {
    const char *prefix;
    bool tls, needs_port;
    const char *port; /* that goes without saying */
    bool (*admits)(struct attest_view host);
} schemes[] = {
    { "tcp:", false, true, "80", is_loopback },
    { "http://", false, false, "80", is_plain },
    { "https://", true, false, "443", is_host },
};

static bool is_port(const char *text)
{
    uint64_t port = 0;

    return attest_decode_decimal(attest_view_text(text), UINT16_MAX, &port, NULL) == ATTEST_OK && port > 0;
}

/* HOST[:PORT]; colons within brackets are the host's. */
static bool parse_authority(const struct scheme *scheme, const char *text,
                            struct attest_http_address *ret_address)
{
    const char *bracket = text[0] == '[' ? strchr(text, ']') : NULL;
    const char *colon = strchr(bracket ?: text, ':');
    size_t size = colon ? (size_t)(colon - text) : strlen(text);

    if (!scheme->admits((struct attest_view){ (const uint8_t *)text, size }))
        return false;
    if (colon ? !is_port(colon + 1) : scheme->needs_port)
        return false;
    bool keep = colon && strcmp(colon + 1, scheme->port) != 0;
    *ret_address = (struct attest_http_address){ .tls = scheme->tls };
    memcpy(ret_address->host, text, keep ? strlen(text) : size); /* NAME_MAX_SIZE, brackets and a port fit */
    return true;
}

static bool parse_socket(const char *path, struct attest_http_address *ret_address)
{
    if (path[0] == '\0' || strlen(path) >= sizeof((struct sockaddr_un){ 0 }.sun_path))
        return false;
    *ret_address = (struct attest_http_address){ .host = "localhost", .socket_path = path };
    return true;
}

/* What follows `prefix`, NULL if `text` does not begin with it. */
static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

enum attest_error attest_http_address_parse(const char *text, struct attest_http_address *ret_address,
                                            struct attest_diag *diag)
{
    const char *rest = after(text, "unix:");

    if (rest && parse_socket(rest, ret_address))
        return ATTEST_OK;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        rest = after(text, schemes[i].prefix);
        if (rest && parse_authority(&schemes[i], rest, ret_address))
            return ATTEST_OK;
    }
    return attest_fail(diag, ATTEST_USAGE, text, "%s", form);
}
