/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is this sealed? As an AWS Encryption SDK message under a data key from a file, which is not in the
 * message in any form: the one encrypted data key that the format demands says so.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/outfile.h"
#include "daemon/ctl/infile.h"
#include "seal/seal.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* Sixteen times the format's usual frame: a frame costs 32 bytes and a call, and 2^32 of these are 256 TiB;
 * a reader needs that much memory, which all have. */
#define FRAME     ((uint32_t)64 << 10)
#define PAIRS_MAX (1 + CTL_REPEATED_MAX)
#define OUT_MAX   (ATTEST_MESSAGE_HEADER_MAX + FRAME + ATTEST_SEAL_OVERHEAD)

static enum attest_error check(struct ctl_call *call)
{
    const char *const files[] = { call->operand, call->value[CTL_RAW_KEY] };

    if (!call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "IN, what is to be sealed");
    if (!call->value[CTL_RAW_KEY])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--raw-key FILE, the data key");
    if (!call->value[CTL_OUT])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "-o OUT, or -o - for standard output");
    return ctl_input_check_files(call, files, sizeof files / sizeof files[0]);
}

/* The options --encryption-context, up to the first "=" of each the name. */
static enum attest_error read_context(struct ctl_call *call, struct attest_message_pair *ret_pairs,
                                      size_t *ret_count)
{
    const char *text;

    for (*ret_count = 0; (text = ctl_option_value(call, CTL_ENCRYPTION_CONTEXT, *ret_count)); (*ret_count)++) {
        const char *equals = strchr(text, '=');
        if (!equals)
            return attest_fail(&call->diag, ATTEST_USAGE, text, "NAME=VALUE after --encryption-context");
        ret_pairs[*ret_count].name = (struct attest_view){ (const uint8_t *)text, (size_t)(equals - text) };
        ret_pairs[*ret_count].value = attest_view_text(equals + 1);
    }
    return ATTEST_OK;
}

static enum attest_error begin(struct ctl_call *call, struct attest_secret *key, struct attest_bytes *sealed,
                               struct attest_seal **ret_seal)
{
    const struct attest_message_key kept = { .provider = attest_view_text("attestctl-raw-key"),
                                             .info = attest_view_text("the data key is not in this message") };
    struct attest_message_pair pairs[PAIRS_MAX];
    struct attest_seal_options options = {
        .pairs = pairs, .keys = &kept, .key_count = 1, .frame_length = FRAME
    };

    attest_try(read_context(call, pairs, &options.pair_count));
    if (getrandom(options.message_id, sizeof options.message_id, 0) != (ssize_t)sizeof options.message_id)
        return attest_fail_errno(&call->diag, errno, "random bytes");
    return attest_seal_new(&options, key, sealed, ret_seal, &call->diag);
}

static enum attest_error flush(struct ctl_call *call, struct ctl_outfile *out, struct attest_bytes *sealed)
{
    attest_try(ctl_outfile_write(call, out, attest_bytes_view(sealed)));
    attest_bytes_shrink(sealed, sealed->size);
    return ATTEST_OK;
}

/* Full frames, and a final one that is not full, and may be empty. */
static enum attest_error seal_all(struct ctl_call *call, struct ctl_infile *in, struct attest_seal *seal,
                                  struct attest_bytes *sealed, struct ctl_outfile *out)
{
    static uint8_t frame[FRAME];
    size_t got;

    for (;;) {
        attest_try(ctl_infile_read(call, in, frame, sizeof frame, &got));
        if (got < sizeof frame)
            break;
        attest_try(attest_seal_frame(seal, (struct attest_view){ frame, got }, sealed, &call->diag));
        attest_try(flush(call, out, sealed));
    }
    attest_try(attest_seal_end(seal, (struct attest_view){ frame, got }, sealed, &call->diag));
    explicit_bzero(frame, sizeof frame);
    return flush(call, out, sealed);
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL;
    _cleanup_(ctl_infile_cleanup) struct ctl_infile in = CTL_INFILE_INIT;
    _cleanup_(ctl_outfile_cleanup) struct ctl_outfile out = CTL_OUTFILE_INIT;
    _cleanup_(attest_bytes_done) struct attest_bytes sealed = attest_bytes_init(OUT_MAX);
    _cleanup_(attest_seal_cleanup) struct attest_seal *seal = NULL;

    attest_try(check(call));
    attest_try(ctl_input_raw_key(call, &key));
    attest_try(begin(call, key, &sealed, &seal));
    attest_try(ctl_infile_open(call, call->operand, &in));
    attest_try(ctl_outfile_open(call, call->value[CTL_OUT], 0666, &out));
    attest_try(seal_all(call, &in, seal, &sealed, &out));
    return ctl_outfile_commit(call, &out);
}

static const struct ctl_option options[] = {
    { CTL_RAW_KEY, "FILE", "the data key itself: 32 bytes; it is not put into the message" },
    { CTL_OUT, "OUT", "where the message goes, once it is whole; - is standard output" },
    { CTL_ENCRYPTION_CONTEXT, "NAME=VALUE",
      "a pair of the encryption context, which all may read and nobody may change; may be repeated" },
    { 0 },
};

const struct ctl_command ctl_command_seal = {
    .name = "seal",
    .operand = "IN",
    .summary = "a sealed message from a file and its data key",
    .about = "Makes an AWS Encryption SDK message of IN, of any size, under a data key of the caller's. Its "
             "suite is 0478: it commits to the data key, and is not signed. A file called - is standard input.",
    .options = options,
    .run = run,
};
