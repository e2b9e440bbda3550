/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the command line ask for?
 */
#include "daemon/options.h"

#include "daemon/config.h"

#include <getopt.h>
#include <stdio.h>

enum option_id {
    OPTION_CONFIG,
    OPTION_TCTI,
    OPTION_VENDOR_TCTI,
    OPTION_LISTEN,
    OPTION_CHECK_CONFIG,
    OPTION_VERSION,
    OPTION_HELP
};

static const struct {
    const char *name;
    const char *value; /* NULL: takes none */
    const char *what;
} table[] = {
    [OPTION_CONFIG] = { "config", "FILE", "read FILE and FILE.d/*.conf, not " CONFIG_FILE },
    [OPTION_TCTI] = { "tcti", "CONF", "how the TPM is reached, instead of [tpm] tcti" },
    [OPTION_VENDOR_TCTI] = { "vendor-tcti", "CONF", "the same for documents, instead of [tpm] vendor-tcti" },
    [OPTION_LISTEN] = { "listen", "ADDRESS",
                        "listen on unix:PATH, unlock:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT" },
    [OPTION_CHECK_CONFIG] = { "check-config", NULL,
                              "read the configuration, say what is wrong with it, and exit" },
    [OPTION_VERSION] = { "version", NULL, "print the version and exit" },
    [OPTION_HELP] = { "help", NULL, "print this and exit" },
};

#define OPTION_COUNT (sizeof table / sizeof table[0])

void options_print_help(void)
{
    puts("Usage: attestd [OPTION]...\nServes TPM quotes and PCRs to local callers; see attestd(8).\n");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        printf("  --%s%s%s\n        %s\n", table[i].name, table[i].value ? " " : "", table[i].value ?: "",
               table[i].what);
}

static bool take(struct options *options, int id)
{
    switch (id) {
    case OPTION_CONFIG:
        options->config.path = optarg;
        return true;
    case OPTION_TCTI:
        options->config.tcti = optarg;
        return true;
    case OPTION_VENDOR_TCTI:
        options->config.vendor_tcti = optarg;
        return true;
    case OPTION_LISTEN:
        if (options->address_count == LISTENERS_MAX) {
            fprintf(stderr, "attestd: expected at most %d times --listen\n", LISTENERS_MAX);
            return false;
        }
        options->addresses[options->address_count++] = optarg;
        return true;
    case OPTION_CHECK_CONFIG:
        options->check_config = true;
        return true;
    case OPTION_VERSION:
        options->version = true;
        return true;
    case OPTION_HELP:
        options->help = true;
        return true;
    default:
        return false; /* getopt_long has said why */
    }
}

bool options_parse(int argc, char **argv, struct options *ret_options)
{
    struct option getopt_table[OPTION_COUNT + 1] = { 0 };
    struct options options = { 0 };

    for (size_t i = 0; i < OPTION_COUNT; i++)
        getopt_table[i] =
            (struct option){ table[i].name, table[i].value ? required_argument : no_argument, NULL, (int)i };
    for (int id; (id = getopt_long(argc, argv, "", getopt_table, NULL)) != -1;)
        if (!take(&options, id))
            return false;
    if (optind < argc) {
        fprintf(stderr, "attestd: expected options only, found %s\n", argv[optind]);
        return false;
    }
    *ret_options = options;
    return true;
}
