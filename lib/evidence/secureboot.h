/* SPDX-License-Identifier: Apache-2.0 */
/* What the events of PCR 7 say of UEFI Secure Boot. */
#ifndef ATTEST_EVIDENCE_SECUREBOOT_H
#define ATTEST_EVIDENCE_SECUREBOOT_H

#include "attest/view.h"

#include <stdbool.h>

/* A zeroed one has seen nothing, and says no. */
struct attest_secureboot {
    size_t events;       /* that were looked at */
    unsigned variables;  /* of those that firmware measures first, in order, how many have come */
    bool enabled;        /* the variable SecureBoot says so */
    bool separated;      /* the separator has come */
    const char *problem; /* why it can't be told; NULL if it can */
};

/* The data of the next event of PCR 7 that was extended. `proven`: its digests are of all of them, or of a text
 * less its NUL. */
void attest_secureboot_look(struct attest_secureboot *state, struct attest_view data, bool proven);

/* Whether it was on; if not, `ret_reason` says why. Worth what the replay of PCR 7 is, in a bank that these
 * events, each once, and nothing else extended. */
bool attest_secureboot_is_on(const struct attest_secureboot *state, const char **ret_reason);

#endif
