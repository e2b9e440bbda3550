# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load: the next start is clean, and nothing of the dead one is left in the TPM."""
import contextlib
import os
import random
import socket
import threading
import time
import unittest

from support import Attestd, Multiplexer, Swtpm, counted, requires
from tpm import check_bundle, handles, tool

COUNT = counted("ATTESTD_KILL_COUNT", 25)
LOAD_MOST = 0.12  # seconds between READY and the kill
TOOL_EVERY = 10  # rounds in which tpm2_getcap is asked as well
KINDS = {"transient": 0x80000000, "loaded-session": 0x02000000, "saved-session": 0x03000000}
QUOTE = "/v1/quote?nonce="
# Those that make objects and sessions in the TPM come often.
LOAD = ("/v1/ek?key_type=ecc-sec-p384", "/v1/ek?key_type=rsa-2048", QUOTE + "00" * 16, "/v1/pcrs", "/v1/status")
ACTIVATE = {"key_type": "rsa-2048", "credential_blob": "AAIAAA==", "secret": "AAIAAA=="}


class Kill(unittest.TestCase):
    limit = 850

    @classmethod
    def setUpClass(cls):
        requires("tpm2_getcap")

    def load(self, attestd, over):
        """Requests until the daemon is dead; what becomes of them does not matter."""
        while not over.is_set():
            with contextlib.suppress(Exception):
                if random.random() < 0.3:
                    attestd.post("/v1/ak/activate", ACTIVATE, timeout=5)
                else:
                    attestd.get(random.choice(LOAD), timeout=5)

    def expect_clean(self, connection, shared, number):
        for kind, first in KINDS.items():
            self.assertEqual(handles(connection, first), [], kind)
            if number % TOOL_EVERY == 0:
                self.assertEqual(self.listed(shared, kind), "")

    @staticmethod
    def listed(shared, kind):
        """Unlike attestd, tpm2_getcap does not try again when swtpm is still busy with those who were killed."""
        for _ in range(5):
            with contextlib.suppress(AssertionError):
                return tool(shared.tcti, "tpm2_getcap", f"handles-{kind}")
            time.sleep(0.5)
        return tool(shared.tcti, "tpm2_getcap", f"handles-{kind}")

    def kill_under_load(self, attestd):
        over = threading.Event()
        threads = [threading.Thread(target=self.load, args=(attestd, over)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(random.random() * LOAD_MOST)
        attestd.kill()
        over.set()
        for thread in threads:
            thread.join()

    def test_the_next_start_is_clean(self):
        with Swtpm() as tpm, Multiplexer(tpm) as shared, Attestd(shared.tcti, "[access]\nak-activate = door\n") as attestd:
            reclaimed, key = 0, attestd.get("/v1/ak").body
            with contextlib.closing(self.connect(shared)) as connection:
                for number in range(COUNT):
                    self.kill_under_load(attestd)
                    reclaimed += any(handles(connection, first) for first in KINDS.values())
                    attestd.start()
                    self.expect_clean(connection, shared, number)
                    nonce = os.urandom(16)
                    self.assertEqual(check_bundle(attestd.get(QUOTE + nonce.hex()).body, nonce), [])
            self.assertEqual(attestd.get("/v1/ak").body, key)
            print(f"# {COUNT} kills, {reclaimed} of them left objects behind")
            if COUNT >= 100:
                self.assertGreater(reclaimed, 0, "the kills never hit a moment that matters")

    def test_killed_while_starting(self):
        with Swtpm() as tpm, Multiplexer(tpm) as shared, Attestd(shared.tcti) as attestd:
            with contextlib.closing(self.connect(shared)) as connection:
                for number in range(COUNT):
                    attestd.kill()
                    attestd.start(wait=False)
                    time.sleep(random.random() * 0.05)
                attestd.kill()
                attestd.start()
                self.expect_clean(connection, shared, number=0)

    @staticmethod
    def connect(shared):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(shared.path)
        return connection


if __name__ == "__main__":
    unittest.main()
