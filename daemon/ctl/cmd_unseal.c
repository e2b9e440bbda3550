/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in this sealed message? From files alone, with its data key. Trusts that key; the file in OUT appears
 * only once all of the message has been verified, so that frames may be written as they come.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/outfile.h"
#include "daemon/ctl/sealed.h"
#include "seal/unseal.h"

#include <string.h>

#define PIECE ((size_t)256 << 10)
#define ROOM_MAX                                                                                               \
    ((size_t)64 << 20) /* of a frame; of all the plaintext where it isn't framed, or for a pipe                \
                        */

static enum attest_error check(struct ctl_call *call)
{
    const char *const files[] = { call->operand, call->value[CTL_RAW_KEY] };

    if (!call->value[CTL_RAW_KEY])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--raw-key FILE, the data key");
    if (!call->value[CTL_OUT])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "-o OUT, or -o - for standard output");
    return ctl_input_check_files(call, files, sizeof files / sizeof files[0]);
}

/* Plaintext, wiped. */
struct room {
    uint8_t *data;
    size_t size;
};

static void wipe_room(struct room *room)
{
    if (room->data)
        explicit_bzero(room->data, room->size);
    free(room->data);
}

/* What the header says of frames is not believed yet: it can only make the room smaller. */
static enum attest_error make_room(const struct ctl_call *call, const struct attest_message *message,
                                   struct room *ret_room)
{
    bool by_frame = message->is_framed && !ctl_output_is_taken(call);

    ret_room->size = by_frame && message->frame_length < ROOM_MAX ? message->frame_length : ROOM_MAX;
    ret_room->data = malloc(ret_room->size);
    return ret_room->data ? ATTEST_OK : ATTEST_MEMORY;
}

static enum attest_error feed(struct ctl_call *call, struct attest_unseal *unseal, struct attest_view input,
                              struct ctl_outfile *out)
{
    struct attest_view plaintext;

    while (input.size > 0) {
        attest_try(attest_unseal_feed(unseal, &input, &plaintext, &call->diag));
        attest_try(ctl_outfile_write(call, out, plaintext));
    }
    return ATTEST_OK;
}

static enum attest_error feed_all(struct ctl_call *call, struct ctl_sealed *sealed,
                                  struct attest_unseal *unseal, struct ctl_outfile *out)
{
    static uint8_t piece[PIECE];
    struct attest_view plaintext;
    size_t got;

    attest_try(feed(call, unseal, ctl_sealed_rest(sealed), out));
    do {
        attest_try(ctl_infile_read(call, &sealed->file, piece, sizeof piece, &got));
        attest_try(feed(call, unseal, (struct attest_view){ piece, got }, out));
    } while (got == sizeof piece);
    attest_try(attest_unseal_end(unseal, &plaintext, &call->diag));
    return ctl_outfile_write(call, out, plaintext);
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(ctl_sealed_cleanup) struct ctl_sealed sealed = CTL_SEALED_INIT;
    _cleanup_(ctl_outfile_cleanup) struct ctl_outfile out = CTL_OUTFILE_INIT;
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL;
    _cleanup_(wipe_room) struct room room = { 0 };
    _cleanup_(attest_unseal_cleanup) struct attest_unseal *unseal = NULL;

    attest_try(check(call));
    attest_try(ctl_input_raw_key(call, &key));
    attest_try(ctl_sealed_open(call, &sealed));
    attest_try(make_room(call, &sealed.message, &room));
    const struct attest_unseal_options options = {
        .allow_uncommitted = call->value[CTL_ALLOW_UNCOMMITTED] != NULL,
        .release = ctl_output_is_taken(call) ? ATTEST_UNSEAL_AT_END : ATTEST_UNSEAL_FRAMES_KEPT,
        .room = room.data,
        .room_size = room.size,
    };
    attest_try(attest_unseal_new(&sealed.message, key, &options, &unseal, &call->diag));
    attest_try(ctl_outfile_open(call, call->value[CTL_OUT], 0600, &out));
    attest_try(feed_all(call, &sealed, unseal, &out));
    return ctl_outfile_commit(call, &out);
}

static const struct ctl_option options[] = {
    { CTL_RAW_KEY, "FILE", "the data key itself: 16, 24 or 32 bytes, as the message's suite wants" },
    { CTL_OUT, "OUT",
      "where the plaintext goes, readable for its owner alone, and only once all is verified; - is standard "
      "output, for at most 64 MiB" },
    { CTL_ALLOW_UNCOMMITTED, NULL,
      "also messages whose suite does not commit to one data key: one such message may open to different texts "
      "under different keys" },
    { 0 },
};

const struct ctl_command ctl_command_unseal = {
    .name = "unseal",
    .operand = "IN",
    .summary = "the plaintext of a sealed message",
    .about = "Opens the AWS Encryption SDK message in IN, of any size, with its data key: for tests, and for "
             "recovery where the data key was kept. A file called - is standard input.",
    .options = options,
    .run = run,
};
