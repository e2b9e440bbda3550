/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which document did the NSM give, or why did it give none? The messages are those of AWS's public library
 * aws-nitro-enclaves-nsm-api (src/api). Trusts nothing in an answer; of fields that are not known here nothing
 * is made.
 */
#include "codec/nsm.h"

#include "base/error.h"
#include "codec/cbor.h"
#include "codec/cbor_writer.h"

/* Whose fault is it? An input that is refused is the caller's, who chose it. */
static const struct {
    const char *name;
    enum attest_error error;
    const char *expected;
} errors[] = {
    { "Success", ATTEST_TPM_FAILED, "a document with the success" },
    { "InvalidArgument", ATTEST_USAGE, "user_data, nonce and public_key that the NSM takes" },
    { "InvalidIndex", ATTEST_TPM_FAILED, "an NSM that was not asked for a PCR" },
    { "InvalidResponse", ATTEST_TPM_FAILED, "an NSM that can answer" },
    { "ReadOnlyIndex", ATTEST_TPM_FAILED, "an NSM that was not asked to write a PCR" },
    { "InvalidOperation", ATTEST_TPM_FAILED, "an NSM that knows the request Attestation" },
    { "BufferTooSmall", ATTEST_TPM_FAILED, "an NSM to which the message buffer is large enough" },
    { "InputTooLarge", ATTEST_USAGE, "user_data, nonce and public_key no larger than the NSM takes" },
    { "InternalError", ATTEST_TPM_FAILED, "an NSM that works" },
};

static void write_field(struct attest_bytes *out, const char *name, struct attest_view content)
{
    attest_cbor_write_text(out, name);
    if (content.data)
        attest_cbor_write_bytes(out, content);
    else
        attest_cbor_write_null(out);
}

enum attest_error attest_nsm_write_attestation(const struct attest_nsm_attestation *attestation,
                                               struct attest_bytes *out)
{
    attest_cbor_write_map(out, 1);
    attest_cbor_write_text(out, "Attestation");
    attest_cbor_write_map(out, 3);
    write_field(out, "user_data", attestation->user_data);
    write_field(out, "nonce", attestation->nonce);
    write_field(out, "public_key", attestation->public_key);
    return attest_bytes_check(out);
}

static bool is_text(const struct attest_cbor_item *item, const char *text)
{
    return item->type == ATTEST_CBOR_TEXT && attest_view_equal(item->content, attest_view_text(text));
}

/* What the answer is instead. */
static enum attest_error refuse(const struct attest_cbor_item *found, struct attest_diag *diag,
                                const char *expected)
{
    char text[48];

    if (found->type != ATTEST_CBOR_TEXT)
        return attest_fail(diag, ATTEST_MALFORMED, attest_cbor_type_name(found->type), "%s", expected);
    attest_error_printable((const char *)found->content.data, found->content.size, text, sizeof text);
    return attest_fail(diag, ATTEST_MALFORMED, text, "%s", expected);
}

/* The value of "Error". */
static enum attest_error take_error(struct attest_cbor *cbor, struct attest_diag *diag)
{
    struct attest_cbor_item code;

    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_TEXT, "the NSM's error", &code, diag));
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (is_text(&code, errors[i].name))
            return attest_fail(diag, errors[i].error, errors[i].name, "%s", errors[i].expected);
    (void)refuse(&code, diag, "an error that the NSM is known to have");
    return ATTEST_TPM_FAILED;
}

/* Passes over the rest of a value whose first item this is. */
static enum attest_error skip(struct attest_cbor *cbor, const struct attest_cbor_item *first,
                              struct attest_diag *diag)
{
    struct attest_cbor_item item;

    if (first->type != ATTEST_CBOR_ARRAY && first->type != ATTEST_CBOR_MAP)
        return ATTEST_OK;
    for (size_t outside = cbor->depth - 1; cbor->depth > outside;)
        attest_try(attest_cbor_next(cbor, &item, diag));
    return ATTEST_OK;
}

/* The value of "Attestation": a map with "document", and perhaps what a later NSM adds. */
static enum attest_error take_document(struct attest_cbor *cbor, struct attest_view *ret_document,
                                       struct attest_diag *diag)
{
    struct attest_cbor_item key, value;
    struct attest_view document = { 0 };

    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_MAP, "Attestation", &value, diag));
    for (;;) {
        attest_try(attest_cbor_next(cbor, &key, diag));
        if (key.type == ATTEST_CBOR_END)
            break;
        bool is_document = is_text(&key, "document");
        attest_try(attest_cbor_next(cbor, &value, diag));
        if (is_document && value.type != ATTEST_CBOR_BYTES)
            return refuse(&value, diag, "a byte string for the document");
        if (is_document)
            document = value.content;
        attest_try(skip(cbor, &value, diag));
    }
    if (document.size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, "none", "a document in the NSM's answer");
    *ret_document = document;
    return ATTEST_OK;
}

enum attest_error attest_nsm_parse_attestation(struct attest_view answer, struct attest_view *ret_document,
                                               struct attest_diag *diag)
{
    struct attest_cbor cbor = attest_cbor_init(answer);
    struct attest_cbor_item item;
    struct attest_view document;

    attest_try(attest_cbor_next(&cbor, &item, diag));
    if (item.type != ATTEST_CBOR_MAP)
        return refuse(&item, diag, "the NSM to answer Attestation");
    attest_try(attest_cbor_next(&cbor, &item, diag));
    if (is_text(&item, "Error"))
        return take_error(&cbor, diag);
    if (!is_text(&item, "Attestation"))
        return refuse(&item, diag, "the NSM to answer Attestation");
    attest_try(take_document(&cbor, &document, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_END, "the NSM's answer", &item, diag));
    *ret_document = document;
    return ATTEST_OK;
}
