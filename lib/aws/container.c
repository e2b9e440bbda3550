/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What are this container's credentials? Trusts whoever answers at one of a few addresses that never leave the
 * host, or at any by TLS: http_address.c knows them. AWS SDKs and Tools Reference Guide, "Container credential
 * provider".
 */
#include "aws/container.h"

#include "aws/http.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>

#define CONNECT_MS 2000
#define TIMEOUT_MS 5000
#define TOKEN_MAX  ((size_t)16 << 10)
#define HEADER     "Authorization: "

struct attest_container {
    char *base;       /* of the URL, up to its path */
    const char *path; /* the rest */
    const char *token_file;
    struct attest_http_client *client;
};

/* Where the path begins: behind the third slash. NULL if it doesn't, or is not fit to be sent. */
static const char *path_of(const char *url)
{
    const char *authority = strstr(url, "://"), *path = authority ? strchr(authority + 3, '/') : NULL;

    for (const char *at = path; at && *at; at++)
        if (*at <= ' ' || *at > '~')
            return NULL;
    return path;
}

enum attest_error attest_container_open(const struct attest_credentials_options *options,
                                        struct attest_container **ret_container, struct attest_diag *diag)
{
    _cleanup_(attest_container_cleanup) struct attest_container *container = NULL;
    const char *url = options->container_url, *path = path_of(url);

    if (!path)
        return attest_fail(diag, ATTEST_USAGE, url, "a URL with a path, such as http://169.254.170.2/v2/x");
    container = calloc(1, sizeof *container);
    if (!container || !(container->base = strndup(url, (size_t)(path - url))))
        return ATTEST_MEMORY;
    container->path = path;
    container->token_file = options->container_token_file;
    const struct attest_http_options http = { .address = container->base,
                                              .ca_file = options->ca_file,
                                              .connect_ms = CONNECT_MS };
    attest_try(attest_http_open(&http, &container->client, diag));
    *ret_container = attest_steal(container);
    return ATTEST_OK;
}

void attest_container_close(struct attest_container *container)
{
    if (!container)
        return;
    attest_http_close(container->client);
    free(container->base);
    free(container);
}

void attest_container_cleanup(struct attest_container **container)
{
    attest_container_close(*container);
}

/* The file is read each time: it is renewed. One line end at its end is not of the token. */
static enum attest_error read_token(const char *path, struct attest_bytes *header, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes token = attest_bytes_init(TOKEN_MAX);

    attest_try(attest_file_read(path, TOKEN_MAX, &token, diag));
    if (token.size > 0 && token.data[token.size - 1] == '\n')
        attest_bytes_shrink(&token, 1);
    for (size_t i = 0; i < token.size; i++)
        if (token.data[i] < ' ' || token.data[i] > '~')
            return attest_fail(diag, ATTEST_MALFORMED, NULL, "a token in one line of ASCII, in %s", path);
    attest_bytes_append_text(header, HEADER);
    attest_bytes_append(header, attest_bytes_view(&token));
    attest_bytes_append_u8(header, '\0');
    return attest_bytes_check(header);
}

enum attest_error attest_container_get(struct attest_container *container, size_t maximum,
                                       struct attest_bytes *ret_body, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes header = attest_bytes_init(TOKEN_MAX + sizeof HEADER);
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };
    char status[16];

    if (container->token_file)
        attest_try(read_token(container->token_file, &header, diag));
    const char *const headers[] = { (const char *)header.data, NULL };
    const struct attest_http_request request = { .method = "GET",
                                                 .path = container->path,
                                                 .headers = headers,
                                                 .timeout_ms = TIMEOUT_MS,
                                                 .maximum = maximum };
    attest_try(attest_http_send(container->client, &request, &response, diag));
    snprintf(status, sizeof status, "%u", response.status);
    if (response.status != 200)
        return attest_fail(diag, ATTEST_REMOTE, status, "credentials from %s", container->base);
    *ret_body = attest_bytes_take(&response.body);
    return ATTEST_OK;
}
