/* SPDX-License-Identifier: Apache-2.0 */
/* A TPM command as it came, taken apart as far as the simulator has to know it. */
#ifndef NITROTPM_SIM_COMMAND_H
#define NITROTPM_SIM_COMMAND_H

#include "base/bytes.h"

#include <stdbool.h>

#define COMMAND_HEADER_SIZE 10   /* tag, size, code: TPM 2.0 Part 1 §18.2 */
#define COMMAND_SIZE_MAX    4096 /* of commands and responses: swtpm's and Linux's buffer */
#define COMMAND_HANDLES_MAX 3

struct command {
    struct attest_view wire; /* all of it */
    uint16_t tag;
    uint32_t code;
    /* Only of the commands that are looked into (and of none if they are cut short): */
    uint32_t handles[COMMAND_HANDLES_MAX];
    size_t handle_count;
    struct attest_view authorisations; /* without their size */
    struct attest_view parameters;
};

/* ATTEST_MALFORMED if `wire` is not one whole command, or ATTEST_TRUNCATED or ATTEST_MALFORMED if it is one
 * whose handles or authorisations are cut: then only tag and code are set, and the TPM is to say what is wrong.
 */
enum attest_error command_parse(struct attest_view wire, struct command *ret_command) attest_must_check;

/* What the header says of the size; 0 if that can't be a command's or a response's. `wire` holds a header. */
size_t command_announced_size(const uint8_t wire[COMMAND_HEADER_SIZE]);

/* Whether exactly one session authorises it, and that one is a password's (TPM 2.0 Part 1 §19.4). */
bool command_has_password_only(const struct command *command);

/* The same handles and authorisations, with another code and other parameters. */
void command_reissue(const struct command *command, uint32_t code, struct attest_view parameters,
                     struct attest_bytes *out);

/* A response of nothing but its header. */
void command_refuse(uint32_t code, struct attest_bytes *out);

/* The response code of a whole response. */
uint32_t command_response_code(struct attest_view response);

#endif
