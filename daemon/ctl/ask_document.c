/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did attestd give the document that was asked for? Trusts it for nothing: what the document carries is
 * compared with the question. Whether AWS signed it is not asked here.
 */
#include "daemon/ctl/ask_document.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "daemon/ctl/client.h"
#include "evidence/document.h"

#define UNLOCK_DOOR "unix:/run/attestd-private/unlock.sock"
#define BARE_MAX    ((size_t)16 << 10) /* attest_document_parse takes no more */

void ctl_document_answer_done(struct ctl_document_answer *answer)
{
    attest_bytes_done(&answer->json);
    attest_bytes_done(&answer->bare);
    attest_document_cleanup(&answer->document);
}

/* Asked for and not there, there and not asked for, or another. */
static enum attest_error check_one(struct ctl_call *call, const char *name, struct attest_view asked,
                                   struct attest_view found)
{
    if (!asked.data != !found.data)
        return attest_fail(&call->diag, ATTEST_REFUSED, found.data ? "one" : "none", "%s %s",
                           asked.data ? "the" : "no", name);
    if (asked.data && !attest_view_equal(asked, found))
        return attest_fail(&call->diag, ATTEST_REFUSED, "another", "the %s that was asked for", name);
    return ATTEST_OK;
}

static enum attest_error check(struct ctl_call *call, const struct ctl_document_wish *wish,
                               const struct ctl_document_answer *answer)
{
    struct attest_document_claims claims = attest_document_claims(answer->document);

    attest_try(check_one(call, "nonce", wish->nonce, claims.nonce));
    attest_try(check_one(call, "user_data", wish->user_data, claims.user_data));
    return check_one(call, "public_key", wish->public_key, claims.public_key);
}

/* The text of a parameter; NULL where there is nothing to send. */
static enum attest_error encode(void (*append)(struct attest_bytes *, struct attest_view),
                                struct attest_view content, struct attest_bytes *text, const char **ret_text)
{
    *ret_text = NULL;
    if (!content.data)
        return ATTEST_OK;
    *text = attest_bytes_init(2 * content.size + 8);
    append(text, content);
    attest_bytes_append_u8(text, '\0');
    attest_try(attest_bytes_check(text));
    *ret_text = (const char *)text->data;
    return ATTEST_OK;
}

static enum attest_error ask(struct ctl_call *call, const struct ctl_document_wish *wish,
                             struct ctl_document_answer *answer, struct attest_json **ret_json)
{
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = { 0 }, user_data = { 0 }, public_key = { 0 };
    struct ctl_parameter parameters[] = {
        { .name = "nonce" }, { .name = "user_data" }, { .name = "public_key" }, { 0 }
    };

    attest_try(encode(attest_encode_hex, wish->nonce, &nonce, &parameters[0].value));
    attest_try(encode(attest_encode_base64, wish->user_data, &user_data, &parameters[1].value));
    attest_try(encode(attest_encode_base64, wish->public_key, &public_key, &parameters[2].value));
    return ctl_client_ask(call, "/v1/document", parameters, &answer->json, ret_json);
}

static enum attest_error parse(struct ctl_call *call, const struct attest_json *json,
                               struct ctl_document_answer *answer)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(json, "document"), &text))
        return attest_fail(&call->diag, ATTEST_MALFORMED, NULL, "\"document\": a text");
    attest_try(attest_decode_base64(text, BARE_MAX, &answer->bare, &call->diag));
    return attest_document_parse(attest_bytes_view(&answer->bare), &answer->document, &call->diag);
}

enum attest_error ctl_ask_document(struct ctl_call *call, const struct ctl_document_wish *wish,
                                   struct ctl_document_answer *ret_answer)
{
    _cleanup_(ctl_document_answer_done) struct ctl_document_answer answer = { 0 };
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;

    if (wish->public_key.data)
        call->default_address = UNLOCK_DOOR;
    attest_try(ask(call, wish, &answer, &json));
    call->subject = "the answer of /v1/document";
    attest_try(parse(call, json, &answer));
    attest_try(check(call, wish, &answer));
    call->subject = NULL;
    *ret_answer = answer;
    answer = (struct ctl_document_answer){ 0 };
    return ATTEST_OK;
}
