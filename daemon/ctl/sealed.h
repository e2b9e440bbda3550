/* SPDX-License-Identifier: Apache-2.0 */
/* A sealed message in a file: its header, and where its body begins. */
#ifndef ATTESTCTL_SEALED_H
#define ATTESTCTL_SEALED_H

#include "daemon/ctl/infile.h"
#include "seal/message.h"

struct ctl_sealed {
    struct ctl_infile file;
    struct attest_bytes beginning; /* the header and, read with it, some of the body */
    struct attest_message message; /* views into it */
};

#define CTL_SEALED_INIT                                                                                        \
    {                                                                                                          \
        .file = CTL_INFILE_INIT                                                                                \
    }

/* The operand's header, read and parsed. ATTEST_USAGE without an operand. */
enum attest_error ctl_sealed_open(struct ctl_call *call, struct ctl_sealed *ret_sealed) attest_must_check;

/* What was read behind the header already. */
struct attest_view ctl_sealed_rest(const struct ctl_sealed *sealed);

void ctl_sealed_cleanup(struct ctl_sealed *sealed);

#endif
