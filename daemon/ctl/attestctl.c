/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attestctl(1): asks attestd, and verifies what it gives. This file only wires: the table of commands, and what
 * the program ends with.
 */
#include <config.h>

#include "attest/trust.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report.h"

#include <errno.h>
#include <string.h>

static const struct ctl_command *const commands[] = {
    &ctl_command_status,
    &ctl_command_pcrs,
    &ctl_command_quote,
    &ctl_command_document,
    &ctl_command_evidence,
    &ctl_command_ak,
    &ctl_command_eventlog,
    &ctl_command_nitro_tpm_attest,
    &ctl_command_selftest,
    &ctl_command_verify_quote,
    &ctl_command_verify_eventlog,
    &ctl_command_verify_document,
    &ctl_command_verify_evidence,
    &ctl_command_inspect,
    &ctl_command_seal,
    &ctl_command_unseal,
    NULL,
};

/* The one place where an error becomes an exit status. */
static int exit_status(enum attest_error error)
{
    switch (attest_error_category(error)) {
    case ATTEST_CATEGORY_OK:
        return 0;
    case ATTEST_CATEGORY_REFUSED:
        return 1;
    case ATTEST_CATEGORY_USAGE:
        return 2;
    default:
        return 3;
    }
}

static enum attest_error run(struct ctl_call *call)
{
    if (call->value[CTL_HELP]) {
        ctl_options_help(call->command, commands, stdout);
        return ATTEST_OK;
    }
    if (call->value[CTL_VERSION]) {
        printf("attestctl " PACKAGE_VERSION "\nAWS Nitro root G1, SHA-256 %s\n",
               attest_trust_aws_fingerprint());
        return ATTEST_OK;
    }
    enum attest_error error = call->command->run(call);
    if (call->command->verifies && error != ATTEST_OK && error != ATTEST_REFUSED && error != ATTEST_USAGE)
        ctl_report_failure(call, error);
    return error;
}

/* A refusal that a report has already explained leaves the diag empty. */
static bool is_told(const struct ctl_call *call, enum attest_error error)
{
    return error == ATTEST_OK || (error == ATTEST_REFUSED && !call->diag.expected[0]);
}

/* What follows the program's name; with it in front where the name is that of a command: a link. */
static const char *const *words(int argc, char **argv)
{
    if (argc == 0)
        return (const char *const *)argv;
    char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    if (strcmp(name, ctl_command_nitro_tpm_attest.name) != 0)
        return (const char *const *)argv + 1;
    argv[0] = name;
    return (const char *const *)argv;
}

int main(int argc, char **argv)
{
    struct ctl_call call = { 0 };

    enum attest_error error = ctl_options_parse(words(argc, argv), commands, &call);
    if (error == ATTEST_OK)
        error = run(&call);
    if (!is_told(&call, error))
        ctl_output_failure(&call, error);
    if ((fflush(stdout) != 0 || ferror(stdout)) && error == ATTEST_OK) {
        error = attest_fail_errno(&call.diag, errno, "to write standard output");
        ctl_output_failure(&call, error);
    }
    return exit_status(error);
}
