/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the configuration, by type. */
#ifndef ATTESTD_CONFIG_VALUE_H
#define ATTESTD_CONFIG_VALUE_H

#include "attest/error.h"
#include "attest/view.h"

/* Parses `text` into `field`, whose C type the function knows; for numbers, durations (in milliseconds) and
 * texts (in bytes) within `least` and `most`. */
typedef enum attest_error config_value_parse(struct attest_view text, void *field, uint64_t least,
                                             uint64_t most, struct attest_diag *diag);

config_value_parse config_value_NUMBER;       /* unsigned */
config_value_parse config_value_DURATION;     /* unsigned: 500ms, 5s, 2min, or seconds */
config_value_parse config_value_TEXT;         /* char *, freed if it was set */
config_value_parse config_value_HANDLE;       /* unsigned: 0x... */
config_value_parse config_value_AK_ALGORITHM; /* enum attest_tpm_ak_algorithm */
config_value_parse config_value_BANK;         /* enum attest_hash */
config_value_parse config_value_SELECTION;    /* uint32_t */
config_value_parse config_value_ACCESS;       /* struct access_rule */
config_value_parse config_value_OPTIONAL;     /* char *, as TEXT; NULL for "none" */
config_value_parse config_value_BOOLEAN;      /* bool: yes or no */
config_value_parse config_value_PCR;          /* unsigned: one that unlocking may extend, or none */
config_value_parse config_value_FORMAT;       /* enum config_secret_format */
config_value_parse config_value_MODE;         /* unsigned: octal */
config_value_parse config_value_DIGEST;       /* struct config_digest */
config_value_parse config_value_SOURCE;       /* char *, as TEXT: file:PATH or s3://BUCKET/KEY */
config_value_parse config_value_PATH;         /* char *, as TEXT: absolute */
config_value_parse config_value_ARNS;         /* struct config_list, appended to */
config_value_parse config_value_PAIRS;        /* struct config_list, appended to: name=value,... */

#endif
