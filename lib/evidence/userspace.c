/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this what systemd measured? Digests of words that the log has itself are computed again; of a volume key
 * only systemd knew what was hashed (systemd docs/TPM2_PCR_MEASUREMENTS.md). Trusts nothing.
 */
#include "evidence/userspace.h"

#include "base/bytes.h"
#include "base/error.h"

#define FIRMWARE_LAST 7

/* What systemd can't have measured, and what is in the log but not in the values that are compared. */
static void judge_pcr(const struct attest_sysd_event *event, struct attest_log_position at,
                      const struct attest_replay *replay, struct attest_findings *findings)
{
    if (event->pcr <= FIRMWARE_LAST)
        attest_findings_note(findings, ATTEST_FINDING_USERSPACE_DIGESTS, at, "an event for PCR %u", event->pcr);
    for (size_t i = 0; i < ATTEST_HASH_COUNT; i++)
        if (attest_replay_is_expected(replay, (enum attest_hash)i, event->pcr) && !(event->banks >> i & 1))
            attest_findings_note(findings, ATTEST_FINDING_USERSPACE_DIGESTS, at, "no %s digest for PCR %u",
                                 attest_hash_name((enum attest_hash)i), event->pcr);
}

static enum attest_error is_of_string(struct attest_hasher *hasher, const struct attest_sysd_event *event,
                                      enum attest_hash bank, bool *ret_is)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    size_t size = attest_hash_size(bank);

    attest_try(attest_hasher_digest(hasher, bank, &event->string, 1, digest));
    *ret_is = attest_view_equal((struct attest_view){ digest, size },
                                (struct attest_view){ event->digests[bank], size });
    return ATTEST_OK;
}

enum attest_error attest_userspace_is_proven(struct attest_hasher *hasher,
                                             const struct attest_sysd_event *event, bool *ret_proven)
{
    bool proven = event->banks != 0 && attest_sysdlog_is_digested(event);

    for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT && proven; i++)
        if (event->banks >> i & 1)
            attest_try(is_of_string(hasher, event, (enum attest_hash)i, &proven));
    *ret_proven = proven;
    return ATTEST_OK;
}

static enum attest_error judge(const struct attest_sysd_event *event, enum attest_hash bank,
                               struct attest_log_position at, const struct attest_replay *replay,
                               struct attest_findings *findings)
{
    bool is = false;

    if (!attest_sysdlog_is_digested(event))
        return ATTEST_OK;
    attest_try(is_of_string(replay->hasher, event, bank, &is));
    if (!is)
        attest_findings_note(findings, ATTEST_FINDING_USERSPACE_DIGESTS, at, "another %s digest for PCR %u",
                             attest_hash_name(bank), event->pcr);
    return ATTEST_OK;
}

enum attest_error attest_userspace_replay(const struct attest_sysd_event *event, struct attest_log_position at,
                                          struct attest_replay *replay, struct attest_findings *findings)
{
    if (!event->has_pcr) /* an NV index: no PCR changes */
        return ATTEST_OK;
    judge_pcr(event, at, replay, findings);
    for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++) {
        enum attest_hash bank = (enum attest_hash)i;
        const struct attest_view digest = { event->digests[bank], attest_hash_size(bank) };
        if (!(event->banks >> bank & 1))
            continue;
        attest_try(judge(event, bank, at, replay, findings));
        attest_try(attest_replay_extend(replay, bank, event->pcr, digest, at));
        replay->banks |= 1u << bank;
    }
    return ATTEST_OK;
}
