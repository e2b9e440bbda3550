/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this be asked, here, in this way? Decided by the routes table, the door and the configuration. Over TCP
 * anything on the machine can speak to us, a browser or a careless server among it, so there the form must be
 * one that neither can be led to send (docs/threat-model.md).
 */
#include "daemon/admit.h"

#include "base/encode.h"
#include "base/reader.h"
#include "daemon/response.h"

#include <string.h>
#include <strings.h>

#define BODY_MAX ((size_t)16 << 10)

static bool refuse(struct request *request, unsigned status, const char *found, const char *expected)
{
    response_refuse(request, status, found, expected);
    return false;
}

bool admit_is_forbidden(const char *header)
{
    static const char *const names[] = { "Origin", "Forwarded", "Via" };
    static const char *const prefixes[] = { "Sec-Fetch-", "X-Forwarded-" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(header, names[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncasecmp(header, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* "localhost", "127.0.0.1" or "[::1]", with or without a port: another name may have been bent to loopback (DNS
 * rebinding). */
static bool is_loopback_name(const char *host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
    uint64_t port;

    for (size_t i = 0; host && i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]);
        if (strncasecmp(host, names[i], size) != 0)
            continue;
        return host[size] == '\0' ||
               (host[size] == ':' &&
                attest_decode_decimal(attest_view_text(host + size + 1), UINT16_MAX, &port, NULL) == ATTEST_OK);
    }
    return false;
}

static bool is_json(const char *content_type)
{
    size_t size = strlen(CONTENT_JSON);

    return content_type && strncasecmp(content_type, CONTENT_JSON, size) == 0 &&
           (content_type[size] == '\0' || content_type[size] == ';' || content_type[size] == ' ');
}

static unsigned method_of(const char *name)
{
    return strcmp(name, "GET") == 0 ? METHOD_GET : strcmp(name, "POST") == 0 ? METHOD_POST : 0;
}

static bool admit_method(struct request *request, const struct request_head *head)
{
    const struct route *route = request->route;
    unsigned allowed = route->methods & ~(route->get_doors & head->door ? 0u : (unsigned)METHOD_GET);

    if (method_of(head->method) & allowed)
        return true;
    request->allow = allowed == METHODS_BOTH ? "GET, POST" : allowed == METHOD_GET ? "GET" : "POST";
    return refuse(request, 405, head->method,
                  head->door == DOOR_TCP && route->methods == METHODS_BOTH
                      ? "POST with Content-Type: application/json, as always over TCP"
                      : request->allow);
}

static bool admit_body(struct request *request, const struct request_head *head)
{
    uint64_t length = 0;

    if (head->transfer_encoding)
        return refuse(request, 411, head->transfer_encoding, "a Content-Length, not a Transfer-Encoding");
    if (head->content_lengths > 1)
        return refuse(request, 400, "more", "one Content-Length");
    if (head->content_length &&
        attest_decode_decimal(attest_view_text(head->content_length), UINT64_MAX, &length, NULL) != ATTEST_OK)
        return refuse(request, 400, head->content_length, "a Content-Length that is a number");
    if (strcmp(head->method, "GET") == 0)
        return length == 0 || refuse(request, 400, "a body", "no body with GET");
    if (length > BODY_MAX)
        return refuse(request, 413, head->content_length, "a body of at most 16384 bytes");
    if ((length > 0 || head->door == DOOR_TCP) && !is_json(head->content_type))
        return refuse(request, 415, head->content_type ?: "none", "Content-Type: application/json");
    return true;
}

static bool admit_caller(struct request *request, const struct request_head *head)
{
    if (head->door == DOOR_TCP && head->forbidden)
        return refuse(request, 403, head->forbidden,
                      "a request that comes neither from a browser nor by a proxy");
    if (head->door == DOOR_TCP && !is_loopback_name(head->host))
        return refuse(request, 403, head->host ?: "none", "Host: localhost, 127.0.0.1 or [::1]");
    return true;
}

bool admit(struct request *request, const struct request_head *head)
{
    /* Where the body ends is not certain: what comes behind it is not read as a request (RFC 9112 §6.3). */
    request->close = head->transfer_encoding || head->content_lengths > 1;
    if (!admit_caller(request, head))
        return false;
    request->route = routes_find(head->path);
    if (!request->route)
        return refuse(request, 404, head->path, "a path of /v1/openapi.json");
    request->params.table = request->route->params;
    if (!(request->route->doors & head->door))
        return refuse(request, 403, door_name(head->door), "one of the Unix sockets for this path");
    if (!access_allows(&request->config->access[request->route->endpoint], head->door, head->fd))
        return refuse(request, 403, NULL, "a caller whom [access] of the configuration names for this path");
    request->sees_logs = access_allows(&request->config->access[ENDPOINT_EVENTLOG], head->door, head->fd);
    return admit_method(request, head) && admit_body(request, head);
}

bool admit_params(struct request *request)
{
    const struct params *params = &request->params;

    for (size_t i = 0; params->table[i].name; i++) {
        unsigned doors = params->table[i].doors ?: DOORS_ALL;
        if (!params->values[i].given || (doors & request->door))
            continue;
        params_blame(&request->problem, params->table[i].name);
        return refuse(request, 403, door_name(request->door), "the unlock door for this parameter");
    }
    return true;
}

static bool is_named(struct attest_view type, const char *name)
{
    return type.size == strlen(name) && strncasecmp((const char *)type.data, name, type.size) == 0;
}

/* By order, not by weight (RFC 9110 §12.5.1): who names both gets the first. */
bool admit_accepts_cose(const char *accept)
{
    struct attest_reader items = attest_reader_init(attest_view_text(accept ?: ""));
    struct attest_view item;
    bool more;

    do {
        more = attest_reader_split(&items, ',', &item);
        struct attest_reader parts = attest_reader_init(item);
        struct attest_view type;
        attest_reader_split(&parts, ';', &type);
        for (; type.size > 0 && type.data[0] == ' '; type.size--)
            type.data++;
        for (; type.size > 0 && type.data[type.size - 1] == ' ';)
            type.size--;
        if (is_named(type, CONTENT_COSE))
            return true;
        if (is_named(type, CONTENT_JSON) || is_named(type, "*/*") || is_named(type, "application/*"))
            return false;
    } while (more);
    return false;
}
