/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How does AWS know that a request is of who has the secret key? By an HMAC under a key that is derived from it
 * for one day, Region and service. IAM User Guide, "Create a signed AWS API request", steps 2 to 5.
 */
#include "aws/sigv4.h"

#include "aws/sigv4_canonical.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#define ALGORITHM     "AWS4-HMAC-SHA256"
#define TERMINATOR    "aws4_request"
#define CANONICAL_MAX ((size_t)64 << 10)
#define TEXT_MAX      ((size_t)2 << 10)
#define SECRET_MAX    ((size_t)256)
#define DIGEST        32

static const char digest_header[] = "x-amz-content-sha256", date_header[] = "x-amz-date",
                  token_header[] = "x-amz-security-token";

static enum attest_error write_date(int64_t seconds, char ret_date[ATTEST_SIGV4_DATE_SIZE],
                                    struct attest_diag *diag)
{
    const time_t moment = (time_t)seconds;
    struct tm parts;

    if (seconds < 0 || !gmtime_r(&moment, &parts) ||
        strftime(ret_date, ATTEST_SIGV4_DATE_SIZE, "%Y%m%dT%H%M%SZ", &parts) != ATTEST_SIGV4_DATE_SIZE - 1)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a time with a year of four digits");
    return ATTEST_OK;
}

static enum attest_error append_digest(struct attest_bytes *out, struct attest_view data)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(attest_hash_digest(ATTEST_HASH_SHA256, &data, 1, digest));
    attest_encode_hex(out, (struct attest_view){ digest, DIGEST });
    return attest_bytes_check(out);
}

static enum attest_error write_digest(struct attest_view body, char ret_digest[ATTEST_SIGV4_DIGEST_SIZE])
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(ATTEST_SIGV4_DIGEST_SIZE);

    attest_try(append_digest(&text, body));
    memcpy(ret_digest, text.data, ATTEST_SIGV4_DIGEST_SIZE - 1);
    ret_digest[ATTEST_SIGV4_DIGEST_SIZE - 1] = '\0';
    return ATTEST_OK;
}

/* The caller's, and those that are added. */
struct headers {
    struct attest_sigv4_header list[ATTEST_SIGV4_HEADERS_MAX + 3];
    size_t count;
};

static void add(struct headers *headers, const char *name, struct attest_view value)
{
    headers->list[headers->count++] = (struct attest_sigv4_header){ name, value };
}

/* Of what the caller brings. */
static bool is_added(const char *name)
{
    return strcasecmp(name, digest_header) == 0 || strcasecmp(name, date_header) == 0 ||
           strcasecmp(name, token_header) == 0 || strcasecmp(name, "authorization") == 0;
}

static enum attest_error collect(const struct attest_sigv4_request *request,
                                 const struct attest_sigv4_keys *keys, const struct attest_sigv4 *signature,
                                 struct headers *headers, struct attest_diag *diag)
{
    bool has_host = false;

    if (request->header_count > ATTEST_SIGV4_HEADERS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, "more", "at most %d headers", ATTEST_SIGV4_HEADERS_MAX);
    for (size_t i = 0; i < request->header_count; i++) {
        if (is_added(request->headers[i].name))
            return attest_fail(diag, ATTEST_USAGE, request->headers[i].name, "no header that signing adds");
        has_host |= strcasecmp(request->headers[i].name, "host") == 0;
        add(headers, request->headers[i].name, request->headers[i].value);
    }
    if (!has_host)
        return attest_fail(diag, ATTEST_USAGE, "none", "a Host header to be signed");
    add(headers, date_header, attest_view_text(signature->date));
    if (request->names_digest)
        add(headers, digest_header, attest_view_text(signature->digest));
    if (keys->token.size > 0)
        add(headers, token_header, keys->token);
    return ATTEST_OK;
}

static enum attest_error write_canonical(const struct attest_sigv4_request *request, struct headers *headers,
                                         struct attest_sigv4 *signature, struct attest_bytes *names)
{
    struct attest_bytes *out = &signature->canonical;

    attest_bytes_append_text(out, request->method);
    attest_bytes_append_u8(out, '\n');
    attest_sigv4_canonical_path(out, request->path, request->verbatim);
    attest_bytes_append_u8(out, '\n');
    attest_try(attest_sigv4_canonical_query(out, request->query));
    attest_bytes_append_u8(out, '\n');
    attest_sigv4_canonical_headers(out, names, headers->list, headers->count);
    attest_bytes_append_u8(out, '\n');
    attest_bytes_append(out, attest_bytes_view(names));
    attest_bytes_append_u8(out, '\n');
    attest_bytes_append_text(out, signature->digest);
    attest_try(attest_bytes_check(names));
    return attest_bytes_check(out);
}

/* DATE/REGION/SERVICE/aws4_request: what the signature holds for. */
static void append_scope(struct attest_bytes *out, const struct attest_sigv4_request *request, const char *date)
{
    attest_bytes_append(out, (struct attest_view){ (const uint8_t *)date, 8 });
    attest_bytes_append_u8(out, '/');
    attest_bytes_append_text(out, request->region);
    attest_bytes_append_u8(out, '/');
    attest_bytes_append_text(out, request->service);
    attest_bytes_append_text(out, "/" TERMINATOR);
}

static enum attest_error write_to_sign(const struct attest_sigv4_request *request,
                                       struct attest_sigv4 *signature)
{
    struct attest_bytes *out = &signature->to_sign;

    attest_bytes_append_text(out, ALGORITHM "\n");
    attest_bytes_append_text(out, signature->date);
    attest_bytes_append_u8(out, '\n');
    append_scope(out, request, signature->date);
    attest_bytes_append_u8(out, '\n');
    return append_digest(out, attest_bytes_view(&signature->canonical));
}

/* Keys as they are derived; never anywhere but here. */
struct derived {
    uint8_t key[ATTEST_HASH_MAX_SIZE];
    size_t size;
};

static void derived_done(struct derived *derived)
{
    explicit_bzero(derived, sizeof *derived);
}

static enum attest_error derive(struct derived *derived, struct attest_view key, struct attest_view message)
{
    attest_try(attest_hash_hmac(ATTEST_HASH_SHA256, key, message, derived->key));
    derived->size = DIGEST;
    return ATTEST_OK;
}

static enum attest_error derive_next(struct derived *derived, const char *message)
{
    return derive(derived, (struct attest_view){ derived->key, derived->size }, attest_view_text(message));
}

static enum attest_error write_signature(const struct attest_sigv4_request *request, struct attest_view secret,
                                         const struct attest_sigv4 *signature, struct attest_bytes *out)
{
    _cleanup_(attest_bytes_done) struct attest_bytes first = attest_bytes_init(SECRET_MAX);
    _cleanup_(derived_done) struct derived derived = { 0 };
    const struct attest_view day = { (const uint8_t *)signature->date, 8 };

    attest_bytes_append_text(&first, "AWS4");
    attest_bytes_append(&first, secret);
    attest_try(attest_bytes_check(&first));
    attest_try(derive(&derived, attest_bytes_view(&first), day));
    attest_try(derive_next(&derived, request->region));
    attest_try(derive_next(&derived, request->service));
    attest_try(derive_next(&derived, TERMINATOR));
    attest_try(derive(&derived, (struct attest_view){ derived.key, derived.size },
                      attest_bytes_view(&signature->to_sign)));
    attest_encode_hex(out, (struct attest_view){ derived.key, derived.size });
    return attest_bytes_check(out);
}

static enum attest_error write_authorization(const struct attest_sigv4_request *request,
                                             const struct attest_sigv4_keys *keys,
                                             const struct attest_bytes *names, struct attest_sigv4 *signature)
{
    struct attest_bytes *out = &signature->authorization;

    attest_bytes_append_text(out, ALGORITHM " Credential=");
    attest_bytes_append_text(out, keys->access_key_id);
    attest_bytes_append_u8(out, '/');
    append_scope(out, request, signature->date);
    attest_bytes_append_text(out, ", SignedHeaders=");
    attest_bytes_append(out, attest_bytes_view(names));
    attest_bytes_append_text(out, ", Signature=");
    return write_signature(request, keys->secret, signature, out);
}

enum attest_error attest_sigv4_sign(const struct attest_sigv4_request *request,
                                    const struct attest_sigv4_keys *keys, struct attest_sigv4 *ret_signature,
                                    struct attest_diag *diag)
{
    _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = {
        .authorization = attest_bytes_init(TEXT_MAX),
        .canonical = attest_bytes_init(CANONICAL_MAX),
        .to_sign = attest_bytes_init(TEXT_MAX),
    };
    _cleanup_(attest_bytes_done) struct attest_bytes names = attest_bytes_init(TEXT_MAX);
    struct headers headers = { .count = 0 };

    attest_try(write_date(request->time, signature.date, diag));
    attest_try(write_digest(request->body, signature.digest));
    attest_try(collect(request, keys, &signature, &headers, diag));
    attest_try(write_canonical(request, &headers, &signature, &names));
    attest_try(write_to_sign(request, &signature));
    attest_try(write_authorization(request, keys, &names, &signature));
    *ret_signature = signature;
    signature = (struct attest_sigv4){ 0 };
    return ATTEST_OK;
}

void attest_sigv4_done(struct attest_sigv4 *signature)
{
    attest_bytes_done(&signature->authorization);
    attest_bytes_done(&signature->canonical);
    attest_bytes_done(&signature->to_sign);
}
