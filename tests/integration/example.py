# SPDX-License-Identifier: Apache-2.0
"""The example of the library, as a user builds it: against installed headers and pkg-config alone. It says what attestctl
says of documents, quotes and evidence that an independent writer made."""
import base64
import json
import os
import shlex
import shutil
import sys
import tempfile
import time
import unittest

from support import ATTESTCTL, SOURCE, run

sys.path.insert(0, os.path.join(SOURCE, "tests", "oracle"))
try:
    from documents import ROOT, Document
    from evidence import Key, World
except ImportError as error:
    raise unittest.SkipTest(f"not installed: {error.name}") from None

BUILD = os.path.dirname(ATTESTCTL)
HOLDS, HOLDS_NOT, USAGE, UNREADABLE = 0, 1, 2, 3
NONCE = bytes(range(32))
LIMIT = 120


def requires_build():
    if not os.path.exists(os.path.join(BUILD, "Makefile")):
        raise unittest.SkipTest("attestctl is not in a build tree")
    lacking = [name for name in ("make", "gcc", "pkg-config") if shutil.which(name) is None]
    if lacking:
        raise unittest.SkipTest("not installed: " + ", ".join(lacking))


class Example(unittest.TestCase):
    limit = 240

    @classmethod
    def setUpClass(cls):
        requires_build()
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.install()
        cls.program = os.path.join(cls.folder, "verify")
        # If the library has sanitizers, the program needs them too.
        with open(cls.library, "rb") as file:
            sanitizers = ["-fsanitize=address,undefined"] if b"__asan_init" in file.read() else []
        run("gcc", "-Wall", "-Wextra", "-Werror", *sanitizers, "-o", cls.program, os.path.join(cls.share, "verify.c"),
            *shlex.split(run("pkg-config", "--cflags", "--libs", "attest", env=cls.environment).stdout), f"-Wl,-rpath,{cls.lib}",
            limit=LIMIT)
        cls.world = World(int(time.time()))
        cls.root = cls.save("root.pem", cls.world.chain.levels[ROOT].pem())
        cls.policy = cls.save("policy", json.dumps(cls.world.policy(4, 7)).encode())
        cls.nonce = cls.save("nonce", NONCE)

    @classmethod
    def install(cls):
        """Library, headers, pkg-config file and example, below the folder."""
        # Not as a part of the make that runs the tests.
        alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}

        def make(*arguments):
            return run("make", "-s", "--no-print-directory", "-C", BUILD, *arguments, env=alone, limit=LIMIT).stdout.strip()

        def variable(name):
            return make("--eval", f"tell:;@echo $({name})", "tell")

        make(f"DESTDIR={cls.folder}", "install-libLTLIBRARIES", "install-attestincludeHEADERS", "install-pkgconfigDATA",
             "install-dist_examplesDATA")
        cls.lib = cls.folder + variable("libdir")
        cls.share = cls.folder + variable("examplesdir")
        cls.library = os.path.join(cls.lib, "libattest.so")
        cls.environment = dict(os.environ, PKG_CONFIG_PATH=os.path.join(cls.lib, "pkgconfig"), PKG_CONFIG_SYSROOT_DIR=cls.folder)

    @classmethod
    def save(cls, name, content):
        path = os.path.join(cls.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def verify(self, kind, content, policy=None, pem=None):
        path = self.save(kind, content if isinstance(content, bytes) else json.dumps(content).encode())
        done = run(self.program, kind, path, self.nonce, policy or self.policy, pem or self.root, check=False)
        lines = done.stdout.splitlines()
        return done.returncode, {line.split(":")[0] for line in lines[:-1]}, lines[-1] if lines else ""

    def document(self, nonce=NONCE):
        encoded = Document(self.world.chain, self.world.now, {"nonce": nonce, "nitrotpm_pcrs": self.world.pcrs}).encode()
        return {"type": "aws-nitro-document", "document": base64.b64encode(encoded).decode()}

    def test_evidence(self):
        good = self.world.evidence(NONCE)
        self.assertEqual(self.verify("evidence", good.object()), (HOLDS, set(), "It holds."))
        self.assertEqual(self.verify("evidence", self.world.evidence(NONCE[::-1]).object())[:2], (HOLDS_NOT, {"nonce"}))
        other = self.save("other", json.dumps(self.world.policy(12)).encode())
        self.assertEqual(self.verify("evidence", good.object(), policy=other)[:2], (HOLDS_NOT, {"policy"}))
        self.assertEqual(self.verify("evidence", b"{}")[0], UNREADABLE)

    def test_document(self):
        self.assertEqual(self.verify("document", self.document()), (HOLDS, set(), "It holds."))
        self.assertEqual(self.verify("document", self.document(NONCE[::-1]))[:2], (HOLDS_NOT, {"nonce"}))
        self.assertEqual(self.verify("document", b"{}")[0], UNREADABLE)

    def test_quote(self):
        good, ak = self.world.evidence(NONCE).bundle(), self.save("ak.pem", self.world.key.pem().encode())
        self.assertEqual(self.verify("quote", good, pem=ak), (HOLDS, set(), "It holds."))
        other = self.save("other.pem", Key().pem().encode())
        self.assertEqual(self.verify("quote", good, pem=other)[:2], (HOLDS_NOT, {"signature", "ak_key"}))

    def test_calls_that_are_wrong(self):
        self.assertEqual(run(self.program, check=False).returncode, USAGE)
        self.assertEqual(self.verify("quote", b"{}", pem="/nonexistent")[0], UNREADABLE)


if __name__ == "__main__":
    unittest.main()
