/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this what the kernel measured? The log has one SHA-1 for each entry; the other banks are extended with
 * their own hash of the same template data (Linux security/integrity/ima/ima_queue.c, since 5.8). Trusts
 * nothing: the entry's hash is computed again.
 */
#include "evidence/ima.h"

#include "base/bytes.h"
#include "base/error.h"

#include <string.h>

#define PCR_FIRST 8
#define PCR_LAST  15

/* PCRs that boot_aggregate is over: with SHA-1 the first 8, with others 10 since Linux 5.8. */
static const unsigned aggregates[] = { 8, 10 };

/* What the log has to be replayed in: the banks that are compared; else those of the logs before; else all. */
static uint32_t banks_of(const struct attest_replay *replay)
{
    uint32_t banks = attest_replay_judged(replay);

    return banks == ATTEST_REPLAY_BANKS_ALL && replay->banks != 0 ? replay->banks : banks;
}

/* Whether `digest` is the hash over the first `count` PCRs. */
static enum attest_error is_aggregate(const struct attest_replay *replay, enum attest_hash bank, unsigned count,
                                      struct attest_view digest, bool *ret_is)
{
    struct attest_view parts[ATTEST_PCR_COUNT];
    uint8_t aggregate[ATTEST_HASH_MAX_SIZE];
    size_t size = attest_hash_size(bank);

    for (unsigned i = 0; i < count; i++)
        parts[i] = (struct attest_view){ replay->pcrs[bank][i].value, size };
    attest_try(attest_hasher_digest(replay->hasher, bank, parts, count, aggregate));
    *ret_is = *ret_is || attest_view_equal(digest, (struct attest_view){ aggregate, size });
    return ATTEST_OK;
}

/* The first entry ties the log to the firmware's. */
static enum attest_error judge_first(const struct attest_ima_entry *entry, struct attest_log_position at,
                                     const struct attest_replay *replay, struct attest_findings *findings)
{
    struct attest_ima_fields fields = { 0 };
    bool is = false;

    if (attest_imalog_fields(entry, &fields, NULL) != ATTEST_OK ||
        !attest_view_equal(fields.path, attest_view_text("boot_aggregate"))) {
        attest_findings_note(findings, ATTEST_FINDING_IMA_AGGREGATE, at, "another entry first");
        return ATTEST_OK;
    }
    enum attest_hash bank = attest_hash_find(fields.algorithm);
    if (!(replay->banks >> bank & 1)) /* the firmware's log does not have it: nothing to hold it against */
        return ATTEST_OK;
    for (size_t i = 0; i < sizeof aggregates / sizeof aggregates[0]; i++)
        attest_try(is_aggregate(replay, bank, aggregates[i], fields.digest, &is));
    if (!is)
        attest_findings_note(findings, ATTEST_FINDING_IMA_AGGREGATE, at, "the aggregate of another boot");
    return ATTEST_OK;
}

static enum attest_error is_hash(struct attest_hasher *hasher, const struct attest_ima_entry *entry,
                                 const struct attest_view *parts, size_t count, bool *ret_is)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    attest_try(attest_hasher_digest(hasher, ATTEST_HASH_SHA1, parts, count, digest));
    *ret_is =
        attest_view_equal(entry->hash, (struct attest_view){ digest, attest_hash_size(ATTEST_HASH_SHA1) });
    return ATTEST_OK;
}

enum attest_error attest_ima_is_proven(struct attest_hasher *hasher, const struct attest_ima_entry *entry,
                                       bool *ret_proven)
{
    struct attest_view parts[ATTEST_IMALOG_PARTS_MAX];

    return is_hash(hasher, entry, parts, attest_imalog_hashed(entry, parts), ret_proven);
}

static enum attest_error judge(const struct attest_ima_entry *entry, struct attest_log_position at,
                               const struct attest_view *parts, size_t count,
                               const struct attest_replay *replay, struct attest_findings *findings)
{
    bool is = false;

    if (entry->pcr < PCR_FIRST || entry->pcr > PCR_LAST)
        attest_findings_note(findings, ATTEST_FINDING_IMA_TEMPLATE, at, "an entry for PCR %u", entry->pcr);
    if (entry->violation)
        return ATTEST_OK;
    attest_try(is_hash(replay->hasher, entry, parts, count, &is));
    if (!is)
        attest_findings_note(findings, ATTEST_FINDING_IMA_TEMPLATE, at, "another hash");
    return ATTEST_OK;
}

static enum attest_error extend(const struct attest_ima_entry *entry, enum attest_hash bank,
                                struct attest_log_position at, const struct attest_view *parts, size_t count,
                                struct attest_replay *replay)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    struct attest_view view = { digest, attest_hash_size(bank) };

    if (entry->violation)
        memset(digest, 0xff, sizeof digest);
    else if (bank == ATTEST_HASH_SHA1)
        view = entry->hash;
    else
        attest_try(attest_hasher_digest(replay->hasher, bank, parts, count, digest));
    if (entry->pcr != ATTEST_REPLAY_PCR_IMA)
        return attest_replay_extend(replay, bank, entry->pcr, view, at);
    return attest_replay_extend_ima(replay, bank, view, entry->violation ? view : entry->hash, at);
}

enum attest_error attest_ima_replay(const struct attest_ima_entry *entry, struct attest_log_position at,
                                    bool firmware, struct attest_replay *replay,
                                    struct attest_findings *findings)
{
    struct attest_view parts[ATTEST_IMALOG_PARTS_MAX];
    size_t count = attest_imalog_hashed(entry, parts);

    attest_try(judge(entry, at, parts, count, replay, findings));
    if (firmware && at.index == 0)
        attest_try(judge_first(entry, at, replay, findings));
    uint32_t banks = banks_of(replay);
    for (size_t bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (banks >> bank & 1)
            attest_try(extend(entry, (enum attest_hash)bank, at, parts, count, replay));
    replay->banks |= banks;
    return ATTEST_OK;
}
