/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, each in its cmd_*.c; attestctl.c has them in a table. */
#ifndef ATTESTCTL_COMMANDS_H
#define ATTESTCTL_COMMANDS_H

#include "daemon/ctl/options.h"

extern const struct ctl_command ctl_command_ak;
extern const struct ctl_command ctl_command_document;
extern const struct ctl_command ctl_command_eventlog;
extern const struct ctl_command ctl_command_evidence;
extern const struct ctl_command ctl_command_inspect;
extern const struct ctl_command ctl_command_nitro_tpm_attest;
extern const struct ctl_command ctl_command_pcrs;
extern const struct ctl_command ctl_command_quote;
extern const struct ctl_command ctl_command_seal;
extern const struct ctl_command ctl_command_selftest;
extern const struct ctl_command ctl_command_status;
extern const struct ctl_command ctl_command_unseal;
extern const struct ctl_command ctl_command_verify_document;
extern const struct ctl_command ctl_command_verify_eventlog;
extern const struct ctl_command ctl_command_verify_evidence;
extern const struct ctl_command ctl_command_verify_quote;

#endif
