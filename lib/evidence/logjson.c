/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does this record say, for people and for programs? Trusts nothing in it: texts that are none come as
 * hexadecimal.
 */
#include "evidence/logjson.h"

#include "base/error.h"
#include "codec/eventtext.h"
#include "codec/tcgdata.h"
#include "codec/tpmwire.h"
#include "evidence/firmware.h"
#include "evidence/ima.h"
#include "evidence/userspace.h"

#include <stdio.h>

#define SHOWN_MAX ((size_t)4096) /* bytes of a signature or a buffer */
#define SHORT_MAX ((size_t)256)  /* bytes of a name */

static void write_digests(struct attest_json_writer *json, const struct attest_tcg_event *event)
{
    char name[8];

    attest_json_open(json, "digests", '{');
    for (size_t i = 0; i < event->digest_count; i++) {
        enum attest_hash hash = attest_tpmwire_hash(event->digests[i].alg);
        snprintf(name, sizeof name, "0x%04x", event->digests[i].alg);
        attest_json_write_hex(json, hash == ATTEST_HASH_NONE ? name : attest_hash_name(hash),
                              event->digests[i].value);
    }
    attest_json_close(json, '}');
}

static enum attest_error write_firmware(struct attest_json_writer *json, const struct attest_tcg_event *event,
                                        struct attest_hasher *hasher)
{
    const char *name = attest_tcglog_type_name(event->type);
    bool proven = false;

    if (event->type != ATTEST_EV_NO_ACTION)
        attest_try(attest_firmware_is_proven(hasher, event, ATTEST_REPLAY_BANKS_ALL, &proven));
    attest_json_write_unsigned(json, "pcr", event->pcr);
    if (name)
        attest_json_write_text(json, "type", name);
    else
        attest_json_write_format(json, "type", "0x%08x", event->type);
    write_digests(json, event);
    attest_json_write_boolean(json, "proven", proven);
    attest_tcgdata_write(json, event);
    return ATTEST_OK;
}

/* Nothing where the template does not have it. */
static void write_bytes(struct attest_json_writer *json, const char *name, struct attest_view data)
{
    const char *cut = data.size > SHOWN_MAX ? "_cut" : "";
    char full[64];

    if (data.size == 0)
        return;
    snprintf(full, sizeof full, "%s%s", name, cut);
    attest_json_write_hex(json, full,
                          (struct attest_view){ data.data, data.size < SHOWN_MAX ? data.size : SHOWN_MAX });
}

/* The text, or where it is none `name`_hex. */
static void write_text(struct attest_json_writer *json, const char *name, struct attest_view text)
{
    char other[24];

    if (text.size == 0 || attest_eventtext_write(json, name, text))
        return;
    snprintf(other, sizeof other, "%s_hex", name);
    write_bytes(json, other, text);
}

/* The same for what is short where it is honest. Only one text of a record may be one that is cut, for it says
 * so in a member of the record. */
static void write_short(struct attest_json_writer *json, const char *name, struct attest_view text)
{
    char other[24];

    if (text.size <= SHORT_MAX) {
        write_text(json, name, text);
        return;
    }
    snprintf(other, sizeof other, "%s_hex", name);
    write_bytes(json, other, text);
}

static void write_ima_fields(struct attest_json_writer *json, const struct attest_ima_entry *entry)
{
    struct attest_ima_fields fields = { 0 };

    if (attest_imalog_fields(entry, &fields, NULL) != ATTEST_OK) {
        write_bytes(json, "template_data", entry->data);
        return;
    }
    write_short(json, "digest_type", fields.digest_type);
    write_short(json, "algorithm", fields.algorithm);
    write_bytes(json, "digest", fields.digest);
    write_text(json, "path", fields.path);
    write_bytes(json, "signature", fields.signature);
    write_bytes(json, "buffer", fields.buffer);
    write_short(json, "modsig_algorithm", fields.modsig_algorithm);
    write_bytes(json, "modsig_digest", fields.modsig_digest);
    write_bytes(json, "modsig", fields.modsig);
}

static enum attest_error write_ima(struct attest_json_writer *json, const struct attest_ima_entry *entry,
                                   struct attest_hasher *hasher)
{
    bool proven = false;

    attest_try(attest_ima_is_proven(hasher, entry, &proven));
    attest_json_write_unsigned(json, "pcr", entry->pcr);
    write_short(json, "template", entry->template);
    attest_json_write_hex(json, "template_hash", entry->hash);
    attest_json_write_boolean(json, "proven", proven);
    if (entry->violation)
        attest_json_write_boolean(json, "violation", true);
    write_ima_fields(json, entry);
    return ATTEST_OK;
}

static enum attest_error write_userspace(struct attest_json_writer *json, const struct attest_sysd_event *event,
                                         struct attest_hasher *hasher)
{
    bool proven = false;

    attest_try(attest_userspace_is_proven(hasher, event, &proven));
    if (event->has_pcr)
        attest_json_write_unsigned(json, "pcr", event->pcr);
    write_short(json, "type", event->type);
    attest_json_open(json, "digests", '{');
    for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++) {
        const struct attest_view digest = { event->digests[i], attest_hash_size((enum attest_hash)i) };
        if (event->banks >> i & 1)
            attest_json_write_hex(json, attest_hash_name((enum attest_hash)i), digest);
    }
    attest_json_close(json, '}');
    attest_json_write_boolean(json, "proven", proven);
    write_text(json, "string", event->string);
    write_short(json, "boot_id", event->boot_id);
    attest_json_write_unsigned(json, "timestamp", event->timestamp);
    return ATTEST_OK;
}

enum attest_error attest_logjson_write(struct attest_json_writer *json, const struct attest_log_record *record,
                                       struct attest_hasher *hasher)
{
    attest_json_open(json, NULL, '{');
    attest_json_write_unsigned(json, "event", record->at.index);
    if (record->at.log == ATTEST_LOG_FIRMWARE)
        attest_try(write_firmware(json, &record->firmware, hasher));
    else if (record->at.log == ATTEST_LOG_IMA)
        attest_try(write_ima(json, &record->ima, hasher));
    else
        attest_try(write_userspace(json, &record->userspace, hasher));
    attest_json_close(json, '}');
    return ATTEST_OK;
}
