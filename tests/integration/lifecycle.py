# SPDX-License-Identifier: Apache-2.0
"""Start, stop, reload, readiness, watchdog and socket activation, as systemd does them."""
import contextlib
import os
import shutil
import signal
import threading
import time
import unittest

from invoked import InvokedBySystemd
from support import Attestd, Swtpm, requires

QUOTE = "/v1/quote?nonce=" + "00" * 16
STOP_LIMIT = 2.0
WATCHDOG = 1.0  # seconds
ACTIVATION = ("attestd", "attestd-unlock-door", "attestd-tcp")  # FileDescriptorName=


class Lifecycle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        requires()
        cls.tpm = Swtpm()
        cls.addClassCleanup(cls.tpm.close)
        cls.tpm.start()

    def start(self, *arguments, **more):
        return self.enterContext(Attestd(self.tpm.tcti, *arguments, **more))

    def stop(self, attestd):
        begun = time.monotonic()
        self.assertEqual(attestd.stop(), 0, attestd.log())
        self.assertLess(time.monotonic() - begun, STOP_LIMIT)

    def test_ready_and_stopping(self):
        attestd = self.start()
        self.assertEqual(attestd.get("/v1/health").status, 200)
        self.stop(attestd)
        self.assertTrue(attestd.notify.wait("STOPPING=1", 1))
        self.assertFalse(os.path.exists(attestd.public), "the socket stays behind")

    def test_ready_means_that_it_serves(self):
        for _ in range(10):
            attestd = self.start()
            self.assertEqual(attestd.get(QUOTE).status, 200)
            self.stop(attestd)

    def test_stop_by_either_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                attestd = self.start()
                attestd.process.send_signal(number)
                self.assertEqual(attestd.process.wait(STOP_LIMIT), 0)

    def test_stop_with_idle_and_half_sent_requests(self):
        attestd = self.start()
        with attestd.raw() as idle, attestd.raw() as half, attestd.raw("tcp") as body:
            half.sendall(b"GET /v1/hea")
            body.sendall(b"POST /v1/pcrs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            time.sleep(0.1)
            self.stop(attestd)
            self.assertEqual(idle.recv(1), b"")

    def test_stop_under_load(self):
        attestd = self.start()
        over = threading.Event()

        def ask():
            while not over.is_set():
                with contextlib.suppress(OSError, Exception):
                    attestd.get(QUOTE)

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        self.stop(attestd)
        over.set()
        for thread in threads:
            thread.join(10)

    def test_stop_with_a_hung_tpm(self):
        attestd = self.start("[tpm]\ncommand-timeout = 30s\n")
        self.tpm.pause()
        self.addCleanup(self.tpm.resume)
        with attestd.raw() as waiting:
            waiting.sendall(f"GET {QUOTE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.3)
            self.stop(attestd)

    def test_reload(self):
        attestd = self.start()
        pid = attestd.process.pid
        self.assertEqual(attestd.get("/v1/ak").status, 200)
        attestd.configure("[access]\nak = nobody\n[quote]\nbank = sha256\n")
        attestd.process.send_signal(signal.SIGHUP)
        self.eventually(lambda: attestd.get("/v1/ak").status == 403)
        self.assertEqual(attestd.get(QUOTE).body["bank"], "sha256")
        self.assertEqual(attestd.process.pid, pid)
        self.assertIsNone(attestd.process.poll())

    def test_a_bad_reload_changes_nothing(self):
        attestd = self.start("[access]\nak = nobody\n")
        attestd.configure("[access]\nak = door\nnonsense = 1\n")
        attestd.process.send_signal(signal.SIGHUP)
        self.eventually(lambda: f"{attestd.configuration}:3" in attestd.log())
        self.assertEqual(attestd.get("/v1/ak").status, 403)
        attestd.configure("[access]\nak = door\n")
        attestd.process.send_signal(signal.SIGHUP)
        self.eventually(lambda: attestd.get("/v1/ak").status == 200)

    def test_many_reloads_leave_no_descriptors(self):
        attestd = self.start()
        attestd.get(QUOTE)
        before = attestd.descriptors()
        for _ in range(20):
            attestd.process.send_signal(signal.SIGHUP)
            self.assertEqual(attestd.get(QUOTE).status, 200)
        self.eventually(lambda: attestd.descriptors() <= before)

    def eventually(self, holds, limit=5):
        deadline = time.monotonic() + limit
        while not holds():
            self.assertLess(time.monotonic(), deadline, "it did not happen")
            time.sleep(0.02)

    def test_watchdog(self):
        with InvokedBySystemd(self.tpm.tcti, watchdog=WATCHDOG) as attestd:
            for _ in range(4):
                attestd.notify.forget()
                self.assertTrue(attestd.notify.wait("WATCHDOG=1", WATCHDOG / 2 + 0.1))

    def test_a_watchdog_for_another_process(self):
        with InvokedBySystemd(self.tpm.tcti, watchdog=WATCHDOG, watchdog_pid="1") as attestd:
            attestd.notify.forget()
            self.assertFalse(attestd.notify.wait("WATCHDOG=1", WATCHDOG * 1.2))

    def test_socket_activation(self):
        with InvokedBySystemd(self.tpm.tcti, names=ACTIVATION) as attestd:
            self.assertEqual(attestd.get("/v1/ek?key_type=rsa-2048").status, 200)
            self.assertEqual(attestd.get("/v1/health", door="unlock").status, 200)
            self.assertEqual(attestd.get("/v1/health", door="tcp").status, 200)
            self.assertEqual(attestd.post("/v1/ek", {"key_type": "rsa-2048"}, door="tcp").status, 403)
            self.stop(attestd)
            self.assertTrue(os.path.exists(attestd.public), "the socket is systemd's to remove")

    def test_a_request_from_before_the_start(self):
        attestd = InvokedBySystemd(self.tpm.tcti, names=ACTIVATION)
        attestd.open_listeners()
        with attestd.raw() as early:
            early.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            with attestd:
                self.assertTrue(early.recv(100).startswith(b"HTTP/1.1 200"))

    def test_an_unknown_name(self):
        attestd = InvokedBySystemd(self.tpm.tcti, names=("attestd", "nonsense", "attestd-tcp"))
        attestd.open_listeners()
        attestd.start(wait=False)
        self.addCleanup(shutil.rmtree, attestd.folder)
        self.addCleanup(attestd.notify.close)
        self.assertNotEqual(attestd.process.wait(10), 0)
        self.assertIn("nonsense", attestd.log())

    def test_nowhere_to_listen(self):
        attestd = Attestd(self.tpm.tcti, listen=())
        attestd.start(wait=False)
        self.addCleanup(shutil.rmtree, attestd.folder)
        self.addCleanup(attestd.notify.close)
        self.assertNotEqual(attestd.process.wait(10), 0)
        self.assertTrue(attestd.log())


if __name__ == "__main__":
    unittest.main()
