# SPDX-License-Identifier: Apache-2.0
"""Quotes of real machines, as public projects recorded them, through `attestctl verify quote`: they hold, and a sample
of changes to each part of them does not. (The unit tests change every byte.)"""
import hashlib
import json
import os
import random
import shutil
import tempfile
import unittest

from support import ATTESTCTL, run

VECTORS = os.path.join(os.environ.get("ATTESTD_VECTORS", ""), "quotes")
SAMPLE = 12  # changes of each part of each quote
HOLDS, HOLDS_NOT, UNREADABLE = 0, 1, 3


def read(folder, name):
    with open(os.path.join(VECTORS, folder, name), "rb") as file:
        return file.read()


def cases():
    """The folders that hold all that a verifier needs."""
    needed = {"ak.pem", "attest.bin", "signature.bin", "pcrs.json", "expected.json"}
    return sorted(name for name in os.listdir(VECTORS)
                  if os.path.isdir(os.path.join(VECTORS, name)) and needed <= set(os.listdir(os.path.join(VECTORS, name))))


def flip(data, chance):
    """One bit somewhere."""
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


class Case:
    """One recorded quote and what to verify it with."""

    def __init__(self, folder):
        self.name = folder
        self.expected = json.loads(read(folder, "expected.json"))
        self.message, self.signature, self.ak = (read(folder, name) for name in ("attest.bin", "signature.bin", "ak.pem"))
        selection = self.expected["attest"]["pcrSelect"][0]
        values = json.loads(read(folder, "pcrs.json"))[selection["alg"]]
        self.bank = selection["alg"]
        self.pcrs = {str(index): values[str(index)] for index in selection["pcrs"]}
        self.nonce = bytes.fromhex(self.expected["attest"]["extraData"])
        self.arguments = ["--allow-sha1"] if self.bank == "sha1" else []


@unittest.skipUnless(os.path.isdir(VECTORS), "no recorded quotes: ATTESTD_VECTORS names no folder that has them")
@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class VectorQuotes(unittest.TestCase):
    limit = 300

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def verify(self, case, **changed):
        parts = {"message": case.message, "signature": case.signature, "ak": case.ak, "nonce": case.nonce,
                 "pcrs": case.pcrs, **changed}
        command = [ATTESTCTL, "verify", "quote", "--json", *case.arguments]
        parts["pcrs-file"] = json.dumps({"bank": case.bank, "pcrs": parts.pop("pcrs")}).encode()
        nonce = parts.pop("nonce")
        command += ["--nonce", nonce.hex()] if nonce else ["--allow-missing", "nonce"]
        for option, data in parts.items():
            path = os.path.join(self.folder, option)
            with open(path, "wb") as file:
                file.write(data)
            command += [f"--{option}", path]
        return run(*command, check=False)

    def refused(self, case, statuses=(HOLDS_NOT,), **changed):
        done = self.verify(case, **changed)
        self.assertIn(done.returncode, statuses, f"{case.name} {list(changed)}\n{done.stdout}{done.stderr}")
        if done.returncode == HOLDS_NOT:
            self.assertIs(json.loads(done.stdout)["verified"], False)
            self.assertTrue(any(not check["ok"] and check["detail"] for check in json.loads(done.stdout)["checks"]))

    @staticmethod
    def each():
        return [Case(folder) for folder in cases()]

    def each_that_holds(self):
        return [case for case in self.each() if case.expected["signature_hash"] != "sha1"]

    def test_they_hold_and_say_what_is_recorded(self):
        for case in self.each_that_holds():
            done = self.verify(case)
            self.assertEqual(done.returncode, HOLDS, case.name + done.stdout + done.stderr)
            verdict = json.loads(done.stdout)
            self.assertIs(verdict["verified"], True)
            claims, attest = verdict["claims"], case.expected["attest"]
            self.assertEqual(claims["bank"], case.bank)
            self.assertEqual({index: value.lower() for index, value in claims["pcrs"].items()}, case.pcrs)
            self.assertEqual((claims["clock"], claims["reset_count"], claims["restart_count"]),
                             (attest["clock"], attest["resetCount"], attest["restartCount"]))
            self.assertEqual(claims["nonce"], case.nonce.hex())

    def test_sha1_never_holds_by_itself(self):
        for case in self.each():
            if case.bank == "sha1":
                self.refused_without_permission(case)

    def refused_without_permission(self, case):
        case.arguments = []
        self.refused(case)
        if case.expected["signature_hash"] == "sha1":
            case.arguments = ["--allow-sha1"]
            self.refused(case)

    def test_changed_messages(self):
        for case in self.each_that_holds():
            chance = random.Random(case.name)
            for _ in range(SAMPLE):
                self.refused(case, (HOLDS_NOT, UNREADABLE), message=flip(case.message, chance))
            self.refused(case, (HOLDS_NOT, UNREADABLE), message=case.message[:-1])
            self.refused(case, (HOLDS_NOT, UNREADABLE), message=case.message + b"\0")

    def test_changed_signatures(self):
        for case in self.each_that_holds():
            chance = random.Random(case.name)
            for _ in range(SAMPLE):
                self.refused(case, (HOLDS_NOT, UNREADABLE), signature=flip(case.signature, chance))
            self.refused(case, (HOLDS_NOT, UNREADABLE), signature=case.signature + b"\0")
            self.refused(case, (HOLDS_NOT, UNREADABLE), signature=b"")

    def test_other_nonces(self):
        for case in self.each_that_holds():
            for nonce in (hashlib.sha256(case.nonce).digest(), case.nonce + b"\0", case.nonce[:-1] or b"x"):
                self.refused(case, nonce=nonce)

    def test_changed_pcrs(self):
        for case in self.each_that_holds():
            chance = random.Random(case.name)
            for index in chance.sample(sorted(case.pcrs), min(SAMPLE, len(case.pcrs))):
                changed = flip(bytes.fromhex(case.pcrs[index]), chance).hex()
                self.refused(case, pcrs={**case.pcrs, index: changed})
            fewer = dict(case.pcrs)
            del fewer[max(fewer, key=int)]
            self.refused(case, (HOLDS_NOT, UNREADABLE), pcrs=fewer)

    def test_another_machines_key(self):
        for case in self.each_that_holds():
            other = next(other for other in self.each() if other.ak != case.ak)
            self.refused(case, ak=other.ak)


if __name__ == "__main__":
    unittest.main()
