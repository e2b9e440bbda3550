/* SPDX-License-Identifier: Apache-2.0 */
/* Device paths made by Python's struct, and their text as UEFI 2.10 §10.6.1.6 has it. */
#include "tests/unit/from_hex.h"

#include "codec/devicepath.h"

static const struct {
    const char *wire;
    const char *text;
} paths[] = {
    { "01010600021f", "Pci(0x1f,0x2)" },
    { "0102050003", "PcCard(0x3)" },
    { "010318000b0000000000c0ff00000000ffffffff00000000", "MemoryMapped(0xb,0xffc00000,0xffffffff)" },
    { "01041400d4c3b2a1221144335566778899aabbcc", "VenHw(a1b2c3d4-1122-3344-5566-778899aabbcc)" },
    { "01041600d4c3b2a1221144335566778899aabbcc01ab", "VenHw(a1b2c3d4-1122-3344-5566-778899aabbcc,01ab)" },
    { "0105080007000000", "Ctrl(0x7)" },
    { "01060d0001a20c000000000000", "BMC(0x1,0xca2)" },
    { "02010c00d041030a00000000", "PciRoot(0x0)" },
    { "02010c00d041080a02000000", "PcieRoot(0x2)" },
    { "02010c00d041010501000000", "Serial(0x1)" },
    { "02010c00d041030300000000", "Acpi(PNP0303,0x0)" },
    { "02010c007856341210000000", "Acpi(0x12345678,0x10)" },
    { "02021700d041080a00000000d041030a00554944300000", "AcpiExp(PNP0A08,PNP0A03,UID0)" },
    { "02021900430434120500000000000000484944000043494400", "AcpiEx(ABC1234,0,0x5,HID,CID,)" },
    { "0203080000010180", "AcpiAdr(0x80010100)" },
    { "02030c000001018000020180", "AcpiAdr(0x80010100,0x80010200)" },
    { "0301080000010200", "Ata(Primary,Slave,0x2)" },
    { "0301080001000000", "Ata(Secondary,Master,0x0)" },
    { "0302080003000100", "Scsi(0x3,0x1)" },
    { "0303180000000000e9e04160010650001000000000000000", "Fibre(0x5006016041e0e9,0x10)" },
    { "030506000100", "USB(0x1,0x0)" },
    { "030a1500d4c3b2a1221144335566778899aabbccff", "VenMsg(a1b2c3d4-1122-3344-5566-778899aabbcc,ff)" },
    { "030a14005347c1e0bef9d2119a0c0090273fc14d", "VenPcAnsi()" },
    { "030a1400d6a015adec8bcf4aa073d01de77e2d88", "VenUtf8()" },
    { "030b2500525400123456000000000000000000000000000000000000000000000000000001", "MAC(525400123456,0x1)" },
    { "030c1b00c0a800020a00000100000000060001c0a80001ffffff00",
      "IPv4(10.0.0.1,TCP,Static,192.168.0.2,192.168.0.1,255.255.255.0)" },
    { "030c1300000000000000000000000000110000", "IPv4(0.0.0.0,UDP,DHCP,0.0.0.0)" },
    { "030d3c00fe80000000000000000000000000000120010db800000000000000000000000200000000060001400000000000000000"
      "0000000000000000",
      "IPv6(2001:0db8:0000:0000:0000:0000:0000:0002,TCP,StatelessAutoConfigure,fe80:0000:0000:0000:0000:0000:"
      "0000:0001,0x40,0000:0000:0000:0000:0000:0000:0000:0000)" },
    { "030e13000000000000c2010000000000080101", "Uart(115200,8,N,1)" },
    { "030e1300000000000000000000000000000000", "Uart(DEFAULT,DEFAULT,D,D)" },
    { "030f0b006d0477c0080650", "UsbClass(0x46d,0xc077,0x8,0x6,0x50)" },
    { "0310140001006d0477c053002f004e0020003100", "UsbWwid(0x46d,0xc077,0x1,\"S/N 1\")" },
    { "0311050002", "Unit(0x2)" },
    { "03120a000100ffff0000", "Sata(0x1,0xffff,0x0)" },
    { "03132e0000000a080001000000000000010069716e2e323032342d30312e6f72672e6578616d706c653a6469736b",
      "iSCSI(iqn.2024-01.org.example:disk,0x1,0x0001000000000000,CRC32C,CRC32C,None,TCP)" },
    { "031406006400", "Vlan(100)" },
    { "03171000010000000102030405060708", "NVMe(0x1,01-02-03-04-05-06-07-08)" },
    { "03182000687474703a2f2f626f6f742e6578616d706c652f626f6f742e656669", "Uri(http://boot.example/boot.efi)" },
    { "03180400", "Uri()" },
    { "031906000001", "UFS(0x0,0x1)" },
    { "031a050001", "SD(0x1)" },
    { "031d050000", "eMMC(0x0)" },
    { "04012a00010000000008000000000000000010000000000028732ac11ff8d211ba4b00a0c93ec93b0202",
      "HD(1,GPT,c12a7328-f81f-11d2-ba4b-00a0c93ec93b,0x800,0x100000)" },
    { "04012a00020000003f000000000000006400000000000000efbeadde0000000000000000000000000101",
      "HD(2,MBR,0xdeadbeef,0x3f,0x64)" },
    { "04012a000300000001000000000000000200000000000000000000000000000000000000000000000100",
      "HD(3,0,0,0x1,0x2)" },
    { "04021800000000001a000000000000000001000000000000", "CDROM(0x0,0x1a,0x100)" },
    { "04031400d4c3b2a1221144335566778899aabbcc", "VenMedia(a1b2c3d4-1122-3344-5566-778899aabbcc)" },
    { "040430005c004500460049005c0042004f004f0054005c0042004f004f0054005800360034002e004500460049000000",
      "\\EFI\\BOOT\\BOOTX64.EFI" },
    { "04051400d4c3b2a1221144335566778899aabbcc", "Media(a1b2c3d4-1122-3344-5566-778899aabbcc)" },
    { "04061400d4c3b2a1221144335566778899aabbcc", "FvFile(a1b2c3d4-1122-3344-5566-778899aabbcc)" },
    { "04071400d4c3b2a1221144335566778899aabbcc", "Fv(a1b2c3d4-1122-3344-5566-778899aabbcc)" },
    { "040818000000000050f2000000000000ff01020000000000", "Offset(0xf250,0x201ff)" },
    { "040926000010000000000000ff1f0000000000005a53ab77fc454b625560f7b281d1f96e0300",
      "VirtualDisk(0x1000,0x1fff,3)" },
    { "040926000010000000000000ff1f000000000000d4c3b2a1221144335566778899aabbcc0300",
      "RamDisk(0x1000,0x1fff,3,a1b2c3d4-1122-3344-5566-778899aabbcc)" },
    { "05010f00020000006469736b203000", "BBS(HD,disk 0,0x0)" },
    { "05010a00800001007800", "BBS(0x80,x,0x1)" },
    { "090706000102", "Path(9,7,0102)" },
    { "03634a00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000",
      "Path(3,99,"
      "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000...)" },
    { "0101050000", "Path(1,1,00)" },
    { "01010700000102", "Path(1,1,000102)" },
    { "03180500ff", "Path(3,24,ff)" },
    { "02010c00d041030a000000000101060000040317100001000000000000000000000004012a000100000000080000000000000010"
      "00000000000028732ac11ff8d211ba4b00a0c93ec93b0202040412005c0061002e0065006600690000007fff0400",
      "PciRoot(0x0)/Pci(0x4,0x0)/NVMe(0x1,00-00-00-00-00-00-00-00)/"
      "HD(1,GPT,c12a7328-f81f-11d2-ba4b-00a0c93ec93b,0x800,0x1000)/\\a.efi" },
    { "0101060000017f0104000101060000027fff04000101060000037fff0400",
      "Pci(0x1,0x0),Pci(0x2,0x0);Pci(0x3,0x0)" },
    { "7fff0400", "" },
    { "", "" },
};

static enum attest_error format(struct attest_view path, struct attest_bytes *out)
{
    _cleanup_free_ uint8_t *copy = exact(path);
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_devicepath_format((struct attest_view){ copy, path.size }, out, &diag);
    assert_true(error == ATTEST_OK || error == ATTEST_TOO_LARGE ||
                (out->size == 0 && strlen(diag.expected) > 0));
    return error;
}

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(paths[i].wire);
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024);
        assert_ok(format(attest_bytes_view(&wire), &out));
        attest_bytes_append_u8(&out, 0);
        assert_string_equal((const char *)out.data, paths[i].text);
    }
}

/* A node whose data ends too early is not of its form, or is a shorter one of it; it is shown either way. */
static void test_nodes_of_other_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(paths[i].wire);
        size_t size = wire.size >= 4 ? (size_t)(wire.data[2] | wire.data[3] << 8) : 0;
        if (size != wire.size || size == 4)
            continue;
        for (size_t shorter = 4; shorter <= size; shorter++) {
            _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024);
            wire.data[2] = (uint8_t)shorter;
            assert_ok(format((struct attest_view){ wire.data, shorter }, &out));
            assert_true(out.size > 0 || wire.data[1] == 4 /* a file without name */);
        }
    }
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(paths[i].wire);
        size_t whole = 0; /* nodes end here */
        for (size_t size = 0; size < wire.size; size++) {
            _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024);
            assert_error(format((struct attest_view){ wire.data, size }, &out),
                         size == whole ? ATTEST_OK : ATTEST_MALFORMED);
            if (size == whole)
                whole += (size_t)(wire.data[whole + 2] | wire.data[whole + 3] << 8);
        }
    }
}

static void test_lying_lengths(void **state)
{
    static const char *const wires[] = { "01010000", "01010300", "0101070002",
                                         "0101ffff", "7fff0000", "7f01030000" };

    (void)state;
    for (size_t i = 0; i < COUNT(wires); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(wires[i]);
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1024);
        assert_error(format(attest_bytes_view(&wire), &out), ATTEST_MALFORMED);
    }
}

static void test_maximum(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = from_hex(paths[0].wire);

    for (size_t maximum = 0; maximum <= strlen(paths[0].text); maximum++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(maximum);
        assert_error(format(attest_bytes_view(&wire), &out),
                     maximum < strlen(paths[0].text) ? ATTEST_TOO_LARGE : ATTEST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_nodes_of_other_sizes),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_lying_lengths),
        cmocka_unit_test(test_maximum),
    };
    return cmocka_run_group_tests_name("devicepath", tests, NULL, NULL);
}
