# SPDX-License-Identifier: Apache-2.0
"""Event logs: served as they are and as JSON, replayed for the status, in quotes, while they grow, and where they are
long, cut, malformed, unreadable or not files at all."""
import base64
import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
import unittest

from eventlogs import Machine, ima_entry, read
from logs import digests
from support import ATTESTCTL, Attestd, DaemonCase, Multiplexer, Swtpm, requires, run, sanitized
from tpm import check_bundle

NOBODY = 65534


class EventlogCase(DaemonCase):
    """A TPM whose PCRs are those of a boot that left three logs."""

    shared = True
    files = 20

    @classmethod
    def setUpClass(cls):
        requires()
        cls.tpm = Swtpm()
        cls.addClassCleanup(cls.tpm.close)
        cls.tpm.start()
        path = cls.enterClassContext(Multiplexer(cls.tpm)).path
        cls.tcti = f"swtpm:path={path}"
        cls.folder = tempfile.mkdtemp(prefix="attestd-test-")
        os.chmod(cls.folder, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.machine = Machine(cls.folder, path)
        cls.prepare()
        cls.attestd = Attestd(cls.tcti, cls.machine.configuration() + cls.configuration)
        cls.addClassCleanup(cls.attestd.close)
        cls.attestd.start()

    @classmethod
    def prepare(cls):
        cls.machine.boot()
        cls.machine.boot_aggregate()
        cls.machine.measure_files(f"/usr/bin/program-{number}" for number in range(cls.files))
        cls.machine.measure_phase("enter-initrd")
        cls.machine.measure_phase("machine-id:" + "a" * 32, 15, "machine-id")

    def status(self):
        return self.attestd.get("/v1/status").body["eventlog"]

    def settled(self, limit=60):
        """The state once a long log is read."""
        deadline = time.monotonic() + limit
        while (state := self.status())["replay"] == "reading" and time.monotonic() < deadline:
            time.sleep(0.2)
        return state

    def verify(self, bundle, nonce, check=True):
        """As whoever asked for it does; the logs of a bundle have to make its values exactly."""
        path, key = os.path.join(self.folder, "bundle.json"), os.path.join(self.folder, "ak.pem")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(bundle, file)
        with open(key, "w", encoding="ascii") as file:
            file.write(bundle["ak"]["pem"])
        return run(ATTESTCTL, "verify", "quote", "--ak", key, "--nonce", nonce.hex(), path, check=check)

    def quote(self, **members):
        nonce = os.urandom(16)
        reply = self.attestd.post("/v1/quote", {"nonce": nonce.hex(), "eventlog": "true", **members})
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(check_bundle(reply.body, nonce), [])
        self.verify(reply.body, nonce)
        return {name: base64.b64decode(reply.body[name]) for name in reply.body if name.startswith("eventlog")}


class Served(EventlogCase):
    def test_raw_is_the_file(self):
        for log in ("firmware", "ima", "userspace"):
            for door in ("public", "unlock"):
                with self.subTest(log=log, door=door):
                    reply = self.attestd.get(f"/v1/eventlog?log={log}&format=raw", door=door)
                    self.assertEqual((reply.status, reply.headers.get_content_type()),
                                     (200, "application/octet-stream"))
                    self.assertEqual(reply.body, read(getattr(self.machine, log)))

    def test_json(self):
        reply = self.attestd.post("/v1/eventlog", {})
        self.assertEqual(reply.headers.get_content_type(), "application/json")
        self.assertEqual((reply.body["log"], reply.body["bytes"]),
                         ("firmware", os.path.getsize(self.machine.firmware)))
        self.assertNotIn("rest", reply.body)
        types = [event["type"] for event in reply.body["events"]]
        self.assertEqual(types.count("EV_SEPARATOR"), 8)
        self.assertEqual([event["event"] for event in reply.body["events"]], list(range(len(types))))
        files = self.attestd.post("/v1/eventlog", {"log": "ima"}).body["events"]
        self.assertEqual([entry["path"] for entry in files[1:3]], ["/usr/bin/program-0", "/usr/bin/program-1"])
        phases = self.attestd.get("/v1/eventlog?log=userspace").body["events"]
        self.assertEqual((phases[0]["pcr"], phases[0]["string"]), (11, "enter-initrd"))

    def test_not_over_tcp(self):
        self.assert_problem(self.attestd.post("/v1/eventlog", {}, door="tcp"), 403)
        reply = self.attestd.post("/v1/quote", {"nonce": "00" * 16, "eventlog": "true"}, door="tcp")
        self.assert_problem(reply, 403)
        self.assertIn("Unix socket", reply.body["detail"])
        reply = self.attestd.post("/v1/quote", {"nonce": "00" * 16, "eventlog": "false"}, door="tcp")
        self.assertEqual(reply.status, 200)
        self.assertNotIn("eventlog", reply.body)

    def test_malformed_parameters(self):
        for name, value in (("log", "bios"), ("format", "cbor"), ("lines", "3")):
            self.assert_problem(self.attestd.post("/v1/eventlog", {name: value}), 400, name)
        self.assert_problem(self.attestd.post("/v1/quote", {"nonce": "00" * 16, "eventlog": "yes"}), 400, "eventlog")

    def test_status(self):
        state = self.settled()
        self.assertEqual(state["replay"], "matches", state)
        self.assertNotIn("first_mismatch", state)
        self.assertEqual(state["inactive_banks"], [])
        self.assertEqual([state[log]["events"] for log in ("ima", "userspace")], [self.files + 1, 2])
        for log in ("firmware", "ima", "userspace"):
            self.assertEqual(state[log]["state"], "read")
            self.assertEqual(state[log]["bytes"], os.path.getsize(getattr(self.machine, log)))
        metrics = self.attestd.get("/metrics").body.decode()
        self.assertIn(f'attestd_eventlog_events{{log="ima"}} {self.files + 1}\n', metrics)
        self.assertIn("attestd_eventlog_mismatch 0\n", metrics)

    def test_quote_has_the_logs_of_what_is_quoted(self):
        whole = {"eventlog": read(self.machine.firmware), "eventlog_ima": read(self.machine.ima),
                 "eventlog_userspace": read(self.machine.userspace)}
        self.assertEqual(self.quote(), whole)
        self.assertEqual(set(self.quote(pcrs="0-9")), {"eventlog"})
        self.assertEqual(set(self.quote(pcrs="0-10", bank="sha256")), {"eventlog", "eventlog_ima"})
        self.assertEqual(set(self.quote(pcrs="15")), {"eventlog", "eventlog_userspace"})
        self.assertEqual(set(self.quote(pcrs="12")), {"eventlog"})

    def test_without_being_asked_there_is_none(self):
        self.assertNotIn("eventlog", self.attestd.get("/v1/quote?nonce=" + "00" * 16).body)

    def test_attestctl(self):
        url = f"unix:{self.attestd.public}"
        told = run(ATTESTCTL, "status", "--url", url).stdout
        self.assertRegex(told, r"logs and PCRs +matches\n")
        path = os.path.join(self.folder, "ima.raw")
        run(ATTESTCTL, "eventlog", "--log", "ima", "-o", path, "--url", url)
        self.assertEqual(read(path), read(self.machine.ima))

    def test_keep_alive(self):
        """After a log in pieces the connection goes on."""
        with contextlib.closing(self.attestd.connection()) as connection:
            for _ in range(3):
                connection.request("GET", "/v1/eventlog?log=ima&format=raw")
                self.assertEqual(connection.getresponse().read(), read(self.machine.ima))


class Growing(EventlogCase):
    """Cases in the order of their names: the logs grow from one to the next."""

    def test_1_the_log_is_ahead_of_the_quote(self):
        """The kernel writes an entry into its list before it extends: such an entry is not in the quote's log."""
        before = read(self.machine.ima)
        self.machine.measure_files(["/usr/bin/ahead"], extending=False)
        self.assertEqual(self.quote()["eventlog_ima"], before)
        self.assertEqual(self.status()["replay"], "matches")
        _, data = ima_entry("/usr/bin/ahead")
        self.machine.extend(10, digests(data, self.machine.banks))
        self.assertEqual(self.quote()["eventlog_ima"], read(self.machine.ima))
        self.assertEqual(self.settled()["replay"], "matches")

    def test_2_half_an_entry(self):
        entry, data = ima_entry("/usr/bin/half")
        self.machine.append(self.machine.ima, entry[:50])
        self.assertEqual(self.status()["replay"], "matches")
        self.machine.append(self.machine.ima, entry[50:])
        self.machine.extend(10, digests(data, self.machine.banks))
        self.assertEqual(self.status()["replay"], "matches")

    def test_3_while_it_grows(self):
        """Quotes and states of any moment agree with the logs."""
        over = threading.Event()

        def grow():
            number = 0
            while not over.is_set():
                self.machine.measure_files([f"/usr/lib/{number}"])
                number += 1
                time.sleep(0.05)  # or the PCRs never hold still

        thread = threading.Thread(target=grow)
        thread.start()
        try:
            for _ in range(15):
                self.assertEqual(self.settled()["replay"], "matches", self.status())
                log = self.quote()["eventlog_ima"]
                self.assertTrue(read(self.machine.ima).startswith(log))
        finally:
            over.set()
            thread.join()
        self.assertEqual(self.quote()["eventlog_ima"], read(self.machine.ima))

    def test_4_new_entries_are_read_alone(self):
        before = self.status()["ima"]
        self.machine.measure_files(f"/opt/{number}" for number in range(1000))
        start = time.monotonic()
        state = self.settled()
        self.assertLess(time.monotonic() - start, 5)  # with sanitizers, on a busy machine
        self.assertEqual(state["replay"], "matches", state)
        self.assertEqual(state["ima"]["events"], before["events"] + 1000)

    def test_5_phases(self):
        self.machine.measure_phase("leave-initrd")
        self.machine.measure_phase("sysinit")
        self.assertEqual(self.status()["replay"], "matches")
        self.assertEqual(self.quote()["eventlog_userspace"], read(self.machine.userspace))

    def test_6_replaced_and_cut_logs_are_read_again(self):
        content = read(self.machine.userspace)
        self.machine.write(self.machine.userspace, b"")  # cut
        self.assertEqual((self.status()["replay"], self.status()["userspace"]["events"]), ("unexplained", 0))
        self.machine.write(self.machine.userspace + ".new", content)
        os.rename(self.machine.userspace + ".new", self.machine.userspace)
        self.assertEqual(self.status()["replay"], "matches")
        content = read(self.machine.ima)
        self.machine.write(self.machine.ima + ".new", content)
        os.rename(self.machine.ima + ".new", self.machine.ima)
        self.assertEqual(self.settled()["replay"], "matches")

    def test_7_what_no_log_has(self):
        self.machine.extend(14, digests(b"an application", self.machine.banks))
        state = self.status()
        self.assertEqual((state["replay"], state["first_mismatch"]["pcr"]), ("unexplained", 14))

    def test_8_what_the_log_lacks(self):
        self.machine.extend(9, digests(b"an event", self.machine.banks))
        self.machine.extend(4, digests(b"another", self.machine.banks))
        for _ in range(2):
            state = self.status()
            self.assertEqual(state["replay"], "differs")
            self.assertEqual((state["first_mismatch"]["pcr"], state["first_mismatch"]["bank"]), (4, "sha256"))
            self.assertTrue(state["first_mismatch"]["note"])
        self.assertEqual(self.attestd.log().count("don't make PCR 4 of the sha256 bank"), 1, self.attestd.log())
        self.assertIn("attestd_eventlog_mismatch 1\n", self.attestd.get("/metrics").body.decode())

    def test_9_such_a_quote_does_not_hold(self):
        nonce = os.urandom(16)
        bundle = self.attestd.get(f"/v1/quote?eventlog=true&nonce={nonce.hex()}").body
        self.assertEqual(bundle["eventlog"], base64.b64encode(read(self.machine.firmware)).decode())
        self.assertEqual(self.verify(bundle, nonce, check=False).returncode, 1)


class Padded(EventlogCase):
    @classmethod
    def prepare(cls):
        cls.machine.boot(padding=b"\xff" * 300)

    def test_padding_is_told(self):
        reply = self.attestd.get("/v1/eventlog")
        self.assertEqual(reply.body["rest"]["kind"], "padding")
        self.assertEqual(reply.body["bytes"] + reply.body["rest"]["bytes"], os.path.getsize(self.machine.firmware))
        self.assertEqual(self.attestd.get("/v1/eventlog?format=raw").body, read(self.machine.firmware))

    def test_logs_that_are_not_there(self):
        for log in ("ima", "userspace"):
            for form in ("json", "raw"):
                self.assert_problem(self.attestd.get(f"/v1/eventlog?log={log}&format={form}"), 404)
        state = self.status()
        self.assertEqual((state["ima"]["state"], state["userspace"]["state"]), ("absent", "absent"))
        self.assertEqual(state["replay"], "matches")
        self.assertEqual(set(self.quote()), {"eventlog"})


class Bad(DaemonCase):
    """Files that are no logs. The TPM has nothing measured."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="attestd-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.machine = Machine(cls.folder)
        cls.configuration = cls.machine.configuration() + "[daemon]\nrequest-timeout = 3s\n"
        super().setUpClass()

    def tearDown(self):
        for path in (self.machine.firmware, self.machine.ima, self.machine.userspace):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def states(self):
        state = self.attestd.get("/v1/status").body["eventlog"]
        return [state[log]["state"] for log in ("firmware", "ima", "userspace")]

    def test_none(self):
        self.assertEqual(self.states(), ["absent"] * 3)
        reply = self.attestd.get("/v1/eventlog")
        self.assert_problem(reply, 404)
        self.assertIn(self.machine.firmware, reply.body["detail"])
        self.assertEqual(self.attestd.get("/v1/quote?eventlog=true&nonce=" + "00" * 16).status, 200)

    def test_fifos(self):
        for path in (self.machine.firmware, self.machine.ima, self.machine.userspace):
            os.mkfifo(path)
        start = time.monotonic()
        self.assertEqual(self.states(), ["unreadable"] * 3)
        for log in ("firmware", "ima", "userspace"):
            self.assert_problem(self.attestd.get(f"/v1/eventlog?log={log}&format=raw"), 503)
        self.assertLess(time.monotonic() - start, 3)

    def test_malformed(self):
        for path in (self.machine.firmware, self.machine.ima, self.machine.userspace):
            self.machine.write(path, b"\xfe" * 5000)
        self.assertEqual(self.states(), ["unreadable"] * 3)
        for log in ("firmware", "ima", "userspace"):
            self.assert_problem(self.attestd.get(f"/v1/eventlog?log={log}"), 503)
            self.assertEqual(self.attestd.get(f"/v1/eventlog?log={log}&format=raw").body, b"\xfe" * 5000)
        self.assert_problem(self.attestd.get("/v1/quote?eventlog=true&nonce=" + "00" * 16), 503)
        self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "00" * 16).status, 200)

    def test_malformed_behind_good_entries(self):
        entries = b"".join(ima_entry(f"/bin/{number}")[0] for number in range(3000))
        self.machine.write(self.machine.ima, entries + b"\xfe" * 500)
        reply = self.attestd.get("/v1/eventlog?log=ima").body
        self.assertEqual((len(reply["events"]), reply["bytes"]), (3000, len(entries)))
        self.assertTrue(reply["error"]["expected"])

    def test_cut(self):
        entries = b"".join(ima_entry(f"/bin/{number}")[0] for number in range(10))
        self.machine.write(self.machine.ima, entries[:-7])
        reply = self.attestd.get("/v1/eventlog?log=ima").body
        self.assertEqual((len(reply["events"]), reply["rest"]["kind"]), (9, "cut"))
        self.assertEqual(reply["bytes"] + reply["rest"]["bytes"], len(entries) - 7)

    def test_an_endless_log(self):
        """Somebody writes as fast as he can: what was there when it was asked for comes, and others are served."""
        entries = b"".join(ima_entry(f"/bin/{number}")[0] for number in range(2000))
        self.machine.write(self.machine.ima, entries)
        over = threading.Event()

        def write():
            while not over.is_set() and os.path.getsize(self.machine.ima) < 300 << 20:
                self.machine.append(self.machine.ima, entries)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            for _ in range(3):
                start = time.monotonic()
                self.assertEqual(self.attestd.get("/v1/health").status, 200)
                self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "00" * 16).status, 200)
                self.assertLess(time.monotonic() - start, 3)
                self.assertEqual(self.attestd.get("/v1/status").status, 200)
        finally:
            over.set()
            thread.join()


class Long(DaemonCase):
    """A log of 20 MB of entries that nobody measured."""

    limit = 300
    entries = 200000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="attestd-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.machine = Machine(cls.folder)
        cls.configuration = cls.machine.configuration() + "[daemon]\nidle-timeout = 1s\n"
        super().setUpClass()
        with open(cls.machine.ima, "wb") as file:
            for number in range(cls.entries):
                file.write(ima_entry(f"/usr/share/files/{number}")[0])

    def drain(self, path, pause=0):
        """The SHA-256 and the size of what comes, and the most memory the daemon had."""
        digest, size, most = hashlib.sha256(), 0, 0
        with contextlib.closing(self.attestd.connection()) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            self.assertEqual(response.status, 200)
            while part := response.read(1 << 20):
                digest.update(part)
                size += len(part)
                most = max(most, self.attestd.rss_anon())
                time.sleep(pause)
        return digest.hexdigest(), size, most

    def test_memory_and_time(self):
        """It takes longer than idle-timeout, but it goes on."""
        before = self.attestd.rss_anon()
        start = time.monotonic()
        digest, size, most = self.drain("/v1/eventlog?log=ima&format=raw", pause=0.15)
        self.assertGreater(time.monotonic() - start, 1.5)
        self.assertEqual((digest, size),
                         (hashlib.sha256(read(self.machine.ima)).hexdigest(), os.path.getsize(self.machine.ima)))
        _, _, most_json = self.drain("/v1/eventlog?log=ima")
        if not sanitized():
            self.assertLess(max(most, most_json) - before, 4096)

    def test_the_state_comes_to_an_end(self):
        """However often somebody asks meanwhile."""
        deadline = time.monotonic() + 120
        while (state := self.attestd.get("/v1/status").body["eventlog"])["ima"]["events"] < self.entries \
                or state["replay"] == "reading":
            self.assertLess(time.monotonic(), deadline, state)
            time.sleep(0.02)

    def test_json_is_whole(self):
        reply = self.attestd.get("/v1/eventlog?log=ima", timeout=120).body
        self.assertEqual(len(reply["events"]), self.entries)
        self.assertEqual(reply["events"][-1]["path"], f"/usr/share/files/{self.entries - 1}")

    def test_who_does_not_read_is_ended(self):
        with contextlib.closing(self.attestd.raw()) as client:
            client.sendall(b"GET /v1/eventlog?log=ima&format=raw HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(3)
            client.settimeout(10)
            with contextlib.suppress(ConnectionResetError):
                got = 0
                while part := client.recv(1 << 20):
                    got += len(part)
                self.assertLess(got, os.path.getsize(self.machine.ima))

    def test_many_who_go_away(self):
        for _ in range(60):
            with contextlib.closing(self.attestd.raw()) as client:
                client.sendall(b"GET /v1/eventlog?log=ima HTTP/1.1\r\nHost: x\r\n\r\n")
                client.recv(100)
        deadline = time.monotonic() + 20
        while self.attestd.get("/v1/eventlog?log=ima&format=raw", timeout=60).status != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)

    def test_too_many_at_once(self):
        """Each holds a descriptor and a window: more than the limit get 429."""
        clients = [self.attestd.raw() for _ in range(40)]
        try:
            for client in clients:
                client.sendall(b"GET /v1/eventlog?log=ima&format=raw HTTP/1.1\r\nHost: x\r\n\r\n")
            heads = [client.recv(12) for client in clients]
            self.assertEqual({head.split()[1] for head in heads}, {b"200", b"429"})
        finally:
            for client in clients:
                client.close()

    def test_not_in_quotes(self):
        reply = self.attestd.get("/v1/quote?eventlog=true&nonce=" + "00" * 16)
        self.assertEqual(reply.status, 200)
        self.assertNotIn("eventlog_ima", reply.body)
        self.assertIn("ima event log is left out", self.attestd.log())


class Access(DaemonCase):
    configuration = "[access]\neventlog = user:nobody\n"

    def test_not_on_the_list(self):
        self.assert_problem(self.attestd.get("/v1/eventlog"), 403)
        self.assert_problem(self.attestd.get("/v1/quote?eventlog=true&nonce=" + "00" * 16), 403)
        self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "00" * 16).status, 200)

    def test_on_the_list(self):
        child = os.fork()
        if child == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os._exit(0 if self.attestd.get("/v1/eventlog?log=ima").status == 404 else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)


if __name__ == "__main__":
    unittest.main()
