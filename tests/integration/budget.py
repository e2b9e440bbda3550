# SPDX-License-Identifier: Apache-2.0
"""What the daemon may cost: memory at rest and per connection, and the time from start to READY."""
import contextlib
import time
import unittest

from support import Attestd, DaemonCase, Swtpm, requires, sanitized

IDLE_MOST = 2.5 * 1024  # KiB of RssAnon
CONNECTION_MOST = 48  # KiB
CONNECTIONS = 200
START_MOST = 0.030  # seconds
STARTS = 15
QUOTE = "/v1/quote?nonce=" + "00" * 16


def requires_plain_build():
    requires()
    if sanitized():
        raise unittest.SkipTest("a build with sanitizers costs more")


class Memory(DaemonCase):
    @classmethod
    def setUpClass(cls):
        requires_plain_build()
        super().setUpClass()

    def test_at_rest(self):
        idle = self.attestd.rss_anon()
        for _ in range(100):
            self.assertEqual(self.attestd.get(QUOTE).status, 200)
        used = self.attestd.rss_anon()
        print(f"# RssAnon {idle} KiB after the start, {used} KiB after 100 quotes")
        self.assertLessEqual(idle, IDLE_MOST)
        self.assertLessEqual(used, IDLE_MOST)

    def test_per_connection(self):
        before = self.attestd.rss_anon()
        with contextlib.ExitStack() as stack:
            for _ in range(CONNECTIONS):
                connection = stack.enter_context(self.attestd.raw())
                connection.sendall(f"GET {QUOTE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                self.assertTrue(connection.recv(8192).startswith(b"HTTP/1.1 200"))
            each = (self.attestd.rss_anon() - before) / CONNECTIONS
        print(f"# {each:.1f} KiB a connection, with {CONNECTIONS} that have been answered and stay")
        self.assertLessEqual(each, CONNECTION_MOST)


class Start(unittest.TestCase):
    def test_start_to_ready(self):
        """The shortest of several, so that what else the machine does counts little."""
        requires_plain_build()
        with Swtpm() as tpm:
            with Attestd(tpm.tcti):
                pass  # makes the AK
            times = []
            for _ in range(STARTS):
                with Attestd(tpm.tcti) as attestd:
                    attestd.stop()
                    begun = time.monotonic()
                    attestd.start()
                    times.append(time.monotonic() - begun)
        times.sort()
        print(f"# start to READY: {times[0] * 1000:.1f} ms at best, median {times[STARTS // 2] * 1000:.1f} ms")
        self.assertLessEqual(times[0], START_MOST)


if __name__ == "__main__":
    unittest.main()
