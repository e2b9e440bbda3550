# SPDX-License-Identifier: Apache-2.0
"""Doors and [access]: who may ask for what, by socket and by the identity of who opened the connection."""
import grp
import json
import os
import pwd
import shutil
import tempfile
import unittest

from support import DOORS, NOBODY, Attestd, DaemonCase, Swtpm, requires, run

SOME_UID, SOME_GID, OTHER_GID = 54321, 54322, 54323
CONFIGURATION = f"""
[access]
status = user:{SOME_UID}
pcrs = group:{SOME_GID},user:{NOBODY}
quote = user:{pwd.getpwuid(NOBODY).pw_name},group:{grp.getgrgid(0).gr_name}
ak = nobody
metrics = door
"""


def ask(socket_path, path, uid, gid, groups=()):
    """The status of a GET by another user: curl under setpriv(1)."""
    supplementary = ["--groups", ",".join(map(str, groups))] if groups else ["--clear-groups"]
    done = run("setpriv", "--reuid", uid, "--regid", gid, *supplementary, "curl", "-sS", "--max-time", "10",
               "-w", "\n%{http_code}", "--unix-socket", socket_path, f"http://localhost{path}")
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


class Lists(DaemonCase):
    configuration = CONFIGURATION

    @classmethod
    def setUpClass(cls):
        requires("setpriv", "curl")
        super().setUpClass()

    def expect(self, path, status, uid, gid, groups=()):
        with self.subTest(path=path, uid=uid, gid=gid, groups=groups):
            got, body = ask(self.attestd.public, path, uid, gid, groups)
            self.assertEqual(got, status, body)
            if status == 403:
                self.assertTrue(json.loads(body)["detail"])

    def test_user(self):
        self.expect("/v1/status", 200, SOME_UID, OTHER_GID)
        self.expect("/v1/status", 403, NOBODY, SOME_GID)
        self.expect("/v1/status", 403, SOME_GID, SOME_UID)

    def test_root_is_not_above_the_list(self):
        self.expect("/v1/status", 403, 0, 0)

    def test_group(self):
        self.expect("/v1/pcrs", 200, SOME_UID, SOME_GID)
        self.expect("/v1/pcrs", 200, SOME_UID, OTHER_GID, (SOME_GID,))
        self.expect("/v1/pcrs", 200, SOME_UID, OTHER_GID, (1000, 1001, SOME_GID, 1002))
        self.expect("/v1/pcrs", 200, NOBODY, OTHER_GID)
        self.expect("/v1/pcrs", 403, SOME_UID, OTHER_GID)
        self.expect("/v1/pcrs", 403, SOME_UID, OTHER_GID, (1000, 1001))

    def test_names(self):
        quote = "/v1/quote?nonce=" + "00" * 16
        self.expect(quote, 200, NOBODY, OTHER_GID)
        self.expect(quote, 200, 0, 0)
        self.expect(quote, 403, SOME_UID, SOME_GID)

    def test_nobody(self):
        for uid in (0, SOME_UID, NOBODY):
            self.expect("/v1/ak", 403, uid, uid)

    def test_the_rest_is_open(self):
        for path in ("/v1/health", "/metrics", "/v1/openapi.json", "/v1/ek?key_type=rsa-2048"):
            self.expect(path, 200, SOME_UID, SOME_GID)

    def test_lists_hold_on_the_unlock_door(self):
        self.assert_problem(self.attestd.get("/v1/ak", door="unlock"), 403)
        self.assert_problem(self.attestd.get("/v1/status", door="unlock"), 403)

    def test_no_identity_on_tcp(self):
        for path in ("/v1/status", "/v1/pcrs", "/v1/ak"):
            with self.subTest(path=path):
                self.assert_problem(self.attestd.post(path, {}, door="tcp"), 403)
        self.assertEqual(self.attestd.post("/metrics", {}, door="tcp").status, 200)

    def test_the_unlock_door_is_closed_to_others(self):
        with self.assertRaisesRegex(AssertionError, "exit 7"):
            ask(self.attestd.unlock, "/v1/health", SOME_UID, SOME_GID)


class Addresses(unittest.TestCase):
    """--listen takes loopback and Unix sockets, nothing else."""

    @classmethod
    def setUpClass(cls):
        requires()

    def test_refused_at_start(self):
        for address in ("tcp:0.0.0.0:8550", "tcp:192.0.2.1:8550", "tcp:[::]:8550", "tcp:127.0.0.1", "tcp:localhost:1",
                        "tcp:127.0.0.1:99999", "tcp:127.0.0.1:0x50", "unix:", "http:127.0.0.1:1", "", "unix:relative",
                        "unix:/" + "x" * 200):
            with self.subTest(address=address):
                attestd = Attestd("swtpm:path=/nonexistent", listen=[address])
                self.addCleanup(shutil.rmtree, attestd.folder, ignore_errors=True)
                attestd.start(wait=False)
                self.assertNotEqual(attestd.process.wait(20), 0)
                self.assertIn("expected", attestd.log())
                attestd.notify.close()

    def test_loopback_of_both_families(self):
        with Swtpm() as tpm:
            attestd = Attestd(tpm.tcti)
            attestd.listen = [f"tcp:127.0.0.1:{attestd.port}", f"tcp:[::1]:{attestd.port}"]
            with attestd:
                for host in ("127.0.0.1", "[::1]"):
                    if host == "127.0.0.1" or os.path.exists("/proc/net/if_inet6"):
                        done = run("curl", "-sS", "--max-time", "10", f"http://{host}:{attestd.port}/v1/health")
                        self.assertEqual(done.stdout, '{"status":"ok"}')

    def test_a_socket_that_a_dead_daemon_left(self):
        with Swtpm() as tpm, Attestd(tpm.tcti) as attestd:
            attestd.kill()
            attestd.start()
            for door in DOORS:
                self.assertEqual(attestd.get("/v1/health", door=door).status, 200)

    def test_a_path_where_something_else_is(self):
        with tempfile.NamedTemporaryFile() as file:
            attestd = Attestd("swtpm:path=/nonexistent", listen=[f"unix:{file.name}"])
            self.addCleanup(shutil.rmtree, attestd.folder, ignore_errors=True)
            attestd.start(wait=False)
            self.assertNotEqual(attestd.process.wait(20), 0)
            self.assertTrue(os.path.isfile(file.name))
            attestd.notify.close()


if __name__ == "__main__":
    unittest.main()
