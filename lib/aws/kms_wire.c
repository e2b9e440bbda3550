/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is KMS asked, and what did it answer (AWS KMS API Reference, Decrypt, GenerateDataKey)? Trusts that the
 * answer came from KMS, which TLS has shown, and no more: it must name the key that was asked for, or whoever
 * can swap ciphertexts would choose the key; and must have the secret in an envelope alone.
 */
#include "aws/kms_wire.h"

#include "aws/cms.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "evidence/document.h"

#include <string.h>

static enum attest_error check_key_id(const char *key_id, struct attest_diag *diag)
{
    struct attest_view text = attest_view_text(key_id);

    if (text.size == 0 || text.size > ATTEST_KMS_KEY_ID_MAX || !attest_utf8_is_valid(text))
        return attest_fail(diag, ATTEST_USAGE, key_id, "a key's ARN of at most %zu bytes",
                           ATTEST_KMS_KEY_ID_MAX);
    return ATTEST_OK;
}

static enum attest_error check_size(struct attest_view data, size_t maximum, const char *what,
                                    struct attest_diag *diag)
{
    if (data.size == 0)
        return attest_fail(diag, ATTEST_USAGE, "nothing", "%s", what);
    if (data.size > maximum)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "%s of at most %zu bytes", what, maximum);
    return ATTEST_OK;
}

static bool is_named_before(const struct attest_aws_pair *pairs, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(pairs[i].name, pairs[index].name) == 0)
            return true;
    return false;
}

static enum attest_error check_context(const struct attest_aws_pair *pairs, size_t count,
                                       struct attest_diag *diag)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        struct attest_view name = attest_view_text(pairs[i].name), value = attest_view_text(pairs[i].value);
        if (name.size == 0 || !attest_utf8_is_valid(name) || !attest_utf8_is_valid(value))
            return attest_fail(diag, ATTEST_USAGE, pairs[i].name, "an encryption context in UTF-8");
        if (is_named_before(pairs, i))
            return attest_fail(diag, ATTEST_USAGE, pairs[i].name, "each name of an encryption context once");
        size += name.size + value.size;
        if (size > ATTEST_KMS_CONTEXT_MAX)
            return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "an encryption context of at most %zu bytes",
                               ATTEST_KMS_CONTEXT_MAX);
    }
    return ATTEST_OK;
}

/* What all operations have. */
static void write_common(struct attest_json_writer *json, const char *key_id,
                         const struct attest_aws_pair *context, size_t contexts, struct attest_view document,
                         bool dry_run)
{
    attest_json_write_text(json, "KeyId", key_id);
    if (contexts > 0) {
        attest_json_open(json, "EncryptionContext", '{');
        for (size_t i = 0; i < contexts; i++)
            attest_json_write_text(json, context[i].name, context[i].value);
        attest_json_close(json, '}');
    }
    attest_json_open(json, "Recipient", '{');
    attest_json_write_text(json, "KeyEncryptionAlgorithm", "RSAES_OAEP_SHA_256");
    attest_json_write_base64(json, "AttestationDocument", document);
    attest_json_close(json, '}');
    if (dry_run)
        attest_json_write_boolean(json, "DryRun", true);
}

static enum attest_error check_common(const char *key_id, const struct attest_aws_pair *context,
                                      size_t contexts, struct attest_view document, struct attest_diag *diag)
{
    attest_try(check_key_id(key_id, diag));
    attest_try(check_context(context, contexts, diag));
    return check_size(document, ATTEST_DOCUMENT_MAX, "an attestation document", diag);
}

enum attest_error attest_kms_wire_decrypt(const struct attest_kms_decrypt *request, struct attest_bytes *out,
                                          struct attest_diag *diag)
{
    struct attest_json_writer json = { .out = out };

    attest_try(check_common(request->key_id, request->context, request->contexts, request->document, diag));
    attest_try(check_size(request->ciphertext, ATTEST_KMS_CIPHERTEXT_MAX, "a KMS ciphertext", diag));
    attest_json_open(&json, NULL, '{');
    attest_json_write_base64(&json, "CiphertextBlob", request->ciphertext);
    write_common(&json, request->key_id, request->context, request->contexts, request->document,
                 request->dry_run);
    attest_json_close(&json, '}');
    return attest_bytes_check(out);
}

enum attest_error attest_kms_wire_data_key(const struct attest_kms_data_key *request, struct attest_bytes *out,
                                           struct attest_diag *diag)
{
    struct attest_json_writer json = { .out = out };

    attest_try(check_common(request->key_id, request->context, request->contexts, request->document, diag));
    if (strcmp(request->key_spec, "AES_256") != 0 && strcmp(request->key_spec, "AES_128") != 0)
        return attest_fail(diag, ATTEST_USAGE, request->key_spec, "AES_256 or AES_128");
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "KeySpec", request->key_spec);
    write_common(&json, request->key_id, request->context, request->contexts, request->document,
                 request->dry_run);
    attest_json_close(&json, '}');
    return attest_bytes_check(out);
}

static bool take_text(struct attest_reader *text, const char *expected)
{
    struct attest_reader ahead = *text;

    if (!attest_view_equal(attest_reader_take(&ahead, strlen(expected)), attest_view_text(expected)))
        return false;
    *text = ahead;
    return true;
}

static void skip_blanks(struct attest_reader *text)
{
    while (take_text(text, " ") || take_text(text, "\t") || take_text(text, "\r") || take_text(text, "\n"))
        ;
}

/* Behind a string: whether that is no member's name, or of one that is null or empty. */
static bool is_nothing(struct attest_reader text)
{
    skip_blanks(&text);
    if (!take_text(&text, ":"))
        return true;
    skip_blanks(&text);
    return take_text(&text, "null") || take_text(&text, "\"\"");
}

/* Looked for before anything takes the text apart: json-c would copy the plaintext, and not wipe the copies.
 * A quotation mark inside a string has a backslash before it, so what lies between two of them and is exactly
 * the name, is the name. */
static bool has_plaintext(struct attest_view body)
{
    const struct attest_view name = attest_view_text("Plaintext");
    struct attest_reader text = attest_reader_init(body);
    struct attest_view between;

    while (attest_reader_split(&text, '"', &between))
        if (attest_view_equal(between, name) && !is_nothing(text))
            return true;
    return false;
}

static enum attest_error refuse_plaintext(struct attest_diag *diag)
{
    return attest_fail(diag, ATTEST_REFUSED, "a plaintext", "an answer that is for the recipient's key alone");
}

static enum attest_error check_answered(const struct attest_json *answer, const char *key_id,
                                        struct attest_diag *diag)
{
    char found[96];
    struct attest_view text;

    if (attest_json_member(answer, "Plaintext") &&
        (!attest_json_text(attest_json_member(answer, "Plaintext"), &text) || text.size > 0))
        return refuse_plaintext(diag); /* its name spelled with escapes */
    if (!attest_json_text(attest_json_member(answer, "KeyId"), &text))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "KMS's answer with a KeyId");
    if (attest_view_equal(text, attest_view_text(key_id)))
        return ATTEST_OK;
    attest_error_printable((const char *)text.data, text.size, found, sizeof found);
    return attest_fail(diag, ATTEST_REFUSED, found, "an answer of the key that was asked for");
}

static enum attest_error take_blob(const struct attest_json *answer, const char *name, size_t maximum,
                                   struct attest_bytes *ret_blob, struct attest_diag *diag)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(answer, name), &text) || text.size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "KMS's answer with a %s", name);
    return attest_decode_base64(text, maximum, ret_blob, diag);
}

enum attest_error attest_kms_wire_parse(struct attest_view body, const char *key_id,
                                        struct attest_bytes *ret_ciphertext, struct attest_bytes *ret_envelope,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes ciphertext = attest_bytes_init(0), envelope = ciphertext;
    _cleanup_(attest_json_cleanup) struct attest_json *answer = NULL;

    if (has_plaintext(body))
        return refuse_plaintext(diag);
    attest_try(attest_json_parse(body, ATTEST_KMS_ANSWER_MAX, &answer, diag));
    attest_try(check_answered(answer, key_id, diag));
    attest_try(take_blob(answer, "CiphertextForRecipient", ATTEST_CMS_MAX, &envelope, diag));
    if (ret_ciphertext) {
        attest_try(take_blob(answer, "CiphertextBlob", ATTEST_KMS_CIPHERTEXT_MAX, &ciphertext, diag));
        *ret_ciphertext = attest_bytes_take(&ciphertext);
    }
    *ret_envelope = attest_bytes_take(&envelope);
    return ATTEST_OK;
}
