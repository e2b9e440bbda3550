/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which variable of UEFI was measured, and what does its value mean (UEFI 2.10 §3.3, §32.3, §32.4; shim's and
 * systemd's own)? Trusts nothing. Certificates are described, not verified.
 */
#include "codec/tcgdata_parts.h"

#include "base/certificate_text.h"
#include "base/cleanup.h"
#include "base/reader.h"
#include "codec/efivar.h"
#include "codec/esl.h"
#include "codec/eventtext.h"
#include "codec/guid.h"
#include "codec/loadoption.h"
#include "codec/utf16.h"

#include <inttypes.h>

#define CERTIFICATES_MAX 16 /* that are shown */
#define HASHES_MAX       8
#define ORDER_MAX        64

static void write_certificate_text(struct attest_json_writer *json, const struct attest_certificate_text *text)
{
    attest_json_write_text_view(json, "subject", attest_bytes_view(&text->subject));
    attest_json_write_text_view(json, "issuer", attest_bytes_view(&text->issuer));
    attest_json_write_text_view(json, "serial", attest_bytes_view(&text->serial));
    attest_json_write_hex(json, "sha256", (struct attest_view){ text->sha256, 32 });
}

/* False where it is not a certificate. */
static bool write_certificate(struct attest_json_writer *json, const struct attest_view *owner,
                              struct attest_view der)
{
    _cleanup_(attest_certificate_text_done) struct attest_certificate_text text = { 0 };

    if (attest_certificate_describe(der, &text, NULL) != ATTEST_OK)
        return false;
    if (owner)
        tcgdata_write_guid(json, "owner", *owner);
    write_certificate_text(json, &text);
    return true;
}

/* Types of signatures (UEFI 2.10 §32.4.1) that begin with a hash: of an image, or of a certificate's inner part
 * (before the time since when that is revoked). */
static const struct {
    enum attest_guid type;
    const char *algorithm;
    size_t size;
} hash_types[] = {
    { ATTEST_GUID_CERT_SHA1, "sha1", 20 },
    { ATTEST_GUID_CERT_SHA256, "sha256", 32 },
    { ATTEST_GUID_CERT_SHA384, "sha384", 48 },
    { ATTEST_GUID_CERT_SHA512, "sha512", 64 },
    { ATTEST_GUID_CERT_X509_SHA256, "x509-sha256", 32 },
    { ATTEST_GUID_CERT_X509_SHA384, "x509-sha384", 48 },
    { ATTEST_GUID_CERT_X509_SHA512, "x509-sha512", 64 },
};

#define HASH_TYPES (sizeof hash_types / sizeof hash_types[0])

/* HASH_TYPES where the entry is no hash. */
static size_t hash_type_of(const struct attest_esl_entry *entry)
{
    size_t i = 0;

    while (i < HASH_TYPES &&
           (entry->data.size < hash_types[i].size || !attest_guid_is(entry->type, hash_types[i].type)))
        i++;
    return i;
}

static void write_hash(struct attest_json_writer *json, const struct attest_esl_entry *entry)
{
    size_t type = hash_type_of(entry);

    attest_json_open(json, NULL, '{');
    tcgdata_write_guid(json, "owner", entry->owner);
    attest_json_write_text(json, "algorithm", hash_types[type].algorithm);
    attest_json_write_hex(json, "digest", (struct attest_view){ entry->data.data, hash_types[type].size });
    attest_json_close(json, '}');
}

/* What is neither hash nor certificate is among the certificates, as it is. */
static void write_entry(struct attest_json_writer *json, const struct attest_esl_entry *entry)
{
    attest_json_open(json, NULL, '{');
    if (!attest_guid_is(entry->type, ATTEST_GUID_CERT_X509) ||
        !write_certificate(json, &entry->owner, entry->data)) {
        tcgdata_write_guid(json, "owner", entry->owner);
        tcgdata_write_guid(json, "type", entry->type);
        tcgdata_hex(json, entry->data);
    }
    attest_json_close(json, '}');
}

static void write_entries(struct attest_json_writer *json, struct attest_view lists, bool hashes,
                          size_t maximum)
{
    struct attest_esl esl = attest_esl_init(lists);
    struct attest_esl_entry entry;

    for (size_t written = 0; written < maximum && attest_esl_next(&esl, &entry);) {
        if ((hash_type_of(&entry) < HASH_TYPES) != hashes)
            continue;
        if (hashes)
            write_hash(json, &entry);
        else
            write_entry(json, &entry);
        written++;
    }
}

/* PK, KEK, db and what is like them: EFI_SIGNATURE_LISTs. */
static bool signatures(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_esl esl = attest_esl_init(data);
    struct attest_esl_entry entry;
    size_t hashes = 0, others = 0;

    while (attest_esl_next(&esl, &entry))
        hash_type_of(&entry) < HASH_TYPES ? hashes++ : others++;
    if (attest_esl_end(&esl, NULL) != ATTEST_OK)
        return false;
    attest_json_write_unsigned(json, "certificate_count", others);
    attest_json_open(json, "certificates", '[');
    write_entries(json, data, false, CERTIFICATES_MAX);
    attest_json_close(json, ']');
    attest_json_write_unsigned(json, "hash_count", hashes);
    attest_json_open(json, "hashes", '[');
    write_entries(json, data, true, HASHES_MAX);
    attest_json_close(json, ']');
    return true;
}

static bool enabled(struct attest_json_writer *json, struct attest_view data)
{
    if (data.size != 1 || data.data[0] > 1)
        return false;
    attest_json_write_boolean(json, "enabled", data.data[0] == 1);
    return true;
}

static bool number(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);

    if (data.size != 1 && data.size != 2)
        return false;
    attest_json_write_unsigned(json, "value",
                               data.size == 1 ? attest_reader_u8(&reader) : attest_reader_le16(&reader));
    return true;
}

/* Numbers of load options, as the names of their variables. */
static bool write_order(struct attest_json_writer *json, const char *kind, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);

    if (data.size % 2 != 0)
        return false;
    attest_json_write_unsigned(json, "order_count", data.size / 2);
    attest_json_open(json, "order", '[');
    for (size_t i = 0; i < ORDER_MAX && attest_reader_left(&reader) > 0; i++)
        attest_json_write_format(json, NULL, "%s%04X", kind, attest_reader_le16(&reader));
    attest_json_close(json, ']');
    return true;
}

static bool boot_order(struct attest_json_writer *json, struct attest_view data)
{
    return write_order(json, "Boot", data);
}

static bool driver_order(struct attest_json_writer *json, struct attest_view data)
{
    return write_order(json, "Driver", data);
}

static bool sysprep_order(struct attest_json_writer *json, struct attest_view data)
{
    return write_order(json, "SysPrep", data);
}

static bool load_option(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_loadoption option;

    if (attest_loadoption_parse(data, &option, NULL) != ATTEST_OK)
        return false;
    attest_json_write_format(json, "attributes", "0x%08" PRIx32, option.attributes);
    attest_json_write_boolean(json, "active", option.attributes & ATTEST_LOADOPTION_ACTIVE);
    tcgdata_write_utf16(json, "description", option.description);
    tcgdata_write_device_path(json, option.device_paths);
    attest_json_write_unsigned(json, "optional_data_size", option.optional.size);
    return true;
}

/* '#' in a name is a hexadecimal digit. */
static const struct {
    enum attest_guid vendor;
    const char *name;
    tcgdata_form *form;
} variables[] = {
    { ATTEST_GUID_GLOBAL_VARIABLE, "SecureBoot", enabled },
    { ATTEST_GUID_GLOBAL_VARIABLE, "SetupMode", enabled },
    { ATTEST_GUID_GLOBAL_VARIABLE, "AuditMode", enabled },
    { ATTEST_GUID_GLOBAL_VARIABLE, "DeployedMode", enabled },
    { ATTEST_GUID_GLOBAL_VARIABLE, "PK", signatures },
    { ATTEST_GUID_GLOBAL_VARIABLE, "KEK", signatures },
    { ATTEST_GUID_GLOBAL_VARIABLE, "BootOrder", boot_order },
    { ATTEST_GUID_GLOBAL_VARIABLE, "BootNext", boot_order },
    { ATTEST_GUID_GLOBAL_VARIABLE, "BootCurrent", boot_order },
    { ATTEST_GUID_GLOBAL_VARIABLE, "DriverOrder", driver_order },
    { ATTEST_GUID_GLOBAL_VARIABLE, "SysPrepOrder", sysprep_order },
    { ATTEST_GUID_GLOBAL_VARIABLE, "Boot####", load_option },
    { ATTEST_GUID_GLOBAL_VARIABLE, "Driver####", load_option },
    { ATTEST_GUID_GLOBAL_VARIABLE, "SysPrep####", load_option },
    { ATTEST_GUID_GLOBAL_VARIABLE, "PlatformRecovery####", load_option },
    { ATTEST_GUID_GLOBAL_VARIABLE, "Timeout", number },
    { ATTEST_GUID_IMAGE_SECURITY_DATABASE, "db", signatures },
    { ATTEST_GUID_IMAGE_SECURITY_DATABASE, "dbx", signatures },
    { ATTEST_GUID_IMAGE_SECURITY_DATABASE, "dbt", signatures },
    { ATTEST_GUID_IMAGE_SECURITY_DATABASE, "dbr", signatures },
    { ATTEST_GUID_SHIM_LOCK, "MokList", signatures },
    { ATTEST_GUID_SHIM_LOCK, "MokListX", signatures },
    { ATTEST_GUID_SHIM_LOCK, "MokListTrusted", number },
    { ATTEST_GUID_SHIM_LOCK, "MokSBState", number },
    { ATTEST_GUID_SHIM_LOCK, "MokDBState", number },
    { ATTEST_GUID_SHIM_LOCK, "SbatLevel", tcgdata_text },
};

static bool matches(struct attest_view name, const char *pattern)
{
    size_t i = 0;

    for (; i < name.size && pattern[i] != '\0'; i++) {
        uint8_t byte = name.data[i];
        bool digit = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F');
        if (pattern[i] == '#' ? !digit : byte != (uint8_t)pattern[i])
            return false;
    }
    return i == name.size && pattern[i] == '\0';
}

static bool value(struct attest_json_writer *json, struct attest_view vendor, struct attest_view name,
                  struct attest_view data)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (matches(name, variables[i].name) && attest_guid_is(vendor, variables[i].vendor))
            return variables[i].form(json, data);
    return tcgdata_text(json, data) || tcgdata_hex(json, data);
}

/* EFI_SIGNATURE_DATA: owner, and a certificate or a hash. Older boot loaders leave the owner out. */
static bool authority(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    struct attest_view owner = attest_reader_take(&reader, ATTEST_GUID_SIZE);
    struct attest_view signature = attest_reader_take(&reader, attest_reader_left(&reader));

    if (write_certificate(json, &owner, signature) || write_certificate(json, NULL, data))
        return true;
    for (size_t i = 0; i < HASH_TYPES; i++)
        if (signature.size == hash_types[i].size) {
            tcgdata_write_guid(json, "owner", owner);
            attest_json_write_hex(json, "digest", signature);
            return true;
        }
    return false;
}

static void write_value(struct attest_json_writer *json, const struct attest_efivar *variable,
                        bool is_authority)
{
    _cleanup_(attest_bytes_done) struct attest_bytes name = attest_bytes_init(64);

    if (is_authority && authority(json, variable->data))
        return;
    attest_utf16_append(&name, variable->name); /* longer ones have no row in the table */
    if (value(json, variable->vendor, attest_bytes_view(&name), variable->data))
        return;
    tcgdata_hex(json, variable->data);
    attest_json_write_text(json, "note", "the value is not of the form that this variable has");
}

/* Old shims log more bytes than they announce. */
static bool write_variable(struct attest_json_writer *json, struct attest_view data, bool is_authority)
{
    struct attest_reader reader = attest_reader_init(data);
    struct attest_efivar variable = attest_efivar_take(&reader);

    if (reader.failed)
        return false;
    tcgdata_write_guid(json, "vendor", variable.vendor);
    tcgdata_write_utf16(json, "name", variable.name);
    write_value(json, &variable, is_authority);
    tcgdata_write_trailing(json, &reader);
    return true;
}

bool tcgdata_variable(struct attest_json_writer *json, struct attest_view data)
{
    return write_variable(json, data, false);
}

bool tcgdata_authority(struct attest_json_writer *json, struct attest_view data)
{
    return write_variable(json, data, true);
}
