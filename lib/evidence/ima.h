/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's log of measured files, replayed and judged entry by entry. */
#ifndef ATTEST_EVIDENCE_IMA_H
#define ATTEST_EVIDENCE_IMA_H

#include "evidence/findings.h"
#include "evidence/replay.h"

/* Extends what the entry extends, and notes what is wrong with it. `firmware`: the firmware's log has been
 * replayed, so that the first entry can be held against it. */
enum attest_error attest_ima_replay(const struct attest_ima_entry *entry, struct attest_log_position at,
                                    bool firmware, struct attest_replay *replay,
                                    struct attest_findings *findings) attest_must_check;

/* Whether the entry's hash is over its data. */
enum attest_error attest_ima_is_proven(struct attest_hasher *hasher, const struct attest_ima_entry *entry,
                                       bool *ret_proven) attest_must_check;

#endif
