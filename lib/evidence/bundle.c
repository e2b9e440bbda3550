/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which parts does a quote bundle carry? Trusts nothing: unknown members are refused (one that is not
 * understood could change what the rest means), and every part has a hard maximum.
 */
#include "evidence/bundle.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"

#define TYPE          "tpm2-quote"
#define QUOTED_MAX    ((size_t)1024)
#define SIGNATURE_MAX ((size_t)1024)
#define PUBLIC_MAX    ((size_t)1024)

static const char *const log_names[ATTEST_LOG_COUNT] = {
    [ATTEST_LOG_FIRMWARE] = "eventlog",
    [ATTEST_LOG_IMA] = "eventlog_ima",
    [ATTEST_LOG_USERSPACE] = "eventlog_userspace",
};

typedef enum attest_error decoder(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                  struct attest_diag *diag);

/* The member as bytes, which must be there. */
static enum attest_error take(const struct attest_json *object, const char *name, decoder *decode,
                              size_t maximum, struct attest_bytes *ret_data, struct attest_diag *diag)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(object, name), &text))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"%s\": a text", name);
    enum attest_error error = decode(text, maximum, ret_data, NULL);
    if (error != ATTEST_OK)
        return attest_fail(diag, error, NULL, "\"%s\": %s, at most %zu bytes of data", name,
                           decode == attest_decode_hex ? "hexadecimal" : "base64", maximum);
    return ATTEST_OK;
}

static enum attest_error parse_ak(const struct attest_json *object, struct attest_bundle *bundle,
                                  struct attest_diag *diag)
{
    static const char *const known[] = { "name", "public", "pem", NULL };
    _cleanup_(attest_bytes_done) struct attest_bytes public = attest_bytes_init(0);
    struct attest_view pem;

    if (!attest_json_is_object(object))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"ak\": an object");
    attest_try(attest_json_only(object, known, diag));
    attest_try(take(object, "name", attest_decode_hex, ATTEST_TPMKEY_NAME_MAX, &bundle->ak_name, diag));
    attest_try(take(object, "public", attest_decode_base64, PUBLIC_MAX, &public, diag));
    attest_try(attest_tpmkey_parse(attest_bytes_view(&public), &bundle->ak, diag));
    if (!attest_json_text(attest_json_member(object, "pem"), &pem))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"pem\": a text");
    return attest_key_from_pem(pem, &bundle->ak_pem, diag);
}

static enum attest_error parse_logs(const struct attest_json *root, struct attest_bundle *bundle,
                                    struct attest_diag *diag)
{
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        if (attest_json_member(root, log_names[i]))
            attest_try(
                take(root, log_names[i], attest_decode_base64, ATTEST_BUNDLE_LOG_MAX, &bundle->logs[i], diag));
    return ATTEST_OK;
}

static enum attest_error parse_members(const struct attest_json *root, struct attest_bundle *bundle,
                                       struct attest_diag *diag)
{
    const char *const known[] = { "type",
                                  "nonce",
                                  "bank",
                                  "pcrs",
                                  "quoted",
                                  "signature",
                                  "ak",
                                  log_names[ATTEST_LOG_FIRMWARE],
                                  log_names[ATTEST_LOG_IMA],
                                  log_names[ATTEST_LOG_USERSPACE],
                                  NULL };
    struct attest_view type;

    if (!attest_json_text(attest_json_member(root, "type"), &type) ||
        !attest_view_equal(type, attest_view_text(TYPE)))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"type\": \"%s\"", TYPE);
    attest_try(attest_json_only(root, known, diag));
    attest_try(take(root, "nonce", attest_decode_hex, QUOTED_MAX, &bundle->nonce, diag));
    attest_try(take(root, "quoted", attest_decode_base64, QUOTED_MAX, &bundle->quoted, diag));
    attest_try(take(root, "signature", attest_decode_base64, SIGNATURE_MAX, &bundle->signature, diag));
    attest_try(attest_pcrs_parse(root, &bundle->pcrs, diag));
    attest_try(parse_logs(root, bundle, diag));
    return parse_ak(attest_json_member(root, "ak"), bundle, diag);
}

enum attest_error attest_bundle_parse_object(const struct attest_json *object, struct attest_bundle *ret_bundle,
                                             struct attest_diag *diag)
{
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };

    attest_try(parse_members(object, &bundle, diag));
    *ret_bundle = bundle;
    bundle = (struct attest_bundle){ 0 };
    return ATTEST_OK;
}

enum attest_error attest_bundle_parse(struct attest_view json, struct attest_bundle *ret_bundle,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    attest_try(attest_json_parse(json, ATTEST_BUNDLE_MAX, &root, diag));
    return attest_bundle_parse_object(root, ret_bundle, diag);
}

void attest_bundle_done(struct attest_bundle *bundle)
{
    attest_bytes_done(&bundle->nonce);
    attest_bytes_done(&bundle->quoted);
    attest_bytes_done(&bundle->signature);
    attest_bytes_done(&bundle->ak_name);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        attest_bytes_done(&bundle->logs[i]);
    attest_tpmkey_done(&bundle->ak);
    attest_key_free(bundle->ak_pem);
    *bundle = (struct attest_bundle){ 0 };
}

void attest_bundle_write_members(struct attest_json_writer *json, struct attest_view nonce,
                                 const struct attest_pcrs *pcrs, struct attest_view quoted,
                                 struct attest_view signature, const struct attest_tpmkey *ak,
                                 struct attest_view ak_pem, const struct attest_view logs[ATTEST_LOG_COUNT])
{
    attest_json_write_text(json, "type", TYPE);
    attest_json_write_hex(json, "nonce", nonce);
    attest_pcrs_write(json, pcrs);
    attest_json_write_base64(json, "quoted", quoted);
    attest_json_write_base64(json, "signature", signature);
    attest_json_open(json, "ak", '{');
    attest_tpmkey_write(json, ak, ak_pem);
    attest_json_close(json, '}');
    for (size_t i = 0; logs && i < ATTEST_LOG_COUNT; i++)
        if (logs[i].size > 0)
            attest_json_write_base64(json, log_names[i], logs[i]);
}

void attest_bundle_write(struct attest_json_writer *json, struct attest_view nonce,
                         const struct attest_pcrs *pcrs, struct attest_view quoted,
                         struct attest_view signature, const struct attest_tpmkey *ak,
                         struct attest_view ak_pem, const struct attest_view logs[ATTEST_LOG_COUNT])
{
    attest_json_open(json, NULL, '{');
    attest_bundle_write_members(json, nonce, pcrs, quoted, signature, ak, ak_pem, logs);
    attest_json_close(json, '}');
}
