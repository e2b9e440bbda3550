/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the TPM say of itself? swtpm answers, and the few values in which a NitroTPM differs are put in
 * their place (TPM 2.0 Library Part 3 §30.2, TPMS_CAPABILITY_DATA in Part 2 §10.10). Trusts swtpm's answer only
 * as far as it parses.
 */
#include "swtpm-harness/nitrotpm-sim/capability.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/nv.h"

#define LISTED_MAX 254 /* MAX_CAP_CC: what fits into TPM_MAX_CAP_BUFFER */

/* TPMA_CC (Part 2 §8.9): the command's index, nv, two handles, vendor. */
#define NSM_REQUEST_ATTRIBUTES (TPM_CC_AWS_NSM_REQUEST | 1u << 22 | 2u << 25)

/* GetCapability's answer: header, moreData, capability, count, items of one or two words. */
struct answer {
    uint32_t code;
    uint8_t more;
    uint32_t capability;
    uint32_t count;
    struct attest_view items;
};

static enum attest_error parse_answer(struct attest_view response, struct answer *ret_answer)
{
    struct attest_reader reader = attest_reader_init(response);
    struct answer answer = { 0 };

    attest_reader_take(&reader, 6);
    answer.code = attest_reader_u32(&reader);
    answer.more = attest_reader_u8(&reader);
    answer.capability = attest_reader_u32(&reader);
    answer.count = attest_reader_u32(&reader);
    answer.items = attest_reader_take(&reader, attest_reader_left(&reader));
    attest_try(attest_reader_end(&reader, NULL));
    *ret_answer = answer;
    return ATTEST_OK;
}

static void append_answer(struct attest_bytes *out, const struct answer *answer, struct attest_view items)
{
    attest_bytes_append_u16(out, TPM_ST_NO_SESSIONS);
    attest_bytes_append_u32(out, (uint32_t)(COMMAND_HEADER_SIZE + 9 + items.size));
    attest_bytes_append_u32(out, answer->code);
    attest_bytes_append_u8(out, answer->more);
    attest_bytes_append_u32(out, answer->capability);
    attest_bytes_append_u32(out, answer->count);
    attest_bytes_append(out, items);
}

static uint32_t property_value(const struct capability_options *options, uint32_t property, uint32_t value)
{
    static const uint32_t vendor[] = { 0x4e697472, 0x6f54504d, 0, 0 }; /* "Nitr", "oTPM" */

    if (property >= TPM_PT_VENDOR_STRING_1 && property <= TPM_PT_VENDOR_STRING_4)
        return options->plain_vendor ? value : vendor[property - TPM_PT_VENDOR_STRING_1];
    if (property == TPM_PT_NV_INDEX_MAX)
        return NV_VIRTUAL_SIZE_MAX;
    /* Linux asks for as many commands as it was told there are, and insists on getting them. */
    if (property == TPM_PT_TOTAL_COMMANDS || property == TPM_PT_VENDOR_COMMANDS)
        return value + !options->hide_command;
    return value;
}

static void change_properties(const struct capability_options *options, const struct answer *answer,
                              struct attest_bytes *out)
{
    struct attest_reader reader = attest_reader_init(answer->items);
    _cleanup_(attest_bytes_done) struct attest_bytes items = attest_bytes_init(COMMAND_SIZE_MAX);

    while (attest_reader_left(&reader) >= 8) {
        uint32_t property = attest_reader_u32(&reader);
        attest_bytes_append_u32(&items, property);
        attest_bytes_append_u32(&items, property_value(options, property, attest_reader_u32(&reader)));
    }
    append_answer(out, answer, attest_bytes_view(&items));
}

/* Vendor commands come last in the list, and ours is the highest. */
static void add_command(const struct command *command, struct answer *answer, struct attest_bytes *out)
{
    struct attest_reader reader = attest_reader_init(command->parameters);
    _cleanup_(attest_bytes_done) struct attest_bytes items = attest_bytes_init(COMMAND_SIZE_MAX);

    attest_reader_u32(&reader); /* capability */
    uint32_t first = attest_reader_u32(&reader);
    uint32_t wanted = attest_reader_u32(&reader);
    attest_bytes_append(&items, answer->items);
    if (first <= TPM_CC_AWS_NSM_REQUEST && !answer->more) {
        if (answer->count < wanted && answer->count < LISTED_MAX) {
            attest_bytes_append_u32(&items, NSM_REQUEST_ATTRIBUTES);
            answer->count++;
        } else {
            answer->more = 1;
        }
    }
    append_answer(out, answer, attest_bytes_view(&items));
}

enum attest_error capability_rewrite(const struct capability_options *options, const struct command *command,
                                     struct attest_bytes *response)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(COMMAND_SIZE_MAX);
    struct answer answer;

    if (command->tag != TPM_ST_NO_SESSIONS || parse_answer(attest_bytes_view(response), &answer) != ATTEST_OK ||
        answer.code != TPM_RC_SUCCESS)
        return ATTEST_OK;
    if (answer.capability == TPM_CAP_TPM_PROPERTIES)
        change_properties(options, &answer, &out);
    else if (answer.capability == TPM_CAP_COMMANDS && !options->hide_command)
        add_command(command, &answer, &out);
    else
        return ATTEST_OK;
    attest_try(attest_bytes_check(&out));
    attest_bytes_done(response);
    *response = attest_bytes_take(&out);
    return ATTEST_OK;
}

enum attest_error capability_ask(struct swtpm *swtpm, uint32_t property, uint32_t *ret_value,
                                 struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes command = attest_bytes_init(COMMAND_SIZE_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(COMMAND_SIZE_MAX);
    struct answer answer;

    attest_bytes_append_u16(&command, TPM_ST_NO_SESSIONS);
    attest_bytes_append_u32(&command, COMMAND_HEADER_SIZE + 12);
    attest_bytes_append_u32(&command, TPM_CC_GET_CAPABILITY);
    attest_bytes_append_u32(&command, TPM_CAP_TPM_PROPERTIES);
    attest_bytes_append_u32(&command, property);
    attest_bytes_append_u32(&command, 1);
    attest_try(attest_bytes_check(&command));
    attest_try(swtpm_transact(swtpm, attest_bytes_view(&command), &response, diag));
    struct attest_view wire = attest_bytes_view(&response);
    if (parse_answer(wire, &answer) != ATTEST_OK || answer.code != TPM_RC_SUCCESS || answer.items.size != 8)
        return attest_fail(diag, ATTEST_TPM_FAILED, NULL, "swtpm to tell its property 0x%x", property);
    struct attest_reader reader = attest_reader_init(answer.items);
    attest_reader_u32(&reader);
    *ret_value = attest_reader_u32(&reader);
    return ATTEST_OK;
}
