/* SPDX-License-Identifier: Apache-2.0 */
/* EFI_GUID (UEFI 2.10 §2.3.1, appendix A): 16 bytes of which the first three fields are little-endian. */
#ifndef ATTEST_CODEC_GUID_H
#define ATTEST_CODEC_GUID_H

#include "attest/view.h"

#include <stdbool.h>

#define ATTEST_GUID_SIZE      16
#define ATTEST_GUID_TEXT_SIZE 37 /* with NUL */

/* Those that are known here: constant, text, name. In order: vendors of variables; types of signatures
 * (UEFI 2.10 §32.4.1); owners of signatures; device path nodes (§10.3); types of partitions (§5.3.3,
 * Discoverable Partitions Specification); tables (§4.6). */
#define ATTEST_GUID_TABLE(X)                                                                                   \
    X(GLOBAL_VARIABLE, "8be4df61-93ca-11d2-aa0d-00e098032b8c", "EFI_GLOBAL_VARIABLE")                          \
    X(IMAGE_SECURITY_DATABASE, "d719b2cb-3d3a-4596-a3bc-dad00e67656f", "EFI_IMAGE_SECURITY_DATABASE_GUID")     \
    X(SHIM_LOCK, "605dab50-e046-4300-abb6-3dd810dd8b23", "shim")                                               \
    X(SYSTEMD_LOADER, "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", "systemd-boot")                                  \
    X(CERT_X509, "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "EFI_CERT_X509_GUID")                                 \
    X(CERT_SHA1, "826ca512-cf10-4ac9-b187-be01496631bd", "EFI_CERT_SHA1_GUID")                                 \
    X(CERT_SHA256, "c1c41626-504c-4092-aca9-41f936934328", "EFI_CERT_SHA256_GUID")                             \
    X(CERT_SHA384, "ff3e5307-9fd0-48c9-85f1-8ad56c701e01", "EFI_CERT_SHA384_GUID")                             \
    X(CERT_SHA512, "093e0fae-a6c4-4f50-9f1b-d41e2b89c19a", "EFI_CERT_SHA512_GUID")                             \
    X(CERT_RSA2048, "3c5766e8-269c-4e34-aa14-ed776e85b3b6", "EFI_CERT_RSA2048_GUID")                           \
    X(CERT_X509_SHA256, "3bd2a492-96c0-4079-b420-fcf98ef103ed", "EFI_CERT_X509_SHA256_GUID")                   \
    X(CERT_X509_SHA384, "7076876e-80c2-4ee6-aad2-28b349a6865b", "EFI_CERT_X509_SHA384_GUID")                   \
    X(CERT_X509_SHA512, "446dbf63-2502-4cda-bcfa-2465d2b0fe9d", "EFI_CERT_X509_SHA512_GUID")                   \
    X(MICROSOFT, "77fa9abd-0359-4d32-bd60-28f4e78f784b", "Microsoft")                                          \
    X(PC_ANSI, "e0c14753-f9be-11d2-9a0c-0090273fc14d", "VenPcAnsi")                                            \
    X(VT_100, "dfa66065-b419-11d3-9a2d-0090273fc14d", "VenVt100")                                              \
    X(VT_100_PLUS, "7baec70b-57e0-4c76-8e87-2f9e28088343", "VenVt100Plus")                                     \
    X(VT_UTF8, "ad15a0d6-8bec-4acf-a073-d01de77e2d88", "VenUtf8")                                              \
    X(VIRTUAL_DISK, "77ab535a-45fc-624b-5560-f7b281d1f96e", "VirtualDisk")                                     \
    X(VIRTUAL_CD, "3d5abd30-4175-87ce-6d64-d2ade523c4bb", "VirtualCD")                                         \
    X(PERSISTENT_DISK, "5cea02c9-4d07-69d3-269f-4496fbe096f9", "PersistentVirtualDisk")                        \
    X(PERSISTENT_CD, "08018188-42cd-bb48-100f-5387d53ded3d", "PersistentVirtualCD")                            \
    X(PARTITION_ESP, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system partition")                           \
    X(PARTITION_BIOS_BOOT, "21686148-6449-6e6f-744e-656564454649", "BIOS boot")                                \
    X(PARTITION_XBOOTLDR, "bc13c2ff-59e6-4262-a352-b275fd6f7172", "Linux extended boot")                       \
    X(PARTITION_LINUX, "0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux data")                                   \
    X(PARTITION_ROOT_X86, "44479540-f297-41b2-9af7-d131d5f0458a", "Linux root (x86)")                          \
    X(PARTITION_ROOT_X86_64, "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "Linux root (x86-64)")                    \
    X(PARTITION_ROOT_ARM64, "b921b045-1df0-41c3-af44-4c6f280d3fae", "Linux root (arm64)")                      \
    X(PARTITION_VERITY_X86_64, "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5", "Linux root verity (x86-64)")           \
    X(PARTITION_VERITY_ARM64, "df3300ce-d69f-4c92-978c-9bfb0f38d820", "Linux root verity (arm64)")             \
    X(PARTITION_USR_X86_64, "8484680c-9521-48c6-9c11-b0720656f69e", "Linux /usr (x86-64)")                     \
    X(PARTITION_USR_ARM64, "b0e01050-ee5f-4390-949a-9101b17104e9", "Linux /usr (arm64)")                       \
    X(PARTITION_HOME, "933ac7e1-2eb4-4f13-b844-0e14e2aef915", "Linux /home")                                   \
    X(PARTITION_SWAP, "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "Linux swap")                                    \
    X(PARTITION_LVM, "e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM")                                      \
    X(PARTITION_RAID, "a19d880f-05fc-4d3b-a006-743f0f84911e", "Linux RAID")                                    \
    X(PARTITION_LUKS, "ca7d7ccb-63ed-4c53-861c-1742536059cc", "Linux LUKS")                                    \
    X(PARTITION_MSDATA, "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "Microsoft basic data")                        \
    X(PARTITION_MSR, "e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved")                             \
    X(PARTITION_MSRECOVERY, "de94bba4-06d1-4d40-a16a-bfd50179d6ac", "Microsoft recovery")                      \
    X(TABLE_ACPI, "eb9d2d30-2d88-11d3-9a16-0090273fc14d", "ACPI 1.0 table")                                    \
    X(TABLE_ACPI20, "8868e871-e4f1-11d3-bc22-0080c73c8881", "ACPI 2.0 table")                                  \
    X(TABLE_SMBIOS, "eb9d2d31-2d88-11d3-9a16-0090273fc14d", "SMBIOS table")                                    \
    X(TABLE_SMBIOS3, "f2fd1544-9794-4a2c-992e-e5bbcf20e394", "SMBIOS 3 table")

enum attest_guid {
#define X(constant, text, name) ATTEST_GUID_##constant,
    ATTEST_GUID_TABLE(X)
#undef X
};

/* `guid` must be ATTEST_GUID_SIZE bytes; where it is not, it is none, and its text is empty. */
bool attest_guid_is(struct attest_view guid, enum attest_guid known);
void attest_guid_format(struct attest_view guid, char ret_text[ATTEST_GUID_TEXT_SIZE]); /* lowercase */
const char *attest_guid_name(struct attest_view guid); /* NULL where it is not in the table */

#endif
