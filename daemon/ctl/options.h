/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: commands and options are tables, which parsing, --help and the check of attestctl(1) all
 * read. A command is a row of attestctl.c's table; its options are a table of its own; values arrive as text.
 */
#ifndef ATTESTCTL_OPTIONS_H
#define ATTESTCTL_OPTIONS_H

#include "attest/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Every option there is, so that one name means one thing in all commands. */
#define CTL_OPTION_TABLE(X)                                                                                    \
    X(URL, "--url")                                                                                            \
    X(JSON, "--json")                                                                                          \
    X(HELP, "--help")                                                                                          \
    X(VERSION, "--version")                                                                                    \
    X(NONCE, "--nonce")                                                                                        \
    X(BANK, "--bank")                                                                                          \
    X(PCRS, "--pcrs")                                                                                          \
    X(OUT, "-o")                                                                                               \
    X(RAW, "--raw")                                                                                            \
    X(VERIFY, "--verify")                                                                                      \
    X(AK, "--ak")                                                                                              \
    X(ALLOW_MISSING, "--allow-missing")                                                                        \
    X(ALLOW_SHA1, "--allow-sha1")                                                                              \
    X(MESSAGE, "--message")                                                                                    \
    X(SIGNATURE, "--signature")                                                                                \
    X(PCRS_FILE, "--pcrs-file")                                                                                \
    X(ROOT, "--root")                                                                                          \
    X(AT, "--at")                                                                                              \
    X(MAX_AGE, "--max-age")                                                                                    \
    X(USER_DATA, "--user-data")                                                                                \
    X(PUBLIC_KEY, "--public-key")                                                                              \
    X(ALLOW_DEBUG, "--allow-debug")                                                                            \
    X(EVENTLOG, "--eventlog")                                                                                  \
    X(IMA, "--ima")                                                                                            \
    X(USERSPACE, "--userspace")                                                                                \
    X(ALLOW_NEWER, "--allow-newer")                                                                            \
    X(POLICY, "--policy")                                                                                      \
    X(PREVIOUS, "--previous")                                                                                  \
    X(BIND, "--bind")                                                                                          \
    X(FRESH, "--fresh")                                                                                        \
    X(CACHED, "--cached")                                                                                      \
    X(LOG, "--log")                                                                                            \
    X(RAW_KEY, "--raw-key")                                                                                    \
    X(ALLOW_UNCOMMITTED, "--allow-uncommitted")                                                                \
    X(ENCRYPTION_CONTEXT, "--encryption-context")                                                              \
    X(FORMAT, "--format")                                                                                      \
    X(BRIEF_USER_DATA, "-u")                                                                                   \
    X(BRIEF_NONCE, "-n")                                                                                       \
    X(BRIEF_PUBLIC_KEY, "-p")

enum ctl_option_id {
#define X(id, name) CTL_##id,
    CTL_OPTION_TABLE(X)
#undef X
        CTL_OPTION_COUNT
};

/* An option as one command takes it. A table of them ends with a row without help. */
struct ctl_option {
    enum ctl_option_id id;
    const char *argument; /* what it is called in --help; NULL for a switch */
    const char *help;
};

/* Values of repeated options beyond the first of each, in all. */
#define CTL_REPEATED_MAX 16

struct ctl_call;

struct ctl_command {
    const char *name;    /* one word, or two: "verify quote" */
    const char *operand; /* what the one argument is called; NULL if there is none */
    const char *summary; /* for the list of commands */
    const char *about;   /* for the command's own --help */
    const struct ctl_option *options;
    bool verifies; /* it ends with a verdict: with --json, even where it could not be found */
    enum attest_error (*run)(struct ctl_call *call);
};

/* A command line understood, and what is known of its failure. */
struct ctl_call {
    const struct ctl_command *command;
    const char *value[CTL_OPTION_COUNT]; /* NULL if not given; "" for a switch; the first of a repeated one */
    size_t repeated_count;
    struct {
        enum ctl_option_id id;
        const char *value;
    } repeated[CTL_REPEATED_MAX];
    const char *operand;         /* NULL if not given */
    const char *default_address; /* where attestd is asked if nothing says; NULL: at the public door */
    const char *subject;         /* the file or the like that a failure is about; NULL: the command */
    struct attest_diag diag;
    char problem[512]; /* what the daemon said, printable; empty if it said nothing */
};

const char *ctl_option_name(enum ctl_option_id id);

/* The values of an option that may be repeated, in their order; NULL beyond the last. */
const char *ctl_option_value(const struct ctl_call *call, enum ctl_option_id id, size_t index);

/* Options that every command takes, before it and after it. */
extern const struct ctl_option ctl_options_global[];

/* Understands `arguments` (without the program's name, NULL at the end) by the table `commands` (NULL at the
 * end). ATTEST_USAGE with call->diag. Without a command only where --help or --version is given. */
enum attest_error ctl_options_parse(const char *const *arguments, const struct ctl_command *const *commands,
                                    struct ctl_call *call) attest_must_check;

/* --help: of the command, or of the program where `command` is NULL. */
void ctl_options_help(const struct ctl_command *command, const struct ctl_command *const *commands, FILE *out);

#endif
