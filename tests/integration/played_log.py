# SPDX-License-Identifier: Apache-2.0
"""Event logs that a TPM was extended by, event by event, and quotes of what came of it: they hold together, and not after
any change to a log."""
import glob
import json
import os
import random
import tempfile
import unittest

from support import ATTESTCTL, Attestd, Swtpm, counted, requires, run
from tpm import extend
import logs

BANKS = ("sha256", "sha384")
HOLDS, HOLDS_NOT, UNREADABLE = 0, 1, 3
ALL_PCRS = "0-23"
BOOT_PCRS = 8  # PCR 0 to 7 are the firmware's
EXIT_BOOT_SERVICES = b"Exit Boot Services Returned with Success"
SEED = 20261125
UNKNOWN_TYPES = (0x0, 0x2, 0x20, 0x8000, 0x8000000D, 0x800000E5, 0xFFFFFFFF)
WORDS = ((11, "phase", "enter-initrd"), (11, "phase", "leave-initrd"), (15, "machine-id", "machine-id:" + "5a" * 16),
         (15, "filesystem", "file-system:/:root:ext4"), (11, "phase", "sysinit"), (11, "phase", "ready"))
FILES = tuple(f"/usr/bin/program-{number}" for number in range(20))


class Played:
    """One boot: the logs, and quotes over both banks of the TPM that they were played into."""

    def __init__(self, events, folder, name, words=WORDS, files=FILES):
        self.events = list(events)
        self.words, self.folder, self.name = list(words), folder, name
        registers = logs.Registers(BANKS)
        for event in self.events:
            registers.extend(event.pcr, event.digests)
        self.ima = [logs.boot_aggregate(registers)]
        self.ima += [logs.ima_entry(path, logs.digests(path.encode(), ("sha256",))["sha256"], "ima-sig") for path in files]
        self.nonce = os.urandom(32)
        with Swtpm(banks=BANKS) as tpm:
            with tpm.data_connection() as connection:
                for index, values in self.extends():
                    extend(connection, index, values)
            with Attestd(tpm.tcti) as attestd:
                self.ak = self.write("ak.pem", attestd.get("/v1/ak").body["pem"].encode())
                self.bundles, self.values = {}, {}
                for bank in BANKS:
                    bundle = attestd.get(f"/v1/quote?nonce={self.nonce.hex()}&bank={bank}&pcrs={ALL_PCRS}").body
                    self.bundles[bank] = self.write(f"{bank}.json", json.dumps(bundle).encode())
                    self.values[bank] = bundle["pcrs"]
        self.files = {"eventlog": self.write("firmware", logs.write_log(self.events, BANKS)),
                      "ima": self.write("ima", logs.write_ima(self.ima)),
                      "userspace": self.write("userspace", logs.write_userspace(self.words, BANKS))}

    def extends(self):
        for event in self.events:
            if event.type != logs.NO_ACTION:
                yield event.pcr, event.digests
        for entry in self.ima:
            yield entry.pcr, logs.ima_digests(entry, BANKS)
        for pcr, _, word in self.words:
            yield pcr, logs.digests(word.encode(), BANKS)

    def write(self, name, data):
        path = os.path.join(self.folder, f"{self.name}-{name}")
        with open(path, "wb") as file:
            file.write(data)
        return path

    def verify(self, bank, *options, **changed):
        """The exit status and the names of the checks that fail; `changed` logs are bytes."""
        files = {**self.files, **{log: self.write("changed", data) for log, data in changed.items()}}
        options += tuple(f"--{log}={path}" for log, path in files.items())
        done = run(ATTESTCTL, "verify", "quote", "--json", "--ak", self.ak, "--nonce", self.nonce.hex(), *options,
                   self.bundles[bank], check=False)
        if done.returncode not in (HOLDS, HOLDS_NOT, UNREADABLE):
            raise AssertionError(done.stderr)
        checks = json.loads(done.stdout)["checks"]
        return done.returncode, {check["name"] for check in checks if not check["ok"]}

    def verify_events(self, events, bank, *options):
        return self.verify(bank, *options, eventlog=logs.write_log(events, BANKS))


class PlayedLogs(unittest.TestCase):
    limit = 200

    @classmethod
    def setUpClass(cls):
        requires(ATTESTCTL)
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.on = Played(logs.booted(BANKS), cls.folder, "on")
        cls.off = Played(logs.booted(BANKS, secure_boot=False), cls.folder, "off")
        cls.secure_boot = cls.on.write("secure-boot.json", b'{"secure_boot":true}')

    def assert_not(self, result, pcr, what):
        """Read, and refused for that PCR at least; what else is refused is about logs, never about the quote."""
        status, failed = result
        self.assertEqual(status, HOLDS_NOT, what)
        self.assertIn(f"pcr_{pcr}", failed, what)
        for name in failed:
            self.assertRegex(name, "^(pcr|log|ima|userspace)_", what)

    def changes(self, events):
        """Every change of one event: what, of which PCR, and the events then."""
        end = next(number for number, event in enumerate(events) if event.data == EXIT_BOOT_SERVICES)
        for number, event in enumerate(events):
            before, after = events[:number], events[number + 1:]
            yield f"event {number} dropped", event.pcr, before + after
            yield f"event {number} doubled", event.pcr, before + [event, event] + after
            flipped = {bank: bytes([digest[0] ^ 0x80]) + digest[1:] for bank, digest in event.digests.items()}
            yield f"event {number} of another digest", event.pcr, before + [event._replace(digests=flipped)] + after
            following = next((other for other in range(number + 1, len(events)) if events[other].pcr == event.pcr
                              and events[other].digests != event.digests), None)
            if following:
                swapped = list(events)
                swapped[number], swapped[following] = events[following], event
                yield f"events {number} and {following} swapped", event.pcr, swapped
        for pcr in range(16):
            added = logs.event(pcr, "EV_EFI_ACTION" if pcr < BOOT_PCRS else "EV_IPL", b"added", BANKS)
            for at in (0, len(events) // 2, end + 1, len(events)):
                yield f"one for PCR {pcr} added at {at}", pcr, events[:at] + [added] + events[at:]

    def test_holds(self):
        for played in (self.on, self.off):
            for bank in BANKS:
                with self.subTest(log=played.name, bank=bank):
                    self.assertEqual(played.verify(bank), (HOLDS, set()))

    def test_each_log_is_needed(self):
        for log, pcrs in (("ima", {"pcr_10"}), ("userspace", {"pcr_15"})):
            files = self.on.files
            try:
                self.on.files = {name: path for name, path in files.items() if name != log}
                self.assertEqual(self.on.verify("sha256"), (HOLDS_NOT, pcrs))
            finally:
                self.on.files = files

    def test_one_change(self):
        for number, (what, pcr, events) in enumerate(self.changes(self.on.events)):
            with self.subTest(what):
                self.assert_not(self.on.verify_events(events, BANKS[number % 2]), pcr, what)

    def test_extended_after_boot_services(self):
        """What the operating system extended PCR 0 to 7 with is told as that, even where log and quote agree."""
        late = self.on.events + [logs.event(7, "EV_EFI_VARIABLE_AUTHORITY", b"late", BANKS)]
        played = Played(late, self.folder, "late")
        self.assertEqual(played.verify("sha384"), (HOLDS_NOT, {"log_boot_services"}))

    def test_retagged(self):
        """A type is under no digest. Whatever it is changed to, the log does not hold, or it holds as it did: with Secure
        Boot that was on, and never with Secure Boot that was off."""
        types = sorted(logs.TYPES.values()) + list(UNKNOWN_TYPES)
        held = 0
        for played in (self.on, self.off):
            cases = [(number, kind) for number, event in enumerate(played.events) for kind in types if kind != event.type]
            for number, kind in random.Random(SEED).sample(cases, min(len(cases), counted("RETAGS", 60))):
                events = list(played.events)
                events[number] = events[number]._replace(type=kind)
                with self.subTest(log=played.name, event=number, type=hex(kind)):
                    status, failed = played.verify_events(events, "sha384", "--policy", self.secure_boot)
                    self.assertIn(status, (HOLDS, HOLDS_NOT))
                    held += status == HOLDS
                    if played is self.off:
                        self.assertIn("policy_secure_boot", failed)
                    if kind == logs.NO_ACTION:
                        self.assertIn(f"pcr_{events[number].pcr}", failed)
        self.assertGreater(held, 0, "types that hold are among those tried")

    def test_retagged_and_appended(self):
        """The firmware's account of a machine without Secure Boot is made into something else by its types, and a better
        one extended behind it: PCR 7 agrees, and proves nothing."""
        pretended = [event for event in self.on.events if event.pcr == 7]
        for kind in ("EV_EFI_ACTION", "EV_IPL", "EV_EFI_VARIABLE_AUTHORITY", "EV_EFI_PLATFORM_FIRMWARE_BLOB"):
            events = [event._replace(type=logs.TYPES[kind]) if event.pcr == 7 else event for event in self.off.events]
            for first in (0, 1):
                with self.subTest(kind=kind, first=first):
                    played = Played([*events[:-2], *pretended, *events[-2:]] if first else events + pretended, self.folder,
                                    f"pretended-{kind}-{first}")
                    status, failed = played.verify("sha256", "--policy", self.secure_boot)
                    self.assertEqual(status, HOLDS_NOT)
                    self.assertIn("policy_secure_boot", failed)
                    self.assertNotIn("pcr_7", failed)

    def test_newer(self):
        """Both logs grow: what came after the quote is only accepted if asked for, and what came before never missing."""
        more = logs.write_ima([*self.on.ima, logs.ima_entry("/usr/bin/later", bytes(32), "ima-sig")])
        words = logs.write_userspace([*self.on.words, (11, "phase", "shutdown")], BANKS)
        for log, data, pcr in (("ima", more, 10), ("userspace", words, 11)):
            with self.subTest(log=log):
                self.assertEqual(self.on.verify("sha256", **{log: data}), (HOLDS_NOT, {f"pcr_{pcr}"}))
                self.assertEqual(self.on.verify("sha256", "--allow-newer", **{log: data}), (HOLDS, set()))
        fewer = logs.write_ima(self.on.ima[:-1])
        self.assertEqual(self.on.verify("sha256", "--allow-newer", ima=fewer), (HOLDS_NOT, {"pcr_10"}))
        firmware = logs.write_log([*self.on.events, logs.event(12, "EV_IPL", b"later", BANKS)], BANKS)
        self.assert_not(self.on.verify("sha256", "--allow-newer", eventlog=firmware), 12, "the firmware's does not grow")

    def test_ima(self):
        """The kernel's list with an entry dropped, doubled, changed, swapped."""
        entries = self.on.ima
        for number in range(1, len(entries)):
            before, entry, after = entries[:number], entries[number], entries[number + 1:]
            other = entry._replace(data=entry.data.replace(b"program", b"another"))
            for what, changed in (("dropped", before + after), ("doubled", before + [entry, entry] + after),
                                  ("changed", before + [other] + after), ("swapped", before[:-1] + [entry, before[-1]] + after)):
                with self.subTest(entry=number, what=what):
                    self.assert_not(self.on.verify(BANKS[number % 2], ima=logs.write_ima(changed)), 10, what)
        self.assertIn("ima_boot_aggregate", self.on.verify("sha256", ima=logs.write_ima(self.off.ima))[1])

    def test_userspace(self):
        words = self.on.words
        for number, (pcr, kind, word) in enumerate(words):
            before, after = words[:number], words[number + 1:]
            for what, changed in (("dropped", before + after), ("doubled", before + [words[number]] * 2 + after),
                                  ("changed", before + [(pcr, kind, word + "x")] + after)):
                with self.subTest(word=word, what=what):
                    self.assert_not(self.on.verify("sha384", userspace=logs.write_userspace(changed, BANKS)), pcr, what)

    def test_policies(self):
        sha384 = self.on.values["sha384"]
        right = {index: sha384[index] for index in ("4", "7", "11", "12")}
        wrong = {**right, "4": "00" * 48}
        measurements = {"Measurements": {"HashAlgorithm": "SHA384", **{f"PCR{index}": value for index, value in right.items()}}}
        for policy, expected in (
                ({"any_of": [{"pcrs": {"sha384": right}}]}, set()),
                ({"any_of": [{"pcrs": {"sha384": wrong}}, {"pcrs": {"sha384": right}}]}, set()),
                ({"any_of": [{"pcrs": {"sha384": wrong}}]}, {"policy_pcrs"}),
                ({"any_of": []}, {"policy_pcrs"}),
                ({"any_of": [{"pcrs": {"sha256": self.on.values["sha256"]}}]}, {"policy_pcrs"}),
                ({"secure_boot": True, "any_of": [{"pcrs": {"sha384": right}}]}, set()),
                ({"max_age": 300}, {"policy_max_age"}),
                (measurements, set()),
                ({"Measurements": {**measurements["Measurements"], "PCR4": "00" * 48}}, {"policy_pcrs"})):
            path = self.on.write("policy.json", json.dumps(policy).encode())
            with self.subTest(policy=policy):
                self.assertEqual(self.on.verify("sha384", "--policy", path),
                                 (HOLDS_NOT if expected else HOLDS, expected))

    def test_secure_boot(self):
        """Only with a log that shows it."""
        self.assertEqual(self.on.verify("sha256", "--policy", self.secure_boot), (HOLDS, set()))
        self.assertEqual(self.off.verify("sha256", "--policy", self.secure_boot), (HOLDS_NOT, {"policy_secure_boot"}))
        done = run(ATTESTCTL, "verify", "quote", "--ak", self.on.ak, "--nonce", self.on.nonce.hex(), "--policy",
                   self.secure_boot, "--json", self.on.bundles["sha256"], check=False)
        self.assertEqual(done.returncode, HOLDS_NOT, "without a log nothing shows it")
        self.assertEqual([check["name"] for check in json.loads(done.stdout)["checks"] if not check["ok"]],
                         ["policy_secure_boot"])


RECORDED = sorted(glob.glob(os.path.join(os.environ.get("ATTESTD_VECTORS", ""), "measured-vm", "*",
                                         "binary_bios_measurements")))


@unittest.skipUnless(RECORDED, "no measured boots: ATTESTD_VECTORS names no folder that has them")
class RecordedLogs(PlayedLogs):
    """The same with what a real firmware wrote."""

    @classmethod
    def setUpClass(cls):
        requires(ATTESTCTL)
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        for name, part in (("on", "sb-on"), ("off", "sb-off-uki")):
            path = next(path for path in RECORDED if part in path)
            with open(path, "rb") as file:
                banks, events = logs.read_log(file.read())
            assert banks == BANKS
            setattr(cls, name, Played(events, cls.folder, name))
        cls.secure_boot = cls.on.write("secure-boot.json", b'{"secure_boot":true}')


if __name__ == "__main__":
    unittest.main()
