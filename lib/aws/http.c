/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does that server answer? Trusts nothing in the answer: its size is bounded, its time is, and it can't
 * send the request elsewhere. HTTP/1.1 (RFC 9112) by libcurl, which only this file knows.
 */
#include "aws/http.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/un.h>

#define URL_MAX ((size_t)8 << 10)

static void curl_cleanup(CURL **curl)
{
    curl_easy_cleanup(*curl);
}

static void list_cleanup(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

/* Of an option being set: only a lack of memory is nobody's mistake. */
static enum attest_error set(CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return ATTEST_MEMORY;
    return code == CURLE_OK ? ATTEST_OK : ATTEST_INTERNAL;
}

/* Only numeric loopback addresses: a name could be made to mean another machine. */
static bool is_loopback(const char *host_port)
{
    static const char *const hosts[] = { "127.0.0.1:", "[::1]:" };
    uint64_t port = 0;

    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t length = strlen(hosts[i]);
        if (strncmp(host_port, hosts[i], length) == 0)
            return attest_decode_decimal(attest_view_text(host_port + length), UINT16_MAX, &port, NULL) ==
                       ATTEST_OK &&
                   port > 0;
    }
    return false;
}

/* What follows `prefix`, NULL if `address` does not begin with it. */
static const char *after(const char *address, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(address, prefix, length) == 0 ? address + length : NULL;
}

static bool is_socket_path(const char *path)
{
    return path[0] != '\0' && strlen(path) < sizeof((struct sockaddr_un){ 0 }.sun_path);
}

static enum attest_error set_address(CURL *curl, const struct attest_http_request *request,
                                     struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes url = attest_bytes_init(URL_MAX);
    const char *path = after(request->address, "unix:"), *host = after(request->address, "tcp:");

    if (!(path && is_socket_path(path)) && !(host && is_loopback(host)))
        return attest_fail(diag, ATTEST_USAGE, request->address,
                           "an address of the form unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT");
    if (path)
        attest_try(set(curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path)));
    attest_bytes_append_text(&url, "http://");
    attest_bytes_append_text(&url, host ?: "localhost"); /* over a Unix socket only the Host field has it */
    attest_bytes_append_text(&url, request->path);
    attest_bytes_append_u8(&url, '\0');
    attest_try(attest_bytes_check(&url));
    return set(curl_easy_setopt(curl, CURLOPT_URL, (const char *)url.data));
}

/* What libcurl would otherwise take from the environment or from the answer. */
static enum attest_error set_isolation(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    attest_try(set(curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http")));
#else
    attest_try(set(curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTP)));
#endif
    attest_try(set(curl_easy_setopt(curl, CURLOPT_PROXY, ""))); /* the empty text also turns *_proxy off */
    attest_try(set(curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L)));
    return set(curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L));
}

static enum attest_error append_header(struct curl_slist **list, const char *header)
{
    struct curl_slist *longer = curl_slist_append(*list, header);

    if (!longer)
        return ATTEST_MEMORY;
    *list = longer;
    return ATTEST_OK;
}

static enum attest_error set_message(CURL *curl, const struct attest_http_request *request,
                                     struct curl_slist **headers)
{
    /* Without "Expect", the body does not wait for a 100 (RFC 9110 §10.1.1). */
    attest_try(append_header(headers, "Expect:"));
    for (const char *const *header = request->headers; header && *header; header++)
        attest_try(append_header(headers, *header));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms)));
    if (strcmp(request->method, "GET") == 0)
        return ATTEST_OK;
    attest_try(set(curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data ?: (const uint8_t *)"")));
    return set(curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method));
}

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    struct attest_bytes *body = context;

    attest_bytes_append(body, (struct attest_view){ (const uint8_t *)data, size * count });
    return attest_bytes_check(body) == ATTEST_OK ? size * count : 0;
}

static enum attest_error fail(CURL *curl, CURLcode code, const struct attest_http_request *request,
                              struct attest_diag *diag)
{
    long number = 0;

    if (code == CURLE_OUT_OF_MEMORY)
        return ATTEST_MEMORY;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return attest_fail(diag, ATTEST_REMOTE, "none", "an answer from %s within %u ms", request->address,
                           request->timeout_ms);
    if (code == CURLE_COULDNT_CONNECT && curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
        number != 0) {
        attest_fail_errno(diag, (int)number, "to reach %s", request->address);
        return ATTEST_REMOTE;
    }
    if (diag)
        diag->native = (uint32_t)code;
    return attest_fail(diag, ATTEST_REMOTE, curl_easy_strerror(code), "an answer from %s", request->address);
}

static void read_content_type(CURL *curl, char *ret_type, size_t size)
{
    const char *type = NULL;

    if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || !type)
        type = "";
    attest_error_printable(type, strcspn(type, "; \t"), ret_type, size);
}

static enum attest_error perform(CURL *curl, const struct attest_http_request *request,
                                 struct attest_http_response *response, struct attest_diag *diag)
{
    long status = 0;

    response->body = attest_bytes_init(request->maximum);
    attest_try(set(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response->body)));
    CURLcode code = curl_easy_perform(curl);
    if (attest_bytes_check(&response->body) == ATTEST_TOO_LARGE)
        return attest_fail(diag, ATTEST_TOO_LARGE, "more", "an answer of at most %zu bytes", request->maximum);
    attest_try(attest_bytes_check(&response->body));
    if (code != CURLE_OK)
        return fail(curl, code, request, diag);
    attest_try(set(curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status)));
    response->status = (unsigned)status;
    read_content_type(curl, response->content_type, sizeof response->content_type);
    return ATTEST_OK;
}

enum attest_error attest_http_send(const struct attest_http_request *request,
                                   struct attest_http_response *ret_response, struct attest_diag *diag)
{
    _cleanup_(attest_http_done) struct attest_http_response response = { 0 };
    _cleanup_(list_cleanup) struct curl_slist *headers = NULL;
    _cleanup_(curl_cleanup) CURL *curl = curl_easy_init();

    if (!curl)
        return ATTEST_MEMORY;
    attest_try(set_isolation(curl));
    attest_try(set_address(curl, request, diag));
    attest_try(set_message(curl, request, &headers));
    attest_try(perform(curl, request, &response, diag));
    *ret_response = response;
    response = (struct attest_http_response){ 0 };
    return ATTEST_OK;
}

void attest_http_done(struct attest_http_response *response)
{
    attest_bytes_done(&response->body);
}
