/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does that server answer? Trusts nothing in the answer: its size is bounded, its time is, and it can't
 * send the request elsewhere. HTTP/1.1 (RFC 9112) and TLS 1.2 or later by libcurl, which only this file knows.
 */
#include "aws/http.h"

#include "aws/http_address.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/tls.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#define URL_MAX     ((size_t)8 << 10)
#define HEADERS_MAX ((size_t)32 << 10) /* of an answer, all together */

struct attest_http_client {
    CURL *curl;
    struct attest_http_options options;
    struct attest_http_address address;
    enum attest_http_fault fault;
    char text[CURL_ERROR_SIZE]; /* libcurl's words for a failure */

    /* Of the request that is under way. */
    struct attest_http_response response;
    size_t headers;
    int64_t now;
};

static const char *const fault_words[] = {
#define X(name, words) [ATTEST_HTTP_FAULT_##name] = (words),
    ATTEST_HTTP_FAULT_TABLE(X)
#undef X
};

static const char *const field_names[] = {
#define X(name, text) [ATTEST_HTTP_FIELD_##name] = (text),
    ATTEST_HTTP_FIELD_TABLE(X)
#undef X
};

/* Headers may hold tokens, so they are wiped. */
static void list_cleanup(struct curl_slist **list)
{
    for (struct curl_slist *item = *list; item; item = item->next)
        explicit_bzero(item->data, strlen(item->data));
    curl_slist_free_all(*list);
}

/* Of an option being set: only a lack of memory is nobody's mistake. */
static enum attest_error set(CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return ATTEST_MEMORY;
    return code == CURLE_OK ? ATTEST_OK : ATTEST_INTERNAL;
}

/* The same where a small libcurl need not have what is turned off. */
static enum attest_error turn_off(CURLcode code)
{
    return code == CURLE_UNKNOWN_OPTION || code == CURLE_NOT_BUILT_IN ? ATTEST_OK : set(code);
}

static enum attest_error set_scheme(CURL *curl, bool tls)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return set(curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http"));
#else
    return set(curl_easy_setopt(curl, CURLOPT_PROTOCOLS, tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP));
#endif
}

/* What libcurl would otherwise take from the environment or from the answer. */
static enum attest_error set_isolation(CURL *curl, const char *proxy)
{
    /* The empty text also turns *_proxy off. */
    attest_try(set(curl_easy_setopt(curl, CURLOPT_PROXY, proxy ?: "")));
    attest_try(turn_off(curl_easy_setopt(curl, CURLOPT_NOPROXY, "")));
    attest_try(turn_off(curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED)));
    attest_try(turn_off(curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L)));
    attest_try(
        set(curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L))); /* a proxy's are not theirs */
    return set(curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L));
}

/* Whether the contexts and results that libcurl shows are OpenSSL's, as tls.c takes them. */
static bool has_openssl(void)
{
    const char *name = curl_version_info(CURLVERSION_NOW)->ssl_version;

    return name && strncmp(name, "OpenSSL/3", 9) == 0;
}

static CURLcode prepare_tls(CURL *curl, void *context, void *data)
{
    const struct attest_http_client *client = data;

    (void)curl;
    return attest_tls_prepare(context, client->now) == ATTEST_OK ? CURLE_OK : CURLE_ABORTED_BY_CALLBACK;
}

static enum attest_error set_tls(struct attest_http_client *client)
{
    CURL *curl = client->curl;
    const char *ca_file = client->options.ca_file;

    attest_try(set(curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L)));
    if (ca_file) {
        attest_try(set(curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file)));
        attest_try(set(curl_easy_setopt(curl, CURLOPT_CAPATH, NULL)));
    }
    if (!has_openssl())
        return ATTEST_OK;
    attest_try(set(curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, prepare_tls)));
    return set(curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, client));
}

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    struct attest_http_client *client = context;

    attest_bytes_append(&client->response.body, (struct attest_view){ (const uint8_t *)data, size * count });
    return attest_bytes_check(&client->response.body) == ATTEST_OK ? size * count : 0;
}

/* The value of a line "Name: value", without blanks around it; NULL if it is of another name. */
static const char *value_of(const char *line, size_t size, const char *name, size_t *ret_size)
{
    size_t length = strlen(name);

    if (size <= length || strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    line += length + 1;
    size -= length + 1;
    while (size > 0 && strchr(" \t", line[0]))
        line++, size--;
    while (size > 0 && strchr(" \t\r\n", line[size - 1]))
        size--;
    *ret_size = size;
    return line;
}

/* Called with each line before the body; those of an interim answer (RFC 9110 §15.2) are overwritten. */
static size_t receive_header(char *data, size_t size, size_t count, void *context)
{
    struct attest_http_client *client = context;
    struct attest_http_response *response = &client->response;
    size_t value_size = 0;

    client->headers += size * count;
    if (client->headers > HEADERS_MAX)
        return 0;
    for (size_t i = 0; i < ATTEST_HTTP_FIELD_COUNT; i++) {
        const char *value = value_of(data, size * count, field_names[i], &value_size);
        if (value)
            attest_error_printable(value, value_size, response->field[i], sizeof response->field[i]);
    }
    return size * count;
}

static enum attest_error set_receivers(struct attest_http_client *client)
{
    CURL *curl = client->curl;

    attest_try(set(curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->text)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_WRITEDATA, client)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header)));
    return set(curl_easy_setopt(curl, CURLOPT_HEADERDATA, client));
}

enum attest_error attest_http_open(const struct attest_http_options *options,
                                   struct attest_http_client **ret_client, struct attest_diag *diag)
{
    struct attest_http_address address;
    _cleanup_(attest_http_cleanup) struct attest_http_client *client = NULL;

    attest_try(attest_http_address_parse(options->address, &address, diag));
    client = calloc(1, sizeof *client);
    if (!client || !(client->curl = curl_easy_init()))
        return ATTEST_MEMORY;
    client->options = *options;
    client->address = address;
    attest_try(set_isolation(client->curl, options->proxy));
    attest_try(set_scheme(client->curl, address.tls));
    if (address.tls)
        attest_try(set_tls(client));
    if (address.socket_path)
        attest_try(set(curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, address.socket_path)));
    attest_try(set_receivers(client));
    *ret_client = attest_steal(client);
    return ATTEST_OK;
}

void attest_http_close(struct attest_http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    attest_http_done(&client->response);
    free(client);
}

void attest_http_cleanup(struct attest_http_client **client)
{
    attest_http_close(*client);
}

static enum attest_error append_header(struct curl_slist **list, const char *header)
{
    struct curl_slist *longer = curl_slist_append(*list, header);

    if (!longer)
        return ATTEST_MEMORY;
    *list = longer;
    return ATTEST_OK;
}

static enum attest_error set_url(struct attest_http_client *client, const char *path)
{
    _cleanup_(attest_bytes_done) struct attest_bytes url = attest_bytes_init(URL_MAX);

    attest_bytes_append_text(&url, client->address.tls ? "https://" : "http://");
    attest_bytes_append_text(&url, client->address.host);
    attest_bytes_append_text(&url, path);
    attest_bytes_append_u8(&url, '\0');
    attest_try(attest_bytes_check(&url));
    return set(curl_easy_setopt(client->curl, CURLOPT_URL, (const char *)url.data));
}

static enum attest_error set_times(CURL *curl, unsigned connect_ms, unsigned timeout_ms)
{
    attest_try(set(curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms)));
    return set(curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_ms ?: timeout_ms)));
}

static enum attest_error set_method(CURL *curl, const struct attest_http_request *request)
{
    if (strcmp(request->method, "GET") == 0) {
        attest_try(set(curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL)));
        return set(curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L));
    }
    attest_try(set(curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size)));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data ?: (const uint8_t *)"")));
    return set(curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method));
}

static enum attest_error set_message(CURL *curl, const struct attest_http_request *request,
                                     struct curl_slist **headers)
{
    /* Without "Expect", the body does not wait for a 100 (RFC 9110 §10.1.1). */
    attest_try(append_header(headers, "Expect:"));
    for (const char *const *header = request->headers; header && *header; header++)
        attest_try(append_header(headers, *header));
    attest_try(set(curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers)));
    return set_method(curl, request);
}

static const struct {
    CURLcode code;
    enum attest_http_fault fault;
} code_faults[] = {
    { CURLE_COULDNT_RESOLVE_HOST, ATTEST_HTTP_FAULT_NAME },
    { CURLE_COULDNT_RESOLVE_PROXY, ATTEST_HTTP_FAULT_NAME },
    { CURLE_COULDNT_CONNECT, ATTEST_HTTP_FAULT_CONNECT },
    { CURLE_OPERATION_TIMEDOUT, ATTEST_HTTP_FAULT_TIMEOUT },
    { CURLE_PARTIAL_FILE, ATTEST_HTTP_FAULT_CUT },
    { CURLE_GOT_NOTHING, ATTEST_HTTP_FAULT_CUT },
    { CURLE_SEND_ERROR, ATTEST_HTTP_FAULT_CUT },
    { CURLE_RECV_ERROR, ATTEST_HTTP_FAULT_CUT },
    { CURLE_UNSUPPORTED_PROTOCOL, ATTEST_HTTP_FAULT_GARBAGE }, /* HTTP/0.9, which is anything */
    { CURLE_WEIRD_SERVER_REPLY, ATTEST_HTTP_FAULT_GARBAGE },
    { CURLE_SSL_CONNECT_ERROR, ATTEST_HTTP_FAULT_TLS },
    { CURLE_SSL_CIPHER, ATTEST_HTTP_FAULT_TLS },
    { CURLE_SSL_CACERT_BADFILE, ATTEST_HTTP_FAULT_ROOTS },
};

static const enum attest_http_fault tls_faults[] = {
    /* libcurl itself compares the name, so that OpenSSL is content. */
    [ATTEST_TLS_FAULT_NONE] = ATTEST_HTTP_FAULT_TLS_NAME,
    [ATTEST_TLS_FAULT_EXPIRED] = ATTEST_HTTP_FAULT_TLS_EXPIRED,
    [ATTEST_TLS_FAULT_NOT_YET] = ATTEST_HTTP_FAULT_TLS_NOT_YET,
    [ATTEST_TLS_FAULT_SELF_SIGNED] = ATTEST_HTTP_FAULT_TLS_SELF_SIGNED,
    [ATTEST_TLS_FAULT_ISSUER] = ATTEST_HTTP_FAULT_TLS_ISSUER,
    [ATTEST_TLS_FAULT_NAME] = ATTEST_HTTP_FAULT_TLS_NAME,
    [ATTEST_TLS_FAULT_OTHER] = ATTEST_HTTP_FAULT_TLS,
};

static enum attest_http_fault fault_of(CURL *curl, CURLcode code)
{
    long result = 0;

    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        if (!has_openssl() || curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &result) != CURLE_OK)
            return ATTEST_HTTP_FAULT_TLS;
        return tls_faults[attest_tls_fault_of(result)];
    }
    for (size_t i = 0; i < sizeof code_faults / sizeof code_faults[0]; i++)
        if (code_faults[i].code == code)
            return code_faults[i].fault;
    return ATTEST_HTTP_FAULT_OTHER;
}

/* Why there is no answer. */
static enum attest_error fail(struct attest_http_client *client, CURLcode code, unsigned timeout_ms,
                              struct attest_diag *diag)
{
    const char *address = client->options.address;
    enum attest_http_fault fault = client->fault = fault_of(client->curl, code);
    const char *words = fault_words[fault];
    long number = 0;

    if (code == CURLE_OUT_OF_MEMORY)
        return ATTEST_MEMORY;
    if (diag)
        diag->native = (uint32_t)code;
    if (fault == ATTEST_HTTP_FAULT_TIMEOUT)
        return attest_fail(diag, ATTEST_REMOTE, words, "an answer from %s within %u ms", address, timeout_ms);
    if (fault == ATTEST_HTTP_FAULT_ROOTS)
        return attest_fail(diag, ATTEST_SYSTEM, words, "%s", client->options.ca_file ?: "the system's roots");
    if (fault == ATTEST_HTTP_FAULT_CONNECT &&
        curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number != 0) {
        attest_fail_errno(diag, (int)number, "to reach %s", address);
        return ATTEST_REMOTE;
    }
    if (fault == ATTEST_HTTP_FAULT_TLS || fault == ATTEST_HTTP_FAULT_OTHER)
        words = client->text[0] ? client->text : curl_easy_strerror(code);
    return attest_fail(diag, ATTEST_REMOTE, words, "an answer from %s", address);
}

static void read_content_type(CURL *curl, char *ret_type, size_t size)
{
    const char *type = NULL;

    if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || !type)
        type = "";
    attest_error_printable(type, strcspn(type, "; \t"), ret_type, size);
}

/* The answer is in client->response after this. */
static enum attest_error perform(struct attest_http_client *client, const struct attest_http_request *request,
                                 struct attest_diag *diag)
{
    struct attest_http_response *response = &client->response;
    long status = 0;

    CURLcode code = curl_easy_perform(client->curl);
    if (attest_bytes_check(&response->body) == ATTEST_TOO_LARGE)
        return attest_fail(diag, ATTEST_TOO_LARGE, "more", "an answer of at most %zu bytes", request->maximum);
    if (client->headers > HEADERS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, "more", "at most %zu bytes of headers", HEADERS_MAX);
    attest_try(attest_bytes_check(&response->body));
    if (code != CURLE_OK)
        return fail(client, code, request->timeout_ms, diag);
    attest_try(set(curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status)));
    response->status = (unsigned)status;
    read_content_type(client->curl, response->content_type, sizeof response->content_type);
    return ATTEST_OK;
}

enum attest_error attest_http_send(struct attest_http_client *client, const struct attest_http_request *request,
                                   struct attest_http_response *ret_response, struct attest_diag *diag)
{
    _cleanup_(list_cleanup) struct curl_slist *headers = NULL;

    client->fault = ATTEST_HTTP_FAULT_NONE;
    if (client->address.tls && request->now != 0 && !has_openssl())
        return attest_fail(diag, ATTEST_UNSUPPORTED, curl_version_info(CURLVERSION_NOW)->ssl_version,
                           "a libcurl with OpenSSL 3, to have TLS go by another clock");
    attest_http_done(&client->response);
    client->response = (struct attest_http_response){ .body = attest_bytes_init(request->maximum) };
    client->headers = 0;
    client->text[0] = '\0';
    client->now = request->now;
    attest_try(set_url(client, request->path));
    attest_try(set_times(client->curl, client->options.connect_ms, request->timeout_ms));
    attest_try(set_message(client->curl, request, &headers));
    enum attest_error error = perform(client, request, diag);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, NULL); /* the list ends here */
    attest_try(error);
    *ret_response = client->response;
    client->response = (struct attest_http_response){ 0 };
    return ATTEST_OK;
}

enum attest_http_fault attest_http_fault(const struct attest_http_client *client)
{
    return client->fault;
}

const char *attest_http_host(const struct attest_http_client *client)
{
    return client->address.host;
}

void attest_http_done(struct attest_http_response *response)
{
    attest_bytes_done(&response->body);
}
