/* SPDX-License-Identifier: Apache-2.0 */
/* attestd-unlock's command line. */
#ifndef ATTEST_UNLOCK_OPTIONS_H
#define ATTEST_UNLOCK_OPTIONS_H

#include "daemon/config.h"

struct unlock_options {
    struct config_source config;
    size_t only_count;
    const char *only[CONFIG_SECRETS_MAX];
    const char *report;
    const char *key_id;  /* of decrypt */
    const char *context; /* of decrypt */
    bool decrypt;
    bool refresh;
    bool check;
    bool online; /* with check */
    bool version;
    bool help;
    char **command; /* to be executed in the end, with its arguments; NULL: none */
};

/* False if the call is wrong: what is wrong has been said on standard error. */
bool unlock_options_parse(int argc, char **argv, struct unlock_options *ret_options);

void unlock_options_print_help(void);

#endif
