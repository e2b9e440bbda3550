# SPDX-License-Identifier: Apache-2.0
"""attestd-unlock --check=online: a line for each step, the first failure explained, and nothing changed."""
import unittest

from aws import SECOND_KEY
from unlock_fault_case import FAILED, OK, REFUSED, SECRET, USAGE, FaultCase

STEPS = ["DNS", "TCP", "TLS", "clock", "IMDS token", "role", "document", "KMS Decrypt"]


class Online(FaultCase):
    def check(self, status):
        done = self.world.run("--check=online")
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, status, said)
        self.assertEqual(self.world.outputs_there(), [])
        self.assertNotIn("hunter2", said)
        return said

    def steps(self, said):
        """Those that were tried, and how each ended."""
        lines = [line[2:] for line in said.splitlines() if line[2:].startswith(tuple(STEPS))]
        return [(line[:12].strip(), line[13:].partition(":")[0]) for line in lines]

    def assert_fails_at(self, step, status, *words):
        said = self.check(status)
        at = STEPS.index(step)
        self.assertEqual(self.steps(said), [(name, "ok") for name in STEPS[:at]] + [(step, "FAILS")], said)
        for word in words:
            self.assertIn(word, said)
        return said

    def test_all_well(self):
        said = self.check(OK)
        self.assertEqual(self.steps(said), [(name, "ok") for name in STEPS], said)
        self.assertIn("127.0.0.1", said)
        self.assertEqual(len(self.world.decrypts()), 1)

    def test_message_and_object(self):
        self.world.sealed("m", self.message("m"))
        said = self.check(OK)
        self.assertEqual([name for name, _ in self.steps(said)], [*STEPS, STEPS[-1]])

    def test_dns(self):
        self.world.kms = "https://kms.invalid"
        self.assert_fails_at("DNS", FAILED, "kms.invalid", "private DNS")

    def test_tcp(self):
        self.world.kms = "https://127.0.0.1:1"
        self.assert_fails_at("TCP", FAILED, "Connection refused", "security groups")

    def test_tls(self):
        for kind in ("expired", "self-signed", "wrong-name", "garbage"):
            with self.subTest(kind):
                self.world.aws.control("DELETE", "/faults")
                self.world.aws.fault("tls", service="kms", kind=kind)
                self.assert_fails_at("TLS", FAILED, "ca-file")

    def test_clock(self):
        self.world.aws.fault("clock", minutes=10, document=True)
        self.world.sim.fault("skew=600")
        said = self.check(OK)
        self.assertRegex(said, "clock +ok: off by (599|600) seconds")

    def test_token(self):
        self.world.aws.fault("token-refused")
        self.assert_fails_at("IMDS token", FAILED, "403", "hop limit")

    def test_role(self):
        self.world.aws.fault("role-missing")
        self.assert_fails_at("role", FAILED, "instance profile")

    def test_document(self):
        self.world.door = f"unix:{self.world.attestd.public}"
        self.assert_fails_at("document", REFUSED, "403", "unlock door")

    def test_denied(self):
        self.world.policy(**{"4": "ab" * 48})
        self.assert_fails_at("KMS Decrypt", REFUSED, "AccessDeniedException", "policy lint", "all zero: PCR")

    def test_another_key(self):
        self.world.secret("a", SECRET, SECOND_KEY)
        self.world.sections["a"]["key-id"] = SECOND_KEY.replace("0987dcba", "00000000")
        self.assert_fails_at("KMS Decrypt", FAILED, "NotFoundException")

    def test_wrong_calls(self):
        for argument in ("--check=offline", "--check="):
            done = self.world.run(argument)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn("--check=online", done.stderr)


if __name__ == "__main__":
    unittest.main()
