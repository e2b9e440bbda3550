/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are these credentials, and who holds them? Trusts nothing in the JSON: each part goes into headers, so that
 * it is of an alphabet that ends none; and the secret ones go into secret memory, from where they are not
 * copied. EC2 User Guide, "Retrieve security credentials from instance metadata".
 */
#include "aws/credentials_read.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/time.h"
#include "codec/json.h"

#include <stdatomic.h>
#include <string.h>

#define ID_MAX     ((size_t)128)
#define SECRET_MAX ((size_t)128)
#define TOKEN_MAX  ((size_t)8 << 10)

struct attest_credentials {
    atomic_uint holders;
    char access_key_id[ID_MAX + 1];
    struct attest_secret *secret_access_key, *session_token;
    uint64_t expiration_ms;
};

static bool is_printable(struct attest_view text, size_t maximum)
{
    if (text.size == 0 || text.size > maximum)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* It stands between '=' and '/' in the Authorization field. */
static bool is_id(struct attest_view text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

    if (text.size == 0 || text.size > ID_MAX)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\0' || !strchr(alphabet, text.data[i]))
            return false;
    return true;
}

static enum attest_error keep(struct attest_view text, struct attest_secret **ret_secret,
                              struct attest_diag *diag)
{
    struct attest_secret *secret = NULL;

    attest_try(attest_secret_new(text.size, &secret, diag));
    memcpy(attest_secret_data(secret), text.data, text.size);
    *ret_secret = secret;
    return ATTEST_OK;
}

/* Says nothing of what was found: it may be a secret. */
static enum attest_error refuse(struct attest_diag *diag, const char *expected)
{
    return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s, in credentials", expected);
}

enum attest_error attest_credentials_new(const struct attest_credentials_parts *parts,
                                         struct attest_credentials **ret_credentials, struct attest_diag *diag)
{
    _cleanup_(attest_credentials_cleanup) struct attest_credentials *credentials = NULL;

    if (!is_id(parts->access_key_id))
        return refuse(diag, "an access key id of letters and digits");
    if (!is_printable(parts->secret_access_key, SECRET_MAX))
        return refuse(diag, "a secret access key of printable ASCII");
    if (parts->session_token.data && !is_printable(parts->session_token, TOKEN_MAX))
        return refuse(diag, "a session token of printable ASCII");
    credentials = calloc(1, sizeof *credentials);
    if (!credentials)
        return ATTEST_MEMORY;
    atomic_init(&credentials->holders, 1);
    memcpy(credentials->access_key_id, parts->access_key_id.data, parts->access_key_id.size);
    credentials->expiration_ms = parts->expiration_ms;
    attest_try(keep(parts->secret_access_key, &credentials->secret_access_key, diag));
    if (parts->session_token.data)
        attest_try(keep(parts->session_token, &credentials->session_token, diag));
    *ret_credentials = attest_steal(credentials);
    return ATTEST_OK;
}

/* IMDS answers with status 200 and, for example, AssumeRoleUnauthorizedAccess. */
static enum attest_error check_code(const struct attest_json *json, struct attest_diag *diag)
{
    struct attest_view code;
    char found[64];

    if (!attest_json_member(json, "Code"))
        return ATTEST_OK;
    if (!attest_json_text(attest_json_member(json, "Code"), &code))
        return refuse(diag, "\"Code\": a text");
    if (attest_view_equal(code, attest_view_text("Success")))
        return ATTEST_OK;
    attest_error_printable((const char *)code.data, code.size, found, sizeof found);
    return attest_fail(diag, ATTEST_REMOTE, found, "credentials for the instance's role");
}

static enum attest_error read_expiration(const struct attest_json *json, uint64_t *ret_expiration_ms,
                                         struct attest_diag *diag)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(json, "Expiration"), &text))
        return refuse(diag, "\"Expiration\": a time");
    return attest_time_parse(text, ret_expiration_ms, diag);
}

enum attest_error attest_credentials_read(struct attest_view text, struct attest_credentials **ret_credentials,
                                          struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    struct attest_credentials_parts parts = { 0 };
    const struct {
        const char *name, *refusal;
        struct attest_view *value;
    } members[] = {
        { "AccessKeyId", "\"AccessKeyId\": a text", &parts.access_key_id },
        { "SecretAccessKey", "\"SecretAccessKey\": a text", &parts.secret_access_key },
        { "Token", "\"Token\": a text", &parts.session_token },
    };

    attest_try(attest_json_parse(text, ATTEST_CREDENTIALS_JSON_MAX, &json, diag));
    attest_try(check_code(json, diag));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (!attest_json_text(attest_json_member(json, members[i].name), members[i].value))
            return refuse(diag, members[i].refusal);
    attest_try(read_expiration(json, &parts.expiration_ms, diag));
    return attest_credentials_new(&parts, ret_credentials, diag);
}

struct attest_credentials *attest_credentials_share(struct attest_credentials *credentials)
{
    atomic_fetch_add(&credentials->holders, 1);
    return credentials;
}

void attest_credentials_release(struct attest_credentials *credentials)
{
    if (!credentials || atomic_fetch_sub(&credentials->holders, 1) > 1)
        return;
    attest_secret_free(credentials->secret_access_key);
    attest_secret_free(credentials->session_token);
    free(credentials);
}

void attest_credentials_cleanup(struct attest_credentials **credentials)
{
    attest_credentials_release(*credentials);
}

const char *attest_credentials_access_key_id(const struct attest_credentials *credentials)
{
    return credentials->access_key_id;
}

struct attest_secret *attest_credentials_secret_access_key(const struct attest_credentials *credentials)
{
    return credentials->secret_access_key;
}

struct attest_secret *attest_credentials_session_token(const struct attest_credentials *credentials)
{
    return credentials->session_token;
}

uint64_t attest_credentials_expiration_ms(const struct attest_credentials *credentials)
{
    return credentials->expiration_ms;
}
