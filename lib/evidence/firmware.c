/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the firmware's log keep to the rules that make it worth reading? Trusts no event's type: PFP §10.2 puts
 * no digest over it, so a separator and the end of boot services are known by their digests, and a type has to
 * be one that firmware uses in that PCR.
 */
#include "evidence/firmware.h"

#include "base/bytes.h"
#include "base/error.h"
#include "codec/efivar.h"
#include "codec/tpmwire.h"

#include <stdio.h>
#include <string.h>

#define FIRMWARE_LAST 7

#define PCR(n)        (1u << (n))
#define PCRS_OS       0x00ff00u /* 8 to 15: boot loader and operating system */
#define PCRS_BOOT     0x0000ffu

static const struct rule {
    uint32_t type;
    uint32_t pcrs;        /* that may have it (PFP §3.3.4, §10.4.1, and what firmware is seen to do) */
    bool self_describing; /* its digests are of its data, always */
} rules[] = {
    { ATTEST_EV_POST_CODE, PCR(0) | PCR(2), false },
    { ATTEST_EV_POST_CODE2, PCR(0) | PCR(2), false },
    { ATTEST_EV_NO_ACTION, ATTEST_PCR_ALL, false },
    { ATTEST_EV_SEPARATOR, PCRS_BOOT | PCRS_OS, true },
    { ATTEST_EV_ACTION, PCRS_BOOT & ~PCR(0), true },
    { ATTEST_EV_EVENT_TAG, PCR(1) | PCR(2) | PCR(3) | PCR(5) | PCR(6) | PCRS_OS, false },
    { ATTEST_EV_S_CRTM_CONTENTS, PCR(0), false },
    { ATTEST_EV_S_CRTM_VERSION, PCR(0), false },
    { ATTEST_EV_CPU_MICROCODE, PCR(0) | PCR(1), false },
    { ATTEST_EV_PLATFORM_CONFIG_FLAGS, PCR(0) | PCR(1), false },
    { ATTEST_EV_TABLE_OF_DEVICES, PCR(1), false },
    { ATTEST_EV_COMPACT_HASH, PCR(4) | PCR(5) | PCR(6) | PCRS_OS, false },
    { ATTEST_EV_IPL, PCR(4) | PCR(5) | PCRS_OS, false },
    { ATTEST_EV_IPL_PARTITION_DATA, PCR(5), false },
    { ATTEST_EV_NONHOST_CODE, PCR(0) | PCR(2), false },
    { ATTEST_EV_NONHOST_CONFIG, PCR(1) | PCR(3), false },
    { ATTEST_EV_NONHOST_INFO, PCR(0), false },
    { ATTEST_EV_OMIT_BOOT_DEVICE_EVENTS, PCR(4), false },
    { ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG, PCR(1) | PCR(3) | PCR(5) | PCR(7), true },
    { ATTEST_EV_EFI_VARIABLE_BOOT, PCR(1) | PCR(5), false },
    { ATTEST_EV_EFI_VARIABLE_BOOT2, PCR(1) | PCR(5), false },
    { ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, PCR(2) | PCR(4), false },
    { ATTEST_EV_EFI_BOOT_SERVICES_DRIVER, PCR(0) | PCR(2) | PCR(4), false },
    { ATTEST_EV_EFI_RUNTIME_SERVICES_DRIVER, PCR(0) | PCR(2) | PCR(4), false },
    { ATTEST_EV_EFI_GPT_EVENT, PCR(5), true },
    { ATTEST_EV_EFI_GPT_EVENT2, PCR(5), true },
    { ATTEST_EV_EFI_ACTION, PCRS_BOOT & ~PCR(0), true },
    { ATTEST_EV_EFI_PLATFORM_FIRMWARE_BLOB, PCR(0) | PCR(2) | PCR(4), false },
    { ATTEST_EV_EFI_PLATFORM_FIRMWARE_BLOB2, PCR(0) | PCR(2) | PCR(4), false },
    { ATTEST_EV_EFI_HANDOFF_TABLES, PCR(1), false },
    { ATTEST_EV_EFI_HANDOFF_TABLES2, PCR(1), false },
    { ATTEST_EV_EFI_HCRTM_EVENT, PCR(0), false },
    { ATTEST_EV_EFI_VARIABLE_AUTHORITY, PCR(7), false },
    { ATTEST_EV_EFI_SPDM_FIRMWARE_BLOB, PCR(2), false },
    { ATTEST_EV_EFI_SPDM_FIRMWARE_CONFIG, PCR(3), false },
    { ATTEST_EV_EFI_SPDM_DEVICE_POLICY, PCR(7), false },
    { ATTEST_EV_EFI_SPDM_DEVICE_AUTHORITY, PCR(7), false },
};

static struct rule rule_of(uint32_t type)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].type == type)
            return rules[i];
    return (struct rule){ .type = type }; /* unknown: in no PCR */
}

static enum attest_error digest_in_all(struct attest_hasher *hasher, struct attest_view data,
                                       uint8_t ret_digests[ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE])
{
    for (size_t hash = ATTEST_HASH_SHA1; hash < ATTEST_HASH_COUNT; hash++)
        attest_try(attest_hasher_digest(hasher, (enum attest_hash)hash, &data, 1, ret_digests[hash]));
    return ATTEST_OK;
}

enum attest_error attest_firmware_init(struct attest_hasher *hasher, struct attest_firmware *ret_firmware)
{
    static const uint8_t separators[ATTEST_FIRMWARE_SEPARATORS][4] = {
        { 0, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0xff }, { 1, 0, 0, 0 } /* an error, §10.4.1 */
    };
    struct attest_firmware firmware = { 0 };

    for (size_t i = 0; i < ATTEST_FIRMWARE_SEPARATORS; i++)
        attest_try(digest_in_all(hasher, attest_view_of(separators[i]), firmware.separators[i]));
    attest_try(
        digest_in_all(hasher, attest_view_text("Exit Boot Services Returned with Success"), firmware.boot_end));
    *ret_firmware = firmware;
    return ATTEST_OK;
}

/* Digests of logs are public: nothing is told by how long it takes. */
static bool is_digest(const struct attest_tcg_digest *digest, enum attest_hash hash, const uint8_t *known)
{
    return hash != ATTEST_HASH_NONE && memcmp(digest->value.data, known, attest_hash_size(hash)) == 0;
}

static bool has_digest(const struct attest_tcg_event *event,
                       const uint8_t digests[ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE])
{
    for (size_t i = 0; i < event->digest_count; i++) {
        enum attest_hash hash = attest_tpmwire_hash(event->digests[i].alg);
        if (is_digest(&event->digests[i], hash, digests[hash]))
            return true;
    }
    return false;
}

/* Whether every digest of `banks` that the event has is over `data`, and there is one. */
static enum attest_error is_over(struct attest_hasher *hasher, const struct attest_tcg_event *event,
                                 struct attest_view data, uint32_t banks, bool *ret_over)
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    bool any = false;

    *ret_over = false;
    for (size_t i = 0; i < event->digest_count; i++) {
        enum attest_hash hash = attest_tpmwire_hash(event->digests[i].alg);
        if (hash == ATTEST_HASH_NONE || !(banks >> hash & 1))
            continue;
        attest_try(attest_hasher_digest(hasher, hash, &data, 1, digest));
        if (!is_digest(&event->digests[i], hash, digest))
            return ATTEST_OK;
        any = true;
    }
    *ret_over = any;
    return ATTEST_OK;
}

/* What else than all of its data an event's digests may be over: a text less its NUL, or a variable's value
 * alone. */
static bool digested_part(const struct attest_tcg_event *event, struct attest_view *ret_part)
{
    struct attest_efivar variable = { 0 };
    struct attest_view data = event->data;

    if (event->type == ATTEST_EV_EFI_VARIABLE_BOOT && attest_efivar_parse(data, &variable, NULL) == ATTEST_OK) {
        *ret_part = variable.data;
        return true;
    }
    *ret_part = (struct attest_view){ data.data, data.size > 0 ? data.size - 1 : 0 };
    return data.size > 0 && data.data[data.size - 1] == 0 &&
           (event->type == ATTEST_EV_ACTION || event->type == ATTEST_EV_EFI_ACTION ||
            event->type == ATTEST_EV_IPL);
}

enum attest_error attest_firmware_is_proven(struct attest_hasher *hasher, const struct attest_tcg_event *event,
                                            uint32_t banks, bool *ret_proven)
{
    struct attest_view part;
    bool proven = false;

    attest_try(is_over(hasher, event, event->data, banks, &proven));
    if (!proven && digested_part(event, &part))
        attest_try(is_over(hasher, event, part, banks, &proven));
    *ret_proven = proven;
    return ATTEST_OK;
}

static const char *name_of(const struct attest_tcg_event *event, char text[static 16])
{
    const char *name = attest_tcglog_type_name(event->type);

    if (!name)
        snprintf(text, 16, "type 0x%08x", event->type);
    return name ?: text;
}

/* "StartupLocality" NUL, locality (PFP §10.4.5.3). Nobody has signed it: a wrong one makes PCR 0 differ. */
static void take_locality(struct attest_firmware *firmware, const struct attest_tcg_event *event,
                          struct attest_log_position at, struct attest_replay *replay,
                          struct attest_findings *findings)
{
    static const struct attest_view signature = { (const uint8_t *)"StartupLocality", 16 };
    struct attest_reader reader = attest_reader_init(event->data);

    if (!attest_view_equal(attest_reader_take(&reader, signature.size), signature))
        return;
    uint8_t locality = attest_reader_u8(&reader);
    bool usable = !reader.failed && (locality == 0 || locality == 3 || locality == 4);
    if (event->pcr != 0 || !usable || firmware->has_locality || attest_replay_is_extended(replay, 0)) {
        attest_findings_note(findings, ATTEST_FINDING_LOCALITY, at, "locality %u for PCR %u", locality,
                             event->pcr);
        return;
    }
    firmware->has_locality = true;
    attest_replay_start(replay, locality);
}

static enum attest_error extend(const struct attest_tcg_event *event, struct attest_log_position at,
                                struct attest_replay *replay)
{
    for (size_t i = 0; i < event->digest_count; i++) {
        enum attest_hash bank = attest_tpmwire_hash(event->digests[i].alg);
        if (bank == ATTEST_HASH_NONE)
            continue;
        replay->banks |= 1u << bank;
        attest_try(attest_replay_extend(replay, bank, event->pcr, event->digests[i].value, at));
    }
    return ATTEST_OK;
}

/* What may have a separator's digest without being one: BootOrder may be four zero bytes, and old firmware
 * digests a boot variable's value alone; some measures as many for the contents of its root of trust. */
static bool is_like_separator(const struct attest_tcg_event *event)
{
    struct attest_efivar variable = { 0 };

    if (event->type == ATTEST_EV_S_CRTM_CONTENTS)
        return event->pcr == 0;
    return event->type == ATTEST_EV_EFI_VARIABLE_BOOT &&
           attest_efivar_parse(event->data, &variable, NULL) == ATTEST_OK && variable.data.size == 4;
}

static void judge_separator(struct attest_firmware *firmware, const struct attest_tcg_event *event,
                            struct attest_log_position at, struct attest_findings *findings)
{
    bool looks = false, says = event->type == ATTEST_EV_SEPARATOR;
    char text[16];

    for (size_t i = 0; i < ATTEST_FIRMWARE_SEPARATORS; i++)
        looks = looks || has_digest(event, firmware->separators[i]);
    looks = looks && (says || !is_like_separator(event));
    if (!looks && !says)
        return;
    if (looks != says)
        attest_findings_note(findings, ATTEST_FINDING_SEPARATORS, at, "%s with %s digest in PCR %u",
                             name_of(event, text), looks ? "a separator's" : "another", event->pcr);
    if (firmware->separated & PCR(event->pcr))
        attest_findings_note(findings, ATTEST_FINDING_SEPARATORS, at, "another one in PCR %u", event->pcr);
    firmware->separated |= PCR(event->pcr);
}

static void judge_boot(struct attest_firmware *firmware, const struct attest_tcg_event *event,
                       struct attest_log_position at, struct attest_findings *findings)
{
    char text[16];

    if (firmware->has_ended)
        attest_findings_note(findings, ATTEST_FINDING_BOOT_END, at, "%s in PCR %u", name_of(event, text),
                             event->pcr);
    judge_separator(firmware, event, at, findings);
    firmware->has_ended = firmware->has_ended || has_digest(event, firmware->boot_end);
}

/* An event without a digest of a bank that is compared is in the log, and not in the value. */
static void judge_banks(const struct attest_tcg_event *event, struct attest_log_position at,
                        const struct attest_replay *replay, struct attest_findings *findings)
{
    uint32_t banks = 0;
    char text[16];

    for (size_t i = 0; i < event->digest_count; i++)
        banks |= 1u << attest_tpmwire_hash(event->digests[i].alg);
    for (size_t i = 0; i < ATTEST_HASH_COUNT; i++)
        if (attest_replay_is_expected(replay, (enum attest_hash)i, event->pcr) && !(banks >> i & 1))
            attest_findings_note(findings, ATTEST_FINDING_DIGESTS, at, "no %s digest of %s in PCR %u",
                                 attest_hash_name((enum attest_hash)i), name_of(event, text), event->pcr);
}

/* Whatever the event's type says: so no part of its data but all of them, or a text less its NUL. `proven`:
 * that is known already, of a type that describes itself; the lists of keys are too long to hash twice. */
static enum attest_error look_at_secureboot(struct attest_firmware *firmware,
                                            const struct attest_tcg_event *event,
                                            const struct attest_replay *replay, bool proven)
{
    struct attest_view data = event->data, less = { data.data, data.size > 0 ? data.size - 1 : 0 };
    uint32_t banks = attest_replay_judged(replay);

    if (!proven)
        attest_try(is_over(replay->hasher, event, data, banks, &proven));
    if (!proven && data.size > 0 && data.data[data.size - 1] == 0)
        attest_try(is_over(replay->hasher, event, less, banks, &proven));
    attest_secureboot_look(&firmware->secureboot, data, proven);
    return ATTEST_OK;
}

static enum attest_error judge(struct attest_firmware *firmware, const struct attest_tcg_event *event,
                               struct attest_log_position at, const struct attest_replay *replay,
                               struct attest_findings *findings)
{
    const struct rule rule = rule_of(event->type);
    bool proven = false;
    char text[16];

    if (!(rule.pcrs & PCR(event->pcr)))
        attest_findings_note(findings, ATTEST_FINDING_TYPES, at, "%s in PCR %u", name_of(event, text),
                             event->pcr);
    if (rule.self_describing)
        attest_try(attest_firmware_is_proven(replay->hasher, event, attest_replay_judged(replay), &proven));
    if (rule.self_describing && !proven)
        attest_findings_note(findings, ATTEST_FINDING_DIGESTS, at, "another digest of %s in PCR %u",
                             name_of(event, text), event->pcr);
    judge_banks(event, at, replay, findings);
    if (event->pcr <= FIRMWARE_LAST)
        judge_boot(firmware, event, at, findings);
    return event->pcr == FIRMWARE_LAST ? look_at_secureboot(firmware, event, replay, proven) : ATTEST_OK;
}

enum attest_error attest_firmware_replay(struct attest_firmware *firmware, const struct attest_tcg_event *event,
                                         struct attest_log_position at, struct attest_replay *replay,
                                         struct attest_findings *findings)
{
    if (event->type == ATTEST_EV_NO_ACTION) { /* extends nothing, whatever its digest says */
        take_locality(firmware, event, at, replay, findings);
        return ATTEST_OK;
    }
    attest_try(judge(firmware, event, at, replay, findings));
    return extend(event, at, replay);
}
