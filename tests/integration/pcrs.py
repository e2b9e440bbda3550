# SPDX-License-Identifier: Apache-2.0
"""PCR values are those of the TPM, in one piece, also while others extend them."""
import hashlib
import os
import socket
import threading
import time
import unittest

from support import DaemonCase
from tpm import check_bundle, extend, tool

PCR = 16
SIZES = {"sha256": 64, "sha384": 96}


class Values(DaemonCase):
    shared = True

    def test_zero_at_first_and_as_pcrread_says_after_extends(self):
        for bank, size in SIZES.items():
            with self.subTest(bank=bank):
                digest = hashlib.new(bank, b"event").hexdigest()
                tool(self.tcti, "tpm2_pcrextend", f"11:{bank}={digest}")
                reply = self.attestd.get(f"/v1/pcrs?bank={bank}&pcrs=10,11").body
                expected = hashlib.new(bank, bytes(size // 2) + bytes.fromhex(digest)).hexdigest()
                self.assertEqual(reply["pcrs"], {"10": "0" * size, "11": expected})
                self.assertIn(expected.upper(), tool(self.tcti, "tpm2_pcrread", f"{bank}:11"))
                self.assertEqual(reply["bank"], bank)

    def test_update_counter_moves_with_extends(self):
        before = self.attestd.get("/v1/pcrs").body["update_counter"]
        self.assertEqual(self.attestd.get("/v1/pcrs").body["update_counter"], before)
        tool(self.tcti, "tpm2_pcrextend", "12:sha384=" + "11" * 48)
        self.assertGreater(self.attestd.get("/v1/pcrs").body["update_counter"], before)

    def test_an_extend_is_in_the_next_quote(self):
        for number in range(5):
            tool(self.tcti, "tpm2_pcrextend", "13:sha384=" + f"{number:096x}")
            nonce = os.urandom(16)
            bundle = self.attestd.get(f"/v1/quote?nonce={nonce.hex()}&pcrs=13").body
            self.assertEqual(check_bundle(bundle, nonce), [])
            self.assertEqual(bundle["pcrs"], self.attestd.get("/v1/pcrs?pcrs=13").body["pcrs"])

    def test_all_of_them(self):
        values = self.attestd.get("/v1/pcrs?bank=sha256&pcrs=0-23").body["pcrs"]
        self.assertEqual(list(values), [str(index) for index in range(24)])
        self.assertEqual(values["17"], "f" * 64)  # the D-RTM PCRs start with ones, PC Client Platform TPM Profile


class ConcurrentExtends(DaemonCase):
    """Somebody extends all the time: values and digest still belong together."""

    shared = True
    limit = 120

    def setUp(self):
        self.over = threading.Event()
        self.extended = []  # the value after each extend, from the start
        self.thread = threading.Thread(target=self.extend_until_over)

    def extend_until_over(self):
        value = bytes.fromhex(self.attestd.get(f"/v1/pcrs?pcrs={PCR}").body["pcrs"][str(PCR)])
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.tcti.partition("path=")[2])
            while not self.over.is_set():
                digest = os.urandom(48)
                extend(client, PCR, {"sha384": digest, "sha256": digest[:32]})
                value = hashlib.sha384(value + digest).digest()
                self.extended.append(value.hex())
                time.sleep(0.002)

    def collect(self, count):
        """Quotes and readings while the other thread extends."""
        self.thread.start()
        replies = []
        try:
            for number in range(count):
                nonce = os.urandom(32)
                path = f"/v1/quote?nonce={nonce.hex()}&pcrs=0-23" if number % 2 else "/v1/pcrs?pcrs=0-23"
                replies.append((nonce, self.attestd.get(path)))
        finally:
            self.over.set()
            self.thread.join()
        return replies

    def test_values_belong_to_their_digest(self):
        answered = 0
        for nonce, reply in self.collect(300):
            if reply.status == 503:  # the re-reads are bounded
                self.assert_problem(reply, 503)
                continue
            answered += 1
            self.assertEqual(reply.status, 200, reply.body)
            if "quoted" in reply.body:
                self.assertEqual(check_bundle(reply.body, nonce), [])
            if self.extended and reply.body["pcrs"][str(PCR)] != "0" * 96:
                self.assertIn(reply.body["pcrs"][str(PCR)], self.extended)
        self.assertGreater(len(self.extended), 100)
        self.assertGreaterEqual(answered, 285)


if __name__ == "__main__":
    unittest.main()
