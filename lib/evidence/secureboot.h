/* SPDX-License-Identifier: Apache-2.0 */
/* What the events of PCR 7 say of UEFI Secure Boot. */
#ifndef ATTEST_EVIDENCE_SECUREBOOT_H
#define ATTEST_EVIDENCE_SECUREBOOT_H

#include "codec/tcglog.h"

/* A zeroed one has seen nothing, and says no. */
struct attest_secureboot {
    size_t events;       /* that were looked at */
    unsigned variables;  /* of those that firmware measures first, in order, how many have come */
    bool enabled;        /* the variable SecureBoot says so */
    bool separated;      /* the separator has come */
    const char *problem; /* why it can't be told; NULL if it can */
};

/* The next event of PCR 7 that was extended. `proven`: its digests are those of its data. */
void attest_secureboot_look(struct attest_secureboot *state, const struct attest_tcg_event *event, bool proven);

/* Whether it was on; if not, `ret_reason` says why. Worth what the replay of PCR 7 is, in a bank that these
 * events, each once, and nothing else extended. */
bool attest_secureboot_is_on(const struct attest_secureboot *state, const char **ret_reason);

#endif
