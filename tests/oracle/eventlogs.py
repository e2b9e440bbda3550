# SPDX-License-Identifier: Apache-2.0
"""Event logs of real machines, as public projects recorded them, and measured boots of virtual ones, through `attestctl
verify eventlog`: each has the result that its source states."""
import glob
import json
import os
import shutil
import tempfile
import unittest

from support import ATTESTCTL, run
import logs

VECTORS = os.environ.get("ATTESTD_VECTORS", "")
HOLDS, HOLDS_NOT, UNREADABLE = 0, 1, 3

# What a log breaks beside its PCR values. CCEL: its index is one of TDX's registers, so that types and separators are
# not where a PC has them.
BROKEN = {
    "ccel-tdx-ff-padded.bin": {"log_types", "log_separators"},
    "ccel-tdx-unpadded.bin": {"log_types", "log_separators"},
    "tpm2tools-specid-vendordata.bin": {"log_form"},
}
PADDING = {"ccel-tdx-ff-padded.bin": 62833}
# Checks that fail with the stated values, by log and bank.
DIFFERING = {
    # The machine extended SHA-1 with something else than what is logged, and the events of Windows have no SHA-1.
    ("pc-supermicro-windows-wbcl.bin", "sha1"): {f"pcr_{index}" for index in range(14)} | {"log_digests"},
    # IMA's, see below.
    ("pc-h12ssl-linux.bin", "sha1"): {"pcr_10"},
    ("pc-h12ssl-linux.bin", "sha256"): {"pcr_10"},
    ("neg-pc-haruhi-pcr0-mismatch.bin", "sha256"): {"pcr_0"},
}


def read(*parts):
    with open(os.path.join(VECTORS, *parts), "rb") as file:
        return file.read()


def stated(path):
    return json.loads(read(path + ".pcrs.json"))


class Verifier(unittest.TestCase):
    limit = 300

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def verify(self, log, bank=None, values=None, *options):
        """The exit status, what does not hold, and all that was printed."""
        if values:
            pcrs = self.write("pcrs.json", json.dumps({"bank": bank, "pcrs": values}).encode())
            options = ("--pcrs", pcrs, *options)
        else:
            options = ("--allow-missing", "pcrs", *options)
        done = run(ATTESTCTL, "verify", "eventlog", "--json", *options, log, check=False)
        self.assertIn(done.returncode, (HOLDS, HOLDS_NOT, UNREADABLE), done.stderr)
        verdict = json.loads(done.stdout)
        failed = {check["name"] for check in verdict["checks"] if not check["ok"]}
        self.assertEqual(done.returncode == HOLDS, verdict["verified"])
        self.assertEqual(done.returncode == HOLDS, not failed, failed)
        for check in verdict["checks"]:
            self.assertTrue(check["detail"], check)
        return done.returncode, failed, verdict

    def detail(self, verdict, name):
        return next(check["detail"] for check in verdict["checks"] if check["name"] == name)


@unittest.skipUnless(os.path.isdir(os.path.join(VECTORS, "eventlog")),
                     "no recorded logs: ATTESTD_VECTORS names no folder that has them")
@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class RecordedLogs(Verifier):
    @staticmethod
    def logs():
        """Those that another program's replay is of."""
        return [(os.path.basename(path), path) for path in sorted(glob.glob(os.path.join(VECTORS, "eventlog", "*.bin")))
                if os.path.exists(path + ".pcrs.json")]

    def test_replayed(self):
        """Every bank of every log makes the values that the other replay makes."""
        for name, path in self.logs():
            with self.subTest(log=name):
                status, failed, verdict = self.verify(path)
                claims = verdict["claims"]
                self.assertEqual(failed, BROKEN.get(name, set()))
                self.assertEqual(status, HOLDS_NOT if name in BROKEN else HOLDS)
                self.assertEqual(claims["pcrs"],
                                 {bank: values for bank, values in stated(path)["replayed"].items() if values})
                self.assertEqual(claims["padding"], PADDING.get(name, 0))
                self.assertIs(claims["secure_boot"], False, "nothing proves it without a value of PCR 7")

    def test_stated(self):
        """The values that the source states, or where it states none those of the other replay."""
        for name, path in self.logs():
            source = stated(path)
            for bank, values in (source.get("stated") or source["replayed"]).items():
                with self.subTest(log=name, bank=bank):
                    if values:
                        _, failed, verdict = self.verify(path, bank, values)
                        self.assertEqual(failed, BROKEN.get(name, set()) | DIFFERING.get((name, bank), set()))
                        self.assertEqual(set(verdict["claims"]["compared"]), set(values))

    def test_changed(self):
        """Of values that are all changed none agrees."""
        for name, path in self.logs():
            for bank, values in stated(path)["replayed"].items():
                with self.subTest(log=name, bank=bank):
                    changed = {index: f"{int(value, 16) ^ 1:0{len(value)}x}" for index, value in values.items()}
                    if changed:
                        _, failed, _ = self.verify(path, bank, changed)
                        self.assertEqual({check for check in failed if check.startswith("pcr_")},
                                         {f"pcr_{index}" for index in values})

    def test_inactive_bank(self):
        """A bank that the log has digests for and no PCR was extended in: told as what it is, and not as agreement."""
        path = os.path.join(VECTORS, "eventlog", "gce-cos85-sev.bin")
        status, failed, verdict = self.verify(path, "sha1", {str(index): "00" * 20 for index in range(8)})
        self.assertEqual((status, failed), (HOLDS_NOT, {f"pcr_{index}" for index in range(8)}))
        for index in range(8):
            self.assertEqual(verdict["claims"]["compared"][str(index)]["state"], "bank inactive")
            self.assertIn("not in use", self.detail(verdict, f"pcr_{index}"))

    def test_locality(self):
        """PCR 0 starts with the locality that the log says; a log of nothing else leaves it there."""
        path = os.path.join(VECTORS, "eventlog", "neg-short-no-action.bin")
        self.assertEqual(self.verify(path, "sha1", {"0": "00" * 19 + "03"})[0], HOLDS)
        self.assertEqual(self.verify(path, "sha1", {"0": "00" * 20})[1], {"pcr_0"})

    def test_no_logs(self):
        for name in ("neg-keylime-bogus.bin", "neg-keylime-empty.bin"):
            with self.subTest(log=name):
                status, failed, _ = self.verify(os.path.join(VECTORS, "eventlog", name))
                self.assertEqual((status, failed), (UNREADABLE, {"input"}))

    def test_trailing(self):
        """Bytes that are neither an event nor padding are no part of a log that holds; where they begin is told."""
        path = os.path.join(VECTORS, "eventlog", "tpm2tools-specid-vendordata.bin")
        status, failed, verdict = self.verify(path)
        self.assertEqual((status, failed), (HOLDS_NOT, {"log_form"}))
        self.assertIn("4 bytes", self.detail(verdict, "log_form"))
        self.assertIn("byte 69", self.detail(verdict, "log_form"))

    def test_secure_boot(self):
        """Proven by a PCR 7 that agrees, and by no variable of another form than the firmware's."""
        on = set()
        for name, path in self.logs():
            source = stated(path)
            values = {**source["replayed"], **(source.get("stated") or {})}.get("sha256")
            if values and "7" in values and self.verify(path, "sha256", values)[2]["claims"]["secure_boot"]:
                on.add(name)
        self.assertIn("gce-cos85-sev.bin", on)
        for name in on:
            self.assertNotIn("no-sb", name)
        self.assertNotIn("pc-arch-odd-secureboot.bin", on)
        self.assertNotIn("gce-ubuntu1804-sev.bin", on)


@unittest.skipUnless(os.path.isdir(os.path.join(VECTORS, "ima")),
                     "no recorded IMA lists: ATTESTD_VECTORS names no folder that has them")
@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class RecordedImaLists(Verifier):
    def test_stated(self):
        for path in sorted(glob.glob(os.path.join(VECTORS, "ima", "*.binary_runtime_measurements"))):
            for bank, value in stated(path)["stated_pcr10"].items():
                with self.subTest(list=os.path.basename(path), bank=bank):
                    self.assertEqual(self.verify(path, bank, {"10": value})[0], HOLDS)
                    data = read(path)
                    cut = self.write("cut", data[:-1])
                    self.assertLessEqual({"ima_form"}, self.verify(cut, bank, {"10": value})[1])

    def test_with_the_firmware(self):
        """One machine's firmware and kernel together, in each bank; the list of another machine is not taken for it."""
        log, ima = (os.path.join(VECTORS, *parts) for parts in (
            ("eventlog", "pc-h12ssl-linux.bin"), ("ima", "h12ssl.binary_runtime_measurements")))
        other = os.path.join(VECTORS, "ima", "ludmilla-boot-aggregate-only.binary_runtime_measurements")
        for bank, values in stated(log)["stated"].items():
            values = {**values, "10": stated(ima)["stated_pcr10"][bank]}
            with self.subTest(bank=bank):
                status, _, verdict = self.verify(log, bank, values, "--ima", ima)
                self.assertEqual(status, HOLDS)
                self.assertEqual(verdict["claims"]["logs"], {"firmware": 114, "ima": 5071})
                self.assertEqual(self.verify(log, bank, values)[1], {"pcr_10"})
                self.assertLessEqual({"pcr_10", "ima_boot_aggregate"}, self.verify(log, bank, values, "--ima", other)[1])

    def test_ascii(self):
        """Refused, with what to give instead, wherever it is given."""
        log = os.path.join(VECTORS, "eventlog", "pc-h12ssl-linux.bin")
        for path in sorted(glob.glob(os.path.join(VECTORS, "ima", "*ascii*"))):
            for options, operand in (((), path), (("--ima", path), log)):
                with self.subTest(list=os.path.basename(path), options=options):
                    status, failed, verdict = self.verify(operand, None, None, *options)
                    self.assertEqual((status, failed), (UNREADABLE, {"input"}))
                    self.assertIn("binary_runtime_measurements", self.detail(verdict, "input"))


@unittest.skipUnless(os.path.isdir(os.path.join(VECTORS, "measured-vm")),
                     "no measured boots: ATTESTD_VECTORS names no folder that has them")
@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class MeasuredBoots(Verifier):
    """All 24 PCRs of both banks, as the running machine had them."""

    @staticmethod
    def boots():
        """Name, bank, values, the firmware's log and the kernel's list in ASCII."""
        boots = []
        for path in sorted(glob.glob(os.path.join(VECTORS, "measured-vm", "*", ""))):
            for bank in ("sha256", "sha384"):
                values = {str(index): read(path, f"pcr-{bank}", str(index)).decode().strip().lower()
                          for index in range(logs.PCRS)}
                boots.append((os.path.basename(os.path.dirname(path)), bank, values,
                              os.path.join(path, "binary_bios_measurements"), read(path, "ima_ascii").decode()))
        return boots

    def test_explained(self):
        """With the kernel's list everything agrees. PCR 10 was extended in SHA-384 by a kernel without that hash; what
        extended PCR 11 while systemd came up is in no log; 17 to 22 are all ones, never extended."""
        for name, bank, values, log, listed in self.boots():
            with self.subTest(boot=name, bank=bank):
                ima = self.write("ima", logs.write_ima(logs.ima_from_ascii(listed)))
                status, failed, verdict = self.verify(log, bank, values, "--ima", ima)
                self.assertEqual((status, failed), (HOLDS, set()))
                compared = verdict["claims"]["compared"]
                self.assertEqual(len(compared), logs.PCRS)
                for index in range(17, 23):
                    self.assertEqual(values[str(index)], "ff" * (len(values["0"]) // 2))
                    self.assertEqual(compared[str(index)]["state"], "not extended")
                self.assertEqual("padded" in compared["10"].get("note", ""), bank == "sha384")
                self.assertEqual(compared["11"]["state"], "agrees")
                self.assertEqual(compared["12"]["state"], "agrees" if "credential" in name else "not extended")
                self.assertIs(verdict["claims"]["secure_boot"], name.startswith("sb-on"))

    def test_phases(self):
        """PCR 11 as the log leaves it agrees, and as systemd's phases leave it then; with another word it does not."""
        for name, bank, values, log, _ in self.boots():
            with self.subTest(boot=name, bank=bank):
                own = self.verify(log)[2]["claims"]["pcrs"][bank]["11"]
                self.assertEqual(self.verify(log, bank, {"11": own})[0], HOLDS)
                _, _, verdict = self.verify(log, bank, {"11": values["11"]})
                self.assertEqual(own != values["11"], "pcrphase" in verdict["claims"]["compared"]["11"].get("note", ""))
                word = logs.digests(b"another-phase", (bank,))[bank]
                other = logs.extended(bytes.fromhex(own), word, bank).hex()
                self.assertEqual(self.verify(log, bank, {"11": other})[1], {"pcr_11"})

    def test_without_the_kernel(self):
        """Exactly PCR 10 is left over, and it is said what is needed."""
        for name, bank, values, log, _ in self.boots():
            with self.subTest(boot=name, bank=bank):
                status, failed, verdict = self.verify(log, bank, values)
                self.assertEqual((status, failed), (HOLDS_NOT, {"pcr_10"}))
                self.assertEqual(verdict["claims"]["compared"]["10"]["state"], "unexplained")
                self.assertIn("IMA", self.detail(verdict, "pcr_10"))

    def test_other_boots(self):
        """The log of one boot does not make the values of another."""
        for name, bank, _, log, _ in self.boots():
            for other, other_bank, values, _, _ in self.boots():
                if other != name and other_bank == bank:
                    with self.subTest(log=name, values=other, bank=bank):
                        self.assertEqual(self.verify(log, bank, values)[0], HOLDS_NOT)


if __name__ == "__main__":
    unittest.main()
