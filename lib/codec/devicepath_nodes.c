/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How are the nodes written whose text is not just their fields (UEFI 2.10 §10.6.1.6)? Trusts nothing: each
 * reads from its own node alone, and devicepath.c demands that nothing is left of it.
 */
#include "codec/devicepath_nodes.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "codec/guid.h"
#include "codec/utf16.h"

#include <inttypes.h>
#include <string.h>

#define PNP_VENDOR 0x41d0u /* "PNP" as an EISA identifier, the lower half (§10.3.3) */

/* One of `names`, or the number where there is none. */
static void append_name(struct attest_bytes *out, const char *const names[], size_t count, unsigned value)
{
    if (value < count && names[value])
        attest_bytes_append_text(out, names[value]);
    else
        attest_bytes_append_format(out, "0x%x", value);
}

#define append_named(out, names, value) append_name(out, names, sizeof(names) / sizeof(names)[0], value)

static void append_guid(struct attest_bytes *out, struct attest_view guid)
{
    char text[ATTEST_GUID_TEXT_SIZE];

    attest_guid_format(guid, text);
    attest_bytes_append_text(out, text);
}

static bool append_text(struct attest_bytes *out, struct attest_view text)
{
    attest_bytes_append(out, text);
    return attest_utf8_is_valid(text);
}

/* All that is left, less the NULs at its end. */
static struct attest_view take_rest(struct attest_reader *node, size_t unit)
{
    static const uint8_t nul[2];
    struct attest_view rest = attest_reader_take(node, attest_reader_left(node));

    while (rest.size >= unit && memcmp(rest.data + rest.size - unit, nul, unit) == 0)
        rest.size -= unit;
    return rest;
}

bool devicepath_pci(struct attest_reader *node, struct attest_bytes *out)
{
    unsigned function = attest_reader_u8(node), device = attest_reader_u8(node);

    attest_bytes_append_format(out, "Pci(0x%x,0x%x)", device, function);
    return true;
}

bool devicepath_acpi(struct attest_reader *node, struct attest_bytes *out)
{
    static const struct {
        unsigned id;
        const char *name;
    } devices[] = { { 0x0a03, "PciRoot" },  { 0x0a08, "PcieRoot" }, { 0x0604, "Floppy" },
                    { 0x0301, "Keyboard" }, { 0x0501, "Serial" },   { 0x0401, "ParallelPort" } };
    uint32_t hid = attest_reader_le32(node), uid = attest_reader_le32(node);

    if ((hid & 0xffff) != PNP_VENDOR) {
        attest_bytes_append_format(out, "Acpi(0x%08" PRIx32 ",0x%" PRIx32 ")", hid, uid);
        return true;
    }
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (devices[i].id == hid >> 16) {
            attest_bytes_append_format(out, "%s(0x%" PRIx32 ")", devices[i].name, uid);
            return true;
        }
    attest_bytes_append_format(out, "Acpi(PNP%04" PRIX32 ",0x%" PRIx32 ")", hid >> 16, uid);
    return true;
}

/* Three letters of five bits each, the first highest, in the lower half; unlike in ACPI, its bytes are not
 * swapped. */
static void append_eisa_id(struct attest_bytes *out, uint32_t id)
{
    if (id == 0) {
        attest_bytes_append_u8(out, '0');
        return;
    }
    for (unsigned shift = 15; shift > 0; shift -= 5)
        attest_bytes_append_u8(out, (uint8_t)('@' + (id >> (shift - 5) & 0x1f)));
    attest_bytes_append_format(out, "%04" PRIX32, id >> 16);
}

bool devicepath_acpi_extended(struct attest_reader *node, struct attest_bytes *out)
{
    uint32_t hid = attest_reader_le32(node), uid = attest_reader_le32(node), cid = attest_reader_le32(node);
    struct attest_view texts[3]; /* HID, UID, CID */
    bool ended = true, readable = true;

    for (size_t i = 0; i < 3; i++)
        ended = attest_reader_split(node, 0, &texts[i]) && ended;
    bool short_form = texts[0].size == 0 && texts[2].size == 0 && texts[1].size > 0;
    attest_bytes_append_text(out, short_form ? "AcpiExp(" : "AcpiEx(");
    append_eisa_id(out, hid);
    attest_bytes_append_u8(out, ',');
    append_eisa_id(out, cid);
    if (!short_form)
        attest_bytes_append_format(out, ",0x%" PRIx32 ",", uid);
    const struct attest_view order[] = { texts[0], texts[2], texts[1] };
    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && (!short_form || i == 2))
            attest_bytes_append_u8(out, ',');
        readable = append_text(out, order[i]) && readable;
    }
    attest_bytes_append_u8(out, ')');
    return ended && readable;
}

bool devicepath_ata(struct attest_reader *node, struct attest_bytes *out)
{
    static const char *const controllers[] = { "Primary", "Secondary" }, *const drives[] = { "Master",
                                                                                             "Slave" };

    attest_bytes_append_text(out, "Ata(");
    append_named(out, controllers, attest_reader_u8(node));
    attest_bytes_append_u8(out, ',');
    append_named(out, drives, attest_reader_u8(node));
    attest_bytes_append_format(out, ",0x%x)", attest_reader_le16(node));
    return true;
}

/* Terminals are vendor-defined messages with names of their own. */
bool devicepath_vendor_message(struct attest_reader *node, struct attest_bytes *out)
{
    static const enum attest_guid terminals[] = { ATTEST_GUID_PC_ANSI, ATTEST_GUID_VT_100,
                                                  ATTEST_GUID_VT_100_PLUS, ATTEST_GUID_VT_UTF8 };
    struct attest_view guid = attest_reader_take(node, ATTEST_GUID_SIZE);
    struct attest_view data = attest_reader_take(node, attest_reader_left(node));

    for (size_t i = 0; i < sizeof terminals / sizeof terminals[0]; i++)
        if (data.size == 0 && attest_guid_is(guid, terminals[i])) {
            attest_bytes_append_format(out, "%s()", attest_guid_name(guid));
            return true;
        }
    attest_bytes_append_text(out, "VenMsg(");
    append_guid(out, guid);
    if (data.size > 0)
        attest_bytes_append_u8(out, ',');
    devicepath_append_hex(out, data);
    attest_bytes_append_u8(out, ')');
    return true;
}

/* An Ethernet address is 6 of the 32 bytes (RFC 3232: interface types 0 and 1). */
bool devicepath_mac(struct attest_reader *node, struct attest_bytes *out)
{
    struct attest_view address = attest_reader_take(node, 32);
    unsigned type = attest_reader_u8(node);

    if (type <= 1 && address.size > 6)
        address.size = 6;
    attest_bytes_append_text(out, "MAC(");
    attest_encode_hex(out, address);
    attest_bytes_append_format(out, ",0x%x)", type);
    return true;
}

static void append_ipv4(struct attest_bytes *out, struct attest_view address)
{
    for (size_t i = 0; i < address.size; i++)
        attest_bytes_append_format(out, "%s%u", i > 0 ? "." : "", address.data[i]);
}

static void append_ipv6(struct attest_bytes *out, struct attest_view address)
{
    for (size_t i = 0; i + 1 < address.size; i += 2)
        attest_bytes_append_format(out, "%s%02x%02x", i > 0 ? ":" : "", address.data[i], address.data[i + 1]);
}

/* IP protocol numbers; ports come before and are not part of the text. */
static void append_protocol(struct attest_bytes *out, struct attest_reader *node)
{
    static const char *const protocols[] = { [6] = "TCP", [17] = "UDP" };

    attest_reader_take(node, 4);
    attest_bytes_append_u8(out, ',');
    append_named(out, protocols, attest_reader_le16(node));
    attest_bytes_append_u8(out, ',');
}

bool devicepath_ipv4(struct attest_reader *node, struct attest_bytes *out)
{
    static const char *const origins[] = { "DHCP", "Static" };
    struct attest_view local = attest_reader_take(node, 4), remote = attest_reader_take(node, 4);

    attest_bytes_append_text(out, "IPv4(");
    append_ipv4(out, remote);
    append_protocol(out, node);
    append_named(out, origins, attest_reader_u8(node));
    attest_bytes_append_u8(out, ',');
    append_ipv4(out, local);
    while (attest_reader_left(node) >= 4) { /* gateway and mask, which came later to the specification */
        attest_bytes_append_u8(out, ',');
        append_ipv4(out, attest_reader_take(node, 4));
    }
    attest_bytes_append_u8(out, ')');
    return true;
}

bool devicepath_ipv6(struct attest_reader *node, struct attest_bytes *out)
{
    static const char *const origins[] = { "Static", "StatelessAutoConfigure", "StatefulAutoConfigure" };
    struct attest_view local = attest_reader_take(node, 16), remote = attest_reader_take(node, 16);

    attest_bytes_append_text(out, "IPv6(");
    append_ipv6(out, remote);
    append_protocol(out, node);
    append_named(out, origins, attest_reader_u8(node));
    attest_bytes_append_u8(out, ',');
    append_ipv6(out, local);
    if (attest_reader_left(node) > 0) {
        attest_bytes_append_format(out, ",0x%x,", attest_reader_u8(node));
        append_ipv6(out, attest_reader_take(node, 16));
    }
    attest_bytes_append_u8(out, ')');
    return true;
}

bool devicepath_uart(struct attest_reader *node, struct attest_bytes *out)
{
    static const char *const parities[] = { "D", "N", "E", "O", "M", "S" }, *const stops[] = { "D", "1", "1.5",
                                                                                               "2" };

    attest_reader_take(node, 4); /* reserved */
    uint64_t rate = attest_reader_le64(node);
    unsigned bits = attest_reader_u8(node);
    attest_bytes_append_format(out, rate == 0 ? "Uart(DEFAULT," : "Uart(%" PRIu64 ",", rate);
    attest_bytes_append_format(out, bits == 0 ? "DEFAULT," : "%u,", bits);
    append_named(out, parities, attest_reader_u8(node));
    attest_bytes_append_u8(out, ',');
    append_named(out, stops, attest_reader_u8(node));
    attest_bytes_append_u8(out, ')');
    return true;
}

bool devicepath_usb_wwid(struct attest_reader *node, struct attest_bytes *out)
{
    unsigned interface = attest_reader_le16(node), vendor = attest_reader_le16(node);

    attest_bytes_append_format(out, "UsbWwid(0x%x,0x%x,0x%x,\"", vendor, attest_reader_le16(node), interface);
    attest_utf16_append(out, take_rest(node, 2));
    attest_bytes_append_text(out, "\")");
    return true;
}

/* The options' bits: §10.3.4.20, table 10-36. */
bool devicepath_iscsi(struct attest_reader *node, struct attest_bytes *out)
{
    static const char *const protocols[] = { "TCP" };
    unsigned protocol = attest_reader_le16(node), options = attest_reader_le16(node);
    struct attest_view lun = attest_reader_take(node, 8);
    unsigned group = attest_reader_le16(node);

    attest_bytes_append_text(out, "iSCSI(");
    bool readable = append_text(out, take_rest(node, 1));
    attest_bytes_append_format(out, ",0x%x,0x", group);
    attest_encode_hex(out, lun);
    attest_bytes_append_format(out, ",%s,%s,%s,", options & 0x0002 ? "CRC32C" : "None",
                               options & 0x0008 ? "CRC32C" : "None",
                               options & 0x0800   ? "None"
                               : options & 0x1000 ? "CHAP_UNI"
                                                  : "CHAP_BI");
    append_named(out, protocols, protocol);
    attest_bytes_append_u8(out, ')');
    return readable;
}

bool devicepath_hard_drive(struct attest_reader *node, struct attest_bytes *out)
{
    uint32_t partition = attest_reader_le32(node);
    uint64_t start = attest_reader_le64(node), size = attest_reader_le64(node);
    struct attest_view signature = attest_reader_take(node, ATTEST_GUID_SIZE);
    struct attest_reader serial = attest_reader_init(signature);

    attest_reader_u8(node); /* format of the table, which the type of the signature says, too */
    unsigned type = attest_reader_u8(node);
    attest_bytes_append_format(out, "HD(%" PRIu32 ",", partition);
    if (type == 2) {
        attest_bytes_append_text(out, "GPT,");
        append_guid(out, signature);
    } else if (type == 1) {
        attest_bytes_append_format(out, "MBR,0x%08" PRIx32, attest_reader_le32(&serial));
    } else {
        attest_bytes_append_format(out, "%u,0", type);
    }
    attest_bytes_append_format(out, ",0x%" PRIx64 ",0x%" PRIx64 ")", start, size);
    return true;
}

bool devicepath_file(struct attest_reader *node, struct attest_bytes *out)
{
    attest_utf16_append(out, take_rest(node, 2));
    return true;
}

bool devicepath_ram_disk(struct attest_reader *node, struct attest_bytes *out)
{
    static const enum attest_guid disks[] = { ATTEST_GUID_VIRTUAL_DISK, ATTEST_GUID_VIRTUAL_CD,
                                              ATTEST_GUID_PERSISTENT_DISK, ATTEST_GUID_PERSISTENT_CD };
    uint64_t start = attest_reader_le64(node), end = attest_reader_le64(node);
    struct attest_view guid = attest_reader_take(node, ATTEST_GUID_SIZE);
    unsigned instance = attest_reader_le16(node);
    const char *name = NULL;

    for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++)
        if (attest_guid_is(guid, disks[i]))
            name = attest_guid_name(guid);
    attest_bytes_append_format(out, "%s(0x%" PRIx64 ",0x%" PRIx64 ",%u", name ? name : "RamDisk", start, end,
                               instance);
    if (!name) {
        attest_bytes_append_u8(out, ',');
        append_guid(out, guid);
    }
    attest_bytes_append_u8(out, ')');
    return true;
}

bool devicepath_bbs(struct attest_reader *node, struct attest_bytes *out)
{
    static const char *const types[] = { [1] = "Floppy", "HD", "CDROM", "PCMCIA", "USB", "Network" };
    unsigned type = attest_reader_le16(node), flags = attest_reader_le16(node);

    attest_bytes_append_text(out, "BBS(");
    append_named(out, types, type);
    attest_bytes_append_u8(out, ',');
    bool readable = append_text(out, take_rest(node, 1));
    attest_bytes_append_format(out, ",0x%x)", flags);
    return readable;
}
