/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of device paths, one at a time; for devicepath.c alone. */
#ifndef ATTEST_CODEC_DEVICEPATH_NODES_H
#define ATTEST_CODEC_DEVICEPATH_NODES_H

#include "base/bytes.h"
#include "base/reader.h"

#define DEVICEPATH_HEX_MAX 64 /* bytes of one node that are shown in hexadecimal */

/* Appends the text of a node whose data `node` has. What it does not read to its end, or reads over it, is not
 * of the form; false says the same. */
typedef bool devicepath_node(struct attest_reader *node, struct attest_bytes *out);

void devicepath_append_hex(struct attest_bytes *out, struct attest_view data);

/* Those whose text is more than a list of their fields. */
devicepath_node devicepath_pci, devicepath_acpi, devicepath_acpi_extended, devicepath_ata, devicepath_mac,
    devicepath_ipv4, devicepath_ipv6, devicepath_uart, devicepath_usb_wwid, devicepath_iscsi,
    devicepath_vendor_message, devicepath_hard_drive, devicepath_file, devicepath_ram_disk, devicepath_bbs;

#endif
