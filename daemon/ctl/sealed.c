/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which message is in this file? Reads until its header is whole, and no more than the largest header has.
 */
#include "daemon/ctl/sealed.h"

#include "base/error.h"

#define PIECE ((size_t)64 << 10)

/* Sets `ret_more` if the header may go on. */
static enum attest_error read_piece(struct ctl_call *call, struct ctl_sealed *sealed, bool *ret_more)
{
    size_t got;

    uint8_t *piece = attest_bytes_extend(&sealed->beginning, PIECE);
    attest_try(attest_bytes_check(&sealed->beginning));
    attest_try(ctl_infile_read(call, &sealed->file, piece, PIECE, &got));
    attest_bytes_shrink(&sealed->beginning, PIECE - got);
    *ret_more = got == PIECE;
    return ATTEST_OK;
}

enum attest_error ctl_sealed_open(struct ctl_call *call, struct ctl_sealed *ret_sealed)
{
    enum attest_error error = ATTEST_TRUNCATED;
    bool more = true;

    if (!call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "%s, a sealed message", call->command->operand);
    ret_sealed->beginning = attest_bytes_init(ATTEST_MESSAGE_HEADER_MAX + PIECE);
    attest_try(ctl_infile_open(call, call->operand, &ret_sealed->file));
    while (more && error == ATTEST_TRUNCATED) {
        attest_try(read_piece(call, ret_sealed, &more));
        call->diag = (struct attest_diag){ 0 };
        error =
            attest_message_parse(attest_bytes_view(&ret_sealed->beginning), &ret_sealed->message, &call->diag);
    }
    call->subject = ret_sealed->file.path;
    return error;
}

struct attest_view ctl_sealed_rest(const struct ctl_sealed *sealed)
{
    struct attest_view rest = attest_bytes_view(&sealed->beginning);

    rest.data += sealed->message.header.size;
    rest.size -= sealed->message.header.size;
    return rest;
}

void ctl_sealed_cleanup(struct ctl_sealed *sealed)
{
    attest_bytes_done(&sealed->beginning);
    ctl_infile_cleanup(&sealed->file);
}
