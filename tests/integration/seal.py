# SPDX-License-Identifier: Apache-2.0
"""attestctl seal, unseal and inspect as commands: where their output appears and when, what they exit with, and that memory
does not grow with the message."""
import json
import os
import shutil
import stat
import subprocess
import tempfile
import unittest

from support import ATTESTCTL, counted, run, sanitized_program

KEY = bytes(range(32))


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class Commands(unittest.TestCase):
    limit = 600

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.key = self.save("key", KEY)

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def ctl(self, *arguments, expect=0, **more):
        done = run(ATTESTCTL, *arguments, check=False, text=False, **more)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def sealed(self, content=b"secret", *options):
        self.save("plain", content)
        self.ctl("seal", "--raw-key", self.key, "-o", self.path("sealed"), *options, self.path("plain"))
        return self.path("sealed")

    def files(self):
        return set(os.listdir(self.folder))

    def test_round_trip(self):
        for size in (0, 1, 65535, 65536, 65537, 300000):
            with self.subTest(size=size):
                content = os.urandom(size)
                self.ctl("unseal", "--raw-key", self.key, "-o", self.path("out"), self.sealed(content))
                self.assertEqual(self.read("out"), content)
                self.assertEqual(stat.S_IMODE(os.stat(self.path("out")).st_mode), 0o600)
                self.assertEqual(self.files(), {"key", "plain", "sealed", "out"})

    def test_pipes(self):
        content = os.urandom(200000)
        sealed = self.ctl("seal", "--raw-key", self.key, "-o", "-", "-", input=content).stdout
        self.assertEqual(self.ctl("unseal", "--raw-key", self.key, "-o", "-", "-", input=sealed).stdout, content)
        self.assertEqual(self.ctl("unseal", "--raw-key", "-", "-o", "-", self.save("sealed", sealed), input=KEY).stdout, content)

    def test_nothing_before_it_is_verified(self):
        """Neither in a file nor on a pipe, though all frames but the last are good; and what was there stays."""
        sealed = bytearray(self.read(os.path.basename(self.sealed(os.urandom(300000)))))
        cut, changed, longer = sealed[:-1], bytearray(sealed), sealed + b"\0"
        changed[-1] ^= 1
        self.save("out", b"before")
        for name, message, status in (("cut", cut, 3), ("changed", changed, 1), ("longer", longer, 3)):
            with self.subTest(name):
                bad = self.save("bad", bytes(message))
                self.ctl("unseal", "--raw-key", self.key, "-o", self.path("out"), bad, expect=status)
                self.assertEqual(self.read("out"), b"before")
                self.ctl("unseal", "--raw-key", self.key, "-o", self.path("new"), bad, expect=status)
                done = self.ctl("unseal", "--raw-key", self.key, "-o", "-", bad, expect=status)
                self.assertEqual(done.stdout, b"")
        self.assertEqual(self.files(), {"key", "plain", "sealed", "out", "bad"})

    def test_killed(self):
        """Even then nothing is left."""
        sealed = self.read(os.path.basename(self.sealed(os.urandom(1 << 20))))
        with subprocess.Popen([ATTESTCTL, "unseal", "--raw-key", self.key, "-o", self.path("out"), "-"],
                              stdin=subprocess.PIPE) as process:
            process.stdin.write(sealed[:-1])
            process.stdin.flush()
            process.kill()
        self.assertEqual(self.files(), {"key", "plain", "sealed"})

    def test_other_keys(self):
        sealed = self.sealed()
        for name, content, status in (("other", bytes(32), 1), ("short", bytes(31), 3), ("long", bytes(33), 3), ("aes-128", bytes(16), 3)):
            with self.subTest(name):
                self.ctl("unseal", "--raw-key", self.save(name, content), "-o", self.path("out"), sealed, expect=status)
        self.ctl("seal", "--raw-key", self.path("aes-128"), "-o", self.path("out"), sealed, expect=2)
        self.ctl("unseal", "--raw-key", self.path("none"), "-o", self.path("out"), sealed, expect=3)
        self.assertNotIn("out", self.files())

    def test_wrong_calls(self):
        sealed = self.sealed()
        os.symlink(sealed, self.path("link"))
        for arguments in (("inspect",), ("unseal", "-o", "-", sealed), ("unseal", "--raw-key", self.key, sealed),
                          ("unseal", "--raw-key", "-", "-o", "-", "-"), ("seal", "--raw-key", self.key, "-o", "-"),
                          ("seal", "--raw-key", self.key, "-o", "/dev/null", sealed),
                          ("seal", "--raw-key", self.key, "-o", self.path("link"), sealed),
                          ("seal", "--raw-key", self.key, "-o", self.folder, sealed),
                          ("seal", "--raw-key", self.key, "-o", "-", "--encryption-context", "name", sealed),
                          ("seal", "--raw-key", self.key, "-o", "-", "--encryption-context", "a=1", "--encryption-context", "a=2", sealed),
                          ("seal", "--raw-key", self.key, "-o", "-", "--encryption-context", "aws-crypto-public-key=x", sealed)):
            with self.subTest(arguments):
                self.ctl(*arguments, expect=2)
        self.ctl("unseal", "--raw-key", self.key, "-o", self.path("no/where"), sealed, expect=3)
        self.ctl("inspect", self.key, expect=3)

    def test_inspect(self):
        sealed = self.sealed(b"x" * 100, "--encryption-context", "b=2=3", "--encryption-context", "a=\u00fc")
        told = json.loads(self.ctl("inspect", "--json", sealed).stdout)
        self.assertEqual({name: told[name] for name in ("version", "suite", "committing", "signed", "framed", "frame_length", "size")},
                         {"version": 2, "suite": "0478", "committing": True, "signed": False, "framed": True,
                          "frame_length": 65536, "size": os.path.getsize(sealed)})
        self.assertEqual(told["encryption_context"], {"a": "\u00fc", "b": "2=3"})
        self.assertEqual([key["provider"] for key in told["encrypted_data_keys"]], ["attestctl-raw-key"])
        text = self.ctl("inspect", sealed).stdout.decode()
        self.assertIn("b = 2=3", text)
        self.assertIn("Nothing of this is authenticated", text)

    @unittest.skipIf(shutil.which(ATTESTCTL) and sanitized_program(ATTESTCTL), "a build with sanitizers: its memory is not ours")
    def test_memory(self):
        """Constant, however large the message: ATTESTD_SEAL_MIB of it, 64 unless said otherwise."""
        peaks = []
        for size in (1, counted("ATTESTD_SEAL_MIB", 64)):
            with open(self.path("plain"), "wb") as file:
                file.truncate(size << 20)
            used = [self.peak("seal", self.path("plain"), self.path("sealed")),
                    self.peak("unseal", self.path("sealed"), self.path("out"))]
            self.assertEqual(os.path.getsize(self.path("out")), size << 20)
            peaks.append(max(used))
        self.assertLess(peaks[1] - peaks[0], 1024, "KiB")

    def peak(self, command, source, target):
        """In KiB."""
        process = subprocess.Popen([ATTESTCTL, command, "--raw-key", self.key, "-o", target, source])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss


if __name__ == "__main__":
    unittest.main()
