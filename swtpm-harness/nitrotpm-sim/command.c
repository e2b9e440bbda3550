/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does a client ask the TPM for? Trusts nothing: the header's size must be that of the bytes, and handles
 * and authorisations must lie within (TPM 2.0 Library Part 1 §18). What it can't read is left to the TPM to
 * refuse.
 */
#include "swtpm-harness/nitrotpm-sim/command.h"

#include "base/error.h"
#include "base/reader.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"

/* The commands that are looked into, and how many handles each has: those that can name an NV index, and two
 * whose answers are followed (TPM 2.0 Part 3 §23, §24, §30, §31). */
static const struct {
    uint32_t code;
    uint8_t handles;
} table[] = {
    { TPM_CC_NV_UNDEFINE_SPACE_SPECIAL, 2 },
    { TPM_CC_NV_UNDEFINE_SPACE, 2 },
    { TPM_CC_CLEAR, 1 },
    { TPM_CC_NV_DEFINE_SPACE, 1 },
    { TPM_CC_NV_INCREMENT, 2 },
    { TPM_CC_NV_SET_BITS, 2 },
    { TPM_CC_NV_EXTEND, 2 },
    { TPM_CC_NV_WRITE, 2 },
    { TPM_CC_NV_WRITE_LOCK, 2 },
    { TPM_CC_NV_CHANGE_AUTH, 1 },
    { TPM_CC_POLICY_NV, 3 },
    { TPM_CC_NV_READ, 2 },
    { TPM_CC_NV_READ_LOCK, 2 },
    { TPM_CC_POLICY_SECRET, 2 },
    { TPM_CC_NV_READ_PUBLIC, 1 },
    { TPM_CC_START_AUTH_SESSION, 2 },
    { TPM_CC_GET_CAPABILITY, 0 },
    { TPM_CC_NV_CERTIFY, 3 },
    { TPM_CC_POLICY_AUTHORIZE_NV, 3 },
    { TPM_CC_AWS_NSM_REQUEST, 2 },
};

static bool find(uint32_t code, size_t *ret_handles)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code != code)
            continue;
        *ret_handles = table[i].handles;
        return true;
    }
    return false;
}

size_t command_announced_size(const uint8_t wire[COMMAND_HEADER_SIZE])
{
    struct attest_reader reader = attest_reader_init((struct attest_view){ wire + 2, 4 });
    uint32_t size = attest_reader_u32(&reader);

    return size >= COMMAND_HEADER_SIZE && size <= COMMAND_SIZE_MAX ? size : 0;
}

static enum attest_error parse_areas(struct attest_reader *reader, struct command *command)
{
    size_t count = 0;

    if (!find(command->code, &count))
        return ATTEST_OK;
    for (size_t i = 0; i < count; i++)
        command->handles[i] = attest_reader_u32(reader);
    if (command->tag == TPM_ST_SESSIONS)
        command->authorisations = attest_reader_take(reader, attest_reader_u32(reader));
    command->parameters = attest_reader_take(reader, attest_reader_left(reader));
    attest_try(attest_reader_end(reader, NULL));
    command->handle_count = count;
    return ATTEST_OK;
}

enum attest_error command_parse(struct attest_view wire, struct command *ret_command)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct command command = { .wire = wire };

    command.tag = attest_reader_u16(&reader);
    uint32_t size = attest_reader_u32(&reader);
    command.code = attest_reader_u32(&reader);
    if (reader.failed || size != wire.size)
        return ATTEST_MALFORMED;
    *ret_command = command;
    if (command.tag != TPM_ST_SESSIONS && command.tag != TPM_ST_NO_SESSIONS)
        return ATTEST_MALFORMED;
    attest_try(parse_areas(&reader, &command));
    *ret_command = command;
    return ATTEST_OK;
}

bool command_has_password_only(const struct command *command)
{
    struct attest_reader reader = attest_reader_init(command->authorisations);

    /* TPMS_AUTH_COMMAND, TPM 2.0 Part 2 §10.13.2 */
    uint32_t session = attest_reader_u32(&reader);
    struct attest_view nonce = attest_reader_take_sized(&reader, UINT16_MAX);
    attest_reader_u8(&reader);
    attest_reader_take_sized(&reader, UINT16_MAX);
    return attest_reader_end(&reader, NULL) == ATTEST_OK && session == TPM_RS_PW && nonce.size == 0;
}

void command_reissue(const struct command *command, uint32_t code, struct attest_view parameters,
                     struct attest_bytes *out)
{
    size_t areas = 4 * command->handle_count + 4 + command->authorisations.size + parameters.size;

    attest_bytes_append_u16(out, TPM_ST_SESSIONS);
    attest_bytes_append_u32(out, (uint32_t)(COMMAND_HEADER_SIZE + areas));
    attest_bytes_append_u32(out, code);
    for (size_t i = 0; i < command->handle_count; i++)
        attest_bytes_append_u32(out, command->handles[i]);
    attest_bytes_append_u32(out, (uint32_t)command->authorisations.size);
    attest_bytes_append(out, command->authorisations);
    attest_bytes_append(out, parameters);
}

void command_refuse(uint32_t code, struct attest_bytes *out)
{
    attest_bytes_append_u16(out, TPM_ST_NO_SESSIONS);
    attest_bytes_append_u32(out, COMMAND_HEADER_SIZE);
    attest_bytes_append_u32(out, code);
}

uint32_t command_response_code(struct attest_view response)
{
    struct attest_reader reader = attest_reader_init(response);

    attest_reader_take(&reader, 6);
    uint32_t code = attest_reader_u32(&reader);
    return reader.failed ? TPM_RC_FAILURE : code;
}
