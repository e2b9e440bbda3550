/* SPDX-License-Identifier: Apache-2.0 */
/* EFI_LOAD_OPTION (UEFI 2.10 §3.1.3): the variables Boot####, Driver####, SysPrep####. Views point into the
 * input. */
#ifndef ATTEST_CODEC_LOADOPTION_H
#define ATTEST_CODEC_LOADOPTION_H

#include "attest/error.h"
#include "attest/view.h"

#define ATTEST_LOADOPTION_ACTIVE 0x00000001u

struct attest_loadoption {
    uint32_t attributes;
    struct attest_view description;  /* UTF-16LE without NUL */
    struct attest_view device_paths; /* the first is what is started */
    struct attest_view optional;     /* whatever what is started makes of it */
};

/* ATTEST_TRUNCATED; there can be no trailing bytes. */
enum attest_error attest_loadoption_parse(struct attest_view wire, struct attest_loadoption *ret_option,
                                          struct attest_diag *diag) attest_must_check;

#endif
