# SPDX-License-Identifier: Apache-2.0
"""What `attestctl eventlog` tells of recorded logs, beside what tpm2_eventlog (tpm2-tools) tells: events, digests, PCR
values, and of what both take apart the parts. Where tpm2_eventlog only dumps bytes, they are taken apart here."""
import glob
import json
import os
import re
import shutil
import struct
import unittest
import uuid

try:
    import yaml
except ImportError:
    yaml = None

from support import ATTESTCTL, run
import logs

VECTORS = os.environ.get("ATTESTD_VECTORS", "")

# What tpm2_eventlog does not read at all, and why.
REFUSED = {
    "ccel-tdx-ff-padded.bin": "an EV_NO_ACTION with a register of TDX as its PCR",
    "ccel-tdx-unpadded.bin": "an EV_NO_ACTION with a register of TDX as its PCR",
    "neg-keylime-bogus.bin": "not a log (tpm2_eventlog 5.4 dies of it)",
    "neg-keylime-empty.bin": "empty",
    "neg-short-no-action.bin": "no Specification ID event first",
    "pc-supermicro-windows-wbcl.bin": "an EV_NO_ACTION that belongs to no PCR, as Windows ends its logs",
}
# Logs with an EV_NO_ACTION after the first, of StartupLocality or SP800-155: see misread_pcr.
MISREAD = {f"eventlog/{name}.bin" for name in ("gce-sp800155", "neg-pc-haruhi-pcr0-mismatch", "pc-glinux-locality3",
                                               "pc-haruhi-good", "pc-keylime-locality3")}
# What it takes for a firmware blob whatever it is (PFP §10.2.5 has both): in these types a text is ours alone.
BLOB_OR_TEXT = ("EV_S_CRTM_CONTENTS", "EV_POST_CODE", "EV_EFI_PLATFORM_FIRMWARE_BLOB")
SIGNATURE_X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
GLOBAL_VARIABLE = "8be4df61-93ca-11d2-aa0d-00e098032b8c"


def recorded():
    return sorted(glob.glob(os.path.join(VECTORS, "eventlog", "*.bin"))
                  + glob.glob(os.path.join(VECTORS, "measured-vm", "*", "binary_bios_measurements")))


def utf16(data):
    """Up to its NUL, which must be there."""
    for end in range(0, len(data) - 1, 2):
        if data[end:end + 2] == b"\0\0":
            return data[:end].decode("utf-16-le"), data[end + 2:]
    raise ValueError("no end")


def signatures(data):
    """How many certificates and how many others are in EFI_SIGNATURE_LISTs, UEFI §32.4.1."""
    certificates = others = 0
    while data:
        kind = uuid.UUID(bytes_le=data[:16])
        size, head, each = struct.unpack_from("<III", data, 16)
        count = (size - 28 - head) // each
        if kind == SIGNATURE_X509:
            certificates += count
        else:
            others += count
        data = data[size:]
    return certificates, others


def partitions(data):
    """Type, GUID and name of each that is whole, UEFI_GPT_DATA: tpm2_eventlog cuts long ones."""
    each = struct.unpack_from("<I", data, 84)[0]
    found = []
    for number in range((len(data) - 100) // each):
        entry = data[100 + number * each:100 + (number + 1) * each]
        kind, unique = (str(uuid.UUID(bytes_le=entry[first:first + 16])) for first in (0, 16))
        found.append((kind, unique, entry[56:128].decode("utf-16-le").partition("\0")[0]))
    return found


ESCAPES = {"0": "\0", "n": "\n", "t": "\t", "r": "\r", "v": "\v", "f": "\f", "b": "\b", "a": "\a"}


def unescaped(text):
    """A string as tpm2_eventlog quotes it, line for line. It writes a NUL as \\0, whatever digit follows."""
    lines = [line[1:-1] if len(line) > 1 and line[0] == line[-1] == '"' else line for line in text.split("\n")]
    return re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), "\n".join(lines)).rstrip("\0")


def load(text):
    """Its YAML, where all scalars are texts. In logs of SHA-1 alone it leaves out that the events are a list."""
    if "EventNum" not in text:
        text = re.sub(r"(?m)^  PCRIndex:", "- PCRIndex:", text)
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def misread_pcr(log, bank):
    """PCR 0 as tpm2_eventlog 5.4 makes it where events are to be ignored: it extends each EV_NO_ACTION but the first, and
    knows of no locality (PFP §10.4.5.3 says otherwise)."""
    registers = logs.Registers((bank,))
    for event in logs.read_log(log)[1]:
        if event.pcr == 0:
            registers.extend(0, {bank: event.digests[bank]})
    return registers.values[bank][0].hex()


@unittest.skipUnless(yaml, "python3-yaml is not installed")
@unittest.skipUnless(recorded(), "no recorded logs: ATTESTD_VECTORS names no folder that has them")
@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
@unittest.skipUnless(shutil.which("tpm2_eventlog"), "tpm2_eventlog is not installed")
class BesideTpm2Eventlog(unittest.TestCase):
    limit = 300

    @classmethod
    def setUpClass(cls):
        cls.both = []
        for path in recorded():
            theirs = run("tpm2_eventlog", path, check=False)
            if theirs.returncode == 0:
                ours = json.loads(run(ATTESTCTL, "eventlog", "--json", path, check=False).stdout)
                cls.both.append((os.path.relpath(path, VECTORS), path, load(theirs.stdout), ours["events"]))

    def pairs(self, *types):
        """Their event and ours, of these types, of all logs."""
        return [(f"{name} event {event['event']}", their, event) for name, _, theirs, ours in self.both
                for their, event in zip(theirs["events"], ours) if event["type"] in types]

    def test_which_are_read(self):
        """No log is left out of the comparison but those that are named above."""
        left = {os.path.basename(path) for path in recorded()} - {os.path.basename(path) for _, path, _, _ in self.both}
        self.assertEqual(left, set(REFUSED))

    def test_events(self):
        for name, _, theirs, ours in self.both:
            with self.subTest(log=name):
                self.assertEqual(len(ours), len(theirs["events"]))
                for their, our in zip(theirs["events"], ours):
                    if "Digests" in their:
                        digests = {digest["AlgorithmId"]: digest["Digest"] for digest in their["Digests"]}
                    else:
                        digests = {"sha1": their["Digest"]}
                    self.assertEqual((our["event"], our["pcr"], our["type"], our["digests"]),
                                     (int(their.get("EventNum", our["event"])), int(their["PCRIndex"]), their["EventType"], digests))

    def test_pcrs(self):
        """As it replays them, in every bank; PCR 0 with what it takes for measurements, in the logs that have such."""
        ignored = set()
        for name, path, theirs, events in self.both:
            with self.subTest(log=name):
                done = run(ATTESTCTL, "verify", "eventlog", "--json", "--allow-missing", "pcrs", path, check=False)
                ours = json.loads(done.stdout)["claims"]["pcrs"]
                if any(event["type"] == "EV_NO_ACTION" for event in events[1:]):
                    ignored.add(name)
                    with open(path, "rb") as file:
                        log = file.read()
                    ours = {bank: {**values, "0": misread_pcr(log, bank)} for bank, values in ours.items()}
                self.assertEqual(ours, {bank: {index.strip(): value.removeprefix("0x").lower() for index, value in values.items()}
                                        for bank, values in (theirs.get("pcrs") or {}).items() if values})
        self.assertEqual(ignored, MISREAD)

    def test_variables(self):
        seen = set()
        types = ("EV_EFI_VARIABLE_DRIVER_CONFIG", "EV_EFI_VARIABLE_BOOT", "EV_EFI_VARIABLE_BOOT2", "EV_EFI_VARIABLE_AUTHORITY")
        for where, their, our in self.pairs(*types):
            with self.subTest(where):
                event, data = their["Event"], our["data"]
                self.assertEqual((data["vendor"], data["name"]), (event["VariableName"], event["UnicodeName"]))
                if our["type"] == "EV_EFI_VARIABLE_AUTHORITY" or not isinstance(event.get("VariableData"), str):
                    continue
                seen.add(self.compare_value(data, event["UnicodeName"], bytes.fromhex(event["VariableData"])))
        self.assertEqual(seen - {None}, {"SecureBoot", "signatures", "BootOrder", "load option"})

    def compare_value(self, data, name, value):
        """By the variable's name; what was compared."""
        if data["vendor"] == GLOBAL_VARIABLE and name == "SecureBoot" and value:
            self.assertIs(data["enabled"], value == b"\x01")
            return name
        if name in ("PK", "KEK", "db", "dbx"):
            self.assertEqual((data["certificate_count"], data["hash_count"]), signatures(value))
            self.assertEqual(len(data["certificates"]), data["certificate_count"])
            return "signatures"
        if data["vendor"] == GLOBAL_VARIABLE and name == "BootOrder":
            self.assertEqual(data["order"], [f"Boot{number:04X}" for number, in struct.iter_unpack("<H", value)])
            return name
        if data["vendor"] == GLOBAL_VARIABLE and name.startswith("Boot") and len(name) == 8 and "description" in data:
            self.assertEqual(data["attributes"], f"0x{struct.unpack_from('<I', value)[0]:08x}")
            self.assertEqual(data["description"], utf16(value[6:])[0])
            return "load option"
        return None

    def test_images(self):
        count = 0
        for where, their, our in self.pairs("EV_EFI_BOOT_SERVICES_APPLICATION", "EV_EFI_BOOT_SERVICES_DRIVER",
                                            "EV_EFI_RUNTIME_SERVICES_DRIVER"):
            with self.subTest(where):
                event, data = their["Event"], our["data"]
                self.assertEqual((int(data["address"], 16), data["length"], int(data["link_time_address"], 16)),
                                 tuple(int(event[name], 0) for name in ("ImageLocationInMemory", "ImageLengthInMemory",
                                                                        "ImageLinkTimeAddress")))
                count += 1
        self.assertGreater(count, 50)

    def test_blobs(self):
        """Base and length, where there are such."""
        count = 0
        for where, their, our in self.pairs(*BLOB_OR_TEXT):
            with self.subTest(where):
                if "base" in our["data"]:
                    self.assertEqual((int(our["data"]["base"], 16), our["data"]["length"]),
                                     (int(their["Event"]["BlobBase"], 0), int(their["Event"]["BlobLength"], 0)))
                    count += 1
                elif isinstance(their["Event"], str):
                    self.assertEqual(our["data"].get("text"), unescaped(their["Event"]))
                else:  # their misreading: a text whose letters it shows as two addresses
                    letters = struct.pack("<QQ", *(int(their["Event"][name], 0) for name in ("BlobBase", "BlobLength")))
                    text = our["data"].get("text", "")
                    self.assertTrue(text.encode().startswith(letters) or text.encode("utf-16-le").startswith(letters), text)
        self.assertGreater(count, 30)

    def test_partitions(self):
        count = 0
        for where, their, our in self.pairs("EV_EFI_GPT_EVENT"):
            with self.subTest(where):
                if not isinstance(their["Event"], str):
                    self.fail(f"another form than it had: {their['Event']}")
                shown = partitions(bytes.fromhex(their["Event"]))
                self.assertEqual([(one["type"], one["unique"], one["name"]) for one in our["data"]["partitions"]][:len(shown)],
                                 shown)
                count += len(shown)
        self.assertGreater(count, 20)

    def test_actions(self):
        count = 0
        for where, their, our in self.pairs("EV_ACTION", "EV_EFI_ACTION"):
            with self.subTest(where):
                self.assertEqual(our["data"]["text"], unescaped(their["Event"]))
                count += 1
        self.assertGreaterEqual(count, 50)

    def test_boot_loader_texts(self):
        """Strings of GRUB, shim and systemd, which it shows as bytes: NULs and all."""
        count = 0
        for where, their, our in self.pairs("EV_IPL"):
            with self.subTest(where):
                if not isinstance(their["Event"], dict) or "text" not in our["data"]:
                    continue
                shown, text = unescaped(their["Event"]["String"]), our["data"]["text"]
                if "cut_after" in our["data"]:
                    shown = shown[:len(text)]
                if "\0" in shown:  # UTF-16: every second byte of a Latin text
                    shown = shown.replace("\0", "")
                self.assertEqual(text.encode(), shown.encode("latin-1"))
                count += 1
        self.assertGreater(count, 400)


if __name__ == "__main__":
    unittest.main()
