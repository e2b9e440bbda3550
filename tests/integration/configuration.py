# SPDX-License-Identifier: Apache-2.0
"""Configuration files: what is accepted, and that a mistake is named with its file and line."""
import os
import shutil
import tempfile
import unittest

from support import ATTESTD, NOBODY, requires, run

GOOD = """\
# a comment
; another

[daemon]
max-connections = 64
idle-timeout=500ms
request-timeout = 2min
[tpm]
ak-handle = 0x81018000
command-timeout = 5
ak-algorithm = rsassa-2048
[quote]
bank = sha256
pcrs = 0-7,11
[access]
ak = user:root,group:0
metrics = nobody
ak-activate = door
"""

# Text and the line where it goes wrong.
BAD = (
    ("[daemon]\nmax-conections = 3\n", 2),
    ("[deamon]\nmax-connections = 3\n", 1),
    ("[evidence]\n", 1),
    ("[secret x]\nplace = /x\n", 2),
    ("max-connections = 3\n", 1),
    ("[daemon]\nmax-connections\n", 2),
    ("[daemon]\nmax-connections =\n", 2),
    ("[daemon]\nmax-connections = many\n", 2),
    ("[daemon]\nmax-connections = 0\n", 2),
    ("[daemon]\nmax-connections = 99999999999999999999\n", 2),
    ("[daemon]\nmax-connections = -1\n", 2),
    ("[daemon]\nmax-connections = 3 # three\n", 2),
    ("[daemon]\n\n\nmax-connections = 3\nmax-connections = 4\n", 5),
    ("[daemon]\nidle-timeout = 5 parsecs\n", 2),
    ("[daemon]\nidle-timeout = 1h30\n", 2),
    ("[daemon\n", 1),
    ("[daemon] x\n", 1),
    ("[tpm]\nak-algorithm = rsa\n", 2),
    ("[tpm]\nak-handle = 0x40000001\n", 2),
    ("[tpm]\ncommand-timeout = 0\n", 2),
    ("[quote]\nbank = md5\n", 2),
    ("[quote]\npcrs = 0-24\n", 2),
    ("[quote]\npcrs =\n", 2),
    ("[access]\nhealth = nobody\n", 2),
    ("[access]\nquote = everybody\n", 2),
    ("[access]\nquote = user:no-such-user-here\n", 2),
    ("[access]\nquote = group:\n", 2),
    ("[access]\nquote = user:root,,group:root\n", 2),
    ("[daemon]\nqueue-length = \\\n 7\n", 2),
    ("[daemon]\nqueue-length = 7\0\n", 2),
    ("# \xff\n[daemon]\nqueue-length = \xff\n", 3),
    ("# " + "x" * 20000 + "\n", 1),
)


class CheckConfig(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        requires()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="attestd-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "attestd.conf")

    def write(self, text, path=None):
        path = path or self.path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="latin-1") as file:
            file.write(text)
        return path

    def check(self, path=None):
        return run(ATTESTD, "--config", path or self.path, "--check-config", check=False)

    def refused(self, *expected, path=None):
        done = self.check(path)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        for text in expected:
            self.assertIn(text, done.stderr)

    def test_good(self):
        self.write(GOOD)
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_empty(self):
        self.write("")
        self.assertEqual(self.check().returncode, 0)

    def test_bad_with_file_and_line(self):
        for text, line in BAD:
            with self.subTest(text=text[:60]):
                self.write(text)
                self.refused(f"{self.path}:{line}", "expected")

    def test_drop_ins_in_order_of_names(self):
        self.write("[quote]\nbank = sha1\n")
        self.write("[quote]\nbank = sha256\n", f"{self.path}.d/20-b.conf")
        self.write("[quote]\nbank = sha384\n", f"{self.path}.d/10-a.conf")
        self.write("[nonsense]\n", f"{self.path}.d/30-not-a-conf")
        self.assertEqual(self.check().returncode, 0)
        bad = self.write("\n[quote]\nbank = sha999\n", f"{self.path}.d/15.conf")
        self.refused(f"{bad}:3")

    def test_missing_file(self):
        self.refused(self.path)

    def test_not_a_regular_file(self):
        os.mkfifo(self.path)
        self.refused(self.path)
        self.refused(self.folder, path=self.folder)

    def test_owner(self):
        self.write(GOOD)
        os.chown(self.path, NOBODY, 0)
        self.refused(self.path, "root")

    def test_mode(self):
        self.write(GOOD)
        for mode in (0o664, 0o646, 0o666):
            with self.subTest(mode=oct(mode)):
                os.chmod(self.path, mode)
                self.refused(self.path)

    def test_owner_of_a_drop_in(self):
        self.write(GOOD)
        path = self.write("", f"{self.path}.d/x.conf")
        os.chown(path, NOBODY, 0)
        self.refused(path)

    def test_start_refuses_as_the_check_does(self):
        self.write("[daemon]\nx = 1\n")
        done = run(ATTESTD, "--config", self.path, "--listen", f"unix:{self.folder}/s", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"{self.path}:2", done.stderr)


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        requires()

    def test_help_and_version(self):
        for option, text in (("--help", "--check-config"), ("--version", "attestd ")):
            with self.subTest(option=option):
                done = run(ATTESTD, option)
                self.assertIn(text, done.stdout)
                self.assertEqual(done.stderr, "")

    def test_wrong_calls(self):
        for arguments in (["--nonsense"], ["argument"], ["--config"], ["--listen"], ["--tcti"]):
            with self.subTest(arguments=arguments):
                done = run(ATTESTD, *arguments, check=False)
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr)


if __name__ == "__main__":
    unittest.main()
