/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is attestd-unlock to do?
 */
#include "daemon/unlock/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define DECRYPT "decrypt"

enum option_id {
    OPTION_CONFIG,
    OPTION_ONLY,
    OPTION_CHECK,
    OPTION_REPORT,
    OPTION_REFRESH,
    OPTION_KEY_ID,
    OPTION_CONTEXT,
    OPTION_VERSION,
    OPTION_HELP
};

static const struct {
    const char *name;
    const char *value; /* NULL: takes none */
    const char *what;
} table[] = {
    [OPTION_CONFIG] = { "config", "FILE", "read FILE and FILE.d/*.conf, not " CONFIG_FILE },
    [OPTION_ONLY] = { "only", "NAME", "only this secret; may be repeated" },
    [OPTION_CHECK] = { "check", "[=online]",
                       "check the configuration and show what would be asked for; or try it" },
    [OPTION_REPORT] = { "report", "FILE", "leave the report there, instead of [unlock] report" },
    [OPTION_REFRESH] = { "refresh", NULL, "fetch also what is there, and replace it" },
    [OPTION_KEY_ID] = { "key-id", "ARN", "decrypt: the KMS key" },
    [OPTION_CONTEXT] = { "encryption-context", "PAIRS", "decrypt: name=value,... (default: none)" },
    [OPTION_VERSION] = { "version", NULL, "print the version and exit" },
    [OPTION_HELP] = { "help", NULL, "print this and exit" },
};

#define OPTION_COUNT (sizeof table / sizeof table[0])

static bool is_optional(size_t id)
{
    return table[id].value && table[id].value[0] == '[';
}

static int argument_of(size_t id)
{
    if (is_optional(id))
        return optional_argument;
    return table[id].value ? required_argument : no_argument;
}

void unlock_options_print_help(void)
{
    puts("Usage: attestd-unlock [OPTION]... [-- COMMAND [ARG]...]\n"
         "       attestd-unlock decrypt --key-id ARN [OPTION]... <CIPHERTEXT >PLAINTEXT\n"
         "Has AWS KMS decrypt secrets for this machine as it was measured; see attestd-unlock(8).\n");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        printf("  --%s%s%s\n        %s\n", table[i].name, table[i].value && !is_optional(i) ? " " : "",
               table[i].value ?: "", table[i].what);
}

static bool take_only(struct unlock_options *options)
{
    if (options->only_count == CONFIG_SECRETS_MAX) {
        fprintf(stderr, "attestd-unlock: expected at most %d times --only\n", CONFIG_SECRETS_MAX);
        return false;
    }
    options->only[options->only_count++] = optarg;
    return true;
}

static bool take_check(struct unlock_options *options)
{
    options->check = true;
    options->online = optarg != NULL;
    if (!optarg || strcmp(optarg, "online") == 0)
        return true;
    fprintf(stderr, "attestd-unlock: expected --check or --check=online, found --check=%s\n", optarg);
    return false;
}

static bool take(struct unlock_options *options, int id)
{
    const char **const texts[OPTION_COUNT] = {
        [OPTION_CONFIG] = &options->config.path,
        [OPTION_REPORT] = &options->report,
        [OPTION_KEY_ID] = &options->key_id,
        [OPTION_CONTEXT] = &options->context,
    };
    bool *const flags[OPTION_COUNT] = {
        [OPTION_REFRESH] = &options->refresh,
        [OPTION_VERSION] = &options->version,
        [OPTION_HELP] = &options->help,
    };

    if (id < 0 || id >= (int)OPTION_COUNT)
        return false; /* getopt_long has said why */
    if (id == OPTION_ONLY)
        return take_only(options);
    if (id == OPTION_CHECK)
        return take_check(options);
    if (texts[id])
        *texts[id] = optarg;
    else
        *flags[id] = true;
    return true;
}

static bool fits(const struct unlock_options *options)
{
    const char *wrong = NULL;

    if (options->decrypt && !options->key_id)
        wrong = "--key-id with decrypt";
    else if (options->decrypt && (options->command || options->only_count > 0 || options->check))
        wrong = "decrypt without --only, --check and a command";
    else if (!options->decrypt && (options->key_id || options->context))
        wrong = "--key-id and --encryption-context with decrypt alone";
    else if (options->check && options->command)
        wrong = "--check without a command";
    if (wrong)
        fprintf(stderr, "attestd-unlock: expected %s\n", wrong);
    return wrong == NULL;
}

bool unlock_options_parse(int argc, char **argv, struct unlock_options *ret_options)
{
    struct option getopt_table[OPTION_COUNT + 1] = { 0 };
    struct unlock_options options = { 0 };

    if (argc > 1 && strcmp(argv[1], DECRYPT) == 0) {
        options.decrypt = true;
        argv[1] = argv[0];
        argv++;
        argc--;
    }
    for (size_t i = 0; i < OPTION_COUNT; i++)
        getopt_table[i] = (struct option){ table[i].name, argument_of(i), NULL, (int)i };
    for (int id; (id = getopt_long(argc, argv, "+", getopt_table, NULL)) != -1;)
        if (!take(&options, id))
            return false;
    if (optind < argc && strcmp(argv[optind - 1], "--") == 0)
        options.command = argv + optind;
    else if (optind < argc) {
        fprintf(stderr, "attestd-unlock: expected options, or -- and a command, found %s\n", argv[optind]);
        return false;
    }
    if (!options.help && !options.version && !fits(&options))
        return false;
    *ret_options = options;
    return true;
}
