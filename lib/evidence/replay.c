/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which PCR values do these events make, and are they the ones that were given? Trusts no event: it only
 * computes (TPM 2.0 Part 1 §17), and what it finds is proven by the values given, or by nothing.
 */
#include "evidence/replay.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <string.h>

#define PCR_PHASES       11
#define PCR_BOOT_CONFIG  5
#define PCR_DYNAMIC      17 /* to 22: start as ones, for only a dynamic launch resets them (Part 1 §17.2) */
#define PCR_DYNAMIC_LAST 22
#define FIRMWARE_LAST    7

/* What systemd-pcrphase extends PCR 11 with while the system comes up (and goes down). Versions before 255 keep
 * no log of it. */
static const char *const phases[] = { "enter-initrd", "leave-initrd", "sysinit", "ready", "shutdown", "final" };
#define PHASE_COUNT (sizeof phases / sizeof phases[0])

/* The end of boot services, which some firmware extends without writing it into the log. */
static const char *const boot_end[] = { "Exit Boot Services Invocation",
                                        "Exit Boot Services Returned with Success" };

static struct attest_view value_of(const struct attest_replay_pcr *pcr, enum attest_hash bank)
{
    return (struct attest_view){ pcr->value, attest_hash_size(bank) };
}

bool attest_replay_is_expected(const struct attest_replay *replay, enum attest_hash bank, unsigned index)
{
    return replay->expected[bank].mask >> index & 1;
}

/* Notes where the value is the one that was given. */
static void look(struct attest_replay *replay, enum attest_hash bank, unsigned index,
                 struct attest_replay_pcr *pcr)
{
    const struct attest_pcrs *expected = &replay->expected[bank];

    /* For every event; and values of PCRs are public: nothing is told by how long it takes. */
    if (!attest_replay_is_expected(replay, bank, index) ||
        memcmp(pcr->value, expected->values[index], attest_hash_size(bank)) != 0)
        return;
    pcr->has_matched = true;
    pcr->matched_extends = pcr->extends;
}

enum attest_error attest_replay_init(struct attest_replay *ret_replay)
{
    struct attest_replay replay = { 0 };

    attest_try(attest_hasher_new(&replay.hasher));
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++) {
        replay.expected[bank].bank = (enum attest_hash)bank;
        for (unsigned index = PCR_DYNAMIC; index <= PCR_DYNAMIC_LAST; index++)
            memset(replay.pcrs[bank][index].value, 0xff, ATTEST_HASH_MAX_SIZE);
    }
    *ret_replay = replay;
    return ATTEST_OK;
}

void attest_replay_done(struct attest_replay *replay)
{
    attest_hasher_free(replay->hasher);
    *replay = (struct attest_replay){ 0 };
}

/* What an earlier value had to say does not count any more. */
static void look_again(struct attest_replay *replay, enum attest_hash bank, unsigned index,
                       struct attest_replay_pcr *pcr)
{
    pcr->has_matched = false;
    pcr->matched_extends = 0;
    look(replay, bank, index, pcr);
}

void attest_replay_expect(struct attest_replay *replay, const struct attest_pcrs *pcrs)
{
    enum attest_hash bank = pcrs->bank;

    replay->expected[bank] = *pcrs;
    for (unsigned index = 0; index < ATTEST_PCR_COUNT; index++)
        look_again(replay, bank, index, &replay->pcrs[bank][index]);
    look_again(replay, bank, ATTEST_REPLAY_PCR_IMA, &replay->padded[bank]);
}

uint32_t attest_replay_judged(const struct attest_replay *replay)
{
    uint32_t banks = 0;

    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        if (replay->expected[bank].mask != 0)
            banks |= 1u << bank;
    return banks != 0 ? banks : ATTEST_REPLAY_BANKS_ALL;
}

void attest_replay_start(struct attest_replay *replay, uint8_t locality)
{
    for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++) {
        enum attest_hash bank = (enum attest_hash)i;
        replay->pcrs[bank][0].value[attest_hash_size(bank) - 1] = locality;
        replay->pcrs[bank][0].has_matched = false;
        look(replay, bank, 0, &replay->pcrs[bank][0]);
    }
}

bool attest_replay_is_extended(const struct attest_replay *replay, unsigned index)
{
    for (size_t bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        if (replay->pcrs[bank][index].extends > 0)
            return true;
    return false;
}

static enum attest_error extend(struct attest_replay *replay, enum attest_hash bank, unsigned index,
                                struct attest_replay_pcr *pcr, struct attest_view digest,
                                struct attest_log_position at)
{
    uint8_t both[2 * ATTEST_HASH_MAX_SIZE]; /* one part: a call for each costs a tenth of a digest so short */
    size_t size = attest_hash_size(bank);
    const struct attest_view part = { both, 2 * size };

    memcpy(both, pcr->value, size);
    memcpy(both + size, digest.data, size);
    attest_try(attest_hasher_digest(replay->hasher, bank, &part, 1, pcr->value));
    if (pcr->has_matched && pcr->matched_extends == pcr->extends)
        pcr->after = at;
    pcr->extends++;
    look(replay, bank, index, pcr);
    return ATTEST_OK;
}

enum attest_error attest_replay_extend(struct attest_replay *replay, enum attest_hash bank, unsigned index,
                                       struct attest_view digest, struct attest_log_position at)
{
    if (index == ATTEST_REPLAY_PCR_IMA)
        return attest_replay_extend_ima(replay, bank, digest, digest, at);
    return extend(replay, bank, index, &replay->pcrs[bank][index], digest, at);
}

enum attest_error attest_replay_extend_ima(struct attest_replay *replay, enum attest_hash bank,
                                           struct attest_view digest, struct attest_view other,
                                           struct attest_log_position at)
{
    uint8_t padded[ATTEST_HASH_MAX_SIZE] = { 0 };

    attest_try(
        extend(replay, bank, ATTEST_REPLAY_PCR_IMA, &replay->pcrs[bank][ATTEST_REPLAY_PCR_IMA], digest, at));
    if (bank == ATTEST_HASH_SHA1)
        return ATTEST_OK;
    memcpy(padded, other.data, other.size);
    return extend(replay, bank, ATTEST_REPLAY_PCR_IMA, &replay->padded[bank],
                  (struct attest_view){ padded, attest_hash_size(bank) }, at);
}

const struct attest_replay_pcr *attest_replay_pcr(const struct attest_replay *replay, enum attest_hash bank,
                                                  unsigned index)
{
    const struct attest_replay_pcr *own = &replay->pcrs[bank][index], *padded = &replay->padded[bank];

    return index == ATTEST_REPLAY_PCR_IMA && padded->matched_extends > own->matched_extends ? padded : own;
}

/* The value, extended by the digests of some texts. */
static bool extend_by_texts(const struct attest_replay *replay, enum attest_hash bank, const char *const *texts,
                            size_t count, uint32_t mask, uint8_t value[ATTEST_HASH_MAX_SIZE])
{
    size_t size = attest_hash_size(bank);
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    const struct attest_view parts[] = { { value, size }, { digest, size } };

    for (size_t i = 0; i < count; i++) {
        const struct attest_view text = attest_view_text(texts[i]);
        if (!(mask >> i & 1))
            continue;
        if (attest_hasher_digest(replay->hasher, bank, &text, 1, digest) != ATTEST_OK ||
            attest_hasher_digest(replay->hasher, bank, parts, 2, value) != ATTEST_OK)
            return false;
    }
    return true;
}

/* Whether the value given follows if some of the texts, in their order, come after what the logs have. */
static bool follows(const struct attest_replay *replay, enum attest_hash bank, unsigned index,
                    const char *const *texts, size_t count)
{
    struct attest_view expected = attest_pcrs_value(&replay->expected[bank], index);
    uint8_t value[ATTEST_HASH_MAX_SIZE];

    for (uint32_t mask = 1; mask < 1u << count; mask++) {
        memcpy(value, attest_replay_pcr(replay, bank, index)->value, sizeof value);
        if (extend_by_texts(replay, bank, texts, count, mask, value) &&
            attest_view_equal((struct attest_view){ value, expected.size }, expected))
            return true;
    }
    return false;
}

/* No PCR of the firmware's has a value but the one that it starts with: that bank was not in use. */
static bool is_inactive(const struct attest_replay *replay, enum attest_hash bank)
{
    static const uint8_t zeros[ATTEST_HASH_MAX_SIZE];
    const struct attest_pcrs *expected = &replay->expected[bank];

    bool any = false;

    for (unsigned index = 0; index <= FIRMWARE_LAST; index++) {
        if (!(expected->mask >> index & 1))
            continue;
        if (memcmp(expected->values[index], zeros, attest_hash_size(bank)) != 0)
            return false;
        any = true;
    }
    return any;
}

static const char *note_of_unexplained(unsigned index)
{
    return index == ATTEST_REPLAY_PCR_IMA ? "PCR 10 is the kernel's (IMA): its log is needed"
                                          : "something extended it that none of these logs has";
}

static struct attest_pcr_comparison compare_difference(const struct attest_replay *replay,
                                                       enum attest_hash bank, unsigned index)
{
    const struct attest_replay_pcr *pcr = attest_replay_pcr(replay, bank, index);
    struct attest_pcr_comparison result = { .state = ATTEST_PCR_DIFFERS, .extends = pcr->extends };

    if (pcr->has_matched) {
        result.prefix = true;
        result.proven = pcr->matched_extends;
        result.log = pcr->after.log;
        result.index = pcr->after.index;
        result.note = "the log up to there gives the value, what follows is not in it";
    } else if (index == PCR_BOOT_CONFIG && follows(replay, bank, index, boot_end, 2)) {
        result.note = "the end of boot services was extended, and is missing in the log";
    } else {
        result.note = "no part of the log from its beginning on gives the value";
    }
    return result;
}

struct attest_pcr_comparison attest_replay_compare(const struct attest_replay *replay, enum attest_hash bank,
                                                   unsigned index, bool userspace)
{
    const struct attest_replay_pcr *pcr = attest_replay_pcr(replay, bank, index);
    struct attest_pcr_comparison result = { .extends = pcr->extends, .note = "" };

    if (!attest_replay_is_expected(replay, bank, index))
        return result;
    if (attest_replay_agrees(replay, bank, index)) {
        result.state = pcr->extends > 0 ? ATTEST_PCR_AGREES : ATTEST_PCR_NOT_EXTENDED;
        if (pcr == &replay->padded[bank])
            result.note = "each the log's SHA-1, padded: the kernel lacked the bank's own hash";
    } else if (index == PCR_PHASES && !userspace && follows(replay, bank, index, phases, PHASE_COUNT)) {
        result.state = ATTEST_PCR_AGREES;
        result.note = "followed by phases of systemd-pcrphase, which no log has";
    } else if (pcr->extends == 0) {
        result.state = ATTEST_PCR_UNEXPLAINED;
        result.note = note_of_unexplained(index);
    } else if (is_inactive(replay, bank)) {
        result.state = ATTEST_PCR_BANK_INACTIVE;
        result.note = "the bank was not in use";
    } else {
        return compare_difference(replay, bank, index);
    }
    if (result.state == ATTEST_PCR_AGREES)
        result.proven = pcr->extends;
    return result;
}

bool attest_replay_agrees(const struct attest_replay *replay, enum attest_hash bank, unsigned index)
{
    return attest_replay_is_expected(replay, bank, index) &&
           attest_view_equal(value_of(attest_replay_pcr(replay, bank, index), bank),
                             attest_pcrs_value(&replay->expected[bank], index));
}
