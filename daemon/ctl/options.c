/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked for on the command line? By tables, as getopt_long(3) would read them, but strictly: no
 * shortened names, nothing given twice, nothing passed over.
 */
#include "daemon/ctl/options.h"

#include "base/error.h"

#include <stdbool.h>
#include <string.h>

#define LINE_WIDTH  78
#define HELP_COLUMN 28

const struct ctl_option ctl_options_global[] = {
    { CTL_URL, "ADDRESS",
      "where attestd listens: unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT (default: $ATTESTD_URL, or "
      "unix:/run/attestd/attestd.sock)" },
    { CTL_JSON, NULL, "print one JSON object instead of text" },
    { CTL_HELP, NULL, "print this help, or a command's, and exit" },
    { CTL_VERSION, NULL, "print the version and exit" },
    { 0 },
};

static const char *const names[] = {
#define X(id, name) [CTL_##id] = name,
    CTL_OPTION_TABLE(X)
#undef X
};

/* Those that may be given several times. */
static const bool repeats[CTL_OPTION_COUNT] = { [CTL_ROOT] = true, [CTL_ENCRYPTION_CONTEXT] = true };

const char *ctl_option_name(enum ctl_option_id id)
{
    return names[id];
}

const char *ctl_option_value(const struct ctl_call *call, enum ctl_option_id id, size_t index)
{
    if (index == 0)
        return call->value[id];
    for (size_t i = 0; i < call->repeated_count; i++)
        if (call->repeated[i].id == id && --index == 0)
            return call->repeated[i].value;
    return NULL;
}

/* Whether `text` is the option `name`: alone (then nothing is attached), or as --name=VALUE or -nVALUE. */
static bool matches(const char *text, const char *name, const char **ret_attached)
{
    size_t length = strlen(name);
    bool is_long = name[1] == '-';

    if (strncmp(text, name, length) != 0 || (is_long && text[length] != '\0' && text[length] != '='))
        return false;
    *ret_attached = text[length] == '\0' ? NULL : text + length + (is_long ? 1 : 0);
    return true;
}

static const struct ctl_option *find_option(const struct ctl_option *table, const char *text,
                                            const char **ret_attached)
{
    for (; table->help; table++)
        if (matches(text, names[table->id], ret_attached))
            return table;
    return NULL;
}

/* Notes the value, behind those that a repeated option has already. */
static enum attest_error keep_value(const struct ctl_option *option, const char *value, struct ctl_call *call)
{
    if (!call->value[option->id]) {
        call->value[option->id] = value;
        return ATTEST_OK;
    }
    if (!repeats[option->id])
        return attest_fail(&call->diag, ATTEST_USAGE, "it twice", "%s once", names[option->id]);
    if (call->repeated_count == CTL_REPEATED_MAX)
        return attest_fail(&call->diag, ATTEST_USAGE, "more", "at most %d repeated options", CTL_REPEATED_MAX);
    call->repeated[call->repeated_count].id = option->id;
    call->repeated[call->repeated_count++].value = value;
    return ATTEST_OK;
}

/* Takes the option at *arguments, with its value, and moves on. */
static enum attest_error take_option(const char *const **arguments, struct ctl_call *call)
{
    const char *text = *(*arguments)++, *attached = NULL;

    const struct ctl_option *option = find_option(ctl_options_global, text, &attached);
    if (!option && call->command)
        option = find_option(call->command->options, text, &attached);
    if (!option)
        return attest_fail(&call->diag, ATTEST_USAGE, text, "an option of %s (--help lists them)",
                           call->command ? call->command->name : "all commands, or a command first");
    const char *name = names[option->id];
    if (!option->argument && attached)
        return attest_fail(&call->diag, ATTEST_USAGE, attached, "no value for %s", name);
    if (option->argument && !attached)
        attached = *(*arguments)++;
    if (option->argument && !attached)
        return attest_fail(&call->diag, ATTEST_USAGE, "nothing", "%s after %s", option->argument, name);
    return keep_value(option, option->argument ? attached : "", call);
}

/* What follows the word in the command's name: "" if nothing does, NULL if it does not begin with the word. */
static const char *rest_of_name(const struct ctl_command *command, const char *word)
{
    size_t length = strlen(word);

    if (length == 0 || strchr(word, ' ') || strncmp(command->name, word, length) != 0)
        return NULL;
    return command->name[length] == ' '    ? command->name + length + 1
           : command->name[length] == '\0' ? ""
                                           : NULL;
}

/* The next word of the command's name: sets call->command when it is complete, until then *group to the word
 * that others begin with. */
static enum attest_error take_command(const char *word, const struct ctl_command *const *commands,
                                      const char **group, struct ctl_call *call)
{
    bool is_group = false;

    for (; *commands && !call->command; commands++) {
        const char *rest = rest_of_name(*commands, *group ?: word);
        if (rest && strcmp(rest, *group ? word : "") == 0)
            call->command = *commands;
        else if (rest)
            is_group = true;
    }
    if (call->command)
        return ATTEST_OK;
    if (*group || !is_group)
        return attest_fail(&call->diag, ATTEST_USAGE, word, "a command%s%s (--help lists them)",
                           *group ? " after " : "", *group ?: "");
    *group = word;
    return ATTEST_OK;
}

static enum attest_error take_operand(const char *word, struct ctl_call *call)
{
    if (!call->command->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, word, "no argument of %s", call->command->name);
    if (call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, word, "one %s", call->command->operand);
    call->operand = word;
    return ATTEST_OK;
}

enum attest_error ctl_options_parse(const char *const *arguments, const struct ctl_command *const *commands,
                                    struct ctl_call *call)
{
    const char *group = NULL;
    bool only_words = false; /* after "--" */

    while (*arguments) {
        const char *text = *arguments;
        if (!only_words && text[0] == '-' && text[1] != '\0') {
            only_words = strcmp(text, "--") == 0;
            if (only_words)
                arguments++;
            else
                attest_try(take_option(&arguments, call));
            continue;
        }
        arguments++;
        attest_try(call->command ? take_operand(text, call) : take_command(text, commands, &group, call));
    }
    if (!call->command && !call->value[CTL_HELP] && !call->value[CTL_VERSION])
        return attest_fail(&call->diag, ATTEST_USAGE, group ?: "nothing", "a command (--help lists them)");
    return ATTEST_OK;
}

/* Prints `text` in lines of at most LINE_WIDTH columns, each but the first indented to `column`, where the
 * first begins. */
static void print_wrapped(FILE *out, const char *text, size_t column)
{
    size_t at = column;

    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > column && at + 1 + word > LINE_WIDTH) {
            fprintf(out, "\n%*s", (int)column, "");
            at = column;
        } else if (at > column) {
            fputc(' ', out);
            at++;
        }
        fprintf(out, "%.*s", (int)word, text);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_row(FILE *out, const char *name, const char *argument, const char *text)
{
    int width = fprintf(out, "  %s%s%s", name, argument ? " " : "", argument ?: "");

    if (width > HELP_COLUMN - 2) {
        fputc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", HELP_COLUMN - width, "");
    print_wrapped(out, text, HELP_COLUMN);
}

static void print_options(FILE *out, const char *title, const struct ctl_option *option)
{
    if (option->help)
        fprintf(out, "\n%s:\n", title);
    for (; option->help; option++)
        print_row(out, names[option->id], option->argument, option->help);
}

void ctl_options_help(const struct ctl_command *command, const struct ctl_command *const *commands, FILE *out)
{
    if (command) {
        fprintf(out, "Usage: attestctl %s [OPTION]...%s%s%s\n\n", command->name, command->operand ? " [" : "",
                command->operand ?: "", command->operand ? "]" : "");
        print_wrapped(out, command->about, 0);
        print_options(out, "Options", command->options);
    } else {
        fprintf(out, "Usage: attestctl [OPTION]... COMMAND [OPTION]... [ARGUMENT]\n\n");
        print_wrapped(
            out, "Asks attestd for evidence of how this machine was booted, and verifies such evidence.", 0);
        fprintf(out, "\nCommands:\n");
        for (; *commands; commands++)
            print_row(out, (*commands)->name, NULL, (*commands)->summary);
    }
    print_options(out, "Options of every command, before or after it", ctl_options_global);
    fputc('\n', out);
    print_wrapped(out,
                  "Exit status: 0 it holds or is done; 1 it was read and does not hold; 2 the call is wrong; "
                  "3 it could not be done.",
                  0);
}
