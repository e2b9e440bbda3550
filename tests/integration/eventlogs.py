# SPDX-License-Identifier: Apache-2.0
"""A machine's event logs, as they come to be: files, and a TPM that is extended by what is written (logs.py)."""
import contextlib
import hashlib
import os
import socket

import logs
from tpm import extend

IMA_PCR = 10


def ima_entry(path, content=b"x"):
    """An entry of template ima-ng, and the template's data."""
    entry = logs.ima_entry(path, hashlib.sha256(content).digest())
    return logs.write_ima([entry]), entry.data


class Machine:
    """The logs of a boot as files in a folder, and the TPM that is extended by them, on a socket at `path`; None:
    nothing is extended."""

    def __init__(self, folder, path=None, banks=("sha256", "sha384")):
        self.banks = banks
        self.path = path
        self.registers = logs.Registers(banks)
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
                self.registers.extend(pcr, digests)

    def boot(self, padding=b""):
        """The firmware's log, whole."""
        events = [logs.event(0, "EV_S_CRTM_VERSION", "1.0\0".encode("utf-16-le"), self.banks),
                  logs.event(4, "EV_EFI_ACTION", b"Calling EFI Application from Boot Option", self.banks)]
        events += [logs.event(pcr, "EV_SEPARATOR", bytes(4), self.banks) for pcr in range(8)]
        events += [logs.event(11, "EV_IPL", ".linux\0".encode("utf-16-le"), self.banks, b".linux\0"),
                   logs.event(5, "EV_EFI_ACTION", b"Exit Boot Services Invocation", self.banks),
                   logs.event(5, "EV_EFI_ACTION", b"Exit Boot Services Returned with Success", self.banks)]
        self.extend_all([(event.pcr, event.digests) for event in events])
        self.write(self.firmware, logs.write_log(events, self.banks) + padding)

    def boot_aggregate(self):
        entry = logs.boot_aggregate(self.registers)
        self.write(self.ima, logs.write_ima([entry]))
        self.extend(IMA_PCR, logs.digests(entry.data, self.banks))

    def measure_files(self, paths, extending=True):
        """As the kernel does it: in the log first."""
        entries = [ima_entry(path) for path in paths]
        self.append(self.ima, b"".join(entry for entry, _ in entries))
        if extending:
            self.extend_all([(IMA_PCR, logs.digests(data, self.banks)) for _, data in entries])

    def measure_phase(self, text, pcr=11, kind="phase"):
        """As systemd does it: in the TPM first."""
        self.extend(pcr, logs.digests(text.encode(), self.banks))
        self.append(self.userspace, logs.write_userspace([(pcr, kind, text)], self.banks))

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
