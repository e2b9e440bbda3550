/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware's log, replayed and judged event by event. */
#ifndef ATTEST_EVIDENCE_FIRMWARE_H
#define ATTEST_EVIDENCE_FIRMWARE_H

#include "evidence/findings.h"
#include "evidence/replay.h"
#include "evidence/secureboot.h"

/* Digests that tell an event whatever its type says. */
#define ATTEST_FIRMWARE_SEPARATORS 3

struct attest_firmware {
    uint8_t separators[ATTEST_FIRMWARE_SEPARATORS][ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE];
    uint8_t boot_end[ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE];
    uint32_t separated; /* bit n: PCR n has its separator */
    bool has_ended;     /* boot services have */
    bool has_locality;
    struct attest_secureboot secureboot;
};

enum attest_error attest_firmware_init(struct attest_hasher *hasher, struct attest_firmware *ret_firmware)
    attest_must_check;

/* Extends what the event extends, and notes what is wrong with it. */
enum attest_error attest_firmware_replay(struct attest_firmware *firmware, const struct attest_tcg_event *event,
                                         struct attest_log_position at, struct attest_replay *replay,
                                         struct attest_findings *findings) attest_must_check;

/* Whether the event's digests, in all of `banks` that it has (bit n: enum attest_hash n) and in one at least,
 * are over its data, or over the part of it that the type has digested (PFP §10.4.1): then the log can't lie
 * about it, where the replay in those banks agrees. */
enum attest_error attest_firmware_is_proven(struct attest_hasher *hasher, const struct attest_tcg_event *event,
                                            uint32_t banks, bool *ret_proven) attest_must_check;

#endif
