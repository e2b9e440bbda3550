/* SPDX-License-Identifier: Apache-2.0 */
/* What the levels of the chain look like; a table of its own for ca.c. */
#ifndef NITROTPM_SIM_CA_LEVELS_H
#define NITROTPM_SIM_CA_LEVELS_H

#include "swtpm-harness/nitrotpm-sim/ca.h"
#include "swtpm-harness/nitrotpm-sim/certificate.h"

#define CA_NAME_SIZE 65 /* ub-common-name (RFC 5280 appendix A.1) and a NUL */

struct ca_level_form {
    int64_t backdated;                           /* seconds before it is issued that its validity begins */
    int64_t lifetime;                            /* seconds after it is issued */
    int64_t margin;                              /* seconds before its end that it is issued anew */
    int serial_bits;                             /* 0: the serial number is the time of issue */
    const char *names[CERTIFICATE_NAMES_MAX][2]; /* the value of CN is made by ca_level_name */
    struct certificate_extension extensions[CERTIFICATE_EXTENSIONS_MAX];
};

extern const struct ca_level_form ca_level_forms[CA_LEVELS];

/* The common name. */
void ca_level_name(const struct ca *ca, enum ca_level level, char ret_name[CA_NAME_SIZE]);

#endif
