# SPDX-License-Identifier: Apache-2.0
"""attestd-unlock, from sealed files to outputs, with a simulated NitroTPM, attestd and AWS: what is delivered and how, in
which order, and what is refused."""
import contextlib
import grp
import hashlib
import os
import pwd
import resource
import signal
import stat
import sys
import time

from aws import KEY, OTHER_REGION, REPLICAS, SECOND_KEY
from unlocker import ATTESTD_UNLOCK, CAP, CAPPED, ZERO, UnlockCase, extended
from support import HERE, NOBODY, run, sanitized_program

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "oracle"))

SECRET = b"hunter2\0\xff not text"


class Delivery(UnlockCase):
    def test_several(self):
        plain = {f"secret-{number}": os.urandom(number * 100 + 1) for number in range(6)}
        for name, content in plain.items():
            self.world.secret(name, content)
        self.assert_done(self.world.run())
        for name, content in plain.items():
            self.assertEqual(self.world.output(name), content)
            status = os.stat(self.world.path(name))
            self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, status.st_nlink), (0o400, 0, 0, 1))
        report = self.world.report()
        self.assertEqual((report["result"], report["capped"]), ("done", False))
        self.assertEqual(set(self.world.states().values()), {"delivered"})
        self.assertEqual(self.world.outputs_there(), sorted(plain))
        self.assertNotIn("hunter", str(report))

    def test_one_document_for_all(self):
        for number in range(6):
            self.world.secret(f"s{number}", b"x")
        self.world.sim.reset_counts()
        self.assert_done(self.world.run())
        self.assertEqual(self.world.sim.counts()[0x20000001], 1)

    def test_owner_and_mode(self):
        self.world.secret("a", SECRET, owner=NOBODY, group=NOBODY, mode="0440")
        self.world.secret("b", SECRET, owner="daemon", group="adm", mode="0644")
        self.assert_done(self.world.run())
        status = os.stat(self.world.path("a"))
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid), (0o440, NOBODY, NOBODY))
        self.assertEqual(stat.S_IMODE(os.stat(self.world.path("b")).st_mode), 0o644)

    def test_present(self):
        """What is there is left alone, without KMS; what is missing, or not as it should be, comes again."""
        for name in ("a", "b"):
            self.world.secret(name, SECRET)
        self.assert_done(self.world.run())
        self.world.aws.fault("refuse")
        before = os.stat(self.world.path("a")).st_ino
        self.assert_done(self.world.run())
        self.assertEqual(self.world.states(), {"a": "present", "b": "present"})
        self.world.aws.control("DELETE", "/faults")
        os.chmod(self.world.path("b"), 0o444)
        self.assert_done(self.world.run())
        self.assertEqual(self.world.states(), {"a": "present", "b": "delivered"})
        self.assertEqual(os.stat(self.world.path("a")).st_ino, before)
        self.assert_done(self.world.run("--refresh"))
        self.assertEqual(self.world.states(), {"a": "delivered", "b": "delivered"})
        self.assertNotEqual(os.stat(self.world.path("a")).st_ino, before)

    def test_required(self):
        self.world.secret("a", SECRET)
        self.world.secret("b", SECRET, context={"other": "x"}, required="no")
        self.assert_done(self.world.run())
        self.assertEqual(self.world.states(), {"a": "delivered", "b": "failed"})
        self.world.sections["b"]["required"] = "yes"
        said = self.assert_done(self.world.run(), 3)
        self.assertIn("InvalidCiphertextException", said)
        self.assertEqual(self.world.states(), {"a": "present", "b": "failed"})
        self.assertEqual(self.world.report()["result"], "failed")

    def test_digest(self):
        sealed = self.world.secret("a", SECRET)
        self.world.sections["a"]["digest"] = hashlib.sha384(sealed).hexdigest()
        self.assert_done(self.world.run())
        self.world.sections["a"]["digest"] = hashlib.sha384(b"other").hexdigest()
        before = len(self.world.decrypts())
        self.assert_done(self.world.run("--refresh"), 1)
        self.assertEqual(len(self.world.decrypts()), before)
        self.assertEqual(self.world.output("a"), SECRET)

    def test_only(self):
        for name in ("a", "b"):
            self.world.secret(name, SECRET)
        self.assert_done(self.world.run("--only", "b"))
        self.assertEqual(self.world.outputs_there(), ["b"])
        self.assert_done(self.world.run("--only", "c"), 2)

    def test_replicas(self):
        self.world.secret("a", SECRET, REPLICAS[0])
        self.world.sections["a"]["key-id"] = f"{REPLICAS[1]}\nkey-id = {REPLICAS[0]}"
        self.assert_done(self.world.run())
        self.assertEqual(self.world.output("a"), SECRET)

    def test_other_key(self):
        """KMS is told which key it has to be."""
        self.world.secret("a", SECRET, SECOND_KEY)
        self.world.sections["a"]["key-id"] = KEY
        self.assertIn("IncorrectKeyException", self.assert_done(self.world.run(), 3))

    def test_nothing_to_do(self):
        self.assert_done(self.world.run())
        self.assertEqual(self.world.report()["result"], "done")

    def test_command(self):
        self.world.secret("a", SECRET)
        done = self.world.run("--", "cat", self.world.path("a"), text=False)
        self.assertEqual((done.returncode, done.stdout), (0, SECRET))
        self.world.sections["a"]["key-id"] = SECOND_KEY
        done = self.world.run("--refresh", "--", "echo", "ran")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("ran", done.stdout)

    def test_check(self):
        self.world.secret("a", SECRET)
        said = self.assert_done(self.world.run("--check"))
        for text in (KEY, self.world.aws.kms, self.world.path("a"), "attestd:secret=a"):
            self.assertIn(text, said)
        self.assertEqual(self.world.outputs_there(), [])
        self.assertEqual(self.world.decrypts(), [])
        self.world.sections["a"]["owner"] = "nobody-of-that-name"
        self.assert_done(self.world.run("--check"), 2)

    def test_check_leaves_others_alone(self):
        """It has no lock, so it may come while a run delivers."""
        self.world.secret("a", SECRET)
        hidden = self.world.path(".attestd-unlock.a")
        with open(hidden, "wb"):
            pass
        self.assert_done(self.world.run("--check"))
        self.assertTrue(os.path.exists(hidden))
        self.assert_done(self.world.run())
        self.assertEqual(self.world.outputs_there(), ["a"])

    def test_check_of_key(self):
        """An ARN that none can be is the configuration's mistake, however far a run comes."""
        self.world.secret("a", SECRET, required="no")
        self.world.sections["a"]["key-id"] = KEY.replace(":111122223333:", ":1:")
        for options in (("--check",), ()):
            self.assertIn("KMS key ARN", self.assert_done(self.world.run(*options), 2))

    def test_check_of_roots(self):
        self.world.secret("a", SECRET)
        for name in ("root", "ca_file"):
            with self.subTest(name):
                kept = getattr(self.world, name)
                setattr(self.world, name, self.world.path("no.pem"))
                try:
                    self.assertIn("no.pem, found", self.assert_done(self.world.run("--check"), 3))
                finally:
                    setattr(self.world, name, kept)

    def test_decrypt(self):
        blob = self.world.aws.seal(SECRET, stage="prod")
        done = self.world.run("decrypt", "--key-id", KEY, "--encryption-context", "stage=prod", input=blob, text=False)
        self.assertEqual((done.returncode, done.stdout), (0, SECRET))
        done = self.world.run("decrypt", "--key-id", KEY, input=blob, text=False)
        self.assertEqual((done.returncode, done.stdout), (3, b""))
        self.assertEqual(self.world.outputs_there(), [])

    def test_status(self):
        self.world.attestd.configure(f"[unlock]\nreport = {self.world.report_path}\n")
        os.kill(self.world.attestd.process.pid, signal.SIGHUP)
        self.world.secret("a", SECRET)
        self.assert_done(self.world.run())
        deadline = time.monotonic() + 10
        while (shown := self.world.attestd.get("/v1/status").body["unlock"])["state"] != "read":
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(shown["secrets"], [{"name": "a", "state": "delivered", "required": True, "detail": ""}])
        self.assertRegex(shown["root"], "^[0-9a-f]{64}$")


class Places(UnlockCase):
    """Where secrets may not go; nothing is asked of KMS then."""

    def assert_refused(self, path, status=1):
        self.world.secret("a", SECRET, output=path)
        before = len(self.world.decrypts())
        self.assert_done(self.world.run(), status)
        self.assertEqual(len(self.world.decrypts()), before)
        self.assertFalse(os.path.lexists(path) and not os.path.islink(path))

    def test_disk(self):
        self.assert_refused(os.path.join(self.world.folder, "a"))

    def test_missing_folder(self):
        self.assert_refused(os.path.join(self.world.outputs, "none", "a"), 3)

    def test_link(self):
        real, link = (os.path.join(self.world.outputs, name) for name in ("real", "link"))
        os.mkdir(real)
        os.symlink(real, link)
        self.assert_refused(os.path.join(link, "a"))
        self.assertEqual(os.listdir(real), [])

    def test_folders_of_others(self):
        folder = os.path.join(self.world.outputs, "folder")
        os.makedirs(os.path.join(folder, "below"))
        for mode, uid in ((0o777, 0), (0o755, NOBODY), (0o770, NOBODY)):
            os.chown(folder, uid, -1)
            os.chmod(folder, mode)
            self.assert_refused(os.path.join(folder, "below", "a"))
        os.chown(folder, 0, 0)
        os.chmod(folder, 0o1777)
        self.assert_refused(os.path.join(folder, "a"))
        self.world.secret("a", SECRET, output=os.path.join(folder, "below", "a"))
        self.assert_done(self.world.run())

    def test_link_in_its_place(self):
        """What has the name is replaced, not followed."""
        target = os.path.join(self.world.folder, "target")
        os.symlink(target, self.world.path("a"))
        self.world.secret("a", SECRET)
        self.assert_done(self.world.run())
        self.assertFalse(os.path.exists(target))
        self.assertFalse(os.path.islink(self.world.path("a")))

    def test_full(self):
        self.world.unmount()
        self.world.mount("tmpfs", "mode=0755,size=16k,nr_inodes=100")
        self.world.secret("a", b"x" * 4000)
        with open(self.world.path("rest"), "wb") as file:
            file.write(b"x" * 16384)
        self.assert_done(self.world.run(), 3)
        self.assertEqual(self.world.outputs_there(), ["rest"])


class Capped(UnlockCase):
    def setUp(self):
        super().setUp()
        self.world.extra = f"cap-pcr = {CAP}"
        self.world.policy(**{str(CAP): ZERO})

    def test_once(self):
        self.world.secret("a", SECRET)
        self.world.secret("b", SECRET)
        self.assert_done(self.world.run())
        self.assertEqual(self.world.output("a"), SECRET)
        self.assertEqual(self.world.pcr(CAP), CAPPED)
        self.assertEqual(self.world.pcr(CAP, "sha256"), extended("00" * 32, b"attestd-cap", "sha256"))
        self.assertTrue(self.world.report()["capped"])
        self.assert_done(self.world.run())  # all there: no KMS
        self.assertEqual(self.world.pcr(CAP), CAPPED)
        os.unlink(self.world.path("b"))
        before = len(self.world.decrypts())
        self.assertIn("capped", self.assert_done(self.world.run(), 1))
        self.assertEqual((len(self.world.decrypts()), self.world.outputs_there()), (before, ["a"]))
        blob = self.world.aws.seal(SECRET)
        done = self.world.run("decrypt", "--key-id", KEY, input=blob, text=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""))

    def test_nothing_is_out_before(self):
        """A required secret that KMS refuses: no cap, nothing written, and the next run may do it."""
        self.world.secret("a", SECRET)
        self.world.secret("b", SECRET, context={"other": "x"})
        self.assert_done(self.world.run(), 3)
        self.assertEqual((self.world.pcr(CAP), self.world.outputs_there()), (ZERO, []))
        del self.world.sections["b"]
        self.assert_done(self.world.run())
        self.assertEqual(self.world.pcr(CAP), CAPPED)

    def test_no_place_for_it(self):
        """Where nothing can be written, that is known before the cap, and later no matter once it is there."""
        folder = os.path.join(self.world.outputs, "closed")
        os.mkdir(folder)
        run("mount", "-t", "ramfs", "-o", "ro,mode=0755", "ramfs", folder)
        self.world.secret("a", SECRET)
        self.world.secret("b", SECRET, output=os.path.join(folder, "b"))
        self.assertIn("b", self.assert_done(self.world.run(), 3))
        self.assertEqual((self.world.pcr(CAP), self.world.outputs_there()), (ZERO, ["closed"]))
        run("mount", "-o", "remount,rw", folder)
        self.assert_done(self.world.run())
        run("mount", "-o", "remount,ro", folder)
        self.assert_done(self.world.run())
        run("umount", folder)

    def test_measured_configuration(self):
        self.world.extra += "\nmeasure-config = yes"
        self.world.secret("a", SECRET)
        said = self.assert_done(self.world.run("--check"))
        digest = bytes.fromhex(said.split("configuration ")[1].split()[0])
        measured = extended(ZERO, b"attestd-config\0" + digest)
        self.world.policy(**{str(CAP): ZERO})
        self.assert_done(self.world.run(), 1)  # the policy does not know the configuration
        self.assertEqual(self.world.pcr(CAP), measured)
        self.world.policy(**{str(CAP): measured})
        self.assert_done(self.world.run())  # measured once, though it is the second run
        self.assertEqual(self.world.pcr(CAP), extended(measured, b"attestd-cap"))
        os.unlink(self.world.path("a"))
        self.assertIn("capped", self.assert_done(self.world.run(), 1))

    def test_measured_secret(self):
        sealed = self.world.secret("a", SECRET, measure_pcr=CAP)
        self.assert_done(self.world.run())
        measured = extended(ZERO, b"attestd-secret\0a\0" + hashlib.sha384(sealed).digest())
        self.assertEqual(self.world.pcr(CAP), extended(measured, b"attestd-cap"))

    def test_measured_into_the_cap(self):
        """A secret that is measured into the PCR that caps is one more reason for a boot to be over."""
        self.world.policy()
        self.world.secret("a", SECRET, measure_pcr=CAP)
        self.assert_done(self.world.run())
        capped = self.world.pcr(CAP)
        before = len(self.world.decrypts())
        self.assertIn("capped", self.assert_done(self.world.run("--refresh"), 1))
        self.assertEqual((self.world.pcr(CAP), len(self.world.decrypts())), (capped, before))
        self.assertTrue(self.world.report()["capped"])

    def test_room_for_what_is_required(self):
        """Whoever may seal what is not required can't have it take the place of what is."""
        self.world.unmount()
        self.world.mount("tmpfs", "mode=0755,size=16k,nr_inodes=100")
        for number in range(5):
            self.world.secret(f"a{number}", b"x" * 4000, required="no")
        self.world.secret("b", SECRET)
        self.assert_done(self.world.run())
        self.assertEqual((self.world.output("b"), self.world.states()["a4"]), (SECRET, "failed"))

    def test_what_is_missing_is_not_required(self):
        """A restart in a capped boot is no reason to stop what has its secrets."""
        self.world.secret("a", SECRET)
        self.world.secret("b", SECRET, context={"other": "x"}, required="no")
        self.assert_done(self.world.run())
        before = len(self.world.decrypts())
        self.assertIn("capped", self.assert_done(self.world.run()))
        self.assertEqual((len(self.world.decrypts()), self.world.pcr(CAP)), (before, CAPPED))
        self.assertEqual(self.world.states(), {"a": "present", "b": "failed"})
        self.assertEqual((self.world.report()["result"], self.world.report()["capped"]), ("done", True))
        os.unlink(self.world.path("a"))
        self.assert_done(self.world.run(), 1)

    def test_only_would_lose_the_others(self):
        for name in ("a", "b"):
            self.world.secret(name, SECRET)
        self.assert_done(self.world.run("--only", "a"), 2)
        self.assertEqual(self.world.pcr(CAP), ZERO)

    def test_denied_by_a_pcr(self):
        self.world.policy(**{"4": "ab" * 48})
        self.world.secret("a", SECRET)
        run("tpm2_pcrextend", "-T", self.world.sim.tcti, "4:sha384=" + "11" * 48)
        said = self.assert_done(self.world.run(), 1)
        self.assertIn("AccessDeniedException", said)
        self.assertIn("NitroTPMPCR4 = " + self.world.pcr(4), said)
        self.assertEqual((self.world.pcr(CAP), self.world.outputs_there()), (ZERO, []))
        self.assertEqual(len(self.world.decrypts()), 1)  # a refusal is not tried again


class Interrupted(UnlockCase):
    limit = 240

    def setUp(self):
        super().setUp()
        for name in ("a", "b"):
            self.world.secret(name, SECRET)

    def assert_whole(self):
        for name in self.world.outputs_there():
            self.assertIn(name, ("a", "b", ".attestd-unlock.a", ".attestd-unlock.b"))
            status = os.stat(self.world.path(name))
            if not name.startswith("."):
                self.assertEqual((self.world.output(name), stat.S_IMODE(status.st_mode)), (SECRET, 0o400))
            else:
                self.assertEqual((stat.S_IMODE(status.st_mode) & 0o077, status.st_uid), (0, 0))

    def interrupt(self, number, after):
        process = self.world.start_run("--refresh")
        time.sleep(after)
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
        return process.returncode, said

    def test_term(self):
        self.world.aws.fault("hang", service="kms")
        status, said = self.interrupt(signal.SIGTERM, 3)
        self.assertEqual(status, 3, said)
        self.assertIn("stopped by a signal", said)
        self.assertEqual((self.world.report()["result"], self.world.outputs_there()), ("failed", []))
        self.world.aws.control("DELETE", "/faults")
        self.assert_done(self.world.run())

    def test_signals_at_any_time(self):
        for number in (signal.SIGKILL, signal.SIGTERM):
            for step in range(12):
                self.interrupt(number, 0.05 + step * 0.1)
                self.assert_whole()
        self.assert_done(self.world.run("--refresh"))
        self.assertEqual(self.world.outputs_there(), ["a", "b"])

    def test_two_at_once(self):
        runs = [self.world.start_run() for _ in range(3)]
        for process in runs:
            said, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, said)
        self.assertEqual(len(self.world.decrypts()), 2)


class Trouble(UnlockCase):
    """What gets better is waited for; what attestd hands out is not believed."""

    def setUp(self):
        super().setUp()
        self.world.secret("a", SECRET)

    def test_throttled(self):
        self.world.aws.fault("throttle", operation="Decrypt", count=4)
        self.assert_done(self.world.run())

    def test_late_role(self):
        self.world.aws.fault("role-missing", count=3)
        self.assert_done(self.world.run())

    def test_no_role(self):
        """The time that there is is there once, not for each secret, and what was missing is said."""
        for number in range(4):
            self.world.secret(f"b{number}", SECRET)
        self.world.timeout = "5s"
        self.world.aws.fault("role-missing")
        begin = time.monotonic()
        self.assertIn("a role of the instance", self.assert_done(self.world.run(), 3))
        self.assertLess(time.monotonic() - begin, 10)

    def test_attestd_late(self):
        self.world.attestd.stop()
        process = self.world.start_run()
        time.sleep(1.5)
        self.world.attestd.start()
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, said)

    def test_plaintext_from_kms(self):
        self.world.aws.fault("plaintext", instead=False)
        self.assert_done(self.world.run(), 1)
        self.assertEqual(self.world.outputs_there(), [])

    def test_other_root(self):
        """A document that does not lead to the root that is trusted never reaches KMS."""
        self.world.root = "none"
        try:
            self.assert_done(self.world.run(), 1)
        finally:
            self.world.root = self.world.own_root
        self.assertEqual(self.world.decrypts(), [])

    def test_clock(self):
        self.world.aws.fault("clock", minutes=10, document=True)
        self.world.sim.fault("skew=600")
        self.assert_done(self.world.run())


class Messages(UnlockCase):
    """Messages of the AWS Encryption SDK, by a writer that shares no code with ours."""

    def seal(self, name, plaintext, suite=0x0478, context=None, **more):
        from sealed import Message

        data_key = os.urandom(32)
        message = Message(suite, data_key, plaintext, context=context or {"attestd:secret": name}, **more)
        pairs = {key.decode(): value.decode() for key, value in message.pairs}
        message.keys = [(b"raw", b"other", b"x"), (b"aws-kms", KEY.encode(), self.world.aws.seal(data_key, KEY, **pairs))]
        return message.encode()

    def test_messages(self):
        plain = {"small": b"x", "frames": os.urandom(10000), "signed": os.urandom(5000), "single": os.urandom(3000),
                 "empty": b""}
        for name, content in plain.items():
            suite = 0x0578 if name == "signed" else 0x0478
            self.world.sealed(name, self.seal(name, content, suite, frame_length=0 if name == "single" else 512))
        self.assert_done(self.world.run())
        for name, content in plain.items():
            self.assertEqual(self.world.output(name), content)

    def test_check_of_data_keys(self):
        """A message that no key-id opens is found before KMS is asked."""
        self.world.sealed("a", self.seal("a", b"x"), SECOND_KEY)
        self.assertIn("fails: expected a data key", self.assert_done(self.world.run("--check"), 1))
        self.world.sections["a"]["key-id"] = f"{SECOND_KEY}\nkey-id = {KEY}"
        self.assert_done(self.world.run("--check"))

    def test_large(self):
        content = os.urandom(3 << 20)
        self.world.sealed("large", self.seal("large", content, frame_length=4096))
        self.assert_done(self.world.run())
        self.assertEqual(self.world.output("large"), content)

    def test_refused(self):
        good = self.seal("a", b"x" * 2000, frame_length=512)
        for name, sealed, status in (("cut", good[:-5], 3), ("longer", good + b"x", 3), ("flipped", good[:-1] + b"\0", 1),
                                     ("garbage", b"x" * 100, 3), ("nothing", b"", 3),
                                     ("another's", self.seal("b", b"x"), 1),
                                     ("without commitment", self.seal("a", b"x", 0x0178), 1)):
            with self.subTest(name):
                self.world.sealed("a", sealed)
                self.assert_done(self.world.run(), status)
                self.assertEqual(self.world.outputs_there(), [])


class Remote(UnlockCase):
    """Sealed forms in S3."""

    def setUp(self):
        super().setUp()
        sealed = self.world.secret("a", SECRET, source="s3://bucket/folder/a.sealed")
        os.makedirs(os.path.join(self.world.bucket, "folder"), exist_ok=True)
        with open(os.path.join(self.world.bucket, "folder", "a.sealed"), "wb") as file:
            file.write(sealed)

    def test_delivered(self):
        self.world.sections["a"]["digest"] = hashlib.sha384(open(os.path.join(self.world.bucket, "folder", "a.sealed"),
                                                                 "rb").read()).hexdigest()
        self.world.aws.fault("error", service="s3", status=503, count=4)
        self.assert_done(self.world.run())
        self.assertEqual(self.world.output("a"), SECRET)

    def test_missing(self):
        self.world.sections["a"]["source"] = "s3://bucket/none"
        self.assert_done(self.world.run(), 3)
        self.assertEqual(self.world.outputs_there(), [])

    def test_denied(self):
        self.world.aws.fault("deny", service="s3")
        self.assert_done(self.world.run(), 1)

    def test_check(self):
        self.assertIn("s3://bucket/folder/a.sealed", self.assert_done(self.world.run("--check")))


class Unprivileged(UnlockCase):
    """As the service does it: another user, with CAP_CHOWN alone."""

    def test_delivered(self):
        for path in (self.world.folder, self.world.outputs, self.world.attestd.unlock):
            os.chown(path, NOBODY, NOBODY)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.world.report_path + ".lock")
        self.addCleanup(os.chown, self.world.folder, 0, 0)
        self.world.secret("a", SECRET, owner="daemon", group="adm", mode="0440")
        self.assert_done(self.world.run(), 1)  # root delivers nothing there, and leaves nothing in the way
        self.world.secret("b", SECRET)
        limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        if limit != resource.RLIM_INFINITY and not sanitized_program(ATTESTD_UNLOCK):
            self.skipTest("only so much memory can be locked here")
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all,+chown",
                   "--ambient-caps=-all,+chown", "--bounding-set=-all,+chown", "--", *self.world.command()]
        for arguments, state in (((), "delivered"), ((), "present"), (("--refresh",), "delivered")):
            self.assert_done(run(*command, *arguments, check=False))
            self.assertEqual(self.world.states(), {"a": state, "b": state})
        status = os.stat(self.world.path("a"))
        self.assertEqual((status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)),
                         (pwd.getpwnam("daemon").pw_uid, grp.getgrnam("adm").gr_gid, 0o440))
        self.assertEqual((os.stat(self.world.path("b")).st_uid, self.world.output("b")), (0, SECRET))
        self.assertEqual(self.world.outputs_there(), ["a", "b"])
