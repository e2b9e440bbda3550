/* SPDX-License-Identifier: Apache-2.0 */
/* systemd's log, replayed and judged event by event. */
#ifndef ATTEST_EVIDENCE_USERSPACE_H
#define ATTEST_EVIDENCE_USERSPACE_H

#include "evidence/findings.h"
#include "evidence/replay.h"

/* Extends what the event extends, and notes what is wrong with it. */
enum attest_error attest_userspace_replay(const struct attest_sysd_event *event, struct attest_log_position at,
                                          struct attest_replay *replay, struct attest_findings *findings)
    attest_must_check;

/* Whether its digests, of which there is one at least, are of what it says in words. */
enum attest_error attest_userspace_is_proven(struct attest_hasher *hasher,
                                             const struct attest_sysd_event *event, bool *ret_proven)
    attest_must_check;

#endif
