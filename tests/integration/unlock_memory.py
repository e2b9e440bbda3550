# SPDX-License-Identifier: Apache-2.0
"""Where is a secret, but in its file? The plaintext, the data key that KMS gave and the primes of the key that it was
encrypted to are looked for, as they are and in hex and base64, in memory, in what was said, and on disk: while attestd-unlock
waits for KMS, when all is written, and after it has ended. Root reads /proc/PID/mem of all of them, as nobody else can.

Means something only without sanitizers, which keep what was freed."""
import base64
import contextlib
import glob
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
import unittest

from aws import KEY, until
from liar import Liar, key_of
from support import NotifySocket, die_with_parent, run, sanitized_program
from unlock_fault_case import FaultCase
from unlocker import ATTESTD_UNLOCK

PRIME = 128  # bytes of a prime of an RSA key of 2048 bits
QUIET = ("[vvar]", "[vdso]", "[vsyscall]", "[vvar_vclock]")  # the kernel's
CHUNK = 1 << 20
STAGES = 6  # that systemd is told of, before it is told that all is ready


def mappings(pid):
    """Those that can be read: begin, end, name."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        for line in file:
            span, rights, *rest = line.split(maxsplit=5)
            begin, end = (int(part, 16) for part in span.split("-"))
            name = rest[3].strip() if len(rest) == 4 else ""
            if rights.startswith("r") and name not in QUIET:
                yield begin, end, name


def memory(pid):
    """Begin and content of all that is there; what was mapped and is in no page is left out."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for begin, end, _ in mappings(pid):
            parts = []
            with contextlib.suppress(OSError):
                file.seek(begin)
                for at in range(begin, end, CHUNK):
                    parts.append(file.read(min(CHUNK, end - at)))
            yield begin, b"".join(parts)


def flags_of(pid, address):
    """Of the mapping with that address (proc_pid_smaps(5), VmFlags)."""
    inside = False
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as file:
        for line in file:
            if match := re.match("([0-9a-f]+)-([0-9a-f]+) ", line):
                inside = int(match[1], 16) <= address < int(match[2], 16)
            elif inside and line.startswith("VmFlags:"):
                return line.split()[1:]
    return []


def primes_in(content, modulus):
    """Offsets of blocks of memory, in the order of OpenSSL's words, that divide the modulus."""
    for at in range(0, len(content) - PRIME + 1, 8):
        # It is odd, and at least the root of a half (FIPS 186-5, A.1.3), of which 0xb5 is the first byte.
        if content[at + PRIME - 1] >= 0xb5 and content[at] & 1:
            number = int.from_bytes(content[at:at + PRIME], "little")
            if modulus % number == 0:
                yield at, number


def forms(secret):
    return {secret, secret[::-1], secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret)[:-4]}


class Memory(FaultCase):
    limit = 240

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if sanitized_program(ATTESTD_UNLOCK):
            raise unittest.SkipTest("a build with sanitizers keeps what was freed")

    def setUp(self):
        self.world.clear()
        self.plaintext, self.data_key = os.urandom(48), os.urandom(32)
        self.world.sealed("message", self.sealed())
        self.bare = os.urandom(48)
        self.world.secret("bare", self.bare)
        self.liar = self.enterContext(Liar(self.world.folder, self.world.attestd))
        self.world.door = self.liar.address

    def sealed(self):
        from sealed import Message

        message = Message(0x0478, self.data_key, self.plaintext, context={"attestd:secret": "message"})
        pairs = {key.decode(): value.decode() for key, value in message.pairs}
        message.keys = [(b"aws-kms", KEY.encode(), self.world.aws.seal(self.data_key, KEY, **pairs))]
        return message.encode()

    def needles(self):
        return set.union(*(forms(secret) for secret in (self.plaintext, self.data_key, self.bare)))

    def modulus(self):
        from cryptography.hazmat.primitives import serialization

        return serialization.load_der_public_key(key_of(self.liar.documents()[-1])).public_numbers().n

    def find(self, pid, needles):
        return [(hex(begin), needle) for begin, content in memory(pid) for needle in needles if needle in content]

    def find_primes(self, pid):
        """Addresses of the key's primes, and what they are."""
        modulus = self.modulus()
        return [(begin + at, number) for begin, content in memory(pid) for at, number in primes_in(content, modulus)]

    def assert_kept(self, pid):
        """Primes lie where neither swap nor a core file sees them, and a fork doesn't."""
        found = self.find_primes(pid)
        self.assertEqual(len({number for _, number in found}), 2, found)
        for address, _ in found:
            flags = flags_of(pid, address)
            self.assertIn("lo", flags)
            self.assertIn("dd", flags, f"a prime in ordinary memory, at {address:#x}")
        return {number for _, number in found}

    def start_to(self, stage, *arguments, before=()):
        """A run that has come to that stage, and waits for KMS."""
        folder = self.world.folder
        notify = NotifySocket(folder)
        self.addCleanup(os.unlink, notify.path)
        self.addCleanup(notify.close)
        process = self.world.start_run(*arguments, before=before, env={**os.environ, "NOTIFY_SOCKET": notify.path},
                                       cwd=folder)
        self.addCleanup(self.finish, process)
        with notify.changed:
            self.assertTrue(notify.changed.wait_for(lambda: "STATUS=" + stage in notify.seen, 30))
        return process

    @staticmethod
    def finish(process):
        process.kill()
        process.wait()
        process.stdout.close()

    def test_while_it_waits(self):
        self.world.aws.fault("hang", service="kms", operation="Decrypt")
        process = self.start_to("Asking KMS")
        time.sleep(0.5)
        self.assert_kept(process.pid)
        self.assertEqual(self.find(process.pid, self.needles()), [])
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
        self.assertGreater(int(status["VmLck"].split()[0]), 0)
        with open(f"/proc/{process.pid}/limits", encoding="ascii") as file:
            self.assertRegex(file.read(), "Max core file size +0 +0 ")
        self.assertEqual(os.stat(f"/proc/{process.pid}/mem").st_uid, 0)  # dumpable: its user's

    def test_no_core_file(self):
        self.world.aws.fault("hang", service="kms", operation="Decrypt")
        process = self.start_to("Asking KMS")
        before = set(os.listdir(self.world.folder))
        process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -signal.SIGABRT
        self.assertTrue(os.WIFSIGNALED(status))
        self.assertFalse(os.WCOREDUMP(status))
        self.assertLessEqual(set(os.listdir(self.world.folder)), before)

    def test_no_debugger(self):
        """Another process of the same user, without a right to trace others, gets nothing; of sleep(1) it does."""
        self.world.aws.fault("hang", service="kms", operation="Decrypt")
        bare = ["setpriv", "--inh-caps=-all", "--bounding-set=-all,+ipc_lock", "--"]
        process = self.start_to("Asking KMS", before=bare)
        sleep = subprocess.Popen([*bare, "sleep", "60"], preexec_fn=die_with_parent)
        self.addCleanup(sleep.wait)
        self.addCleanup(sleep.kill)
        until(lambda: os.readlink(f"/proc/{sleep.pid}/exe").endswith("sleep"))
        for file in ("environ", "maps", "auxv"):
            self.assertEqual(run(*bare, "cat", f"/proc/{sleep.pid}/{file}", check=False, text=False).returncode, 0)
            done = run(*bare, "cat", f"/proc/{process.pid}/{file}", check=False)
            self.assertNotEqual(done.returncode, 0, file)
            self.assertIn("Permission denied", done.stderr)
        if shutil.which("gcore"):
            done = run(*bare, "gcore", "-o", os.path.join(self.world.folder, "core"), process.pid, check=False, limit=60)
            self.assertNotEqual(done.returncode, 0, done.stdout)
            self.assertEqual(glob.glob(self.world.folder + "/core*"), [])

    def blocked(self):
        """A socket that takes as many messages as a run sends before it says that it is ready, and not that one."""
        path = os.path.join(self.world.folder, "blocked")
        taker, filler = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
        taker.bind(path)
        taker.settimeout(20)
        for kept in (taker, filler):
            self.addCleanup(kept.close)
        self.addCleanup(os.unlink, path)
        filler.setblocking(False)
        filler.connect(path)
        with contextlib.suppress(BlockingIOError):
            while True:
                filler.send(b"x")
        return path, taker

    def test_when_all_is_written(self):
        """It is about to say so, and can't: the secrets are gone from its memory, and the primes are where they were."""
        path, taker = self.blocked()
        process = self.world.start_run(env={**os.environ, "NOTIFY_SOCKET": path})
        self.addCleanup(self.finish, process)
        for _ in range(STAGES):
            taker.recv(4096)
        until(lambda: self.world.outputs_there() == ["bare", "message"], 30)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        self.assert_kept(process.pid)
        self.assertEqual(self.find(process.pid, self.needles()), [])

    def said_by(self, *files):
        for path in files:
            with contextlib.suppress(OSError), open(path, "rb") as file:
                yield path, file.read()

    def files(self):
        """What is on disk of this run, of attestd and of the TPM; AWS's own is AWS's."""
        for folder in (self.world.folder, self.world.attestd.folder, self.world.sim.folder):
            for where, folders, names in os.walk(folder):
                folders[:] = [name for name in folders if os.path.join(where, name) != self.world.outputs]
                yield from (os.path.join(where, name) for name in names
                            if os.path.isfile(os.path.join(where, name)))

    def test_afterwards(self):
        """A workload runs in its place: nothing is in its memory, in attestd's or the TPM's, nor in what was said."""
        self.world.aws.fault("slow", seconds=3, service="kms", operation="Decrypt")
        process = self.start_to("Asking KMS", "--", "sleep", "60")
        time.sleep(0.5)
        primes = self.assert_kept(process.pid)
        credentials = self.world.aws.credentials()
        until(lambda: not os.readlink(f"/proc/{process.pid}/exe").endswith("attestd-unlock"), 30)
        self.assertEqual(self.world.output("message"), self.plaintext)
        self.assertEqual(self.world.output("bare"), self.bare)
        needles = self.needles().union(*(forms(prime.to_bytes(PRIME, "big")) for prime in primes))
        tokens = {credentials["SecretAccessKey"].encode(), credentials["Token"].encode()}
        for pid in (process.pid, self.world.attestd.process.pid, self.world.sim.process.pid, self.world.sim.swtpm_pid()):
            self.assertEqual(self.find(pid, needles | tokens), [], pid)
        for path, content in self.said_by(*self.files(), *glob.glob("/proc/[0-9]*/environ"),
                                          *glob.glob("/proc/[0-9]*/cmdline")):
            for needle in needles | tokens:
                self.assertNotIn(needle, content, path)
        self.assertEqual([name for name in os.listdir(f"/proc/{process.pid}/fd") if int(name) > 2], [])
        process.kill()
        said, _ = process.communicate(timeout=10)
        for needle in needles | tokens:
            self.assertNotIn(needle, said.encode())
        self.assertNotIn(str(len(self.plaintext)), self.sizes_said(said))

    @staticmethod
    def sizes_said(said):
        """Numbers that stand alone: none may be a plaintext's length."""
        return re.findall(r"(?<![\w.:])\d+(?![\w.:])", said)

    def test_the_search_finds(self):
        """What it looks for, where it is: in this very process."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(65537, 8 * 2 * PRIME).private_numbers()
        held = bytes(64) + key.p.to_bytes(PRIME, "little") + bytes(64)
        self.assertEqual([number for _, number in primes_in(held, key.p * key.q)], [key.p])
        self.assertTrue(self.find(os.getpid(), {self.plaintext}))
        self.assertEqual(struct.calcsize("P"), 8)


if __name__ == "__main__":
    unittest.main()
