/* SPDX-License-Identifier: Apache-2.0 */
/* EFI_GUID (UEFI 2.10 §2.3.1, appendix A): 16 bytes of which the first three fields are little-endian. */
#ifndef ATTEST_CODEC_GUID_H
#define ATTEST_CODEC_GUID_H

#include "attest/view.h"

#include <stdbool.h>

#define ATTEST_GUID_SIZE      16
#define ATTEST_GUID_TEXT_SIZE 37 /* with NUL */

/* Those that are known here: constant, the five numbers of the text, name. In order: vendors of variables;
 * types of signatures (UEFI 2.10 §32.4.1); owners of signatures; device path nodes (§10.3); types of partitions
 * (§5.3.3, Discoverable Partitions Specification); tables (§4.6). */
/* clang-format off */
#define ATTEST_GUID_TABLE(X) \
    X(GLOBAL_VARIABLE, 0x8be4df61, 0x93ca, 0x11d2, 0xaa0d, 0x00e098032b8c, "EFI_GLOBAL_VARIABLE") \
    X(IMAGE_SECURITY_DATABASE, 0xd719b2cb, 0x3d3a, 0x4596, 0xa3bc, 0xdad00e67656f, "EFI_IMAGE_SECURITY_DATABASE_GUID") \
    X(SHIM_LOCK, 0x605dab50, 0xe046, 0x4300, 0xabb6, 0x3dd810dd8b23, "shim") \
    X(SYSTEMD_LOADER, 0x4a67b082, 0x0a4c, 0x41cf, 0xb6c7, 0x440b29bb8c4f, "systemd-boot") \
    X(CERT_X509, 0xa5c059a1, 0x94e4, 0x4aa7, 0x87b5, 0xab155c2bf072, "EFI_CERT_X509_GUID") \
    X(CERT_SHA1, 0x826ca512, 0xcf10, 0x4ac9, 0xb187, 0xbe01496631bd, "EFI_CERT_SHA1_GUID") \
    X(CERT_SHA256, 0xc1c41626, 0x504c, 0x4092, 0xaca9, 0x41f936934328, "EFI_CERT_SHA256_GUID") \
    X(CERT_SHA384, 0xff3e5307, 0x9fd0, 0x48c9, 0x85f1, 0x8ad56c701e01, "EFI_CERT_SHA384_GUID") \
    X(CERT_SHA512, 0x093e0fae, 0xa6c4, 0x4f50, 0x9f1b, 0xd41e2b89c19a, "EFI_CERT_SHA512_GUID") \
    X(CERT_RSA2048, 0x3c5766e8, 0x269c, 0x4e34, 0xaa14, 0xed776e85b3b6, "EFI_CERT_RSA2048_GUID") \
    X(CERT_X509_SHA256, 0x3bd2a492, 0x96c0, 0x4079, 0xb420, 0xfcf98ef103ed, "EFI_CERT_X509_SHA256_GUID") \
    X(CERT_X509_SHA384, 0x7076876e, 0x80c2, 0x4ee6, 0xaad2, 0x28b349a6865b, "EFI_CERT_X509_SHA384_GUID") \
    X(CERT_X509_SHA512, 0x446dbf63, 0x2502, 0x4cda, 0xbcfa, 0x2465d2b0fe9d, "EFI_CERT_X509_SHA512_GUID") \
    X(MICROSOFT, 0x77fa9abd, 0x0359, 0x4d32, 0xbd60, 0x28f4e78f784b, "Microsoft") \
    X(PC_ANSI, 0xe0c14753, 0xf9be, 0x11d2, 0x9a0c, 0x0090273fc14d, "VenPcAnsi") \
    X(VT_100, 0xdfa66065, 0xb419, 0x11d3, 0x9a2d, 0x0090273fc14d, "VenVt100") \
    X(VT_100_PLUS, 0x7baec70b, 0x57e0, 0x4c76, 0x8e87, 0x2f9e28088343, "VenVt100Plus") \
    X(VT_UTF8, 0xad15a0d6, 0x8bec, 0x4acf, 0xa073, 0xd01de77e2d88, "VenUtf8") \
    X(VIRTUAL_DISK, 0x77ab535a, 0x45fc, 0x624b, 0x5560, 0xf7b281d1f96e, "VirtualDisk") \
    X(VIRTUAL_CD, 0x3d5abd30, 0x4175, 0x87ce, 0x6d64, 0xd2ade523c4bb, "VirtualCD") \
    X(PERSISTENT_DISK, 0x5cea02c9, 0x4d07, 0x69d3, 0x269f, 0x4496fbe096f9, "PersistentVirtualDisk") \
    X(PERSISTENT_CD, 0x08018188, 0x42cd, 0xbb48, 0x100f, 0x5387d53ded3d, "PersistentVirtualCD") \
    X(PARTITION_ESP, 0xc12a7328, 0xf81f, 0x11d2, 0xba4b, 0x00a0c93ec93b, "EFI system partition") \
    X(PARTITION_BIOS_BOOT, 0x21686148, 0x6449, 0x6e6f, 0x744e, 0x656564454649, "BIOS boot") \
    X(PARTITION_XBOOTLDR, 0xbc13c2ff, 0x59e6, 0x4262, 0xa352, 0xb275fd6f7172, "Linux extended boot") \
    X(PARTITION_LINUX, 0x0fc63daf, 0x8483, 0x4772, 0x8e79, 0x3d69d8477de4, "Linux data") \
    X(PARTITION_ROOT_X86, 0x44479540, 0xf297, 0x41b2, 0x9af7, 0xd131d5f0458a, "Linux root (x86)") \
    X(PARTITION_ROOT_X86_64, 0x4f68bce3, 0xe8cd, 0x4db1, 0x96e7, 0xfbcaf984b709, "Linux root (x86-64)") \
    X(PARTITION_ROOT_ARM64, 0xb921b045, 0x1df0, 0x41c3, 0xaf44, 0x4c6f280d3fae, "Linux root (arm64)") \
    X(PARTITION_VERITY_X86_64, 0x2c7357ed, 0xebd2, 0x46d9, 0xaec1, 0x23d437ec2bf5, "Linux root verity (x86-64)") \
    X(PARTITION_VERITY_ARM64, 0xdf3300ce, 0xd69f, 0x4c92, 0x978c, 0x9bfb0f38d820, "Linux root verity (arm64)") \
    X(PARTITION_USR_X86_64, 0x8484680c, 0x9521, 0x48c6, 0x9c11, 0xb0720656f69e, "Linux /usr (x86-64)") \
    X(PARTITION_USR_ARM64, 0xb0e01050, 0xee5f, 0x4390, 0x949a, 0x9101b17104e9, "Linux /usr (arm64)") \
    X(PARTITION_HOME, 0x933ac7e1, 0x2eb4, 0x4f13, 0xb844, 0x0e14e2aef915, "Linux /home") \
    X(PARTITION_SWAP, 0x0657fd6d, 0xa4ab, 0x43c4, 0x84e5, 0x0933c84b4f4f, "Linux swap") \
    X(PARTITION_LVM, 0xe6d6d379, 0xf507, 0x44c2, 0xa23c, 0x238f2a3df928, "Linux LVM") \
    X(PARTITION_RAID, 0xa19d880f, 0x05fc, 0x4d3b, 0xa006, 0x743f0f84911e, "Linux RAID") \
    X(PARTITION_LUKS, 0xca7d7ccb, 0x63ed, 0x4c53, 0x861c, 0x1742536059cc, "Linux LUKS") \
    X(PARTITION_MSDATA, 0xebd0a0a2, 0xb9e5, 0x4433, 0x87c0, 0x68b6b72699c7, "Microsoft basic data") \
    X(PARTITION_MSR, 0xe3c9e316, 0x0b5c, 0x4db8, 0x817d, 0xf92df00215ae, "Microsoft reserved") \
    X(PARTITION_MSRECOVERY, 0xde94bba4, 0x06d1, 0x4d40, 0xa16a, 0xbfd50179d6ac, "Microsoft recovery") \
    X(TABLE_ACPI, 0xeb9d2d30, 0x2d88, 0x11d3, 0x9a16, 0x0090273fc14d, "ACPI 1.0 table") \
    X(TABLE_ACPI20, 0x8868e871, 0xe4f1, 0x11d3, 0xbc22, 0x0080c73c8881, "ACPI 2.0 table") \
    X(TABLE_SMBIOS, 0xeb9d2d31, 0x2d88, 0x11d3, 0x9a16, 0x0090273fc14d, "SMBIOS table") \
    X(TABLE_SMBIOS3, 0xf2fd1544, 0x9794, 0x4a2c, 0x992e, 0xe5bbcf20e394, "SMBIOS 3 table")
/* clang-format on */

enum attest_guid {
#define X(constant, first, second, third, fourth, fifth, name) ATTEST_GUID_##constant,
    ATTEST_GUID_TABLE(X)
#undef X
};

/* `guid` must be ATTEST_GUID_SIZE bytes; where it is not, it is none, and its text is empty. */
bool attest_guid_is(struct attest_view guid, enum attest_guid known);
void attest_guid_format(struct attest_view guid, char ret_text[ATTEST_GUID_TEXT_SIZE]); /* lowercase */
const char *attest_guid_name(struct attest_view guid); /* NULL where it is not in the table */

#endif
