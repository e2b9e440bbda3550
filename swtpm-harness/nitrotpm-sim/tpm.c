/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who answers this command? The vendor's we do, those about virtual NV indices nv.c, GetCapability's answer is
 * changed, and everything else passes through as it is, in both directions.
 */
#include "swtpm-harness/nitrotpm-sim/tpm.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/vendor.h"

static enum attest_error pass(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                              struct attest_diag *diag)
{
    return swtpm_transact(&tpm->swtpm, command->wire, out, diag);
}

static enum attest_error get_capability(struct tpm *tpm, const struct command *command,
                                        struct attest_bytes *out, struct attest_diag *diag)
{
    attest_try(pass(tpm, command, out, diag));
    return capability_rewrite(&tpm->capability, command, out);
}

/* Removes every index of the owner's without naming one (Part 3 §24.6). */
static enum attest_error clear(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                               struct attest_diag *diag)
{
    attest_try(pass(tpm, command, out, diag));
    if (command_response_code(attest_bytes_view(out)) != TPM_RC_SUCCESS)
        return ATTEST_OK;
    return nv_review(&tpm->nv, diag);
}

static const struct {
    uint32_t code;
    enum attest_error (*execute)(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                                 struct attest_diag *diag);
} table[] = {
    { TPM_CC_AWS_NSM_REQUEST, vendor_execute },
    { TPM_CC_GET_CAPABILITY, get_capability },
    { TPM_CC_CLEAR, clear },
};

static enum attest_error dispatch(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                                  struct attest_diag *diag)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (command->code == table[i].code)
            return table[i].execute(tpm, command, out, diag);
    if (nv_concerns(&tpm->nv, command))
        return nv_execute(&tpm->nv, command, out, diag);
    return pass(tpm, command, out, diag);
}

/* What we can't read, swtpm is to refuse; but our own command it doesn't know. */
static enum attest_error leave(struct tpm *tpm, const struct command *command, struct attest_bytes *out,
                               struct attest_diag *diag)
{
    if (command->code != TPM_CC_AWS_NSM_REQUEST)
        return pass(tpm, command, out, diag);
    command_refuse(TPM_RC_COMMAND_SIZE, out);
    return ATTEST_OK;
}

/* A command in whose way stands a fault. */
static bool refuse(struct tpm *tpm, uint32_t code, struct attest_bytes *out)
{
    const struct fault *fail = faults_take(&tpm->faults, FAULT_FAIL, code);

    if (fail)
        command_refuse((uint32_t)fail->value, out);
    else if (faults_take(&tpm->faults, FAULT_BUSY, code))
        command_refuse(TPM_RC_RETRY, out);
    else
        return false;
    return true;
}

int64_t tpm_delay(struct tpm *tpm, struct attest_view wire)
{
    struct command command = { 0 };

    (void)!command_parse(wire, &command);
    const struct fault *delay = faults_take(&tpm->faults, FAULT_DELAY, command.code);
    const struct fault *slow = faults_take(&tpm->faults, FAULT_SLOW, command.code);
    return (delay ? delay->value : 0) + (slow ? slow->value : 0);
}

/* Only what is the matter with swtpm or with us ends the simulator; else the client is told that it went wrong.
 */
static bool is_fatal(enum attest_error error)
{
    enum attest_category category = attest_error_category(error);

    return category == ATTEST_CATEGORY_TPM || category == ATTEST_CATEGORY_SYSTEM;
}

enum attest_error tpm_execute(struct tpm *tpm, struct attest_view wire, struct attest_bytes *out,
                              bool *ret_lost, struct attest_diag *diag)
{
    struct command command = { .wire = wire };

    bool readable = command_parse(wire, &command) == ATTEST_OK;
    counts_add(&tpm->counts, command.code);
    if (!refuse(tpm, command.code, out)) {
        enum attest_error error =
            readable ? dispatch(tpm, &command, out, diag) : leave(tpm, &command, out, diag);
        if (is_fatal(error))
            return error;
        if (error != ATTEST_OK) {
            attest_bytes_done(out);
            command_refuse(TPM_RC_FAILURE, out);
        }
    }
    *ret_lost = faults_take(&tpm->faults, FAULT_LOST, command.code) != NULL;
    return attest_bytes_check(out);
}
