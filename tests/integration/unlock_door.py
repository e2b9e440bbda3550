# SPDX-License-Identifier: Apache-2.0
"""The two extends that unlocking needs: through the unlock door only, in every active bank, once, and of bytes that are
computed here by hashlib alone; and what /v1/status shows of a report that anybody may have written."""
import hashlib
import json
import os
import signal
import threading
import time

from support import Attestd, DaemonCase, Swtpm, run

BANKS = ("sha1", "sha256", "sha384", "sha512")
DIGEST = hashlib.sha384(b"sealed").hexdigest()
REFUSED = [*range(14), 15, 16, 23]
REPORT = {"type": "attestd-unlock-report", "result": "done", "started": "2026-02-03T10:12:02Z",
          "finished": "2026-02-03T10:12:03Z", "detail": "", "root": "aws", "capped": True,
          "milliseconds": {"key": 90, "document": 20, "kms": 30, "cap": 2, "delivery": 1},
          "secrets": [{"name": "db-password", "state": "delivered", "required": True, "detail": ""}]}


def extended(bank, value, event):
    digest = hashlib.new(bank, event).digest()
    return hashlib.new(bank, bytes.fromhex(value) + digest).hexdigest()


class DoorCase(DaemonCase):
    banks = BANKS

    def pcr(self, bank, pcr=14):
        return self.attestd.get(f"/v1/pcrs?bank={bank}&pcrs={pcr}").body["pcrs"][str(pcr)]

    def values(self):
        return {bank: self.pcr(bank) for bank in BANKS}

    def measure(self, door="unlock", **members):
        return self.attestd.post("/v1/unlock/measure", {"pcr": 14, "digest": DIGEST, **members}, door=door)

    def cap(self, door="unlock", **members):
        return self.attestd.post("/v1/unlock/cap", {"pcr": 14, **members}, door=door)

    def assert_extended(self, ask, event):
        before = self.values()
        reply = ask()
        self.assertEqual(reply.status, 200, reply.body)
        expected = {bank: extended(bank, value, event) for bank, value in before.items()}
        self.assertEqual(reply.body, {"pcr": 14, "extended": True, "values": expected})
        self.assertEqual(self.values(), expected)


class Extends(DoorCase):
    def test_values(self):
        raw = bytes.fromhex(DIGEST)
        self.assert_extended(lambda: self.measure(secret="db-password"), b"attestd-secret\0db-password\0" + raw)
        self.assert_extended(lambda: self.measure(secret="a" * 128), b"attestd-secret\0" + b"a" * 128 + b"\0" + raw)
        self.assert_extended(self.measure, b"attestd-config\0" + raw)
        self.assert_extended(self.cap, b"attestd-cap")

    def test_asked_again(self):
        """With `before`, an extend runs once however often it is asked for; after another one it does not run."""
        before = self.pcr("sha384")
        first = self.cap(before=before)
        again = self.cap(before=before)
        self.assertEqual((first.body["extended"], again.body["extended"]), (True, False))
        self.assertEqual(first.body["values"], again.body["values"])
        self.assertEqual(first.body["values"], self.values())
        self.assert_problem(self.measure(secret="x", before=before), 403)
        self.assertEqual(first.body["values"], self.values())
        self.assertTrue(self.measure(secret="x", before=self.pcr("sha384")).body["extended"])

    def test_doors(self):
        before = self.values()
        for door in ("public", "tcp"):
            for ask in (self.measure, self.cap):
                self.assert_problem(ask(door=door), 403)
        for path in ("/v1/unlock/measure", "/v1/unlock/cap"):
            self.assertEqual(self.attestd.get(path, door="unlock").status, 405)
        self.assertEqual(self.values(), before)

    def test_refused_pcrs(self):
        self.assertEqual(self.attestd.get("/v1/pcrs?pcrs=0-15,16,23").status, 200)
        before = self.attestd.get("/v1/pcrs?pcrs=0-23").body
        for pcr in REFUSED:
            for ask in (self.measure, self.cap):
                self.assert_problem(ask(pcr=pcr), 400, "pcr")
        for pcr in (24, -1, "14", 14.0, None, True, 1 << 64):
            self.assert_problem(self.cap(pcr=pcr), 400)
        self.assertEqual(self.attestd.get("/v1/pcrs?pcrs=0-23").body, before)

    def test_malformed(self):
        before = self.values()
        for members in ({"secret": ""}, {"secret": "."}, {"secret": "../x"}, {"secret": "a/b"}, {"secret": "a b"},
                        {"secret": "a" * 129}, {"secret": "a\0b"}, {"secret": "ä"}, {"secret": 1}, {"digest": DIGEST[2:]},
                        {"digest": DIGEST + "00"}, {"digest": ""}, {"before": "00"}, {"other": "x"}):
            with self.subTest(members):
                self.assert_problem(self.measure(**members), 400)
        for body in ({}, {"pcr": 14}, {"digest": DIGEST}):
            self.assert_problem(self.attestd.post("/v1/unlock/measure", body, door="unlock"), 400)
        self.assertEqual(self.values(), before)


class Narrowed(DoorCase):
    configuration = "[access]\nunlock-measure = nobody\nunlock-cap = user:12345\n"

    def test_nobody(self):
        for ask in (self.measure, self.cap):
            self.assert_problem(ask(), 403)


class LostTpm(DoorCase):
    """swtpm answers nothing, dies or comes back in the middle: the extend ran once or not at all, and the caller knows."""

    configuration = "[tpm]\ncommand-timeout = 1s\n[daemon]\nrequest-timeout = 2s\n"
    limit = 120

    def test_hang(self):
        for _ in range(3):
            before = self.values()
            self.tpm.pause()
            try:
                self.assert_problem(self.cap(before=before["sha384"]), 503)
            finally:
                self.tpm.resume()
            deadline = time.monotonic() + 30
            while (reply := self.cap(before=before["sha384"])).status != 200 and time.monotonic() < deadline:
                time.sleep(0.2)
            self.assertEqual(reply.body["values"], {bank: extended(bank, value, b"attestd-cap")
                                                    for bank, value in before.items()})


class Status(DaemonCase):
    def setUp(self):
        self.path = os.path.join(self.attestd.folder, "report.json")
        self.attestd.configure(f"[unlock]\nreport = {self.path}\n")
        os.kill(self.attestd.process.pid, signal.SIGHUP)
        deadline = time.monotonic() + 10
        while self.unlock() != {"state": "none"} and time.monotonic() < deadline:
            time.sleep(0.05)

    def tearDown(self):
        run("rm", "-rf", self.path)

    def unlock(self, door="public"):
        return self.attestd.get("/v1/status", door=door).body.get("unlock")

    def write(self, content):
        with open(self.path, "wb") as file:
            file.write(content if isinstance(content, bytes) else json.dumps(content).encode())

    def test_shown(self):
        self.write(REPORT)
        shown = {key: value for key, value in REPORT.items() if key != "type"}
        self.assertEqual(self.unlock(), {"state": "read", **shown})
        self.assertEqual(self.unlock("unlock"), {"state": "read", **shown})
        self.assertNotIn("unlock", self.attestd.post("/v1/status", door="tcp").body)

    def test_hostile(self):
        secret = REPORT["secrets"][0]
        for change in ({"more": 1}, {"type": "x"}, {"result": "DONE"}, {"started": "now"}, {"detail": "a\n"},
                       {"detail": "x" * 256}, {"detail": "ä"}, {"root": 1}, {"capped": "yes"}, {"milliseconds": {}},
                       {"milliseconds": {**REPORT["milliseconds"], "kms": -1}}, {"secrets": {}}, {"secrets": [None]},
                       {"secrets": [{**secret, "value": "x"}]}, {"secrets": [{**secret, "name": "../x"}]},
                       {"secrets": [{**secret, "state": ""}]}, {"secrets": [secret] * 129}):
            with self.subTest(change):
                self.write({**REPORT, **change})
                self.assertEqual(self.unlock(), {"state": "unreadable"})
        whole = json.dumps(REPORT).encode()
        for content in (b"", b"{", whole[:-1], whole + b"x", b"\0" * 300000, b"[" * 100000, b" " * 200000 + whole,
                        os.urandom(1000)):
            self.write(content)
            self.assertEqual(self.unlock(), {"state": "unreadable"})

    def test_no_file(self):
        for make in (lambda: os.mkfifo(self.path), lambda: os.mkdir(self.path),
                     lambda: os.symlink("/etc/passwd", self.path), lambda: os.symlink("/dev/zero", self.path)):
            make()
            self.assertEqual(self.unlock(), {"state": "unreadable"})
            run("rm", "-rf", self.path)
