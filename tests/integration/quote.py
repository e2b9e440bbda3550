# SPDX-License-Identifier: Apache-2.0
"""Quotes: what the nonce may be, which banks and PCRs, every algorithm, and other people's tools on the result."""
import base64
import os
import tempfile
import threading
import unittest

from support import DOORS, Attestd, DaemonCase, Swtpm, requires
from tpm import check_bundle, checkquote, parse_attest

ALGORITHMS = ("ecdsa-p256", "ecdsa-p384", "rsassa-2048")
SELECTIONS = ("0", "23", "0-23", "0-7,11", "1,3,5,7", "8,9,10-15,16")
NONCE_LEAST = 16
NONCE_SURE, NONCE_MOST = 64, 66  # TPM2B_DATA, Part 2 §11.1.3, is 66 with SHA-512; tpm2-tss 3.2 has room for 64


def indices(selection):
    found = set()
    for part in selection.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


class EveryAlgorithm(unittest.TestCase):
    def check_algorithm(self, algorithm):
        with Swtpm(banks=("sha1", "sha256", "sha384", "sha512")) as tpm, tempfile.TemporaryDirectory() as folder, \
                Attestd(tpm.tcti, f"[tpm]\nak-algorithm = {algorithm}\n") as attestd:
            self.assertEqual(attestd.get("/v1/ak").body["algorithm"], algorithm)
            for bank in ("sha1", "sha256", "sha384", "sha512"):
                for selection in SELECTIONS:
                    with self.subTest(bank=bank, selection=selection):
                        nonce = os.urandom(32)
                        reply = attestd.get(f"/v1/quote?nonce={nonce.hex()}&bank={bank}&pcrs={selection}")
                        self.assertEqual(reply.status, 200, reply.body)
                        self.assertEqual({int(index) for index in reply.body["pcrs"]}, indices(selection))
                        self.assertEqual(check_bundle(reply.body, nonce), [])
                        if selection == SELECTIONS[3]:
                            checkquote(reply.body, nonce, folder)
                            self.assertNotEqual(checkquote(reply.body, nonce[1:], folder, check=False).returncode, 0)

    def test_every_algorithm(self):
        requires("tpm2_checkquote")
        for algorithm in ALGORITHMS:
            self.check_algorithm(algorithm)


class Quotes(DaemonCase):
    def quote(self, nonce, **members):
        return self.attestd.post("/v1/quote", {"nonce": nonce, **members})

    def test_members(self):
        bundle = self.quote("00" * 32).body
        self.assertEqual(set(bundle), {"type", "nonce", "bank", "pcrs", "quoted", "signature", "ak"})
        self.assertEqual(set(bundle["ak"]), {"name", "public", "pem"})

    def test_defaults(self):
        bundle = self.quote("00" * 32).body
        self.assertEqual(bundle["bank"], "sha384")
        self.assertEqual(list(bundle["pcrs"]), [str(index) for index in range(16)])

    def test_the_same_through_every_door(self):
        for door in DOORS:
            with self.subTest(door=door):
                nonce = os.urandom(20)
                reply = self.attestd.post("/v1/quote", {"nonce": nonce.hex()}, door=door)
                self.assertEqual(check_bundle(reply.body, nonce), [])

    def test_nonce_lengths(self):
        for size in (NONCE_LEAST, 17, 32, NONCE_SURE):
            with self.subTest(size=size):
                nonce = os.urandom(size)
                self.assertEqual(check_bundle(self.quote(nonce.hex()).body, nonce), [])
        for size in (0, 1, NONCE_LEAST - 1, NONCE_MOST + 1, 128, 1024):
            with self.subTest(size=size):
                reply = self.quote("ab" * size)
                self.assert_problem(reply, 400, "nonce")

    def test_upper_case_is_taken_and_comes_back_lower(self):
        bundle = self.quote("AB" * 16).body
        self.assertEqual(bundle["nonce"], "ab" * 16)

    def test_malformed_nonces(self):
        for nonce in ("0" * 33, "0x" + "00" * 16, " " + "00" * 16, "00" * 16 + "\n", "00:" * 16, "g0" * 16,
                      "00" * 16 + "\u0660\u0660", "00" * 16 + "\x00"):
            with self.subTest(nonce=nonce):
                self.assert_problem(self.quote(nonce), 400, "nonce")

    def test_reserved_nonces(self):
        """What begins with `attestd` is the daemon's own to say: a batch's root, an endorsement."""
        for text in (b"attestd", b"attestdB", b"attestdE", b"attestd\0"):
            with self.subTest(text=text):
                self.assert_problem(self.quote((text + bytes(32)).hex()), 400, "nonce")
        for text in (b"attest", b"Attestd", b"\0attestd"):
            with self.subTest(text=text):
                self.assertEqual(self.quote((text + bytes(32)).hex()).status, 200)

    def test_many_at_once(self):
        """Each caller gets the answer to its own nonce."""
        wrong = []

        def ask():
            for _ in range(10):
                nonce = os.urandom(32)
                wrong.extend(check_bundle(self.quote(nonce.hex()).body, nonce))

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


class AttestationKey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        requires()

    def test_the_same_after_reboot_and_counters_move(self):
        with Swtpm() as tpm:
            seen = []
            for _ in range(2):
                with Attestd(tpm.tcti) as attestd:
                    bundle = attestd.get("/v1/quote?nonce=" + "00" * 16).body
                    seen.append((bundle["ak"], parse_attest(base64.b64decode(bundle["quoted"])).resets))
                tpm.restart()
            self.assertEqual(seen[0][0], seen[1][0])
            self.assertGreater(seen[1][1], seen[0][1])

    def test_another_handle(self):
        with Swtpm() as tpm, Attestd(tpm.tcti, "[tpm]\nak-handle = 0x81018000\n") as attestd:
            self.assertEqual(attestd.get("/v1/ak").status, 200)

    def test_a_handle_where_something_else_sits(self):
        """It is left alone; what needs the AK says so, and the rest works."""
        with Swtpm(ek_certificates=True) as tpm:
            with Attestd(tpm.tcti, "[tpm]\nak-handle = 0x81010001\n") as attestd:
                self.assertEqual(attestd.get("/v1/quote?nonce=" + "00" * 16).status, 503)
                attestd.stop()  # it answers before it tells
                self.assertIn("0x81010001", attestd.log().lower())


if __name__ == "__main__":
    unittest.main()
