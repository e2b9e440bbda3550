# SPDX-License-Identifier: Apache-2.0
"""Event logs, written from their specifications for the tests: nothing of lib/ is behind it. What is written is also
what a TPM is extended with."""
import contextlib
import hashlib
import json
import os
import socket
import struct

import support  # noqa: F401  (it knows where the harness is)
from tpm import ALGORITHMS, extend

EV_NO_ACTION, EV_SEPARATOR, EV_EVENT_TAG, EV_IPL = 0x3, 0x4, 0x6, 0xD
EV_S_CRTM_VERSION = 0x8
EV_EFI_ACTION = 0x80000007
IMA_PCR = 10


def digests_of(data, banks):
    return {bank: hashlib.new(bank, data).digest() for bank in banks}


def firmware_event(pcr, kind, digests, data):
    """TCG_PCR_EVENT2 (PFP §10.2.2)."""
    listed = b"".join(struct.pack("<H", ALGORITHMS[bank]) + digest for bank, digest in digests.items())
    return struct.pack("<III", pcr, kind, len(digests)) + listed + struct.pack("<I", len(data)) + data


def firmware_head(banks):
    """The Specification ID event (PFP §10.4.5.1), in the form of the older log."""
    listed = b"".join(struct.pack("<HH", ALGORITHMS[bank], hashlib.new(bank).digest_size) for bank in banks)
    event = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(banks)) + listed + b"\0"
    return struct.pack("<II", 0, EV_NO_ACTION) + bytes(20) + struct.pack("<I", len(event)) + event


def ima_entry(path, content=b"x", pcr=IMA_PCR):
    """An entry of template ima-ng, and the template's data."""
    name = path.encode() + b"\0"
    digest = b"sha256:\0" + hashlib.sha256(content).digest()
    data = struct.pack("<I", len(digest)) + digest + struct.pack("<I", len(name)) + name
    head = struct.pack("<I", pcr) + hashlib.sha1(data).digest() + struct.pack("<I", 6) + b"ima-ng"
    return head + struct.pack("<I", len(data)) + data, data


def userspace_record(pcr, text, kind, banks):
    digests = [{"hashAlg": bank, "digest": digest.hex()} for bank, digest in digests_of(text.encode(), banks).items()]
    record = {"pcr": pcr, "digests": digests, "content_type": "systemd",
              "content": {"eventType": kind, "string": text, "bootId": "0" * 32, "timestamp": 1000}}
    return b"\x1e" + json.dumps(record).encode() + b"\n"


class Machine:
    """The logs of a boot as files in a folder, and the TPM that is extended by them, on a socket at `path`; None:
    nothing is extended."""

    def __init__(self, folder, path=None, banks=("sha256", "sha384")):
        self.banks = banks
        self.path = path
        self.values = {bank: [bytes(hashlib.new(bank).digest_size)] * 24 for bank in banks}
        self.firmware = os.path.join(folder, "firmware")
        self.ima = os.path.join(folder, "ima")
        self.userspace = os.path.join(folder, "userspace")

    def configuration(self):
        return f"[eventlog]\nfirmware = {self.firmware}\nima = {self.ima}\nuserspace = {self.userspace}\n"

    def extend(self, pcr, digests):
        self.extend_all([(pcr, digests)])

    def extend_all(self, extends):
        if self.path is None:
            return
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.settimeout(60)
            connection.connect(self.path)
            for pcr, digests in extends:
                extend(connection, pcr, digests)
                for bank, digest in digests.items():
                    self.values[bank][pcr] = hashlib.new(bank, self.values[bank][pcr] + digest).digest()

    def boot(self, padding=b""):
        """The firmware's log, whole."""
        log, extends = firmware_head(self.banks), []

        def measure(pcr, kind, data, hashed=None):
            nonlocal log
            digests = digests_of(data if hashed is None else hashed, self.banks)
            log += firmware_event(pcr, kind, digests, data)
            extends.append((pcr, digests))

        measure(0, EV_S_CRTM_VERSION, "1.0\0".encode("utf-16-le"))
        measure(4, EV_EFI_ACTION, b"Calling EFI Application from Boot Option")
        for pcr in range(8):
            measure(pcr, EV_SEPARATOR, bytes(4))
        measure(11, EV_IPL, ".linux\0".encode("utf-16-le"), b".linux\0")
        measure(5, EV_EFI_ACTION, b"Exit Boot Services Invocation")
        measure(5, EV_EFI_ACTION, b"Exit Boot Services Returned with Success")
        self.extend_all(extends)
        self.write(self.firmware, log + padding)

    def boot_aggregate(self):
        aggregate = hashlib.sha256(b"".join(self.values["sha256"][:10])).digest()
        digest = b"sha256:\0" + aggregate
        name = b"boot_aggregate\0"
        data = struct.pack("<I", len(digest)) + digest + struct.pack("<I", len(name)) + name
        entry = struct.pack("<I", IMA_PCR) + hashlib.sha1(data).digest() + struct.pack("<I", 6) + b"ima-ng"
        self.write(self.ima, entry + struct.pack("<I", len(data)) + data)
        self.extend(IMA_PCR, digests_of(data, self.banks))

    def measure_files(self, paths, extending=True):
        """As the kernel does it: in the log first."""
        entries = [ima_entry(path) for path in paths]
        self.append(self.ima, b"".join(entry for entry, _ in entries))
        if extending:
            self.extend_all([(IMA_PCR, digests_of(data, self.banks)) for _, data in entries])

    def measure_phase(self, text, pcr=11, kind="phase"):
        """As systemd does it: in the TPM first."""
        self.extend(pcr, digests_of(text.encode(), self.banks))
        self.append(self.userspace, userspace_record(pcr, text, kind, self.banks))

    @staticmethod
    def write(path, data):
        with open(path, "wb") as file:
            file.write(data)

    @staticmethod
    def append(path, data):
        with open(path, "ab") as file:
            file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()
