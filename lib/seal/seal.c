/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How does one seal this? AWS Encryption SDK specification, client-apis/encrypt.md and data-format/, message
 * version 2. Trusts its caller for a message id that was never used; what it writes it first reads as any
 * reader would.
 */
#include "seal/seal.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/gcm.h"
#include "seal/body.h"
#include "seal/derive.h"

#include <string.h>

#define VERSION 2
#define FRAMED  2

struct attest_seal {
    uint8_t message_id[ATTEST_SEAL_MESSAGE_ID_SIZE];
    uint32_t frame_length;
    uint32_t sequence; /* of the next frame */
    struct attest_gcm *gcm;
};

static enum attest_error append_sized(struct attest_bytes *out, struct attest_view view,
                                      struct attest_diag *diag)
{
    if (view.size > UINT16_MAX)
        return attest_fail(diag, ATTEST_USAGE, NULL, "at most %d bytes in a field of the header", UINT16_MAX);
    attest_bytes_append_u16(out, (uint16_t)view.size);
    attest_bytes_append(out, view);
    return ATTEST_OK;
}

/* Names that the format keeps for itself ("Encryption Context"): to a reader they are no longer the user's. */
static enum attest_error check_name(struct attest_view name, struct attest_diag *diag)
{
    const struct attest_view reserved = attest_view_text(ATTEST_MESSAGE_RESERVED);

    if (name.size >= reserved.size && memcmp(name.data, reserved.data, reserved.size) == 0)
        return attest_fail(diag, ATTEST_USAGE, "such a name",
                           "no " ATTEST_MESSAGE_RESERVED " in the encryption context");
    return ATTEST_OK;
}

/* "AAD": sorted. */
static enum attest_error append_context(const struct attest_seal_options *options, struct attest_bytes *out,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes section = attest_bytes_init(UINT16_MAX);

    if (options->pair_count == 0) {
        attest_bytes_append_u16(out, 0);
        return ATTEST_OK;
    }
    _cleanup_free_ struct attest_message_pair *sorted = calloc(options->pair_count, sizeof *sorted);
    if (!sorted)
        return ATTEST_MEMORY;
    memcpy(sorted, options->pairs, options->pair_count * sizeof *sorted);
    qsort(sorted, options->pair_count, sizeof *sorted, attest_message_compare_pairs);
    attest_bytes_append_u16(&section, (uint16_t)options->pair_count); /* more don't fit into the section */
    for (size_t i = 0; i < options->pair_count; i++) {
        attest_try(check_name(sorted[i].name, diag));
        attest_try(append_sized(&section, sorted[i].name, diag));
        attest_try(append_sized(&section, sorted[i].value, diag));
    }
    if (attest_bytes_check(&section) == ATTEST_TOO_LARGE)
        return attest_fail(diag, ATTEST_USAGE, NULL, "an encryption context of at most %d bytes", UINT16_MAX);
    attest_try(attest_bytes_check(&section));
    return append_sized(out, attest_bytes_view(&section), diag);
}

/* "Encrypted Data Keys" */
static enum attest_error append_keys(const struct attest_seal_options *options, struct attest_bytes *out,
                                     struct attest_diag *diag)
{
    if (options->key_count > ATTEST_MESSAGE_KEYS_MAX)
        return attest_fail(diag, ATTEST_USAGE, NULL, "at most %d data keys", ATTEST_MESSAGE_KEYS_MAX);
    attest_bytes_append_u16(out, (uint16_t)options->key_count);
    for (size_t i = 0; i < options->key_count; i++) {
        attest_try(append_sized(out, options->keys[i].provider, diag));
        attest_try(append_sized(out, options->keys[i].info, diag));
        attest_try(append_sized(out, options->keys[i].ciphertext, diag));
    }
    return ATTEST_OK;
}

/* "Header Body" */
static enum attest_error append_body(const struct attest_seal_options *options,
                                     struct attest_secret *commitment, struct attest_bytes *out,
                                     struct attest_diag *diag)
{
    attest_bytes_append_u8(out, VERSION);
    attest_bytes_append_u16(out, ATTEST_SUITE_COMMITTED);
    attest_bytes_append(out, attest_view_of(options->message_id));
    attest_try(append_context(options, out, diag));
    attest_try(append_keys(options, out, diag));
    attest_bytes_append_u8(out, FRAMED);
    attest_bytes_append_u32(out, options->frame_length);
    attest_bytes_append(out, (struct attest_view){ attest_secret_data(commitment), /* which all may see */
                                                   attest_secret_size(commitment) });
    return attest_bytes_check(out);
}

/* "Header Authentication" */
static enum attest_error append_tag(struct attest_gcm *gcm, struct attest_bytes *header)
{
    uint8_t iv[ATTEST_GCM_IV_SIZE], tag[ATTEST_GCM_TAG_SIZE];

    attest_body_iv(0, iv);
    attest_try(attest_gcm_begin(gcm, iv, attest_bytes_view(header)));
    attest_try(attest_gcm_finish(gcm, tag));
    attest_bytes_append(header, attest_view_of(tag));
    return attest_bytes_check(header);
}

static enum attest_error append_header(const struct attest_seal_options *options, struct attest_gcm *gcm,
                                       struct attest_secret *commitment, struct attest_bytes *out,
                                       struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes header = attest_bytes_init(ATTEST_MESSAGE_HEADER_MAX);
    struct attest_message message;

    attest_try(append_body(options, commitment, &header, diag));
    attest_try(append_tag(gcm, &header));
    /* A header that a reader refuses (a name twice, no key, no frame length) is never written. */
    if (attest_message_parse(attest_bytes_view(&header), &message, diag) != ATTEST_OK)
        return ATTEST_USAGE;
    attest_bytes_append(out, attest_bytes_view(&header));
    return attest_bytes_check(out);
}

enum attest_error attest_seal_new(const struct attest_seal_options *options, struct attest_secret *data_key,
                                  struct attest_bytes *out, struct attest_seal **ret_seal,
                                  struct attest_diag *diag)
{
    const struct attest_suite *suite = attest_suite_find(ATTEST_SUITE_COMMITTED);
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *commitment = NULL;

    if (attest_secret_size(data_key) != suite->key_size)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a data key of %d bytes", suite->key_size);
    _cleanup_(attest_seal_cleanup) struct attest_seal *seal = calloc(1, sizeof *seal);
    if (!seal)
        return ATTEST_MEMORY;
    attest_try(attest_derive(suite, attest_view_of(options->message_id), data_key, &key, &commitment, diag));
    attest_try(attest_gcm_new(key, true, &seal->gcm, diag));
    attest_try(append_header(options, seal->gcm, commitment, out, diag));
    memcpy(seal->message_id, options->message_id, sizeof seal->message_id);
    seal->frame_length = options->frame_length;
    seal->sequence = 1;
    *ret_seal = attest_steal(seal);
    return ATTEST_OK;
}

void attest_seal_free(struct attest_seal *seal)
{
    if (!seal)
        return;
    attest_gcm_free(seal->gcm);
    free(seal);
}

void attest_seal_cleanup(struct attest_seal **seal)
{
    attest_seal_free(*seal);
}

static enum attest_error append_content(struct attest_seal *seal, enum attest_body_kind kind,
                                        struct attest_view plaintext, struct attest_bytes *out)
{
    uint8_t iv[ATTEST_GCM_IV_SIZE], tag[ATTEST_GCM_TAG_SIZE];

    attest_body_iv(seal->sequence, iv);
    attest_try(attest_body_begin(seal->gcm, attest_view_of(seal->message_id), kind, seal->sequence, iv,
                                 plaintext.size));
    uint8_t *content = attest_bytes_extend(out, plaintext.size);
    attest_try(attest_bytes_check(out));
    attest_try(attest_gcm_update(seal->gcm, plaintext, content));
    attest_try(attest_gcm_finish(seal->gcm, tag));
    attest_bytes_append(out, attest_view_of(tag));
    seal->sequence++;
    return attest_bytes_check(out);
}

static void append_iv(const struct attest_seal *seal, struct attest_bytes *out)
{
    uint8_t iv[ATTEST_GCM_IV_SIZE];

    attest_body_iv(seal->sequence, iv);
    attest_bytes_append(out, attest_view_of(iv));
}

enum attest_error attest_seal_frame(struct attest_seal *seal, struct attest_view plaintext,
                                    struct attest_bytes *out, struct attest_diag *diag)
{
    if (plaintext.size != seal->frame_length)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a frame of %u bytes", seal->frame_length);
    if (seal->sequence == ATTEST_BODY_END) /* which is the final frame's, if it comes to that */
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "at most 2^32 - 1 frames of %u bytes",
                           seal->frame_length);
    attest_bytes_append_u32(out, seal->sequence);
    append_iv(seal, out);
    return append_content(seal, ATTEST_BODY_FRAME, plaintext, out);
}

enum attest_error attest_seal_end(struct attest_seal *seal, struct attest_view plaintext,
                                  struct attest_bytes *out, struct attest_diag *diag)
{
    if (plaintext.size > seal->frame_length)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a final frame of at most %u bytes", seal->frame_length);
    attest_bytes_append_u32(out, ATTEST_BODY_END);
    attest_bytes_append_u32(out, seal->sequence);
    append_iv(seal, out);
    attest_bytes_append_u32(out, (uint32_t)plaintext.size);
    return append_content(seal, ATTEST_BODY_FINAL_FRAME, plaintext, out);
}
