/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attestd: quotes and PCRs of this machine's TPM, over local sockets. This file only wires.
 */
#include <config.h>
#include "daemon/listen.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/server.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_USAGE 2

static int fail(const char *what, enum attest_error error, const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    fprintf(stderr, "attestd: %s%s%s\n", what, what[0] ? ": " : "", log_describe(error, diag, text));
    return attest_error_category(error) == ATTEST_CATEGORY_USAGE ? EXIT_USAGE : EXIT_FAILURE;
}

/* One heap for both threads, and no word from tpm2-tss: what it would say we say ourselves. */
static void set_up_process(void)
{
    mallopt(M_ARENA_MAX, 1);
    setenv("TSS2_LOG", "all+NONE", 0);
    log_open("attestd");
}

static enum attest_error open_doors(const struct options *options, struct listeners *listeners,
                                    struct attest_diag *diag)
{
    enum attest_error error = listen_inherit(listeners, diag);

    for (size_t i = 0; i < options->address_count && error == ATTEST_OK; i++)
        error = listen_open(listeners, options->addresses[i], diag);
    if (error == ATTEST_OK && listeners->count == 0) {
        snprintf(diag->expected, sizeof diag->expected, "--listen, or sockets from systemd");
        return ATTEST_USAGE;
    }
    return error;
}

static int serve(const struct options *options, struct config *config)
{
    struct listeners listeners = { 0 };
    struct attest_diag diag = { 0 };
    bool ended = true;

    enum attest_error error = open_doors(options, &listeners, &diag);
    if (error == ATTEST_OK)
        error = server_run(&options->config, config, &listeners, &ended, &diag);
    else
        config_unref(config);
    listen_close(&listeners);
    if (!ended)
        _exit(EXIT_SUCCESS);
    return error == ATTEST_OK ? EXIT_SUCCESS : fail("", error, &diag);
}

int main(int argc, char **argv)
{
    struct options options;
    struct config *config;
    struct attest_diag diag = { 0 };
    char where[512] = "";

    if (!options_parse(argc, argv, &options))
        return EXIT_USAGE;
    if (options.help) {
        options_print_help();
        return EXIT_SUCCESS;
    }
    if (options.version) {
        puts("attestd " PACKAGE_VERSION);
        return EXIT_SUCCESS;
    }
    set_up_process();
    enum attest_error error = config_load(&options.config, &config, where, sizeof where, &diag);
    if (error != ATTEST_OK) {
        fail(where, error, &diag);
        return EXIT_USAGE; /* attestd.service does not try again then */
    }
    if (options.check_config) {
        config_unref(config);
        return EXIT_SUCCESS;
    }
    return serve(&options, config);
}
