/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What exactly is sent, so that AWS finds it signed by us? Everything that says something is under the
 * signature, Host first of all. AWS JSON 1.1 protocol (Smithy); S3 API Reference, "Authenticating Requests:
 * Using the Authorization Header".
 */
#include "aws/message.h"

#include "aws/sigv4.h"
#include "aws/sigv4_canonical.h"
#include "base/cleanup.h"
#include "base/error.h"

#define LINE_MAX     ((size_t)10 << 10)
#define WIRE_MAX     ((size_t)4 << 10) /* S3: a key is of at most 1,024 bytes, each of which may become three */
#define SIGNED_MAX   3
#define CONTENT_TYPE "application/x-amz-json-1.1"

static struct attest_view view_of(struct attest_secret *secret)
{
    return secret ? (struct attest_view){ attest_secret_data(secret), attest_secret_size(secret) }
                  : (struct attest_view){ 0 };
}

static bool is_get(const struct attest_aws_request *request)
{
    return !request->target;
}

static enum attest_error add_line(struct attest_aws_message *message, const char *name,
                                  struct attest_view value)
{
    struct attest_bytes *line = &message->lines[message->count];

    *line = attest_bytes_init(LINE_MAX);
    attest_bytes_append_text(line, name);
    attest_bytes_append_text(line, ": ");
    attest_bytes_append(line, value);
    attest_bytes_append_u8(line, '\0');
    message->headers[message->count++] = (const char *)line->data;
    return attest_bytes_check(line);
}

/* What the caller of sigv4.h brings; returns how many. */
static size_t list_headers(const struct attest_aws_request *request, const char *host,
                           struct attest_sigv4_header ret_headers[SIGNED_MAX])
{
    ret_headers[0] = (struct attest_sigv4_header){ "Host", attest_view_text(host) };
    if (is_get(request))
        return 1;
    ret_headers[1] = (struct attest_sigv4_header){ "Content-Type", attest_view_text(CONTENT_TYPE) };
    ret_headers[2] = (struct attest_sigv4_header){ "X-Amz-Target", attest_view_text(request->target) };
    return 3;
}

static enum attest_error add_lines(struct attest_aws_message *message,
                                   const struct attest_sigv4_header *headers, size_t count,
                                   const struct attest_sigv4 *signature, bool names_digest,
                                   struct attest_view token)
{
    for (size_t i = 0; i < count; i++)
        attest_try(add_line(message, headers[i].name, headers[i].value));
    attest_try(add_line(message, "User-Agent", attest_view_text("attestd")));
    attest_try(add_line(message, "X-Amz-Date", attest_view_text(signature->date)));
    attest_try(add_line(message, "Authorization", attest_bytes_view(&signature->authorization)));
    if (names_digest)
        attest_try(add_line(message, "X-Amz-Content-SHA256", attest_view_text(signature->digest)));
    if (token.size > 0)
        attest_try(add_line(message, "X-Amz-Security-Token", token));
    return ATTEST_OK;
}

static enum attest_error write_path(struct attest_aws_message *message, struct attest_view path)
{
    message->path = attest_bytes_init(WIRE_MAX);
    attest_sigv4_encode(&message->path, path, true);
    attest_bytes_append_u8(&message->path, '\0');
    return attest_bytes_check(&message->path);
}

enum attest_error attest_aws_message_make(const struct attest_aws_options *options,
                                          const struct attest_aws_request *request,
                                          const struct attest_credentials *credentials, const char *host,
                                          int64_t now, struct attest_aws_message *ret_message,
                                          struct attest_diag *diag)
{
    _cleanup_(attest_aws_message_done) struct attest_aws_message message = {
        .method = is_get(request) ? "GET" : "POST",
    };
    _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = { 0 };
    struct attest_sigv4_header headers[SIGNED_MAX];
    const struct attest_sigv4_keys keys = {
        .access_key_id = attest_credentials_access_key_id(credentials),
        .secret = view_of(attest_credentials_secret_access_key(credentials)),
        .token = view_of(attest_credentials_session_token(credentials)),
    };
    const struct attest_sigv4_request signable = {
        .method = message.method,
        .path = is_get(request) ? request->path : attest_view_text("/"),
        .headers = headers,
        .header_count = list_headers(request, host, headers),
        .body = request->body,
        .region = options->region,
        .service = options->service,
        .time = now,
        .verbatim = is_get(request),
        .names_digest = is_get(request),
    };

    attest_try(write_path(&message, signable.path));
    attest_try(attest_sigv4_sign(&signable, &keys, &signature, diag));
    attest_try(
        add_lines(&message, headers, signable.header_count, &signature, signable.names_digest, keys.token));
    *ret_message = message;
    message = (struct attest_aws_message){ 0 };
    return ATTEST_OK;
}

void attest_aws_message_done(struct attest_aws_message *message)
{
    attest_bytes_done(&message->path);
    for (size_t i = 0; i < message->count; i++)
        attest_bytes_done(&message->lines[i]);
}
