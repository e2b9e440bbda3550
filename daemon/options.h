/* SPDX-License-Identifier: Apache-2.0 */
/* attestd's command line. */
#ifndef ATTESTD_OPTIONS_H
#define ATTESTD_OPTIONS_H

#include "daemon/config.h"
#include "daemon/listen.h"

struct options {
    struct config_source config;
    bool check_config;
    bool version;
    bool help;
    size_t address_count;
    const char *addresses[LISTENERS_MAX];
};

/* False if the call is wrong: what is wrong has been said on standard error. */
bool options_parse(int argc, char **argv, struct options *ret_options);

void options_print_help(void);

#endif
