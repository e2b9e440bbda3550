/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in this sealed message? AWS Encryption SDK specification, client-apis/decrypt.md and
 * data-format/message-body.md, message-footer.md. Trusts the data key and nothing else: not one byte leaves
 * before its tag has verified, frames come in their one order, and after the last there is nothing. Plaintext
 * is made in the caller's memory alone, straight from the ciphertext as it arrives.
 */
#include "seal/unseal.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "seal/body.h"
#include "seal/header.h"

#include <stdio.h>
#include <string.h>

#define FIELD_MAX 128 /* the longest of what is read whole: a signature */

/* What comes next. All but the content are fields of a known size, collected until they are whole. */
enum step {
    STEP_MARK, /* a frame's number, or that it is the final one */
    STEP_HEAD, /* the rest of what is before its content */
    STEP_CONTENT,
    STEP_TAG,
    STEP_SIGNATURE_SIZE,
    STEP_SIGNATURE,
    STEP_END,
};

struct attest_unseal {
    uint8_t message_id[ATTEST_BODY_ID_MAX];
    size_t message_id_size;
    uint32_t frame_length;
    enum attest_unseal_release release;
    uint8_t *room;
    size_t room_size, filled;
    struct attest_gcm *gcm;
    struct attest_verifier *verifier; /* NULL if the message isn't signed */
    enum step step;
    uint8_t field[FIELD_MAX];
    size_t field_size, field_wanted;
    enum attest_body_kind kind;
    uint32_t sequence; /* of the frame that is being read, or comes next */
    size_t content_left;
    enum attest_error failure;
};

static void expect(struct attest_unseal *unseal, enum step step, size_t size)
{
    unseal->step = step;
    unseal->field_size = 0;
    unseal->field_wanted = size;
}

static bool is_early(const struct attest_unseal *unseal)
{
    return unseal->release != ATTEST_UNSEAL_AT_END;
}

static enum attest_error read_mark(struct attest_unseal *unseal, struct attest_reader *field,
                                   struct attest_diag *diag)
{
    uint32_t mark = attest_reader_u32(field);

    if (mark != ATTEST_BODY_END && mark != unseal->sequence)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "frame %u, or the final frame", unseal->sequence);
    unseal->kind = mark == ATTEST_BODY_END ? ATTEST_BODY_FINAL_FRAME : ATTEST_BODY_FRAME;
    if (is_early(unseal))
        unseal->filled = 0; /* the frame before has left */
    expect(unseal, STEP_HEAD,
           ATTEST_GCM_IV_SIZE + (unseal->kind == ATTEST_BODY_FINAL_FRAME ? 2 * sizeof(uint32_t) : 0));
    return ATTEST_OK;
}

/* Numbers are strict, IVs are taken as they are: the specification has writers number those too ("IV"), but
 * there are messages among Amazon's own for key commitment that do so in four bytes of the twelve only. A tag
 * that verifies covers the IV; that none is used twice was the writer's duty either way. */
static enum attest_error begin_content(struct attest_unseal *unseal, struct attest_view iv, uint64_t size,
                                       struct attest_diag *diag)
{
    const struct attest_view message_id = { unseal->message_id, unseal->message_id_size };

    if (size > unseal->room_size - unseal->filled)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "at most %zu bytes of plaintext %s", unseal->room_size,
                           is_early(unseal) ? "in a frame" : "in the message");
    attest_try(attest_body_begin(unseal->gcm, message_id, unseal->kind, unseal->sequence, iv.data, size));
    unseal->content_left = (size_t)size;
    if (size > 0)
        expect(unseal, STEP_CONTENT, 0);
    else
        expect(unseal, STEP_TAG, ATTEST_GCM_TAG_SIZE);
    return ATTEST_OK;
}

static enum attest_error read_unframed_head(struct attest_unseal *unseal, struct attest_reader *field,
                                            struct attest_diag *diag)
{
    struct attest_view iv = attest_reader_take(field, ATTEST_GCM_IV_SIZE);
    uint64_t size = attest_reader_u64(field);
    if (size > ATTEST_BODY_SIZE_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "an unframed body of less than 64 GiB");
    return begin_content(unseal, iv, size, diag);
}

static enum attest_error read_frame_head(struct attest_unseal *unseal, struct attest_reader *field,
                                         struct attest_diag *diag)
{
    return begin_content(unseal, attest_reader_take(field, ATTEST_GCM_IV_SIZE), unseal->frame_length, diag);
}

static enum attest_error read_final_head(struct attest_unseal *unseal, struct attest_reader *field,
                                         struct attest_diag *diag)
{
    if (attest_reader_u32(field) != unseal->sequence)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "number %u on the final frame", unseal->sequence);
    struct attest_view iv = attest_reader_take(field, ATTEST_GCM_IV_SIZE);
    uint32_t size = attest_reader_u32(field);
    if (size > unseal->frame_length)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a final frame of at most %u bytes",
                           unseal->frame_length);
    return begin_content(unseal, iv, size, diag);
}

static enum attest_error read_head(struct attest_unseal *unseal, struct attest_reader *field,
                                   struct attest_diag *diag)
{
    static enum attest_error (*const heads[])(struct attest_unseal *, struct attest_reader *,
                                              struct attest_diag *) = {
        [ATTEST_BODY_UNFRAMED] = read_unframed_head,
        [ATTEST_BODY_FRAME] = read_frame_head,
        [ATTEST_BODY_FINAL_FRAME] = read_final_head,
    };

    return heads[unseal->kind](unseal, field, diag);
}

static enum attest_error read_tag(struct attest_unseal *unseal, struct attest_reader *field,
                                  struct attest_diag *diag)
{
    enum attest_error error =
        attest_gcm_verify(unseal->gcm, attest_reader_take(field, ATTEST_GCM_TAG_SIZE).data);

    if (error != ATTEST_OK)
        return attest_fail(diag, error, "another", "the tag of frame %u as it was sealed", unseal->sequence);
    if (unseal->kind == ATTEST_BODY_FRAME) {
        unseal->sequence++; /* never beyond 2^32 - 1: with that number only a final frame can begin */
        expect(unseal, STEP_MARK, sizeof(uint32_t));
    } else if (unseal->verifier) {
        expect(unseal, STEP_SIGNATURE_SIZE, sizeof(uint16_t));
    } else {
        expect(unseal, STEP_END, 0);
    }
    return ATTEST_OK;
}

static enum attest_error read_signature_size(struct attest_unseal *unseal, struct attest_reader *field,
                                             struct attest_diag *diag)
{
    uint16_t size = attest_reader_u16(field);

    if (size == 0 || size > FIELD_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a signature of 1 to %d bytes", FIELD_MAX);
    expect(unseal, STEP_SIGNATURE, size);
    return ATTEST_OK;
}

static enum attest_error read_signature(struct attest_unseal *unseal, struct attest_reader *field,
                                        struct attest_diag *diag)
{
    enum attest_error error =
        attest_verifier_finish(unseal->verifier, attest_reader_take(field, attest_reader_left(field)));

    if (error != ATTEST_OK)
        return attest_fail(diag, error, "another", "the signature of the key in the encryption context");
    expect(unseal, STEP_END, 0);
    return ATTEST_OK;
}

static enum attest_error refuse_more(struct attest_unseal *unseal, struct attest_reader *field,
                                     struct attest_diag *diag)
{
    (void)unseal, (void)field;
    return attest_fail(diag, ATTEST_TRAILING, NULL, "nothing after the message's end");
}

static const struct {
    enum attest_error (*read)(struct attest_unseal *, struct attest_reader *, struct attest_diag *);
    bool is_signed; /* whether the signature covers it */
} steps[] = {
    [STEP_MARK] = { read_mark, true },
    [STEP_HEAD] = { read_head, true },
    [STEP_CONTENT] = { NULL, true },
    [STEP_TAG] = { read_tag, true },
    [STEP_SIGNATURE_SIZE] = { read_signature_size, false },
    [STEP_SIGNATURE] = { read_signature, false },
    [STEP_END] = { refuse_more, false },
};

/* At most so many bytes from the front of the input. */
static enum attest_error take(struct attest_unseal *unseal, struct attest_view *input, size_t size,
                              struct attest_view *ret_taken)
{
    *ret_taken = (struct attest_view){ input->data, size < input->size ? size : input->size };
    input->data += ret_taken->size;
    input->size -= ret_taken->size;
    if (unseal->verifier && steps[unseal->step].is_signed)
        return attest_verifier_update(unseal->verifier, *ret_taken);
    return ATTEST_OK;
}

static enum attest_error take_content(struct attest_unseal *unseal, struct attest_view *input)
{
    struct attest_view taken;

    attest_try(take(unseal, input, unseal->content_left, &taken));
    uint8_t *to = unseal->room + unseal->filled;
    unseal->filled += taken.size; /* before it is written, so that a failure wipes it */
    unseal->content_left -= taken.size;
    attest_try(attest_gcm_update(unseal->gcm, taken, to));
    if (unseal->content_left == 0)
        expect(unseal, STEP_TAG, ATTEST_GCM_TAG_SIZE);
    return ATTEST_OK;
}

static enum attest_error take_field(struct attest_unseal *unseal, struct attest_view *input,
                                    struct attest_diag *diag)
{
    struct attest_view taken;

    attest_try(take(unseal, input, unseal->field_wanted - unseal->field_size, &taken));
    if (taken.size > 0)
        memcpy(unseal->field + unseal->field_size, taken.data, taken.size);
    unseal->field_size += taken.size;
    if (unseal->field_size < unseal->field_wanted)
        return ATTEST_OK;
    struct attest_reader field = attest_reader_init((struct attest_view){ unseal->field, unseal->field_size });
    return steps[unseal->step].read(unseal, &field, diag);
}

/* Until the input is used up or a frame is complete that may leave. */
static enum attest_error feed(struct attest_unseal *unseal, struct attest_view *input,
                              struct attest_view *ret_plaintext, struct attest_diag *diag)
{
    while (input->size > 0) {
        bool was_tag = unseal->step == STEP_TAG;
        if (unseal->step == STEP_CONTENT)
            attest_try(take_content(unseal, input));
        else
            attest_try(take_field(unseal, input, diag));
        if (was_tag && unseal->step == STEP_MARK && is_early(unseal)) {
            *ret_plaintext = (struct attest_view){ unseal->room, unseal->filled };
            return ATTEST_OK;
        }
    }
    return ATTEST_OK;
}

/* What was made in the room may be anything, and is nobody's. */
static enum attest_error fail(struct attest_unseal *unseal, enum attest_error error)
{
    if (error == ATTEST_OK)
        return ATTEST_OK;
    if (unseal->filled > 0)
        explicit_bzero(unseal->room, unseal->filled);
    unseal->filled = 0;
    return unseal->failure = error;
}

enum attest_error attest_unseal_feed(struct attest_unseal *unseal, struct attest_view *input,
                                     struct attest_view *ret_plaintext, struct attest_diag *diag)
{
    struct attest_view plaintext = { 0 };

    attest_try(unseal->failure);
    attest_try(fail(unseal, feed(unseal, input, &plaintext, diag)));
    *ret_plaintext = plaintext;
    return ATTEST_OK;
}

enum attest_error attest_unseal_end(struct attest_unseal *unseal, struct attest_view *ret_plaintext,
                                    struct attest_diag *diag)
{
    attest_try(unseal->failure);
    if (unseal->step != STEP_END)
        return fail(unseal, attest_fail(diag, ATTEST_TRUNCATED, NULL,
                                        "the message to go on in frame %u, or behind it", unseal->sequence));
    *ret_plaintext = (struct attest_view){ unseal->room, unseal->filled };
    return ATTEST_OK;
}

/* What the options say of a suite, before any key is touched. */
static enum attest_error check_suite(const struct attest_suite *suite,
                                     const struct attest_unseal_options *options, struct attest_diag *diag)
{
    char found[8];

    snprintf(found, sizeof found, "%04x", suite->id);
    if (!suite->is_committing && !options->allow_uncommitted)
        return attest_fail(diag, ATTEST_REFUSED, found, "a suite with key commitment (0478, 0578)");
    if (attest_suite_is_signed(suite) && options->release == ATTEST_UNSEAL_FRAMES)
        return attest_fail(diag, ATTEST_REFUSED, found,
                           "a suite without signature, which would only be seen after the plaintext");
    return ATTEST_OK;
}

enum attest_error attest_unseal_new(const struct attest_message *message, struct attest_secret *data_key,
                                    const struct attest_unseal_options *options,
                                    struct attest_unseal **ret_unseal, struct attest_diag *diag)
{
    attest_try(check_suite(message->suite, options, diag));
    _cleanup_(attest_unseal_cleanup) struct attest_unseal *unseal = calloc(1, sizeof *unseal);
    if (!unseal)
        return ATTEST_MEMORY;
    attest_try(attest_header_open(message, data_key, &unseal->gcm, diag));
    attest_try(attest_header_verifier(message, &unseal->verifier, diag));
    memcpy(unseal->message_id, message->message_id.data, message->message_id.size);
    unseal->message_id_size = message->message_id.size;
    unseal->frame_length = message->frame_length;
    unseal->release = options->release;
    unseal->room = options->room;
    unseal->room_size = options->room_size;
    unseal->kind = message->is_framed ? ATTEST_BODY_FRAME : ATTEST_BODY_UNFRAMED;
    unseal->sequence = 1;
    if (message->is_framed)
        expect(unseal, STEP_MARK, sizeof(uint32_t));
    else
        expect(unseal, STEP_HEAD, ATTEST_GCM_IV_SIZE + sizeof(uint64_t));
    *ret_unseal = attest_steal(unseal);
    return ATTEST_OK;
}

void attest_unseal_free(struct attest_unseal *unseal)
{
    if (!unseal)
        return;
    attest_gcm_free(unseal->gcm);
    attest_verifier_free(unseal->verifier);
    free(unseal);
}

void attest_unseal_cleanup(struct attest_unseal **unseal)
{
    attest_unseal_free(*unseal);
}

enum attest_error attest_unseal_secret(const struct attest_message *message, struct attest_view body,
                                       struct attest_secret *data_key, bool allow_uncommitted,
                                       struct attest_secret **ret_plaintext, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *plaintext = NULL;
    _cleanup_(attest_unseal_cleanup) struct attest_unseal *unseal = NULL;
    struct attest_view whole;

    /* There is less plaintext than there is body; what says otherwise was cut. */
    attest_try(
        attest_secret_new(body.size < ATTEST_SECRET_MAX ? body.size : ATTEST_SECRET_MAX, &plaintext, diag));
    const struct attest_unseal_options options = { .allow_uncommitted = allow_uncommitted,
                                                   .room = attest_secret_data(plaintext),
                                                   .room_size = attest_secret_size(plaintext) };
    attest_try(attest_unseal_new(message, data_key, &options, &unseal, diag));
    enum attest_error error = attest_unseal_feed(unseal, &body, &whole, diag);
    if (error == ATTEST_TOO_LARGE && options.room_size < ATTEST_SECRET_MAX)
        return attest_fail(diag, ATTEST_TRUNCATED, NULL, "a body as long as its content");
    attest_try(error);
    attest_try(attest_unseal_end(unseal, &whole, diag));
    attest_secret_shrink(plaintext, whole.size);
    *ret_plaintext = attest_steal(plaintext);
    return ATTEST_OK;
}
