/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may a client have done to swtpm itself? The control channel's requests (swtpm_ioctls(3)) are a table:
 * relayed, answered here, or refused. Nothing that a client sends ends swtpm: it is ours, and others use it.
 */
#include "swtpm-harness/nitrotpm-sim/channel.h"

#include "base/error.h"
#include "base/reader.h"

#define TPM_SUCCESS       0u
#define TPM_BAD_ORDINAL   10u
#define TPM_BAD_PARAMETER 3u
#define HASH_DATA         7u
#define HASH_DATA_MAX     4096u
#define CODE_SIZE         4u

enum treatment {
    RELAY,   /* swtpm does it */
    MACHINE, /* swtpm does it for QEMU; a TCTI is told that it is done */
    PRETEND, /* told that it is done: swtpm's life is not the client's to end */
    DATA_FD, /* the descriptor comes to us, not to swtpm */
    REFUSE,  /* migration: swtpm's state is only half of ours */
};

static const struct {
    uint32_t code;
    uint32_t size; /* of the request behind its code */
    enum treatment treatment;
} table[] = {
    { 1, 0, RELAY },    /* CMD_GET_CAPABILITY */
    { 2, 4, RELAY },    /* CMD_INIT: the TPM is reset, for all */
    { 3, 0, PRETEND },  /* CMD_SHUTDOWN */
    { 4, 0, RELAY },    /* CMD_GET_TPMESTABLISHED */
    { 5, 1, RELAY },    /* CMD_SET_LOCALITY */
    { 6, 0, RELAY },    /* CMD_HASH_START */
    { 7, 4, RELAY },    /* CMD_HASH_DATA: and as many bytes as it says */
    { 8, 0, RELAY },    /* CMD_HASH_END */
    { 9, 0, RELAY },    /* CMD_CANCEL_TPM_CMD */
    { 10, 0, RELAY },   /* CMD_STORE_VOLATILE */
    { 11, 1, RELAY },   /* CMD_RESET_TPMESTABLISHED */
    { 12, 12, REFUSE }, /* CMD_GET_STATEBLOB */
    { 14, 0, MACHINE }, /* CMD_STOP */
    { 15, 0, RELAY },   /* CMD_GET_CONFIG */
    { 16, 0, DATA_FD }, /* CMD_SET_DATAFD */
    { 17, 4, RELAY },   /* CMD_SET_BUFFERSIZE */
    { 18, 16, RELAY },  /* CMD_GET_INFO */
    { 19, 4, REFUSE },  /* CMD_LOCK_STORAGE */
};

/* The size of the request that `input` begins with: 0 if that can't be said yet, SIZE_MAX if never. */
static size_t measure(struct attest_view input, size_t *ret_row)
{
    struct attest_reader reader = attest_reader_init(input);
    uint32_t code = attest_reader_u32(&reader);

    if (reader.failed)
        return 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code != code)
            continue;
        *ret_row = i;
        uint32_t more = code == HASH_DATA ? attest_reader_u32(&reader) : 0;
        if (reader.failed)
            return 0;
        return more > HASH_DATA_MAX ? SIZE_MAX : CODE_SIZE + table[i].size + more;
    }
    return SIZE_MAX;
}

static enum attest_error carry_out(struct swtpm *swtpm, enum treatment treatment, struct attest_view request,
                                   bool has_fd, struct attest_bytes *out, enum channel_action *action,
                                   struct attest_diag *diag)
{
    *action = treatment == DATA_FD && has_fd ? CHANNEL_TAKE_DATA : CHANNEL_ANSWERED;
    if (treatment == RELAY)
        return swtpm_control(swtpm, request, out, diag);
    if (treatment == REFUSE)
        attest_bytes_append_u32(out, TPM_BAD_ORDINAL);
    else
        attest_bytes_append_u32(out, treatment == DATA_FD && !has_fd ? TPM_BAD_PARAMETER : TPM_SUCCESS);
    return attest_bytes_check(out);
}

enum attest_error channel_execute(struct swtpm *swtpm, struct attest_view input, bool has_fd, bool is_machine,
                                  size_t *ret_size, struct attest_bytes *out, enum channel_action *ret_action,
                                  struct attest_diag *diag)
{
    size_t row = 0, size = measure(input, &row);
    enum treatment treatment = table[row].treatment;

    *ret_size = 0;
    *ret_action = size == SIZE_MAX ? CHANNEL_MALFORMED : CHANNEL_INCOMPLETE;
    if (size == SIZE_MAX)
        attest_bytes_append_u32(out, TPM_BAD_ORDINAL);
    if (size == 0 || size > input.size)
        return attest_bytes_check(out);
    if (treatment == MACHINE)
        treatment = is_machine ? RELAY : PRETEND;
    if (treatment == DATA_FD && !is_machine)
        treatment = REFUSE;
    *ret_size = size;
    return carry_out(swtpm, treatment, (struct attest_view){ input.data, size }, has_fd, out, ret_action, diag);
}
