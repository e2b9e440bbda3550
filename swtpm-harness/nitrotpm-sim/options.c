/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the command line ask for?
 */
#include "swtpm-harness/nitrotpm-sim/options.h"

#include "swtpm-harness/nitrotpm-sim/state.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define REGION_SIZE_MAX 14 /* the leaf's name has at most 64 bytes (RFC 5280 appendix A.1) */

enum option_id {
    OPTION_STATE,
    OPTION_LISTEN,
    OPTION_QEMU,
    OPTION_CONTROL,
    OPTION_FAULT,
    OPTION_MODULE_ID,
    OPTION_REGION,
    OPTION_PLAIN_VENDOR,
    OPTION_HIDE_COMMAND,
    OPTION_VERSION,
    OPTION_HELP,
    OPTION_COUNT
};

static const struct {
    const char *name;
    const char *value; /* NULL: takes none */
    const char *what;
} table[OPTION_COUNT] = {
    [OPTION_STATE] = { "state", "DIR", "keep the TPM, the CA and the module's id in DIR" },
    [OPTION_LISTEN] = { "listen", "ADDRESS", "for TPM clients: unix:PATH, tcp:127.0.0.1:PORT, tcp:[::1]:PORT" },
    [OPTION_QEMU] = { "qemu", "unix:PATH", "for QEMU's -tpmdev emulator" },
    [OPTION_CONTROL] = { "control", "unix:PATH", "for faults and counts at run time" },
    [OPTION_FAULT] = { "fault", "SPEC", "NAME[=VALUE][,count=N][,on=CODE|any], one of those below" },
    [OPTION_MODULE_ID] = { "module-id", "ID", "i-<17 hex digits>-tpm<16 hex digits>, kept in DIR" },
    [OPTION_REGION] = { "region", "NAME", "the region in the certificates' names (us-east-1)" },
    [OPTION_PLAIN_VENDOR] = { "plain-vendor", NULL, "leave the vendor strings as swtpm has them" },
    [OPTION_HIDE_COMMAND] = { "hide-command", NULL, "don't list the vendor command" },
    [OPTION_VERSION] = { "version", NULL, "print the version and exit" },
    [OPTION_HELP] = { "help", NULL, "print this and exit" },
};

void options_print_help(void)
{
    char left[40];

    puts("usage: nitrotpm-sim --state DIR --listen ADDRESS... [OPTION]...\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        snprintf(left, sizeof left, "--%s%s%s", table[i].name, table[i].value ? " " : "",
                 table[i].value ? table[i].value : "");
        printf("  %-22s  %s\n", left, table[i].what);
    }
    puts("\nFaults:");
    faults_print_help();
}

static bool wrong(const struct attest_diag *diag)
{
    fprintf(stderr, "nitrotpm-sim: expected %s%s%s\n", diag->expected, diag->found[0] ? ", found " : "",
            diag->found);
    return false;
}

static bool fail(const char *expected)
{
    fprintf(stderr, "nitrotpm-sim: expected %s\n", expected);
    return false;
}

static bool take_address(const char *text, bool must_be_unix, struct address *ret_address)
{
    struct attest_diag diag = { 0 };

    if (address_parse(text, ret_address, &diag) != ATTEST_OK)
        return wrong(&diag);
    return !must_be_unix || address_is_unix(ret_address) || fail("unix:PATH");
}

static bool take_listen(struct options *options, const char *text)
{
    if (options->listen_count == OPTIONS_LISTEN_MAX)
        return fail("at most 4 times --listen");
    return take_address(text, false, &options->listen[options->listen_count++]);
}

static bool take_fault(struct options *options, const char *text)
{
    struct attest_diag diag = { 0 };

    return faults_set(&options->faults, text, &diag) == ATTEST_OK || wrong(&diag);
}

static bool take_region(struct options *options, const char *text)
{
    size_t size = strlen(text);

    if (size == 0 || size > REGION_SIZE_MAX || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != size)
        return fail("a region of at most 14 lower-case letters, digits and -");
    options->region = text;
    return true;
}

static bool take_module_id(struct options *options, const char *text)
{
    if (!state_is_module_id(text))
        return fail("a module id of the form i-0123456789abcdef0-tpm0000000000000000");
    options->module_id = text;
    return true;
}

static bool take(struct options *options, enum option_id id, const char *value)
{
    switch (id) {
    case OPTION_STATE:
        options->state = value;
        return true;
    case OPTION_LISTEN:
        return take_listen(options, value);
    case OPTION_QEMU:
        return take_address(value, true, &options->qemu);
    case OPTION_CONTROL:
        return take_address(value, true, &options->control);
    case OPTION_FAULT:
        return take_fault(options, value);
    case OPTION_MODULE_ID:
        return take_module_id(options, value);
    case OPTION_REGION:
        return take_region(options, value);
    case OPTION_PLAIN_VENDOR:
        return options->capability.plain_vendor = true;
    case OPTION_HIDE_COMMAND:
        return options->capability.hide_command = true;
    case OPTION_VERSION:
        return options->version = true;
    case OPTION_HELP:
        return options->help = true;
    default:
        return false;
    }
}

bool options_parse(int argc, char **argv, struct options *ret_options)
{
    struct options options = { .region = "us-east-1" };
    struct option long_options[OPTION_COUNT + 1] = { 0 };
    int id;

    for (int i = 0; i < OPTION_COUNT; i++)
        long_options[i] = (struct option){ table[i].name, table[i].value != NULL, NULL, i };
    while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        if (id >= OPTION_COUNT || !take(&options, (enum option_id)id, optarg))
            return false;
    if (optind < argc)
        return fail("only options");
    if (!options.help && !options.version) {
        if (!options.state)
            return fail("--state DIR");
        if (options.listen_count == 0 && options.qemu.size == 0)
            return fail("--listen ADDRESS or --qemu unix:PATH");
    }
    *ret_options = options;
    return true;
}
