/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where did firmware load this from (UEFI 2.10 §10.3, as text §10.6)? Trusts no node's length. Most nodes' text
 * is a name and the list of their fields, which a table tells.
 */
#include "codec/devicepath.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "codec/devicepath_nodes.h"
#include "codec/guid.h"

#include <inttypes.h>

#define TEXT_MAX     ((size_t)256 << 10) /* of one node: 64 KiB of UTF-16 are less */

#define TYPE_END     0x7f
#define END_INSTANCE 0x01

/* Fields are in the order of the node: b, w, d, q are numbers of 1, 2, 4, 8 bytes in hexadecimal, W one of 2 in
 * decimal, g a GUID, 6 and 8 as many bytes in hexadecimal, e an EUI-64, t text up to the end, r what is left in
 * hexadecimal, a all that is left as d; '-' passes over 4 bytes. */
static const struct node {
    uint8_t type;
    uint8_t subtype;
    const char *name;
    const char *fields;
    devicepath_node *format; /* where fields are not enough */
} nodes[] = {
    { 1, 1, .format = devicepath_pci }, /* hardware, §10.3.2 */
    { 1, 2, "PcCard", "b", NULL },
    { 1, 3, "MemoryMapped", "dqq", NULL },
    { 1, 4, "VenHw", "gr", NULL },
    { 1, 5, "Ctrl", "d", NULL },
    { 1, 6, "BMC", "bq", NULL },
    { 2, 1, .format = devicepath_acpi }, /* ACPI, §10.3.3 */
    { 2, 2, .format = devicepath_acpi_extended },
    { 2, 3, "AcpiAdr", "a", NULL },
    { 2, 4, "NvdimmAcpiAdr", "d", NULL },
    { 3, 1, .format = devicepath_ata }, /* messaging, §10.3.4 */
    { 3, 2, "Scsi", "ww", NULL },
    { 3, 3, "Fibre", "-qq", NULL },
    { 3, 4, "I1394", "-q", NULL },
    { 3, 5, "USB", "bb", NULL },
    { 3, 6, "I2O", "d", NULL },
    { 3, 9, "Infiniband", "dgqqq", NULL },
    { 3, 10, .format = devicepath_vendor_message },
    { 3, 11, .format = devicepath_mac },
    { 3, 12, .format = devicepath_ipv4 },
    { 3, 13, .format = devicepath_ipv6 },
    { 3, 14, .format = devicepath_uart },
    { 3, 15, "UsbClass", "wwbbb", NULL },
    { 3, 16, .format = devicepath_usb_wwid },
    { 3, 17, "Unit", "b", NULL },
    { 3, 18, "Sata", "www", NULL },
    { 3, 19, .format = devicepath_iscsi },
    { 3, 20, "Vlan", "W", NULL },
    { 3, 21, "FibreEx", "-88", NULL },
    { 3, 23, "NVMe", "de", NULL },
    { 3, 24, "Uri", "t", NULL },
    { 3, 25, "UFS", "bb", NULL },
    { 3, 26, "SD", "b", NULL },
    { 3, 27, "Bluetooth", "6", NULL },
    { 3, 29, "eMMC", "b", NULL },
    { 3, 30, "BluetoothLE", "6b", NULL },
    { 4, 1, .format = devicepath_hard_drive }, /* media, §10.3.5 */
    { 4, 2, "CDROM", "dqq", NULL },
    { 4, 3, "VenMedia", "gr", NULL },
    { 4, 4, .format = devicepath_file },
    { 4, 5, "Media", "g", NULL },
    { 4, 6, "FvFile", "g", NULL },
    { 4, 7, "Fv", "g", NULL },
    { 4, 8, "Offset", "-qq", NULL },
    { 4, 9, .format = devicepath_ram_disk },
    { 5, 1, .format = devicepath_bbs }, /* BIOS boot specification, §10.3.6 */
};

void devicepath_append_hex(struct attest_bytes *out, struct attest_view data)
{
    bool cut = data.size > DEVICEPATH_HEX_MAX;

    attest_encode_hex(out, (struct attest_view){ data.data, cut ? DEVICEPATH_HEX_MAX : data.size });
    if (cut)
        attest_bytes_append_text(out, "...");
}

static void append_guid(struct attest_bytes *out, struct attest_view guid)
{
    char text[ATTEST_GUID_TEXT_SIZE];

    attest_guid_format(guid, text);
    attest_bytes_append_text(out, text);
}

static void append_eui(struct attest_bytes *out, struct attest_view eui)
{
    for (size_t i = 0; i < eui.size; i++)
        attest_bytes_append_format(out, "%s%02x", i > 0 ? "-" : "", eui.data[i]);
}

static bool append_rest_as_text(struct attest_bytes *out, struct attest_reader *node)
{
    struct attest_view text = attest_reader_take(node, attest_reader_left(node));

    attest_bytes_append(out, text);
    return attest_utf8_is_valid(text);
}

static bool append_field(struct attest_bytes *out, char field, struct attest_reader *node)
{
    switch (field) {
    case 'b':
        attest_bytes_append_format(out, "0x%x", attest_reader_u8(node));
        return true;
    case 'w':
        attest_bytes_append_format(out, "0x%x", attest_reader_le16(node));
        return true;
    case 'W':
        attest_bytes_append_format(out, "%u", attest_reader_le16(node));
        return true;
    case 'a':
    case 'd':
        attest_bytes_append_format(out, "0x%" PRIx32, attest_reader_le32(node));
        return true;
    case 'q':
        attest_bytes_append_format(out, "0x%" PRIx64, attest_reader_le64(node));
        return true;
    case 'g':
        append_guid(out, attest_reader_take(node, ATTEST_GUID_SIZE));
        return true;
    case 'e':
        append_eui(out, attest_reader_take(node, 8));
        return true;
    case 't':
        return append_rest_as_text(out, node);
    case 'r':
        devicepath_append_hex(out, attest_reader_take(node, attest_reader_left(node)));
        return true;
    default: /* 6 or 8 */
        devicepath_append_hex(out, attest_reader_take(node, (size_t)(field - '0')));
        return true;
    }
}

static bool append_fields(struct attest_bytes *out, const char *fields, struct attest_reader *node)
{
    bool comma = false;

    while (*fields) {
        if (*fields == '-') {
            attest_reader_take(node, 4);
            fields++;
            continue;
        }
        if (*fields == 'r' && attest_reader_left(node) == 0)
            return true;
        if (comma)
            attest_bytes_append_u8(out, ',');
        comma = true;
        if (!append_field(out, *fields, node))
            return false;
        if (*fields != 'a' || attest_reader_left(node) == 0)
            fields++;
    }
    return true;
}

static bool append_known(struct attest_bytes *out, const struct node *known, struct attest_reader *node)
{
    if (known->format)
        return known->format(node, out);
    attest_bytes_append_format(out, "%s(", known->name);
    bool good = append_fields(out, known->fields, node);
    attest_bytes_append_u8(out, ')');
    return good;
}

static void append_node(struct attest_bytes *out, uint8_t type, uint8_t subtype, struct attest_view data)
{
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        if (nodes[i].type != type || nodes[i].subtype != subtype)
            continue;
        _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(TEXT_MAX);
        struct attest_reader node = attest_reader_init(data);
        if (!append_known(&text, &nodes[i], &node) || attest_reader_end(&node, NULL) != ATTEST_OK)
            break;
        if (attest_bytes_check(&text) != ATTEST_OK)
            out->error = text.error;
        attest_bytes_append(out, attest_bytes_view(&text));
        return;
    }
    attest_bytes_append_format(out, "Path(%u,%u,", type, subtype);
    devicepath_append_hex(out, data);
    attest_bytes_append_u8(out, ')');
}

/* The head of a node, §10.3.1, and its data; fails the reader where it can't be a node. */
static struct attest_view take_node(struct attest_reader *reader, uint8_t *ret_type, uint8_t *ret_subtype)
{
    *ret_type = attest_reader_u8(reader);
    *ret_subtype = attest_reader_u8(reader);
    size_t size = attest_reader_le16(reader);
    if (size < 4)
        reader->failed = true;
    return attest_reader_take(reader, size - 4);
}

static enum attest_error check_nodes(struct attest_view path, struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(path);
    uint8_t type, subtype;

    while (attest_reader_left(&reader) > 0)
        take_node(&reader, &type, &subtype);
    if (diag)
        diag->offset = reader.offset;
    return reader.failed
               ? attest_fail(diag, ATTEST_MALFORMED, NULL, "device path nodes within %zu bytes", path.size)
               : ATTEST_OK;
}

enum attest_error attest_devicepath_format(struct attest_view path, struct attest_bytes *out,
                                           struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(path);
    const char *separator = "";
    uint8_t type, subtype;

    attest_try(check_nodes(path, diag));
    while (attest_reader_left(&reader) > 0 && attest_bytes_check(out) == ATTEST_OK) {
        struct attest_view data = take_node(&reader, &type, &subtype);
        if (type == TYPE_END) {
            separator = subtype == END_INSTANCE ? "," : ";";
            continue;
        }
        attest_bytes_append_text(out, separator);
        append_node(out, type, subtype, data);
        separator = "/";
    }
    return attest_bytes_check(out);
}
