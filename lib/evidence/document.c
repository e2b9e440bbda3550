/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does this attestation document say? The form that AWS documents for NitroTPM (EC2 User Guide, "NitroTPM
 * attestation document contents") and for Nitro Enclaves (attestation_process.md of its NSM API): a COSE_Sign1
 * whose payload is a CBOR map with text keys. Trusts nothing, and judges nothing but form.
 */
#include "evidence/document.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "evidence/aws_root.h"

#include <string.h>

#define CERTIFICATE_MAX 1024
#define MODULE_ID_MAX   256

/* A field of the payload, by its key. */
struct field {
    const char *key;
    bool mandatory;
    enum attest_error (*take)(struct attest_cbor *cbor, const struct field *field,
                              struct attest_document *document, struct attest_diag *diag);
    size_t view;    /* for take_text, take_bytes and take_option: where in the document it goes */
    size_t maximum; /* and how long it may be */
};

static struct attest_view *view_of(struct attest_document *document, const struct field *field)
{
    return (struct attest_view *)((char *)document + field->view);
}

static enum attest_error check_size(const char *key, struct attest_view content, size_t least, size_t most,
                                    struct attest_diag *diag)
{
    if (content.size >= least && content.size <= most)
        return ATTEST_OK;
    return attest_fail(diag, ATTEST_MALFORMED, content.size < least ? "fewer" : "more",
                       "%s of %zu to %zu bytes", key, least, most);
}

static bool is_printable(struct attest_view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* Of ASCII, as both are: so whoever prints it need not care. */
static enum attest_error take_text(struct attest_cbor *cbor, const struct field *field,
                                   struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor_item item;

    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_TEXT, field->key, &item, diag));
    attest_try(check_size(field->key, item.content, 1, field->maximum, diag));
    if (!is_printable(item.content))
        return attest_fail(diag, ATTEST_MALFORMED, "other characters", "printable ASCII for %s", field->key);
    *view_of(document, field) = item.content;
    return ATTEST_OK;
}

/* Null is what real NitroTPM documents have where nothing was given. */
static enum attest_error take_option(struct attest_cbor *cbor, const struct field *field,
                                     struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor_item item;

    attest_try(attest_cbor_next(cbor, &item, diag));
    if (item.type == ATTEST_CBOR_NULL)
        return ATTEST_OK;
    if (item.type != ATTEST_CBOR_BYTES)
        return attest_fail(diag, ATTEST_MALFORMED, attest_cbor_type_name(item.type),
                           "a byte string or null for %s", field->key);
    attest_try(check_size(field->key, item.content, 0, field->maximum, diag));
    *view_of(document, field) = item.content;
    return ATTEST_OK;
}

static enum attest_error take_timestamp(struct attest_cbor *cbor, const struct field *field,
                                        struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor_item item;

    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_UNSIGNED, field->key, &item, diag));
    document->timestamp = item.value;
    return ATTEST_OK;
}

static enum attest_error take_pcr(struct attest_cbor *cbor, const struct field *field, uint64_t index,
                                  struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor_item value;

    if (document->pcr_count == ATTEST_DOCUMENT_PCRS_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, "more", "at most %d PCRs", ATTEST_DOCUMENT_PCRS_MAX);
    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_BYTES, field->key, &value, diag));
    document->pcrs[document->pcr_count].index = index;
    document->pcrs[document->pcr_count].value = value.content;
    document->pcr_count++;
    return ATTEST_OK;
}

/* The values of both keys go to one place: a document that has both is none of either kind, and never holds. */
static enum attest_error take_pcrs(struct attest_cbor *cbor, const struct field *field,
                                   struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor_item item;

    *(strcmp(field->key, "pcrs") == 0 ? &document->has_enclave_pcrs : &document->has_nitrotpm_pcrs) = true;
    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_MAP, field->key, &item, diag));
    for (;;) {
        attest_try(attest_cbor_next(cbor, &item, diag));
        if (item.type == ATTEST_CBOR_END)
            return ATTEST_OK;
        if (item.type != ATTEST_CBOR_UNSIGNED)
            return attest_fail(diag, ATTEST_MALFORMED, attest_cbor_type_name(item.type),
                               "an unsigned integer for the index in %s", field->key);
        attest_try(take_pcr(cbor, field, item.value, document, diag));
    }
}

static enum attest_error take_certificate(struct attest_cbor *cbor, const struct field *field,
                                          struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor_item item;

    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_BYTES, field->key, &item, diag));
    attest_try(check_size(field->key, item.content, 1, field->maximum, diag));
    *view_of(document, field) = item.content;
    return ATTEST_OK;
}

static enum attest_error take_cabundle(struct attest_cbor *cbor, const struct field *field,
                                       struct attest_document *document, struct attest_diag *diag)
{
    struct attest_x509_chain *chain = &document->chain;
    struct attest_cbor_item item;

    attest_try(attest_cbor_take(cbor, ATTEST_CBOR_ARRAY, field->key, &item, diag));
    for (;;) {
        attest_try(attest_cbor_next(cbor, &item, diag));
        if (item.type == ATTEST_CBOR_END)
            break;
        if (item.type != ATTEST_CBOR_BYTES)
            return attest_fail(diag, ATTEST_MALFORMED, attest_cbor_type_name(item.type),
                               "a byte string for each of %s", field->key);
        attest_try(check_size("each of cabundle", item.content, 1, field->maximum, diag));
        if (chain->count == ATTEST_X509_CHAIN_MAX - 1) /* the last place is the leaf's */
            return attest_fail(diag, ATTEST_TOO_LARGE, "more", "at most %d certificates in %s",
                               ATTEST_X509_CHAIN_MAX - 1, field->key);
        chain->der[chain->count++] = item.content;
    }
    return chain->count > 0 ? ATTEST_OK
                            : attest_fail(diag, ATTEST_MALFORMED, "none", "certificates in %s", field->key);
}

#define PLACE(member) offsetof(struct attest_document, member)
#define LEAF          (ATTEST_X509_CHAIN_MAX - 1) /* until the length of the chain is known */
static const struct field fields[] = {
    { "module_id", true, take_text, PLACE(module_id), MODULE_ID_MAX },
    { "digest", true, take_text, PLACE(digest), 16 },
    { "timestamp", true, take_timestamp, 0, 0 },
    { "pcrs", false, take_pcrs, 0, 0 },
    { "nitrotpm_pcrs", false, take_pcrs, 0, 0 },
    { "certificate", true, take_certificate, PLACE(chain.der[LEAF]), CERTIFICATE_MAX },
    { "cabundle", true, take_cabundle, 0, CERTIFICATE_MAX },
    { "public_key", false, take_option, PLACE(public_key), ATTEST_DOCUMENT_OPTION_MAX },
    { "user_data", false, take_option, PLACE(user_data), ATTEST_DOCUMENT_OPTION_MAX },
    { "nonce", false, take_option, PLACE(nonce), ATTEST_DOCUMENT_OPTION_MAX },
};
#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static const struct field *find_field(struct attest_view key)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (attest_view_equal(key, attest_view_text(fields[i].key)))
            return &fields[i];
    return NULL;
}

/* The next key of the payload's map and its value; *ret_field is NULL at its end. */
static enum attest_error take_field(struct attest_cbor *cbor, struct attest_document *document,
                                    const struct field **ret_field, struct attest_diag *diag)
{
    struct attest_cbor_item key;
    char found[48];

    *ret_field = NULL;
    attest_try(attest_cbor_next(cbor, &key, diag));
    if (key.type == ATTEST_CBOR_END)
        return ATTEST_OK;
    const struct field *field = key.type == ATTEST_CBOR_TEXT ? find_field(key.content) : NULL;
    if (!field) {
        attest_error_printable((const char *)key.content.data, key.content.size, found, sizeof found);
        return attest_fail(diag, ATTEST_MALFORMED, found[0] ? found : attest_cbor_type_name(key.type),
                           "only keys that a document has");
    }
    *ret_field = field;
    return field->take(cbor, field, document, diag);
}

static enum attest_error check_mandatory(unsigned found, struct attest_diag *diag)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].mandatory && !(found >> i & 1))
            return attest_fail(diag, ATTEST_MALFORMED, "a document without it", "%s", fields[i].key);
    return ATTEST_OK;
}

static enum attest_error parse_payload(struct attest_document *document, struct attest_diag *diag)
{
    struct attest_cbor cbor = attest_cbor_init(document->sign1.payload);
    const struct field *field;
    struct attest_cbor_item item;
    unsigned found = 0;

    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_MAP, "the payload", &item, diag));
    do {
        attest_try(take_field(&cbor, document, &field, diag));
        found |= field ? 1u << (field - fields) : 0;
    } while (field);
    attest_try(attest_cbor_end(&cbor, diag));
    return check_mandatory(found, diag);
}

/* The leaf goes to the end of the chain; what the chain begins with gets its fingerprint. */
static enum attest_error finish_chain(struct attest_document *document)
{
    struct attest_x509_chain *chain = &document->chain;
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    chain->der[chain->count++] = chain->der[LEAF];
    attest_try(attest_hash_digest(ATTEST_HASH_SHA256, &chain->der[0], 1, digest));
    memcpy(document->root, digest, sizeof document->root);
    document->root_is_aws = attest_view_equal(chain->der[0], attest_aws_root_der());
    return ATTEST_OK;
}

enum attest_error attest_document_parse(struct attest_view wire, struct attest_document **ret_document,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;

    if (wire.size > ATTEST_DOCUMENT_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a document of at most %zu bytes",
                           ATTEST_DOCUMENT_MAX);
    document = calloc(1, sizeof *document);
    if (!document)
        return ATTEST_MEMORY;
    document->wire = attest_bytes_init(ATTEST_DOCUMENT_MAX);
    attest_bytes_append(&document->wire, wire);
    attest_try(attest_bytes_check(&document->wire));
    attest_try(attest_cose_parse(attest_bytes_view(&document->wire), &document->sign1, diag));
    attest_try(parse_payload(document, diag));
    attest_try(finish_chain(document));
    *ret_document = attest_steal(document);
    return ATTEST_OK;
}

enum attest_error attest_document_from_json(struct attest_view json, struct attest_document **ret_document,
                                            struct attest_diag *diag)
{
    static const char *const members[] = { "type", "document", NULL };
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(0);
    struct attest_view type, text;

    attest_try(attest_json_parse(json, ATTEST_DOCUMENT_JSON_MAX, &root, diag));
    attest_try(attest_json_only(root, members, diag));
    if (!attest_json_text(attest_json_member(root, "type"), &type) ||
        !attest_view_equal(type, attest_view_text("aws-nitro-document")))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a \"type\" of \"aws-nitro-document\"");
    if (!attest_json_text(attest_json_member(root, "document"), &text))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a \"document\" in base64");
    attest_try(attest_decode_base64(text, ATTEST_DOCUMENT_MAX, &wire, diag));
    return attest_document_parse(attest_bytes_view(&wire), ret_document, diag);
}

void attest_document_free(struct attest_document *document)
{
    if (!document)
        return;
    attest_bytes_done(&document->wire);
    free(document);
}

void attest_document_cleanup(struct attest_document **document)
{
    attest_document_free(*document);
}

/* Takes `prefix` and, behind it, lowercase hexadecimal digits: how many, or 0 if it is not so. */
static size_t take_hex_part(struct attest_view *text, const char *prefix)
{
    size_t length = strlen(prefix), digits = 0;

    if (text->size < length || memcmp(text->data, prefix, length) != 0)
        return 0;
    text->data += length;
    text->size -= length;
    while (digits < text->size && ((text->data[digits] >= '0' && text->data[digits] <= '9') ||
                                   (text->data[digits] >= 'a' && text->data[digits] <= 'f')))
        digits++;
    text->data += digits;
    text->size -= digits;
    return digits;
}

/* i-INSTANCE-tpm0000000000000000 or i-INSTANCE-encENCLAVE, where ids of instances have 8 or 17 digits. */
enum attest_document_kind attest_document_module_kind(struct attest_view module_id)
{
    struct attest_view rest = module_id;

    size_t instance = take_hex_part(&rest, "i-");
    if (instance != 8 && instance != 17)
        return ATTEST_DOCUMENT_UNKNOWN;
    struct attest_view tpm = rest, enclave = rest;
    if (take_hex_part(&tpm, "-tpm") == 16 && tpm.size == 0)
        return ATTEST_DOCUMENT_NITROTPM;
    if (take_hex_part(&enclave, "-enc") == 16 && enclave.size == 0)
        return ATTEST_DOCUMENT_ENCLAVE;
    return ATTEST_DOCUMENT_UNKNOWN;
}

static enum attest_document_kind kind_of(const struct attest_document *document)
{
    enum attest_document_kind kind = attest_document_module_kind(document->module_id);

    if (document->has_nitrotpm_pcrs == document->has_enclave_pcrs ||
        document->has_nitrotpm_pcrs != (kind == ATTEST_DOCUMENT_NITROTPM))
        return ATTEST_DOCUMENT_UNKNOWN;
    return kind;
}

const char *attest_document_kind_name(enum attest_document_kind kind)
{
    return kind == ATTEST_DOCUMENT_NITROTPM  ? "nitrotpm"
           : kind == ATTEST_DOCUMENT_ENCLAVE ? "nitro-enclave"
                                             : "unknown";
}

/* The id of the instance, which the module's begins with. */
static struct attest_view instance_of(struct attest_view module_id)
{
    struct attest_view rest = module_id;

    if (attest_document_module_kind(module_id) == ATTEST_DOCUMENT_UNKNOWN)
        return (struct attest_view){ 0 };
    take_hex_part(&rest, "i-");
    return (struct attest_view){ module_id.data, module_id.size - rest.size };
}

struct attest_document_claims attest_document_claims(const struct attest_document *document)
{
    return (struct attest_document_claims){
        .kind = kind_of(document),
        .module_id = document->module_id,
        .instance = instance_of(document->module_id),
        .timestamp = document->timestamp,
        .nonce = document->nonce,
        .user_data = document->user_data,
        .public_key = document->public_key,
        .root_is_aws = document->root_is_aws,
        .root = { document->root, sizeof document->root },
    };
}

struct attest_view attest_document_pcr(const struct attest_document *document, unsigned index)
{
    for (size_t i = 0; i < document->pcr_count; i++)
        if (document->pcrs[i].index == index && document->pcrs[i].value.size == ATTEST_DOCUMENT_PCR_SIZE)
            return document->pcrs[i].value;
    return (struct attest_view){ 0 };
}

void attest_document_pcrs(const struct attest_document *document, struct attest_pcrs *ret_pcrs)
{
    *ret_pcrs = (struct attest_pcrs){ .bank = ATTEST_HASH_SHA384 };
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        struct attest_view value = attest_document_pcr(document, i);
        if (!value.data)
            continue;
        memcpy(ret_pcrs->values[i], value.data, value.size);
        ret_pcrs->mask |= 1u << i;
    }
}
