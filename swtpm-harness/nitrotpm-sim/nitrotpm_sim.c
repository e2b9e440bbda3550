/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitrotpm-sim: a NitroTPM for tests, before a swtpm of its own. This file only wires.
 */
#include <config.h>
#include "swtpm-harness/nitrotpm-sim/clock.h"
#include "swtpm-harness/nitrotpm-sim/options.h"
#include "swtpm-harness/nitrotpm-sim/server.h"
#include "swtpm-harness/nitrotpm-sim/state.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

#define EXIT_USAGE 2

static int fail(enum attest_error error, const struct attest_diag *diag)
{
    if (diag->expected[0])
        fprintf(stderr, "nitrotpm-sim: expected %s%s%s\n", diag->expected, diag->found[0] ? ", found " : "",
                diag->found);
    else
        fprintf(stderr, "nitrotpm-sim: %s\n", attest_error_sentence(error));
    return attest_error_category(error) == ATTEST_CATEGORY_USAGE ? EXIT_USAGE : EXIT_FAILURE;
}

static enum attest_error open_ca(const struct state *state, const char *region, struct ca *ret_ca,
                                 struct attest_diag *diag)
{
    char key[STATE_PATH_SIZE], certificate[STATE_PATH_SIZE];

    state_path(state, "root-key.pem", key);
    state_path(state, "root.pem", certificate);
    return ca_open(ret_ca, key, certificate, region, state->module_id, clock_wall_ms() / 1000, diag);
}

static enum attest_error open_tpm(const struct options *options, const struct state *state,
                                  struct signals *signals, struct tpm *tpm, struct attest_diag *diag)
{
    char path[STATE_PATH_SIZE];

    tpm->capability = options->capability;
    tpm->faults = options->faults;
    attest_try(open_ca(state, options->region, &tpm->ca, diag));
    state_path(state, "tpm", path);
    attest_try(swtpm_start(&tpm->swtpm, path, signals, diag));
    state_path(state, "nv", path);
    return nv_open(&tpm->nv, path, &tpm->swtpm, diag);
}

static void close_tpm(struct tpm *tpm)
{
    nv_close(&tpm->nv);
    swtpm_stop(&tpm->swtpm);
    ca_close(&tpm->ca);
}

static enum attest_error open_doors(const struct options *options, struct server *server,
                                    struct attest_diag *diag)
{
    for (size_t i = 0; i < options->listen_count; i++) {
        struct address control;
        attest_try(address_of_control(&options->listen[i], &control, diag));
        attest_try(server_listen(server, &options->listen[i], CONNECTION_DATA, diag));
        attest_try(server_listen(server, &control, CONNECTION_CONTROL, diag));
    }
    if (options->qemu.size)
        attest_try(server_listen(server, &options->qemu, CONNECTION_QEMU, diag));
    if (options->control.size)
        attest_try(server_listen(server, &options->control, CONNECTION_CONSOLE, diag));
    return ATTEST_OK;
}

/* Whoever reads the line may connect. */
static void announce(const struct options *options)
{
    char tcti[ADDRESS_TCTI_SIZE];

    for (size_t i = 0; i < options->listen_count; i++) {
        address_format_tcti(&options->listen[i], tcti);
        puts(tcti);
    }
    if (options->listen_count == 0)
        puts("ready");
    fflush(stdout);
}

static enum attest_error simulate(const struct options *options, struct server *server, struct state *state,
                                  struct attest_diag *diag)
{
    attest_try(state_open(state, options->state, options->module_id, diag));
    attest_try(signals_open(server->signals, diag));
    attest_try(open_tpm(options, state, server->signals, server->tpm, diag));
    attest_try(open_doors(options, server, diag));
    announce(options);
    return server_run(server, diag);
}

int main(int argc, char **argv)
{
    static struct server server; /* its connections' buffers are too much for a stack */
    struct signals signals = { .fd = -1 };
    struct state state = { .lock = -1 };
    struct tpm tpm = { .swtpm = { .pid = -1, .data = -1, .control = -1 }, .nv = { .folder = -1 } };
    struct attest_diag diag = { 0 };
    struct options options;

    if (!options_parse(argc, argv, &options))
        return EXIT_USAGE;
    if (options.help || options.version) {
        if (options.help)
            options_print_help();
        else
            puts("nitrotpm-sim " PACKAGE_VERSION);
        return EXIT_SUCCESS;
    }
    server_init(&server, &tpm, &signals);
    enum attest_error error = simulate(&options, &server, &state, &diag);
    server_close(&server);
    close_tpm(&tpm);
    state_close(&state);
    signals_close(&signals);
    return error == ATTEST_OK ? EXIT_SUCCESS : fail(error, &diag);
}
