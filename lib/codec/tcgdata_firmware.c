/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which images, firmware volumes, tables and disks did firmware measure, and in which form is its log (PFP
 * §10.2 and §10.4.5)? Trusts nothing: what an event says about an image is covered by no digest.
 */
#include "codec/tcgdata_parts.h"

#include "base/reader.h"
#include "codec/eventtext.h"
#include "codec/gpt.h"
#include "codec/guid.h"
#include "codec/tpmwire.h"

#include "attest/hash.h"

#include <inttypes.h>
#include <string.h>

#define SIGNATURE_SIZE 16 /* of an EV_NO_ACTION event */

#define PARTITIONS_MAX 32 /* that are shown */
#define TABLES_MAX     32
#define BANKS_MAX      16

static void write_address(struct attest_json_writer *json, const char *name, uint64_t address)
{
    attest_json_write_format(json, name, "0x%" PRIx64, address);
}

/* UEFI_IMAGE_LOAD_EVENT, §10.2.3. Old shims log bytes behind it. */
bool tcgdata_image(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    uint64_t address = attest_reader_le64(&reader), length = attest_reader_le64(&reader);
    uint64_t link_address = attest_reader_le64(&reader), path_size = attest_reader_le64(&reader);

    if (path_size > attest_reader_left(&reader) || reader.failed)
        return false;
    write_address(json, "address", address);
    attest_json_write_unsigned(json, "length", length);
    write_address(json, "link_time_address", link_address);
    tcgdata_write_device_path(json, attest_reader_take(&reader, (size_t)path_size));
    tcgdata_write_trailing(json, &reader);
    return true;
}

/* UEFI_PLATFORM_FIRMWARE_BLOB, and with a description before it UEFI_PLATFORM_FIRMWARE_BLOB2, §10.2.4 */
static bool write_blob(struct attest_json_writer *json, const struct attest_view *description,
                       struct attest_reader *reader)
{
    uint64_t base = attest_reader_le64(reader), length = attest_reader_le64(reader);

    if (attest_reader_end(reader, NULL) != ATTEST_OK)
        return false;
    if (description && !attest_eventtext_write(json, "description", *description))
        attest_json_write_hex(json, "description_hex", *description);
    write_address(json, "base", base);
    attest_json_write_unsigned(json, "length", length);
    return true;
}

bool tcgdata_blob(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);

    return write_blob(json, NULL, &reader);
}

bool tcgdata_blob2(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    struct attest_view description = attest_reader_take(&reader, attest_reader_u8(&reader));

    return write_blob(json, &description, &reader);
}

/* UEFI_HANDOFF_TABLE_POINTERS and UEFI_HANDOFF_TABLE_POINTERS2, §10.2.5 */
static bool write_tables(struct attest_json_writer *json, const struct attest_view *description,
                         struct attest_reader *reader)
{
    uint64_t count = attest_reader_le64(reader);
    size_t left = attest_reader_left(reader), size = ATTEST_GUID_SIZE + sizeof(uint64_t);

    if (reader->failed || left % size != 0 || count != left / size)
        return false;
    if (description && !attest_eventtext_write(json, "description", *description))
        attest_json_write_hex(json, "description_hex", *description);
    attest_json_write_unsigned(json, "table_count", count);
    attest_json_open(json, "tables", '[');
    for (uint64_t i = 0; i < count && i < TABLES_MAX; i++) {
        attest_json_open(json, NULL, '{');
        tcgdata_write_guid(json, "guid", attest_reader_take(reader, ATTEST_GUID_SIZE));
        write_address(json, "address", attest_reader_le64(reader));
        attest_json_close(json, '}');
    }
    attest_json_close(json, ']');
    return true;
}

bool tcgdata_handoff(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);

    return write_tables(json, NULL, &reader);
}

bool tcgdata_handoff2(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    struct attest_view description = attest_reader_take(&reader, attest_reader_u8(&reader));

    return write_tables(json, &description, &reader);
}

static void write_partition(struct attest_json_writer *json, const struct attest_gpt_entry *entry)
{
    attest_json_open(json, NULL, '{');
    tcgdata_write_guid(json, "type", entry->type);
    tcgdata_write_guid(json, "unique", entry->unique);
    attest_json_write_unsigned(json, "first_lba", entry->first);
    attest_json_write_unsigned(json, "last_lba", entry->last);
    write_address(json, "attributes", entry->attributes);
    tcgdata_write_utf16(json, "name", entry->name);
    attest_json_close(json, '}');
}

bool tcgdata_gpt(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_gpt_entry entry;
    struct attest_gpt gpt;

    if (attest_gpt_parse(data, &gpt, NULL) != ATTEST_OK)
        return false;
    tcgdata_write_guid(json, "disk", gpt.disk);
    attest_json_write_unsigned(json, "first_usable_lba", gpt.first_usable);
    attest_json_write_unsigned(json, "last_usable_lba", gpt.last_usable);
    attest_json_write_unsigned(json, "partition_count", gpt.count);
    attest_json_open(json, "partitions", '[');
    for (size_t i = 0; i < PARTITIONS_MAX && attest_gpt_entry_at(&gpt, i, &entry); i++)
        write_partition(json, &entry);
    attest_json_close(json, ']');
    return true;
}

static void write_banks(struct attest_json_writer *json, struct attest_reader *reader, size_t count)
{
    attest_json_open(json, "banks", '[');
    for (size_t i = 0; i < count; i++) {
        uint16_t alg = attest_reader_le16(reader);
        enum attest_hash hash = attest_tpmwire_hash(alg);
        attest_json_open(json, NULL, '{');
        attest_json_write_format(json, "alg", "0x%04x", alg);
        if (hash != ATTEST_HASH_NONE)
            attest_json_write_text(json, "name", attest_hash_name(hash));
        attest_json_write_unsigned(json, "size", attest_reader_le16(reader));
        attest_json_close(json, '}');
    }
    attest_json_close(json, ']');
}

/* TCG_EfiSpecIdEvent, §10.4.5.1. That of logs with SHA-1 alone has no banks. */
static bool write_spec_id(struct attest_json_writer *json, struct attest_reader *reader, bool has_banks)
{
    uint32_t platform_class = attest_reader_le32(reader);
    unsigned minor = attest_reader_u8(reader), major = attest_reader_u8(reader);
    unsigned errata = attest_reader_u8(reader), uintn_size = attest_reader_u8(reader);
    size_t count = has_banks ? attest_reader_le32(reader) : 0;

    if (count > BANKS_MAX)
        return false;
    struct attest_reader banks = attest_reader_init(attest_reader_take(reader, 4 * count));
    struct attest_view vendor = attest_reader_take(reader, attest_reader_u8(reader));
    if (attest_reader_check(reader, NULL) != ATTEST_OK)
        return false;
    attest_json_write_unsigned(json, "platform_class", platform_class);
    attest_json_write_format(json, "version", "%u.%u", major, minor);
    attest_json_write_unsigned(json, "errata", errata);
    attest_json_write_unsigned(json, "uintn_bits", 32u * uintn_size);
    if (has_banks)
        write_banks(json, &banks, count);
    attest_json_write_hex(json, "vendor_info", vendor);
    return true;
}

static bool write_spec_id_agile(struct attest_json_writer *json, struct attest_reader *reader)
{
    return write_spec_id(json, reader, true);
}

static bool write_spec_id_sha1(struct attest_json_writer *json, struct attest_reader *reader)
{
    return write_spec_id(json, reader, false);
}

/* TCG_EfiStartupLocalityEvent, §10.4.5.3 */
static bool write_locality(struct attest_json_writer *json, struct attest_reader *reader)
{
    unsigned locality = attest_reader_u8(reader);

    if (attest_reader_end(reader, NULL) != ATTEST_OK)
        return false;
    attest_json_write_unsigned(json, "locality", locality);
    return true;
}

/* TCG_Sp800_155_PlatformId_Event, §10.4.5.2 */
static bool write_manifest(struct attest_json_writer *json, struct attest_reader *reader)
{
    uint32_t vendor = attest_reader_le32(reader);
    struct attest_view manifest = attest_reader_take(reader, ATTEST_GUID_SIZE);

    if (attest_reader_check(reader, NULL) != ATTEST_OK)
        return false;
    attest_json_write_unsigned(json, "vendor", vendor);
    tcgdata_write_guid(json, "reference_manifest", manifest);
    return true;
}

/* Its second and third form: texts with a byte for their length before them, NUL at their end. What the third
 * has behind them, where to find manifest and certificate, is not shown. */
static bool write_platform(struct attest_json_writer *json, struct attest_reader *reader)
{
    static const char *const names[] = { "platform_manufacturer", "platform_model", "platform_version",
                                         "firmware_manufacturer", "firmware_version" };
    struct attest_reader ahead = *reader;
    struct attest_view texts[5];

    attest_reader_take(&ahead, sizeof(uint32_t) + ATTEST_GUID_SIZE);
    for (size_t i = 0; i < 5; i++) {
        texts[i] = attest_reader_take(&ahead, attest_reader_u8(&ahead));
        if (i == 3)
            attest_reader_take(&ahead, sizeof(uint32_t)); /* the manufacturer's number */
    }
    if (ahead.failed || !write_manifest(json, reader))
        return false;
    for (size_t i = 0; i < 5; i++)
        attest_eventtext_write(json, names[i], texts[i]);
    return true;
}

static const struct {
    const char *signature;
    bool (*write)(struct attest_json_writer *json, struct attest_reader *reader);
} signatures[] = {
    { "Spec ID Event03", write_spec_id_agile }, { "Spec ID Event02", write_spec_id_sha1 },
    { "Spec ID Event00", write_spec_id_sha1 },  { "StartupLocality", write_locality },
    { "SP800-155 Event", write_manifest },      { "SP800-155 Event2", write_platform },
    { "SP800-155 Event3", write_platform },
};

/* The signature is 16 bytes, padded with NULs. */
static bool has_signature(struct attest_view found, const char *signature)
{
    size_t size = strlen(signature);

    for (size_t i = 0; i < found.size; i++)
        if (found.data[i] != (i < size ? (uint8_t)signature[i] : 0))
            return false;
    return found.size == SIGNATURE_SIZE;
}

bool tcgdata_no_action(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    struct attest_view signature = attest_reader_take(&reader, SIGNATURE_SIZE);

    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        struct attest_reader body = reader;
        if (!has_signature(signature, signatures[i].signature))
            continue;
        if (!signatures[i].write(json, &body))
            return false;
        attest_json_write_text(json, "signature", signatures[i].signature);
        return true;
    }
    if (!attest_eventtext_write(json, "signature", signature))
        return false;
    return tcgdata_hex(json, attest_reader_take(&reader, attest_reader_left(&reader)));
}
