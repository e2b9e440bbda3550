/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#ifndef NITROTPM_SIM_OPTIONS_H
#define NITROTPM_SIM_OPTIONS_H

#include "swtpm-harness/nitrotpm-sim/address.h"
#include "swtpm-harness/nitrotpm-sim/capability.h"
#include "swtpm-harness/nitrotpm-sim/faults.h"

#define OPTIONS_LISTEN_MAX 4

struct options {
    const char *state;
    struct address listen[OPTIONS_LISTEN_MAX];
    size_t listen_count;
    struct address qemu, control; /* size 0: none */
    const char *module_id;        /* NULL: what the state says, or a new one */
    const char *region;
    struct capability_options capability;
    struct faults faults;
    bool help, version;
};

/* Says on standard error what is wrong. */
bool options_parse(int argc, char **argv, struct options *ret_options);
void options_print_help(void);

#endif
