/* SPDX-License-Identifier: Apache-2.0 */
/* Data of events, made by Python's struct, and what must be said of them; for test_tcgdata.c. */
#ifndef TESTS_UNIT_EVENT_CASES_H
#define TESTS_UNIT_EVENT_CASES_H

#include <stdint.h>

static const struct {
    uint32_t type;
    const char *data;
    const char *json;
} events[] = {
    { 0x00000004, "00000000", "{\"value\":\"0x00000000\",\"meaning\":\"normal\"}" },
    { 0x00000004, "ffffffff", "{\"value\":\"0xffffffff\",\"meaning\":\"normal\"}" },
    { 0x00000004, "01000000", "{\"value\":\"0x00000001\",\"meaning\":\"error\"}" },
    { 0x00000004, "5742434c", "{\"value\":\"0x4c434257\",\"text\":\"WBCL\"}" },
    { 0x00000004, "0000000000",
      "{\"hex\":\"0000000000\",\"size\":5,\"note\":\"not of the form that an"
      " event of this type has\"}" },
    { 0x00000005, "43616c6c696e6720494e5420313968", "{\"text\":\"Calling INT 19h\"}" },
    { 0x80000007, "4578697420426f6f7420536572766963657320496e766f636174696f6e",
      "{\"text\":\"Exit Boot Services Invocation\"}" },
    { 0x80000007, "61ff",
      "{\"hex\":\"61ff\",\"size\":2,\"note\":\"not of the form that an event"
      " of this type has\"}" },
    { 0x80000007, "",
      "{\"hex\":\"\",\"size\":0,\"note\":\"not of the form that an event of "
      "this type has\"}" },
    { 0x00000008, "760031000000", "{\"version\":\"v1\"}" },
    { 0x00000008, "0000", "{\"version\":\"\"}" },
    { 0x00000008, "ffe3901e0000004080000123456789ab",
      "{\"version\":\"1e90e3ff-0000-4000-8000-0123456789ab\"}" },
    { 0x00000008, "01", "{\"hex\":\"01\",\"size\":1}" },
    { 0x00000001, "414350492044415441", "{\"text\":\"ACPI DATA\"}" },
    { 0x00000001, "000000ff000000000010000000000000", "{\"base\":\"0xff000000\",\"length\":4096}" },
    { 0x00000001, "04504f5354000000ff000000000010000000000000",
      "{\"description\":\"POST\",\"base\":\"0xff000000\",\"length\":4096}" },
    { 0x00000001, "01",
      "{\"hex\":\"01\",\"size\":1,\"note\":\"not of the form that an event o"
      "f this type has\"}" },
    { 0x80000008, "000000ff000000000010000000000000", "{\"base\":\"0xff000000\",\"length\":4096}" },
    { 0x8000000a, "02fffe01000000000000000200000000000000",
      "{\"description_hex\":\"fffe\",\"base\":\"0x1\",\"length\":2}" },
    { 0x8000000a, "3001000000000000000200000000000000",
      "{\"hex\":\"3001000000000000000200000000000000\",\"size\":17,\"note\""
      ":\"not of the form that an event of this type has\"}" },
    { 0x80000009, "01000000000000004415fdf294972c4a992ee5bbcf20e3943412000000000000",
      "{\"table_count\":1,\"tables\":[{\"guid\":\"f2fd1544-9794-4a2c-992e-"
      "e5bbcf20e394\",\"guid_name\":\"SMBIOS 3 table\",\"address\":\"0x1234"
      "\"}]}" },
    { 0x8000000b, "036162630000000000000000", "{\"description\":\"abc\",\"table_count\":0,\"tables\":[]}" },
    { 0x80000009, "0200000000000000d4c3b2a1221144335566778899aabbcc0000000000000000",
      "{\"hex\":\"0200000000000000d4c3b2a1221144335566778899aabbcc0000"
      "000000000000\",\"size\":32,\"note\":\"not of the form that an even"
      "t of this type has\"}" },
    { 0x80000003,
      "001000000000000000020000000000000000000000000000400000000000000004012a00010000000008"
      "000000000000001000000000000028732ac11ff8d211ba4b00a0c93ec93b0202040412005c0061002e00"
      "65006600690000007fff0400",
      "{\"address\":\"0x1000\",\"length\":512,\"link_time_address\":\"0x0\",\""
      "device_path\":\"HD(1,GPT,c12a7328-f81f-11d2-ba4b-00a0c93ec93b,"
      "0x800,0x1000)/\\\\a.efi\"}" },
    { 0x80000004, "01000000000000000200000000000000030000000000000004000000000000000101ff00",
      "{\"address\":\"0x1\",\"length\":2,\"link_time_address\":\"0x3\",\"devic"
      "e_path_unread\":{\"hex\":\"0101ff00\",\"size\":4}}" },
    { 0x80000005, "01000000000000000200000000000000030000000000000005000000000000007fff0400",
      "{\"hex\":\"0100000000000000020000000000000003000000000000000500"
      "0000000000007fff0400\",\"size\":36,\"note\":\"not of the form that"
      " an event of this type has\"}" },
    { 0x80000003, "01000000000000000200000000000000030000000000000004000000000000007fff040000af",
      "{\"address\":\"0x1\",\"length\":2,\"link_time_address\":\"0x3\",\"device_path\":\"\",\"trailing\":{"
      "\"hex\":\"00af\",\"size\":2}}" },
    { 0x80000001,
      "61dfe48bca93d211aa0d00e098032b8c0a00000000000000010000000000000053006500630075007200"
      "650042006f006f00740001",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"SecureBoot\",\"enabled\":true}" },
    { 0x80000001,
      "61dfe48bca93d211aa0d00e098032b8c0900000000000000010000000000000053006500740075007000"
      "4d006f006400650000",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"SetupMode\",\"enabled\":false}" },
    { 0x80000001,
      "61dfe48bca93d211aa0d00e098032b8c0a00000000000000000000000000000053006500630075007200"
      "650042006f006f007400",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"SecureBoot\",\"hex\":\"\",\"size\""
      ":0,\"note\":\"the value is not of the form that this variable h"
      "as\"}" },
    { 0x80000001,
      "61dfe48bca93d211aa0d00e098032b8c0a00000000000000010000000000000053006500630075007200"
      "650042006f006f00740002",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"SecureBoot\",\"hex\":\"02\",\"siz"
      "e\":1,\"note\":\"the value is not of the form that this variable"
      " has\"}" },
    { 0x80000001,
      "cbb219d73a3d9645a3bcdad00e67656f0a00000000000000010000000000000053006500630075007200"
      "650042006f006f00740001",
      "{\"vendor\":\"d719b2cb-3d3a-4596-a3bc-dad00e67656f\",\"vendor_nam"
      "e\":\"EFI_IMAGE_SECURITY_DATABASE_GUID\",\"name\":\"SecureBoot\",\"h"
      "ex\":\"01\",\"size\":1}" },
    { 0x80000001,
      "d4c3b2a1221144335566778899aabbcc01000000000000000a0000000000000078007400650078007400"
      "0000",
      "{\"vendor\":\"a1b2c3d4-1122-3344-5566-778899aabbcc\",\"name\":\"x\","
      "\"text\":\"text\"}" },
    { 0x80000001, "50ab5d6046e00043abb63dd810dd8b23010000000000000000000000000000",
      "{\"hex\":\"50ab5d6046e00043abb63dd810dd8b2301000000000000000000"
      "0000000000\",\"size\":31,\"note\":\"not of the form that an event "
      "of this type has\"}" },
    { 0x80000002,
      "61dfe48bca93d211aa0d00e098032b8c0900000000000000060000000000000042006f006f0074004f00"
      "720064006500720002000000ab00",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"BootOrder\",\"order_count\":3,"
      "\"order\":[\"Boot0002\",\"Boot0000\",\"Boot00AB\"]}" },
    { 0x80000002,
      "61dfe48bca93d211aa0d00e098032b8c0900000000000000010000000000000042006f006f0074004f00"
      "720064006500720000",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"BootOrder\",\"hex\":\"00\",\"size"
      "\":1,\"note\":\"the value is not of the form that this variable "
      "has\"}" },
    { 0x8000000c,
      "61dfe48bca93d211aa0d00e098032b8c08000000000000005b0000000000000042006f006f0074003000"
      "3000410031000100000040004400e9006a00e0002000760075002000000004012a000100000000080000"
      "00000000001000000000000028732ac11ff8d211ba4b00a0c93ec93b0202040412005c0061002e006500"
      "6600690000007fff04006f7074",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"Boot00A1\",\"attributes\":\"0x0"
      "0000001\",\"active\":true,\"description\":\"Déjà vu \",\"device_path"
      "\":\"HD(1,GPT,c12a7328-f81f-11d2-ba4b-00a0c93ec93b,0x800,0x100"
      "0)/\\\\a.efi\",\"optional_data_size\":3}" },
    { 0x80000002,
      "61dfe48bca93d211aa0d00e098032b8c0800000000000000010000000000000042006f006f0074003000"
      "30004700310001",
      "{\"vendor\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\",\"vendor_nam"
      "e\":\"EFI_GLOBAL_VARIABLE\",\"name\":\"Boot00G1\",\"hex\":\"01\",\"size\""
      ":1}" },
    { 0x80000001,
      "cbb219d73a3d9645a3bcdad00e67656f0300000000000000fc010000000000006400620078002616c4c1"
      "4c509240aca941f936934328fc0100000000000030000000bd9afa775903324dbd6028f4e78f784b0000"
      "000000000000000000000000000000000000000000000000000000000000bd9afa775903324dbd6028f4"
      "e78f784b0101010101010101010101010101010101010101010101010101010101010101bd9afa775903"
      "324dbd6028f4e78f784b0202020202020202020202020202020202020202020202020202020202020202"
      "bd9afa775903324dbd6028f4e78f784b0303030303030303030303030303030303030303030303030303"
      "030303030303bd9afa775903324dbd6028f4e78f784b0404040404040404040404040404040404040404"
      "040404040404040404040404bd9afa775903324dbd6028f4e78f784b0505050505050505050505050505"
      "050505050505050505050505050505050505bd9afa775903324dbd6028f4e78f784b0606060606060606"
      "060606060606060606060606060606060606060606060606bd9afa775903324dbd6028f4e78f784b0707"
      "070707070707070707070707070707070707070707070707070707070707bd9afa775903324dbd6028f4"
      "e78f784b0808080808080808080808080808080808080808080808080808080808080808bd9afa775903"
      "324dbd6028f4e78f784b0909090909090909090909090909090909090909090909090909090909090909",
      "{\"vendor\":\"d719b2cb-3d3a-4596-a3bc-dad00e67656f\",\"vendor_nam"
      "e\":\"EFI_IMAGE_SECURITY_DATABASE_GUID\",\"name\":\"dbx\",\"certific"
      "ate_count\":0,\"certificates\":[],\"hash_count\":10,\"hashes\":[{\"o"
      "wner\":\"77fa9abd-0359-4d32-bd60-28f4e78f784b\",\"owner_name\":\"M"
      "icrosoft\",\"algorithm\":\"sha256\",\"digest\":\"0000000000000000000"
      "000000000000000000000000000000000000000000000\"},{\"owner\":\"77"
      "fa9abd-0359-4d32-bd60-28f4e78f784b\",\"owner_name\":\"Microsoft\""
      ",\"algorithm\":\"sha256\",\"digest\":\"0101010101010101010101010101"
      "010101010101010101010101010101010101\"},{\"owner\":\"77fa9abd-03"
      "59-4d32-bd60-28f4e78f784b\",\"owner_name\":\"Microsoft\",\"algorit"
      "hm\":\"sha256\",\"digest\":\"0202020202020202020202020202020202020"
      "202020202020202020202020202\"},{\"owner\":\"77fa9abd-0359-4d32-b"
      "d60-28f4e78f784b\",\"owner_name\":\"Microsoft\",\"algorithm\":\"sha2"
      "56\",\"digest\":\"0303030303030303030303030303030303030303030303"
      "030303030303030303\"},{\"owner\":\"77fa9abd-0359-4d32-bd60-28f4e"
      "78f784b\",\"owner_name\":\"Microsoft\",\"algorithm\":\"sha256\",\"dige"
      "st\":\"0404040404040404040404040404040404040404040404040404040"
      "404040404\"},{\"owner\":\"77fa9abd-0359-4d32-bd60-28f4e78f784b\","
      "\"owner_name\":\"Microsoft\",\"algorithm\":\"sha256\",\"digest\":\"0505"
      "050505050505050505050505050505050505050505050505050505050505"
      "\"},{\"owner\":\"77fa9abd-0359-4d32-bd60-28f4e78f784b\",\"owner_na"
      "me\":\"Microsoft\",\"algorithm\":\"sha256\",\"digest\":\"0606060606060"
      "606060606060606060606060606060606060606060606060606\"},{\"owne"
      "r\":\"77fa9abd-0359-4d32-bd60-28f4e78f784b\",\"owner_name\":\"Micr"
      "osoft\",\"algorithm\":\"sha256\",\"digest\":\"0707070707070707070707"
      "070707070707070707070707070707070707070707\"}]}" },
    { 0x80000001,
      "cbb219d73a3d9645a3bcdad00e67656f0200000000000000300000000000000064006200a159c0a5e494"
      "a74a87b5ab155c2bf072300000000000000014000000d4c3b2a1221144335566778899aabbcc63657274",
      "{\"vendor\":\"d719b2cb-3d3a-4596-a3bc-dad00e67656f\",\"vendor_nam"
      "e\":\"EFI_IMAGE_SECURITY_DATABASE_GUID\",\"name\":\"db\",\"certifica"
      "te_count\":1,\"certificates\":[{\"owner\":\"a1b2c3d4-1122-3344-556"
      "6-778899aabbcc\",\"type\":\"a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
      "\",\"type_name\":\"EFI_CERT_X509_GUID\",\"hex\":\"63657274\",\"size\":4"
      "}],\"hash_count\":0,\"hashes\":[]}" },
    { 0x80000001, "cbb219d73a3d9645a3bcdad00e67656f020000000000000001000000000000006400620078",
      "{\"vendor\":\"d719b2cb-3d3a-4596-a3bc-dad00e67656f\",\"vendor_nam"
      "e\":\"EFI_IMAGE_SECURITY_DATABASE_GUID\",\"name\":\"db\",\"hex\":\"78\""
      ",\"size\":1,\"note\":\"the value is not of the form that this var"
      "iable has\"}" },
    { 0x800000e0,
      "50ab5d6046e00043abb63dd810dd8b230900000000000000120000000000000053006200610074004c00"
      "6500760065006c00736261742c312c323032313033303231380a",
      "{\"vendor\":\"605dab50-e046-4300-abb6-3dd810dd8b23\",\"vendor_nam"
      "e\":\"shim\",\"name\":\"SbatLevel\",\"text\":\"sbat,1,2021030218\\n\"}" },
    { 0x800000e0,
      "50ab5d6046e00043abb63dd810dd8b230e0000000000000001000000000000004d006f006b004c006900"
      "73007400540072007500730074006500640001",
      "{\"vendor\":\"605dab50-e046-4300-abb6-3dd810dd8b23\",\"vendor_nam"
      "e\":\"shim\",\"name\":\"MokListTrusted\",\"value\":1}" },
    { 0x800000e0,
      "cbb219d73a3d9645a3bcdad00e67656f0200000000000000300000000000000064006200bd9afa775903"
      "324dbd6028f4e78f784b0505050505050505050505050505050505050505050505050505050505050505",
      "{\"vendor\":\"d719b2cb-3d3a-4596-a3bc-dad00e67656f\",\"vendor_nam"
      "e\":\"EFI_IMAGE_SECURITY_DATABASE_GUID\",\"name\":\"db\",\"owner\":\"7"
      "7fa9abd-0359-4d32-bd60-28f4e78f784b\",\"owner_name\":\"Microsoft"
      "\",\"digest\":\"050505050505050505050505050505050505050505050505"
      "0505050505050505\"}" },
    { 0x800000e0,
      "50ab5d6046e00043abb63dd810dd8b230e0000000000000001000000000000004d006f006b004c006900"
      "7300740054007200750073007400650064000100af",
      "{\"vendor\":\"605dab50-e046-4300-abb6-3dd810dd8b23\",\"vendor_nam"
      "e\":\"shim\",\"name\":\"MokListTrusted\",\"value\":1,\"trailing\":{\"hex"
      "\":\"00af\",\"size\":2}}" },
    { 0x0000000d, "4d6f6b4c69737400", "{\"text\":\"MokList\",\"what\":\"shim variable\"}" },
    { 0x0000000d, "677275625f636d643a205b202d652078205d00",
      "{\"text\":\"grub_cmd: [ -e x ]\",\"what\":\"GRUB command\"}" },
    { 0x0000000d, "6b65726e656c5f636d646c696e653a202f766d6c696e757a20717569657400",
      "{\"text\":\"kernel_cmdline: /vmlinuz quiet\",\"what\":\"GRUB kernel"
      " command line\"}" },
    { 0x0000000d, "2e006c0069006e00750078000000", "{\"text\":\".linux\"}" },
    { 0x0000000d, "0102", "{\"hex\":\"0102\",\"size\":2}" },
    { 0x00000006, "ec223b8f0d0000004c696e757820696e6974726400",
      "{\"tag_count\":1,\"tags\":[{\"id\":\"0x8f3b22ec\",\"name\":\"Linux init"
      "rd\",\"text\":\"Linux initrd\"}]}" },
    { 0x00000006, "2a58bcf5180000006c006f0061006400650072002e0063006f006e0066000000",
      "{\"tag_count\":1,\"tags\":[{\"id\":\"0xf5bc582a\",\"name\":\"systemd-bo"
      "ot loader.conf\",\"text\":\"loader.conf\"}]}" },
    { 0x00000006, "0100014015000000010005000100000000030002000400000007000000",
      "{\"tag_count\":1,\"tags\":[{\"id\":\"0x40010001\",\"tag_count\":2,\"tag"
      "s\":[{\"id\":\"0x00050001\",\"size\":1},{\"id\":\"0x00020003\",\"size\":4"
      "}]}]}" },
    { 0x00000006, "02000600020000000102",
      "{\"tag_count\":1,\"tags\":[{\"id\":\"0x00060002\",\"hex\":\"0102\",\"size"
      "\":2}]}" },
    { 0x00000006, "4c4f414445445f494d4147453a3a4c6f61644f7074696f6e7300",
      "{\"text\":\"LOADED_IMAGE::LoadOptions\",\"note\":\"not of the form "
      "that an event of this type has\"}" },
    { 0x00000006, "01000000090000000000000000000000",
      "{\"hex\":\"01000000090000000000000000000000\",\"size\":16,\"note\":\""
      "not of the form that an event of this type has\"}" },
    { 0x00000003, "537461727475704c6f63616c6974790003", "{\"locality\":3,\"signature\":\"StartupLocality\"}" },
    { 0x00000003, "537461727475704c6f63616c697479000300",
      "{\"hex\":\"537461727475704c6f63616c697479000300\",\"size\":18,\"not"
      "e\":\"not of the form that an event of this type has\"}" },
    { 0x00000003, "53706563204944204576656e743033000000000000020202020000000b0020001200200001aa",
      "{\"platform_class\":0,\"version\":\"2.0\",\"errata\":2,\"uintn_bits\":"
      "64,\"banks\":[{\"alg\":\"0x000b\",\"name\":\"sha256\",\"size\":32},{\"alg"
      "\":\"0x0012\",\"size\":32}],\"vendor_info\":\"aa\",\"signature\":\"Spec "
      "ID Event03\"}" },
    { 0x00000003, "53706563204944204576656e74303200010000000201020100",
      "{\"platform_class\":1,\"version\":\"1.2\",\"errata\":2,\"uintn_bits\":"
      "32,\"vendor_info\":\"\",\"signature\":\"Spec ID Event02\"}" },
    { 0x00000003, "53503830302d313535204576656e740057010000d4c3b2a1221144335566778899aabbcc",
      "{\"vendor\":343,\"reference_manifest\":\"a1b2c3d4-1122-3344-5566-"
      "778899aabbcc\",\"signature\":\"SP800-155 Event\"}" },
    { 0x00000003,
      "53503830302d313535204576656e7433792b0000d4c3b2a1221144335566778899aabbcc036162000100"
      "0100036364000100000004322e370000000000000000000000000000000000",
      "{\"vendor\":11129,\"reference_manifest\":\"a1b2c3d4-1122-3344-556"
      "6-778899aabbcc\",\"platform_manufacturer\":\"ab\",\"firmware_manuf"
      "acturer\":\"cd\",\"firmware_version\":\"2.7\",\"signature\":\"SP800-15"
      "5 Event3\"}" },
    { 0x00000003, "4f74686572207369676e61747572650001",
      "{\"signature\":\"Other signature\",\"hex\":\"01\",\"size\":1}" },
    { 0x00000003, "01",
      "{\"hex\":\"01\",\"size\":1,\"note\":\"not of the form that an event o"
      "f this type has\"}" },
    { 0x0000000c, "10000000", "{\"hex\":\"10000000\",\"size\":4}" },
    { 0x0000000a, "6574632f7461626c652d6c6f6164657200", "{\"text\":\"etc/table-loader\"}" },
    { 0x00000009, "6d6963726f636f6465", "{\"text\":\"microcode\"}" },
    { 0x800000e1, "01", "{\"hex\":\"01\",\"size\":1}" },
    { 0x12345678, "0102", "{\"hex\":\"0102\",\"size\":2}" },
    { 0x80000010, "484352544d", "{\"text\":\"HCRTM\"}" },
    { 0x80000006,
      "4546492050415254000001005c000000443322110000000001000000000000000f270000000000002200"
      "000000000000282300000000000022221111333344445555666677778888020000000000000002000000"
      "8000000088776655020000000000000028732ac11ff8d211ba4b00a0c93ec93bd4c3b2a1221144335566"
      "778899aabbcc0008000000000000ff0f0000000000000000000000000010450053005000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000e3bc684fcde8b14d96e7fbcaf984b709d4c3b2a122114433"
      "5566778899aabbcc01080000000000000010000000000000000000000000001072006f006f0074000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000",
      "{\"disk\":\"11112222-3333-4444-5555-666677778888\",\"first_usable"
      "_lba\":34,\"last_usable_lba\":9000,\"partition_count\":2,\"partiti"
      "ons\":[{\"type\":\"c12a7328-f81f-11d2-ba4b-00a0c93ec93b\",\"type_n"
      "ame\":\"EFI system partition\",\"unique\":\"a1b2c3d4-1122-3344-556"
      "6-778899aabbcc\",\"first_lba\":2048,\"last_lba\":4095,\"attributes"
      "\":\"0x1000000000000000\",\"name\":\"ESP\"},{\"type\":\"4f68bce3-e8cd-"
      "4db1-96e7-fbcaf984b709\",\"type_name\":\"Linux root (x86-64)\",\"u"
      "nique\":\"a1b2c3d4-1122-3344-5566-778899aabbcc\",\"first_lba\":20"
      "49,\"last_lba\":4096,\"attributes\":\"0x1000000000000000\",\"name\":"
      "\"root\"}]}" },
    { 0x80000006, "4546492050415254",
      "{\"text\":\"EFI PART\",\"note\":\"not of the form that an event of "
      "this type has\"}" },
};

#endif
