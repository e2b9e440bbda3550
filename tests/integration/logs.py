# SPDX-License-Identifier: Apache-2.0
"""Event logs, written and read from the specifications for the tests: nothing of lib/ is behind it. The firmware's is of
TCG's PC Client Platform Firmware Profile §10, the kernel's of Linux Documentation/security/IMA-templates.rst, systemd's
of its docs/TPM2_PCR_MEASUREMENTS.md."""
import collections
import hashlib
import json
import struct
import uuid

from tpm import ALGORITHMS, NAMES

PCRS = 24
TYPES = {
    "EV_POST_CODE": 0x1, "EV_NO_ACTION": 0x3, "EV_SEPARATOR": 0x4, "EV_ACTION": 0x5, "EV_EVENT_TAG": 0x6,
    "EV_S_CRTM_CONTENTS": 0x7, "EV_S_CRTM_VERSION": 0x8, "EV_CPU_MICROCODE": 0x9, "EV_PLATFORM_CONFIG_FLAGS": 0xA,
    "EV_TABLE_OF_DEVICES": 0xB, "EV_COMPACT_HASH": 0xC, "EV_IPL": 0xD, "EV_IPL_PARTITION_DATA": 0xE,
    "EV_NONHOST_CODE": 0xF, "EV_NONHOST_CONFIG": 0x10, "EV_NONHOST_INFO": 0x11, "EV_OMIT_BOOT_DEVICE_EVENTS": 0x12,
    "EV_EFI_VARIABLE_DRIVER_CONFIG": 0x80000001, "EV_EFI_VARIABLE_BOOT": 0x80000002,
    "EV_EFI_BOOT_SERVICES_APPLICATION": 0x80000003, "EV_EFI_BOOT_SERVICES_DRIVER": 0x80000004,
    "EV_EFI_RUNTIME_SERVICES_DRIVER": 0x80000005, "EV_EFI_GPT_EVENT": 0x80000006, "EV_EFI_ACTION": 0x80000007,
    "EV_EFI_PLATFORM_FIRMWARE_BLOB": 0x80000008, "EV_EFI_HANDOFF_TABLES": 0x80000009,
    "EV_EFI_PLATFORM_FIRMWARE_BLOB2": 0x8000000A, "EV_EFI_HANDOFF_TABLES2": 0x8000000B,
    "EV_EFI_VARIABLE_BOOT2": 0x8000000C, "EV_EFI_HCRTM_EVENT": 0x80000010, "EV_EFI_VARIABLE_AUTHORITY": 0x800000E0,
    "EV_EFI_SPDM_FIRMWARE_BLOB": 0x800000E1, "EV_EFI_SPDM_FIRMWARE_CONFIG": 0x800000E2,
}
NO_ACTION = TYPES["EV_NO_ACTION"]
GLOBAL_VARIABLE = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
SECURITY_DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")

Event = collections.namedtuple("Event", "pcr type digests data")  # digests by bank


def digests(data, banks):
    return {bank: hashlib.new(bank, data).digest() for bank in banks}


def event(pcr, name, data, banks, measured=None):
    """An event as firmware makes it, over its own data or over what it measured instead."""
    return Event(pcr, TYPES[name], digests(data if measured is None else measured, banks), data)


def specification_id(banks):
    """The head, whose own form is the old one: TCG_EfiSpecIdEvent, §10.4.5.1."""
    algorithms = b"".join(struct.pack("<HH", ALGORITHMS[bank], hashlib.new(bank).digest_size) for bank in banks)
    return b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(banks)) + algorithms + b"\0"


def write_log(events, banks):
    """Crypto-agile, TCG_PCR_EVENT2 after the head."""
    head = specification_id(banks)
    log = struct.pack("<II20sI", 0, NO_ACTION, bytes(20), len(head)) + head
    for one in events:
        log += struct.pack("<III", one.pcr, one.type, len(one.digests))
        log += b"".join(struct.pack("<H", ALGORITHMS[bank]) + digest for bank, digest in one.digests.items())
        log += struct.pack("<I", len(one.data)) + one.data
    return log


def read_log(log):
    """The banks and the events after the head; what cannot be read is an error of struct."""
    size = struct.unpack_from("<I", log, 28)[0]
    count, = struct.unpack_from("<I", log, 32 + 24)
    sizes = dict(struct.unpack_from("<HH", log, 32 + 28 + 4 * number) for number in range(count))
    at, events = 32 + size, []
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at, values = at + 12, {}
        for _ in range(count):
            algorithm, = struct.unpack_from("<H", log, at)
            values[NAMES[algorithm]] = log[at + 2:at + 2 + sizes[algorithm]]
            at += 2 + sizes[algorithm]
        size, = struct.unpack_from("<I", log, at)
        events.append(Event(pcr, kind, values, log[at + 4:at + 4 + size]))
        at += 4 + size
    return tuple(NAMES[algorithm] for algorithm in sizes), events


def variable(vendor, name, data):
    """UEFI_VARIABLE_DATA, §10.4.2."""
    return vendor.bytes_le + struct.pack("<QQ", len(name), len(data)) + name.encode("utf-16-le") + data


def certificate_list(certificate):
    """EFI_SIGNATURE_LIST of one X.509 certificate, UEFI §32.4.1."""
    x509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
    return x509.bytes_le + struct.pack("<III", 44 + len(certificate), 0, 16 + len(certificate)) + bytes(16) + certificate


def device_path(path):
    """PciRoot(0x0)/Pci(0x1,0x0)/path, UEFI §10.3."""
    name = path.encode("utf-16-le") + bytes(2)
    return (bytes.fromhex("02010c00d041030a00000000" "010106000001") + struct.pack("<BBH", 4, 4, 4 + len(name)) + name
            + bytes.fromhex("7fff0400"))


def image(path, address=0x3C07F018, length=0x100000):
    """UEFI_IMAGE_LOAD_EVENT, §10.2.3."""
    return struct.pack("<QQQQ", address, length, 0, len(device_path(path))) + device_path(path)


def load_option(description, path):
    """EFI_LOAD_OPTION, UEFI §3.1.3."""
    return (struct.pack("<IH", 1, len(device_path(path))) + description.encode("utf-16-le") + bytes(2)
            + device_path(path))


def partition_table(names):
    """UEFI_GPT_DATA, §10.4.4: the header, a count, the entries."""
    header = b"EFI PART" + struct.pack("<IIIIQQQQ", 0x10000, 92, 0, 0, 1, 0x1FFFFF, 34, 0x1FFFDE)
    header += uuid.UUID(int=1).bytes_le + struct.pack("<QIII", 2, 128, 128, 0)
    entries = b""
    for number, name in enumerate(names):
        entries += uuid.UUID(int=2).bytes_le + uuid.UUID(int=16 + number).bytes_le
        entries += struct.pack("<QQQ72s", 2048 * number + 2048, 2048 * number + 4095, 0, name.encode("utf-16-le"))
    return header + struct.pack("<Q", len(names)) + entries


def booted(banks, secure_boot=True, certificate=b"\x30\x03\x02\x01\x01"):
    """What a machine with UEFI, systemd-boot and a UKI measures, from the firmware's start to its end."""
    keys = certificate_list(certificate)
    events = [
        event(0, "EV_S_CRTM_VERSION", "1.0".encode("utf-16-le") + bytes(2), banks),
        event(0, "EV_EFI_PLATFORM_FIRMWARE_BLOB", struct.pack("<QQ", 0x820000, 0xE0000), banks, b"PEI"),
        event(0, "EV_EFI_PLATFORM_FIRMWARE_BLOB", struct.pack("<QQ", 0x900000, 0xC00000), banks, b"DXE"),
    ]
    for vendor, name, data in ((GLOBAL_VARIABLE, "SecureBoot", bytes([secure_boot])), (GLOBAL_VARIABLE, "PK", keys),
                               (GLOBAL_VARIABLE, "KEK", keys), (SECURITY_DATABASE, "db", keys),
                               (SECURITY_DATABASE, "dbx", b"")):
        events.append(event(7, "EV_EFI_VARIABLE_DRIVER_CONFIG", variable(vendor, name, data), banks))
    events.append(event(7, "EV_SEPARATOR", bytes(4), banks))
    option = load_option("Linux Boot Manager", "\\EFI\\systemd\\systemd-bootx64.efi")
    for name, data in (("BootOrder", bytes.fromhex("01000200")), ("Boot0001", option)):
        data = variable(GLOBAL_VARIABLE, name, data)
        events.append(event(1, "EV_EFI_VARIABLE_BOOT", data, banks))
    events += [
        event(1, "EV_EFI_HANDOFF_TABLES", struct.pack("<Q16sQ", 1, uuid.UUID(int=3).bytes_le, 0x7F000), banks, b"SMBIOS"),
        event(2, "EV_EFI_BOOT_SERVICES_DRIVER", image("\\OpRom.efi"), banks, b"option ROM"),
        event(4, "EV_EFI_ACTION", b"Calling EFI Application from Boot Option", banks),
    ]
    events += [event(pcr, "EV_SEPARATOR", bytes(4), banks) for pcr in range(7)]
    events += [
        event(5, "EV_EFI_GPT_EVENT", partition_table(("EFI system", "root")), banks),
        event(7, "EV_EFI_VARIABLE_AUTHORITY", variable(SECURITY_DATABASE, "db", bytes(16) + certificate), banks),
        event(4, "EV_EFI_BOOT_SERVICES_APPLICATION", image("\\EFI\\systemd\\systemd-bootx64.efi"), banks, b"loader"),
        event(4, "EV_EFI_BOOT_SERVICES_APPLICATION", image("\\EFI\\Linux\\linux.efi"), banks, b"UKI"),
        event(12, "EV_IPL", "quiet".encode("utf-16-le") + bytes(2), banks, "quiet".encode("utf-16-le")),
    ]
    for name in (".linux", ".osrel", ".cmdline"):
        text = name.encode("utf-16-le") + bytes(2)
        events += [event(11, "EV_IPL", text, banks, name.encode() + b"\0"),
                   event(11, "EV_IPL", text, banks, name.encode() * 100)]
    events += [
        event(9, "EV_EVENT_TAG", struct.pack("<II", 0x8F3B22ED, 8) + b"initrd..", banks, b"initrd"),
        event(5, "EV_EFI_ACTION", b"Exit Boot Services Invocation", banks),
        event(5, "EV_EFI_ACTION", b"Exit Boot Services Returned with Success", banks),
    ]
    return events


def extended(value, digest, bank):
    """TPM 2.0 Part 1 §17.3."""
    return hashlib.new(bank, value + digest).digest()


class Registers:
    """PCR values in some banks, as they are after a reset (TPM 2.0 Part 1 §17.2)."""

    def __init__(self, banks):
        self.values = {bank: [(b"\xff" if 17 <= index <= 22 else b"\0") * hashlib.new(bank).digest_size
                              for index in range(PCRS)] for bank in banks}

    def extend(self, pcr, values):
        for bank, digest in values.items():
            self.values[bank][pcr] = extended(self.values[bank][pcr], digest, bank)

    def hex(self, bank, indices=range(PCRS)):
        return {str(index): self.values[bank][index].hex() for index in indices}


ImaEntry = collections.namedtuple("ImaEntry", "pcr hash template data")


def ima_fields(*fields):
    return b"".join(struct.pack("<I", len(field)) + field for field in fields)


def ima_entry(path, digest, template="ima-ng", pcr=10):
    """An entry over a file of that SHA-256."""
    fields = (b"sha256:\0" + digest, path.encode() + b"\0") + ((b"",) if template == "ima-sig" else ())
    data = ima_fields(*fields)
    return ImaEntry(pcr, hashlib.sha1(data).digest(), template, data)


def ima_from_ascii(text):
    """The binary entries that a list in ASCII stands for."""
    entries = []
    for line in text.splitlines():
        pcr, template_hash, template, digest, rest = line.split(" ", 4)
        algorithm, value = digest.split(":")
        fields = [algorithm.encode() + b":\0" + bytes.fromhex(value)]
        if template == "ima-sig":
            path, _, signature = rest.rpartition(" ")
            fields += [path.encode() + b"\0", bytes.fromhex(signature)]
        else:
            fields.append(rest.rstrip(" ").encode() + b"\0")
        entries.append(ImaEntry(int(pcr), bytes.fromhex(template_hash), template, ima_fields(*fields)))
    return entries


def ima_digests(entry, banks):
    """What a kernel that has the hashes of all banks extends."""
    return {bank: entry.hash if bank == "sha1" else hashlib.new(bank, entry.data).digest() for bank in banks}


def write_ima(entries):
    """binary_runtime_measurements, little-endian."""
    return b"".join(struct.pack("<I", entry.pcr) + entry.hash + ima_fields(entry.template.encode(), entry.data)
                    for entry in entries)


def boot_aggregate(registers):
    """The first entry, over PCR 0 to 9 in SHA-256 as kernels since 5.8 take them."""
    return ima_entry("boot_aggregate", hashlib.sha256(b"".join(registers.values["sha256"][:10])).digest())


def write_userspace(words, banks):
    """tpm2-measure.log: a JSON text sequence (RFC 7464) of (PCR, type, word)."""
    records = [{"pcr": pcr, "digests": [{"hashAlg": bank, "digest": digest.hex()}
                                        for bank, digest in digests(word.encode(), banks).items()],
                "content_type": "systemd", "content": {"string": word, "bootId": "5a" * 16, "timestamp": 1000000 + number,
                                                       "eventType": kind}} for number, (pcr, kind, word) in enumerate(words)]
    return b"".join(b"\x1e" + json.dumps(record).encode() + b"\n" for record in records)
