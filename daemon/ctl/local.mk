# SPDX-License-Identifier: Apache-2.0
# attestctl: one file for each command.
bin_PROGRAMS += attestctl
attestctl_SOURCES = \
	daemon/ctl/ask_document.c daemon/ctl/ask_document.h \
	daemon/ctl/ask_evidence.c daemon/ctl/ask_evidence.h \
	daemon/ctl/attestctl.c \
	daemon/ctl/client.c daemon/ctl/client.h \
	daemon/ctl/cmd_ak.c \
	daemon/ctl/cmd_document.c \
	daemon/ctl/cmd_eventlog.c \
	daemon/ctl/cmd_evidence.c \
	daemon/ctl/cmd_nitro_tpm_attest.c \
	daemon/ctl/cmd_pcrs.c \
	daemon/ctl/cmd_quote.c \
	daemon/ctl/cmd_selftest.c \
	daemon/ctl/cmd_inspect.c \
	daemon/ctl/cmd_seal.c \
	daemon/ctl/cmd_status.c \
	daemon/ctl/cmd_unseal.c \
	daemon/ctl/cmd_verify_eventlog.c \
	daemon/ctl/cmd_verify_document.c \
	daemon/ctl/cmd_verify_evidence.c \
	daemon/ctl/cmd_verify_quote.c \
	daemon/ctl/commands.h \
	daemon/ctl/infile.c daemon/ctl/infile.h \
	daemon/ctl/input.c daemon/ctl/input.h \
	daemon/ctl/logs.c daemon/ctl/logs.h \
	daemon/ctl/options.c daemon/ctl/options.h \
	daemon/ctl/outfile.c daemon/ctl/outfile.h \
	daemon/ctl/output.c daemon/ctl/output.h \
	daemon/ctl/report.c daemon/ctl/report.h \
	daemon/ctl/report_eventlog.c daemon/ctl/report_eventlog.h \
	daemon/ctl/report_document.c daemon/ctl/report_document.h \
	daemon/ctl/report_evidence.c daemon/ctl/report_evidence.h \
	daemon/ctl/report_quote.c daemon/ctl/report_quote.h \
	daemon/ctl/sealed.c daemon/ctl/sealed.h
attestctl_CPPFLAGS = $(AM_CPPFLAGS)
attestctl_LDADD = libattest-flow.la libattest-aws.la libattest-core.la
