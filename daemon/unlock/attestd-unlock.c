/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attestd-unlock: secrets that AWS KMS decrypts for this machine as it was measured. This file only wires.
 */
#include <config.h>
#include "base/error.h"
#include "daemon/log.h"
#include "daemon/unlock/check.h"
#include "daemon/unlock/decrypt.h"
#include "daemon/unlock/lockdown.h"
#include "daemon/unlock/options.h"
#include "daemon/unlock/run.h"
#include "daemon/unlock/stop.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define EXIT_USAGE 2

/* The one place where an error becomes an exit status: as those of attestctl. */
static int exit_status(enum attest_error error)
{
    switch (attest_error_category(error)) {
    case ATTEST_CATEGORY_OK:
        return 0;
    case ATTEST_CATEGORY_REFUSED:
        return 1;
    case ATTEST_CATEGORY_USAGE:
        return EXIT_USAGE;
    default:
        return 3;
    }
}

static int fail(const char *what, enum attest_error error, const struct attest_diag *diag)
{
    char text[LOG_TEXT_SIZE];

    fprintf(stderr, "attestd-unlock: %s%s%s\n", what, what[0] ? ": " : "", log_describe(error, diag, text));
    return exit_status(error);
}

/* What is locked and blocked here would be inherited; what was given up stays so. */
static int execute(char **command)
{
    sigset_t none;

    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execvp(command[0], command);
    fprintf(stderr, "attestd-unlock: %s: %m\n", command[0]);
    return exit_status(ATTEST_SYSTEM);
}

static int serve(const struct config *config, const struct unlock_options *options)
{
    struct attest_diag diag = { 0 };
    enum attest_error error;

    if (options->check)
        error = check(config, options, &diag);
    else if (options->decrypt)
        error = decrypt(config, options, &diag);
    else
        return exit_status(run(config, options, &diag)); /* which has said why */
    return error == ATTEST_OK ? 0 : fail("", error, &diag);
}

int main(int argc, char **argv)
{
    struct unlock_options options;
    struct config *config = NULL;
    struct attest_diag diag = { 0 };
    char where[512] = "";

    if (!unlock_options_parse(argc, argv, &options))
        return EXIT_USAGE;
    if (options.help) {
        unlock_options_print_help();
        return 0;
    }
    if (options.version) {
        puts("attestd-unlock " PACKAGE_VERSION);
        return 0;
    }
    signal(SIGPIPE, SIG_IGN);
    log_open("attestd-unlock");
    enum attest_error error = lockdown(&diag);
    if (error != ATTEST_OK)
        return fail("", error, &diag);
    error = config_load(&options.config, &config, where, sizeof where, &diag);
    if (error != ATTEST_OK) {
        fail(where, error, &diag);
        return EXIT_USAGE;
    }
    int status = serve(config, &options);
    config_unref(config);
    if (status != 0 || !options.command)
        return status;
    return stop_was_asked() ? exit_status(ATTEST_SYSTEM) : execute(options.command);
}
