#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""What firmware and systemd-stub measure while they boot an image as attestable AMIs are: one UKI at
\\EFI\\BOOT\\BOOTX64.EFI, Secure Boot off, stub 252. Writes the log, and what can be told of the image before any boot;
prints the extends, as tpm2_pcrextend(1) takes them.

    boot.py LOG REFERENCE [COMMAND-LINE]     with a command line from outside of the image
"""
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests", "integration"))
from logs import (GLOBAL_VARIABLE, NO_ACTION, SECURITY_DATABASE, Registers, event, image, load_option,  # noqa: E402
                  partition_table, variable, write_log)

BANKS = ("sha256", "sha384")
UKI, KERNEL = b"image 1: the UKI", b"image 1: the kernel in it"
PATH = "\\EFI\\BOOT\\BOOTX64.EFI"
PREDICTED = (4, 7, 12)


def firmware():
    """From power-on to the first image: TCG PC Client Platform Firmware Profile §2.3.4."""
    yield event(0, "EV_S_CRTM_VERSION", "1.0".encode("utf-16-le") + bytes(2), BANKS)
    for vendor, name, data in ((GLOBAL_VARIABLE, "SecureBoot", b"\0"), (GLOBAL_VARIABLE, "PK", b""),
                               (GLOBAL_VARIABLE, "KEK", b""), (SECURITY_DATABASE, "db", b""),
                               (SECURITY_DATABASE, "dbx", b"")):
        yield event(7, "EV_EFI_VARIABLE_DRIVER_CONFIG", variable(vendor, name, data), BANKS)
    yield event(7, "EV_SEPARATOR", bytes(4), BANKS)
    option = variable(GLOBAL_VARIABLE, "Boot0001", load_option("disk", PATH))
    yield event(1, "EV_EFI_VARIABLE_BOOT", option, BANKS)
    yield event(4, "EV_EFI_ACTION", b"Calling EFI Application from Boot Option", BANKS)
    for pcr in range(7):
        yield event(pcr, "EV_SEPARATOR", bytes(4), BANKS)
    yield event(5, "EV_EFI_GPT_EVENT", partition_table(("EFI system", "root")), BANKS)


def stub(command_line):
    """The UKI, and what systemd-stub measures (systemd, docs/TPM2_PCR_MEASUREMENTS.md)."""
    yield event(4, "EV_EFI_BOOT_SERVICES_APPLICATION", image(PATH), BANKS, UKI)
    for name in (".linux", ".osrel", ".cmdline", ".initrd"):
        text = name.encode("utf-16-le") + bytes(2)
        yield event(11, "EV_IPL", text, BANKS, name.encode() + b"\0")
        yield event(11, "EV_IPL", text, BANKS, name.encode() * 100)
    if command_line:
        yield event(12, "EV_IPL", command_line.encode("utf-16-le") + bytes(2), BANKS)
    yield event(4, "EV_EFI_BOOT_SERVICES_APPLICATION", image(PATH), BANKS, KERNEL)
    yield event(9, "EV_EVENT_TAG", struct.pack("<II", 0x8F3B22ED, 8) + b"initrd..", BANKS, b"initrd")
    yield event(5, "EV_EFI_ACTION", b"Exit Boot Services Invocation", BANKS)
    yield event(5, "EV_EFI_ACTION", b"Exit Boot Services Returned with Success", BANKS)


def predict():
    """As AWS's nitro-tpm-pcr-compute prints it."""
    registers = Registers(BANKS)
    for one in [*firmware(), *stub("")]:
        registers.extend(one.pcr, one.digests)
    return {"Measurements": {"HashAlgorithm": "SHA384",
                             **{f"PCR{number}": registers.values["sha384"][number].hex() for number in PREDICTED}}}


def main(log, reference, command_line=""):
    events = [*firmware(), *stub(command_line)]
    with open(log, "wb") as file:
        file.write(write_log(events, BANKS))
    with open(reference, "w", encoding="ascii") as file:
        json.dump(predict(), file, indent=2)
    for one in events:
        if one.type != NO_ACTION:
            print(f"{one.pcr}:" + ",".join(f"{bank}={digest.hex()}" for bank, digest in one.digests.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
