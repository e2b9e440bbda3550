# SPDX-License-Identifier: Apache-2.0
"""The TPM goes away, hangs, and comes back: requests are answered in bounded time, and the same process goes on."""
import os
import threading
import time
import unittest

from invoked import InvokedBySystemd
from support import Attestd, DaemonCase, Swtpm, requires
from tpm import check_bundle, tool

COMMAND_TIMEOUT = 0.5
CONFIGURATION = f"[tpm]\ncommand-timeout = {int(COMMAND_TIMEOUT * 1000)}ms\n[daemon]\nrequest-timeout = 1s\n"
ANSWER_LIMIT = 2.0  # request-timeout and a busy machine
RECOVERY_LIMIT = 15
WATCHDOG = 2.0
NEED_THE_TPM = ("/v1/pcrs", "/v1/quote?nonce=" + "00" * 16, "/v1/ek?key_type=rsa-2048", "/v1/health")


class Loss(unittest.TestCase):
    limit = 120
    assert_problem = DaemonCase.assert_problem

    def setUp(self):
        requires()
        self.tpm = Swtpm()
        self.addCleanup(self.tpm.close)
        self.tpm.start()
        self.attestd = InvokedBySystemd(self.tpm.tcti, watchdog=WATCHDOG)
        self.attestd.configure(CONFIGURATION)
        self.enterContext(self.attestd)
        self.pid = self.attestd.process.pid

    def timed(self, path):
        begun = time.monotonic()
        reply = self.attestd.get(path, timeout=20)
        self.assertLess(time.monotonic() - begun, ANSWER_LIMIT, path)
        return reply

    def expect_unavailable(self):
        for path in NEED_THE_TPM:
            self.assert_problem(self.timed(path), 503)

    def expect_recovery(self):
        deadline = time.monotonic() + RECOVERY_LIMIT
        while self.attestd.get("/v1/health", timeout=20).status != 200:
            self.assertLess(time.monotonic(), deadline, "it did not come back\n" + self.attestd.log())
            time.sleep(0.1)
        nonce = os.urandom(16)
        reply = self.attestd.get(f"/v1/quote?nonce={nonce.hex()}")
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(check_bundle(reply.body, nonce), [])
        self.assertIsNone(self.attestd.process.poll())
        self.assertEqual(self.attestd.process.pid, self.pid)

    def test_killed_and_back(self):
        for _ in range(3):
            self.tpm.kill()
            self.expect_unavailable()
            self.tpm.start()
            self.expect_recovery()

    def test_killed_and_back_between_two_requests(self):
        """The lost connection is only noticed by the next command, which then is worth another try or a 503."""
        self.tpm.kill()
        self.tpm.start()
        self.assertIn(self.timed(NEED_THE_TPM[1]).status, (200, 503))
        self.expect_recovery()

    def test_hung_for_twice_the_watchdog_time(self):
        self.tpm.pause()
        self.addCleanup(self.tpm.resume)
        deadline = time.monotonic() + 2 * WATCHDOG
        while time.monotonic() < deadline:
            self.expect_unavailable()
            self.attestd.notify.forget()
            self.assertTrue(self.attestd.notify.wait("WATCHDOG=1", WATCHDOG), "systemd would have killed it")
        self.tpm.resume()
        self.expect_recovery()

    def test_hung_and_then_killed(self):
        self.tpm.pause()
        self.expect_unavailable()
        self.tpm.kill()
        self.expect_unavailable()
        self.tpm.start()
        self.expect_recovery()

    def test_hung_with_many_waiting(self):
        """Each of them gets its answer in time, not one after the other."""
        self.tpm.pause()
        self.addCleanup(self.tpm.resume)
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(self.timed(NEED_THE_TPM[1]))) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([reply.status for reply in replies], [503] * 32)
        self.tpm.resume()
        self.expect_recovery()

    def test_what_needs_no_tpm_goes_on(self):
        self.tpm.pause()
        self.addCleanup(self.tpm.resume)
        for path in ("/metrics", "/v1/openapi.json"):
            self.assertEqual(self.timed(path).status, 200)
        self.tpm.resume()
        self.expect_recovery()


class NotThereYet(unittest.TestCase):
    def test_started_before_the_tpm(self):
        """It starts, says 503, and serves as soon as the TPM is there."""
        requires()
        with Swtpm() as tpm:
            tpm.stop()
            with Attestd(tpm.tcti, CONFIGURATION) as attestd:
                self.assertEqual(attestd.get("/v1/health").status, 503)
                tpm.start()
                deadline = time.monotonic() + RECOVERY_LIMIT
                while attestd.get("/v1/quote?nonce=" + "00" * 16).status != 200:
                    self.assertLess(time.monotonic(), deadline, attestd.log())
                    time.sleep(0.1)


class Removed(DaemonCase):
    """Others who may open the TPM remove what attestd keeps there."""
    shared = True
    limit = 60

    def test_the_key_is_made_again(self):
        key = self.attestd.get("/v1/ak").body
        tool(self.tcti, "tpm2_evictcontrol", "-C", "o", "-c", "0x8101A77E")
        nonce = os.urandom(16)
        reply = self.attestd.get("/v1/quote?nonce=" + nonce.hex())
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(check_bundle(reply.body, nonce), [])
        self.assertEqual(self.attestd.get("/v1/ak").body, key)


if __name__ == "__main__":
    unittest.main()
