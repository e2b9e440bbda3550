# SPDX-License-Identifier: Apache-2.0
"""Faults of this machine, a test each: of attestd and its TPM, of where secrets go, of whoever ends a run or forges its
report. What is asserted of each is in unlock_fault_case.py; the faults of AWS and the network are in unlock_faults.py.

    class      faults
    Attestd    13  restarting, absent, late, silent, the wrong door; TPM failing, NSM failing, garbage, cut, expired, busy;
                   another type, an endless answer
    Lies       13  another key, no key, an old nonce, no nonce, replayed, an enclave's, garbage, empty, another authority,
                   changed, another instance, a cap that was not made, an extend that was another's
    Places     10  full, swap, a link, open to all, another's, another file system, read-only, a folder in its place, gone, no
                   folder for the report
    Stages     13  SIGTERM and kill -9 at each of five stages, and a moment later; SIGTERM before a workload; two at once, one
                   of which is killed
    Reports     3  forged, a link or a folder in its place
    together   52
"""
import contextlib
import os
import shutil
import signal
import tempfile
import time
import unittest

import aws
from liar import Liar, key_of, nonce_of
from support import NOBODY, NotifySocket, run
from unlock_fault_case import FAILED, OK, REFUSED, SECRET, STARTED, FaultCase
from unlocker import CAP, CAPPED, ZERO, Unlocker, requires_unlock

SHORT = "4s"


class Attestd(FaultCase):
    def test_restarts_in_mid_run(self):
        """Between the document and the cap."""
        self.addCleanup(self.world.reset)
        self.world.extra = f"cap-pcr = {CAP}"
        self.world.aws.fault("slow", seconds=3, service="kms", operation="Decrypt")
        process = self.world.start_run()
        time.sleep(2)
        self.world.attestd.kill()
        self.world.attestd.start()
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, OK, said)
        self.assertEqual((self.world.output("a"), self.world.pcr(CAP)), (SECRET, CAPPED))

    def test_absent(self):
        self.world.timeout = SHORT
        self.world.door = f"unix:{self.world.folder}/none.sock"
        self.assert_fails(FAILED, "none.sock")

    def test_late(self):
        self.world.attestd.stop()
        process = self.world.start_run()
        time.sleep(3)
        self.world.attestd.start()
        said, _ = process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.world.output("a")), (OK, SECRET), said)

    def test_silent(self):
        """It takes connections, and says nothing."""
        self.world.timeout = SHORT
        self.world.attestd.process.send_signal(signal.SIGSTOP)
        try:
            self.assert_fails(FAILED, "attestd")
        finally:
            self.world.attestd.process.send_signal(signal.SIGCONT)

    def test_the_wrong_door(self):
        self.world.door = f"unix:{self.world.attestd.public}"
        self.assert_fails(REFUSED, "/v1/document", "403")

    def fails_by(self, fault, status, *words):
        self.world.timeout = SHORT
        self.world.sim.fault(fault)
        self.assert_fails(status, *words)
        self.assertEqual(self.world.decrypts(), [])

    def test_tpm_failing(self):
        self.fails_by("fail=0x101", FAILED, "attestd to answer /v1/document")

    def test_nsm_failing(self):
        self.fails_by("nsm-error=InternalError", FAILED, "attestd to answer /v1/document")

    def test_tpm_garbage(self):
        self.fails_by("garbage", FAILED, "document")

    def test_tpm_cut(self):
        self.fails_by("truncated", FAILED, "document")

    def test_certificate_over(self):
        self.fails_by("expired", REFUSED, "valid_until", "expired")

    def test_tpm_busy(self):
        self.world.sim.fault("busy,count=2")
        self.assert_done_all()

    def test_another_type(self):
        with Liar(self.world.folder, self.world.attestd) as liar:
            self.world.door, liar.kind = liar.address, "text/html"
            self.assert_fails(REFUSED, "application/cose")

    def test_endless(self):
        with Liar(self.world.folder, self.world.attestd) as liar:
            self.world.door, liar.document = liar.address, lambda request, truth: b"x" * (4 << 20)
            self.assert_fails(FAILED, "an answer of at most")


class Lies(FaultCase):
    """attestd says what it likes; documents under its own authority are made by an independent writer."""

    @classmethod
    def setUpClass(cls):
        requires_unlock()
        aws.use_modules()
        from documents import ROOT, Chain

        cls.now = int(time.time())
        cls.chain, cls.others = Chain(cls.now), Chain(cls.now)
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="unlock-chain-"))
        cls.root = os.path.join(folder, "root.pem")
        with open(cls.root, "wb") as file:
            file.write(cls.chain.levels[ROOT].pem())
        cls.world = cls.enterClassContext(Unlocker(roots=[cls.root]))

    def setUp(self):
        super().setUp()
        self.liar = self.enterContext(Liar(self.world.folder, self.world.attestd))
        self.world.door = self.liar.address
        shutil.copy(self.root, self.world.folder + "/chain.pem")

    def make(self, request, chain=None, wrong=None, **more):
        from documents import Document

        self.world.root = self.world.folder + "/chain.pem"
        fields = {"nonce": nonce_of(request), "public_key": key_of(request), **(wrong or {})}
        return Document(chain or self.chain, int(time.time()), fields=fields, **more).encode()

    def assert_refused(self, *words, status=REFUSED):
        self.world.extra = f"cap-pcr = {CAP}"
        self.assert_fails(status, *words)
        self.assertEqual(self.world.decrypts(), [])

    def use(self, **more):
        self.world.root = self.world.folder + "/chain.pem"
        self.liar.document = lambda request, truth: self.make(request, **more)

    def test_the_writer_is_right(self):
        self.use()
        self.assert_done_all()

    def other_key(self):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(65537, 2048).public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def test_another_key(self):
        self.use(wrong={"public_key": self.other_key()})
        self.assert_refused("public_key")

    def test_no_key(self):
        self.use(wrong={"public_key": None})
        self.assert_refused("public_key")

    def test_an_old_nonce(self):
        self.use(wrong={"nonce": b"\x01" * 32})
        self.assert_refused("nonce")

    def test_no_nonce(self):
        self.use(wrong={"nonce": None})
        self.assert_refused("nonce")

    def test_replayed(self):
        """The first is true; the second, that is to show the cap, is the first again."""
        self.addCleanup(self.world.reset)
        kept = []

        def document(_, truth):
            kept.append(kept[0] if kept else truth())
            return kept[0]

        self.liar.document = document
        self.world.extra = f"cap-pcr = {CAP}"
        self.assert_fails(REFUSED, "nonce")
        self.assertEqual(len(kept), 2)

    def test_an_enclave(self):
        self.use(enclave=True)
        self.assert_refused("NitroTPM")

    def test_garbage(self):
        for content in (b"\xff" * 3000, b"{}", b"x"):
            self.liar.document = lambda request, truth, content=content: content
            self.assert_refused("attestd's document", status=FAILED)

    def test_empty(self):
        self.liar.document = lambda request, truth: b""
        self.assert_refused("attestd's document", status=FAILED)

    def test_another_authority(self):
        self.use(chain=self.others)
        self.assert_refused("a root that is trusted")

    def test_changed(self):
        """A true one, but for a bit of its signature."""
        self.liar.document = lambda request, truth: (lambda true: true[:-1] + bytes([true[-1] ^ 1]))(truth())
        self.assert_refused("signature")

    def test_another_instance(self):
        """The second document is of another machine, which is capped."""
        count = []

        def document(request, _):
            count.append(1)
            pcrs = {index: bytes(48) for index in range(24)}
            return self.make(request, wrong={"module_id": f"i-0123456789abcdef{len(count)}-tpm0000000000000000",
                                             "nitrotpm_pcrs": pcrs})

        self.liar.document = document
        self.world.root = self.world.folder + "/chain.pem"
        self.world.extra = f"cap-pcr = {CAP}"
        self.liar.extend = lambda path, request, truth: {"pcr": CAP, "extended": True, "values": {}}
        self.assert_fails(REFUSED, "module")
        self.assertEqual(len(count), 2)

    def test_a_cap_that_was_not_made(self):
        self.world.extra = f"cap-pcr = {CAP}"
        self.liar.extend = lambda path, request, truth: {"pcr": CAP, "extended": True, "values": {"sha384": CAPPED}}
        self.assert_fails(REFUSED, f"PCR {CAP} capped in the second document")
        self.assertEqual(self.world.pcr(CAP), ZERO)

    def test_another_extend(self):
        """Asked for the cap, it measures something else."""
        self.addCleanup(self.world.reset)
        self.world.extra = f"cap-pcr = {CAP}"
        self.liar.extend = lambda path, request, truth: self.liar.ask(
            "/v1/unlock/measure", {**request, "digest": "00" * 48}).body
        self.assert_fails(REFUSED, f"PCR {CAP} capped in the second document")
        self.assertNotIn(self.world.pcr(CAP), (ZERO, CAPPED))


class Places(FaultCase):
    def mount(self, options):
        self.world.unmount()
        self.world.mount("tmpfs", options)

    def refused(self, path, status, *words):
        self.world.secret("a", SECRET, output=path)
        self.assert_fails(status, *words, there=os.listdir(self.world.outputs))
        self.assertEqual(self.world.decrypts(), [])

    def test_full(self):
        self.mount("mode=0755,size=16k")
        with open(self.world.path("rest"), "wb") as file:
            file.write(b"x" * 16384)
        self.assert_fails(FAILED, "No space left", there=["rest"])
        os.unlink(self.world.path("rest"))
        self.assert_done_all()

    def test_swap(self):
        """Where swap can be turned on for a moment."""
        path = os.path.join(self.world.folder, "swap")
        with open(path, "wb") as file:
            os.chmod(path, 0o600)
            file.write(bytes(4 << 20))
        if shutil.which("mkswap") is None or run("mkswap", path, check=False).returncode != 0:
            self.skipTest("no mkswap")
        if run("swapon", path, check=False).returncode != 0:
            self.skipTest("swap can't be turned on here")
        try:
            self.mount("mode=0755")
            self.assert_fails(REFUSED, "swap")
            if run("mount", "-o", "remount,noswap", self.world.outputs, check=False).returncode == 0:
                self.assert_done_all()
        finally:
            run("swapoff", path)

    def test_link(self):
        real, link = (os.path.join(self.world.outputs, name) for name in ("real", "link"))
        os.mkdir(real)
        os.symlink(real, link)
        self.refused(os.path.join(link, "a"), REFUSED, "no links")
        self.assertEqual(os.listdir(real), [])

    def folder(self, mode, uid=0):
        path = os.path.join(self.world.outputs, "folder")
        os.mkdir(path)
        os.chown(path, uid, -1)
        os.chmod(path, mode)
        return os.path.join(path, "a")

    def test_open_to_all(self):
        self.refused(self.folder(0o777), REFUSED, "others may change")

    def test_of_another(self):
        self.refused(self.folder(0o755, NOBODY), REFUSED, "another owner")

    def test_another_file_system(self):
        self.refused(os.path.join(self.world.folder, "a"), REFUSED, "ramfs or tmpfs")
        self.assertFalse(os.path.exists(os.path.join(self.world.folder, "a")))

    def test_read_only(self):
        self.mount("mode=0755,ro")
        self.assert_fails(FAILED, "Read-only")

    def test_a_folder_in_its_place(self):
        os.mkdir(self.world.path("a"))
        self.assert_fails(FAILED, self.world.path("a"), "directory", there=["a"])

    def test_gone(self):
        self.refused(os.path.join(self.world.outputs, "none", "a"), FAILED, "No such file")

    def test_no_folder_for_the_report(self):
        path, self.world.report_path = self.world.report_path, os.path.join(self.world.folder, "none", "report.json")
        try:
            self.assert_fails(FAILED, "report")
        finally:
            self.world.report_path = path


STAGES = ("Making a key", "Asking attestd for a document", "Asking KMS", "Measuring", "Writing secrets")


class Stages(FaultCase):
    """Ended at each stage, as systemd is told of it, and a moment later: nothing half-written is there, and the next run
    does what is left, or the boot is capped."""

    def setUp(self):
        self.world.reset()
        self.world.extra = f"cap-pcr = {CAP}"
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="unlock-notify-"))
        self.notify = NotifySocket(self.folder)
        self.addCleanup(self.notify.close)
        for name in ("a", "b"):
            self.world.secret(name, SECRET)

    def run_to(self, stage, number, after=0.0):
        """Starts a run and sends it that signal; its status, and what it said."""
        process = self.world.start_run(env={**os.environ, "NOTIFY_SOCKET": self.notify.path})
        try:
            self.assertTrue(self.wait(stage), self.notify.seen)
            time.sleep(after)
            process.send_signal(number)
            said, _ = process.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        return process.returncode, said

    def wait(self, stage):
        with self.notify.changed:
            return self.notify.changed.wait_for(
                lambda: any(line == "STATUS=" + stage for line in self.notify.seen), 30)

    def end(self, stage, number):
        for after in (0.0, 0.01, 0.05):
            with self.subTest(after=after):
                status, said = self.run_to(stage, number, after)
                there = [name for name in self.world.outputs_there() if not name.startswith(".")]
                for name in there:
                    self.assertEqual(self.world.output(name), SECRET)
                    self.assertEqual(os.stat(self.world.path(name)).st_mode & 0o7777, 0o400)
                if number == signal.SIGTERM:
                    self.after_term(status, said, there)
                self.next_run(there)
                self.world.reset()
                self.setUp_again()

    def setUp_again(self):
        self.world.extra = f"cap-pcr = {CAP}"
        self.notify.forget()
        for name in ("a", "b"):
            self.world.secret(name, SECRET)

    def after_term(self, status, said, there):
        """Before the cap nothing is out; from the cap on all is."""
        self.assertIn(status, (OK, FAILED), said)
        self.assertIn(there, ([], ["a", "b"]))
        self.assertEqual(self.world.pcr(CAP), CAPPED if there else ZERO)
        if self.world.report()["result"] == "done":  # the signal came behind the report
            self.assertEqual(there, ["a", "b"])
        else:
            self.assertEqual(status, FAILED, said)
        if status == OK:
            self.assertEqual(there, ["a", "b"])

    def next_run(self, there):
        capped = self.world.pcr(CAP) == CAPPED
        done, said = self.workload()
        if there == ["a", "b"] or not capped:
            self.assertEqual(done.returncode, OK, said)
            self.assertEqual(self.world.outputs_there(), ["a", "b"])
        else:
            self.assertEqual(done.returncode, REFUSED, said)
            self.assertIn("capped", said)
        self.assertEqual([name for name in self.world.outputs_there() if name.startswith(".")], [])

    def test_term_with_a_workload(self):
        """All is written, as it was begun, and the workload is not started: somebody asked to stop."""
        self.world.sim.fault("slow=1000")
        process = self.world.start_run("--", "echo", STARTED, env={**os.environ, "NOTIFY_SOCKET": self.notify.path})
        self.assertTrue(self.wait("Measuring"))
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.world.outputs_there()), (FAILED, ["a", "b"]), said)
        self.assertNotIn(STARTED, said)

    def test_two_at_once_and_one_killed(self):
        """The other goes on where the first ended."""
        self.world.aws.fault("hang", service="kms", operation="Decrypt", count=2)
        first = self.world.start_run(env={**os.environ, "NOTIFY_SOCKET": self.notify.path})
        self.assertTrue(self.wait("Asking KMS"))
        second = self.world.start_run()
        time.sleep(0.5)
        first.kill()
        first.communicate()
        said, _ = second.communicate(timeout=60)
        self.assertEqual(second.returncode, OK, said)
        self.assertEqual(self.world.outputs_there(), ["a", "b"])

    def test_two_at_once(self):
        runs = [self.world.start_run() for _ in range(2)]
        for process in runs:
            said, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, OK, said)
        self.assertEqual((len(self.world.decrypts()), self.world.pcr(CAP)), (2, CAPPED))


def add_stages():
    """test_term_writing_secrets and so on: a test of each signal at each stage."""
    for stage in STAGES:
        for name, number in (("term", signal.SIGTERM), ("kill", signal.SIGKILL)):
            setattr(Stages, f"test_{name}_{stage.lower().replace(' ', '_')}",
                    lambda self, stage=stage, number=number: self.end(stage, number))


add_stages()


class Reports(FaultCase):
    def shown(self):
        self.world.attestd.configure(f"[unlock]\nreport = {self.world.report_path}\n")
        os.kill(self.world.attestd.process.pid, signal.SIGHUP)
        time.sleep(1)
        return self.world.attestd.get("/v1/status").body["unlock"]

    def test_forged(self):
        self.assert_done_all()
        self.assertEqual(self.shown()["state"], "read")
        with open(self.world.report_path, encoding="utf-8") as file:
            content = file.read()
        for forged in (content.replace('"done"', '"DONE"'), content + "x", content[:-10], "{}", "\0" * 100000):
            with open(self.world.report_path, "w", encoding="utf-8") as file:
                file.write(forged)
            self.assertEqual(self.world.attestd.get("/v1/status").body["unlock"], {"state": "unreadable"})
        self.assert_done_all()  # which replaces it
        self.assertEqual(self.world.attestd.get("/v1/status").body["unlock"]["state"], "read")

    def test_a_link_in_its_place(self):
        target = os.path.join(self.world.folder, "target")
        for name in (self.world.report_path, self.world.report_path + ".new"):
            os.symlink(target, name)
        self.assert_done_all()
        self.assertFalse(os.path.exists(target))
        self.assertFalse(os.path.islink(self.world.report_path))

    def test_a_folder_in_its_place(self):
        """It can't be written, which is said, and is no reason to keep a secret back."""
        os.mkdir(self.world.report_path)
        try:
            done = self.world.run()
            self.assertEqual(done.returncode, OK, done.stderr)
            self.assertIn("report", done.stderr)
            self.assertEqual(self.world.output("a"), SECRET)
            self.assertFalse(os.path.exists(self.world.report_path + ".new"))
        finally:
            os.rmdir(self.world.report_path)


if __name__ == "__main__":
    unittest.main()
