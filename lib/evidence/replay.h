/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCR values as event logs make them, in all banks at once. Values to compare with are given first, so that one
 * pass over the logs also finds out whether a part of them gives a value.
 */
#ifndef ATTEST_EVIDENCE_REPLAY_H
#define ATTEST_EVIDENCE_REPLAY_H

#include "base/hash.h"
#include "codec/logreader.h"
#include "codec/pcrs.h"

struct attest_replay_pcr {
    uint8_t value[ATTEST_HASH_MAX_SIZE];
    size_t extends;
    bool has_matched;                 /* the value was once the one expected: */
    size_t matched_extends;           /* after so many */
    struct attest_log_position after; /* what extended it next */
};

struct attest_replay {
    struct attest_hasher *hasher;
    uint32_t banks; /* that logs carry: bit n is enum attest_hash n */
    struct attest_pcrs expected[ATTEST_HASH_COUNT];
    struct attest_replay_pcr pcrs[ATTEST_HASH_COUNT][ATTEST_PCR_COUNT];
    struct attest_replay_pcr padded[ATTEST_HASH_COUNT]; /* IMA's PCR, the other way that kernels extend it */
};

enum attest_error attest_replay_init(struct attest_replay *ret_replay) attest_must_check;
void attest_replay_done(struct attest_replay *replay); /* a zeroed one is accepted */

/* The values of one bank, in place of earlier ones. Of what was extended before only the outcome is compared:
 * whether a part of it gave the value is known where they came before the first extend. */
void attest_replay_expect(struct attest_replay *replay, const struct attest_pcrs *pcrs);

/* Whether there is such a value. */
bool attest_replay_is_expected(const struct attest_replay *replay, enum attest_hash bank, unsigned index);

/* The banks whose digests count: those that values were given for, for no other is proven to have been
 * extended; all where none were given. */
uint32_t attest_replay_judged(const struct attest_replay *replay);
#define ATTEST_REPLAY_BANKS_ALL ((1u << ATTEST_HASH_COUNT) - 2)

/* The locality that started the TPM, which PCR 0 starts with (PFP §10.4.5.3). Before its first extend. */
void attest_replay_start(struct attest_replay *replay, uint8_t locality);

/* Whether the logs have extended it, in any bank. */
bool attest_replay_is_extended(const struct attest_replay *replay, unsigned index);

/* H(old || digest); TPM 2.0 Part 1 §17.3. `digest` is of the bank's size. */
enum attest_error attest_replay_extend(struct attest_replay *replay, enum attest_hash bank, unsigned index,
                                       struct attest_view digest, struct attest_log_position at)
    attest_must_check;

/* The same in IMA's PCR, and beside what IMA does in a bank whose hash the kernel lacks: it extends `other`,
 * the SHA-1, padded with zeros (Linux security/integrity/ima/ima_crypto.c, ima_calc_field_array_hash). Only the
 * value given can tell which way it went. Both ways have all that others extend there. */
enum attest_error attest_replay_extend_ima(struct attest_replay *replay, enum attest_hash bank,
                                           struct attest_view digest, struct attest_view other,
                                           struct attest_log_position at) attest_must_check;
#define ATTEST_REPLAY_PCR_IMA 10

/* The value that the logs make, by the way that the value given tells. */
const struct attest_replay_pcr *attest_replay_pcr(const struct attest_replay *replay, enum attest_hash bank,
                                                  unsigned index);

/* `userspace`: a log of systemd's is among those replayed. */
struct attest_pcr_comparison attest_replay_compare(const struct attest_replay *replay, enum attest_hash bank,
                                                   unsigned index, bool userspace);

/* Whether the value given for that PCR is the one that the logs make, in that bank. */
bool attest_replay_agrees(const struct attest_replay *replay, enum attest_hash bank, unsigned index);

#endif
