# SPDX-License-Identifier: Apache-2.0
"""Sealed messages beside other judges: ours read by the tests' own reader (sealed.py), its writer's by us, recorded ones
inspected by both; and both ways with Amazon's SDK for Python where $ATTESTD_SDK_PYTHON names an interpreter that has it."""
import base64
import glob
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from support import ATTESTCTL, SOURCE, run
from sealed import COMMITTING, SUITES, Message, Reader, Refused

VECTORS = os.environ.get("ATTESTD_VECTORS", "")
SDK_PYTHON = os.environ.get("ATTESTD_SDK_PYTHON", "")
SDK = os.path.join(SOURCE, "tests", "oracle", "encryption_sdk.py")
SIGNED = [suite for suite, (_, _, signature) in SUITES.items() if signature]


def has_sdk():
    if not SDK_PYTHON:
        return False
    return subprocess.run([SDK_PYTHON, "-c", "import aws_encryption_sdk"], check=False, capture_output=True).returncode == 0


class Case(unittest.TestCase):
    limit = 600

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def unseal(self, key, message, *options, expect=0):
        """What we make of it; None where we refuse."""
        done = run(ATTESTCTL, "unseal", "--raw-key", self.save("key", key), "-o", self.path("out"), *options,
                   self.save("sealed", message), check=False)
        self.assertEqual(done.returncode, expect, done.stderr)
        if expect:
            return None
        return self.read("out")

    def seal(self, key, content, *options):
        run(ATTESTCTL, "seal", "--raw-key", self.save("key", key), "-o", self.path("sealed"), *options, self.save("plain", content))
        return self.read("sealed")


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class BesideTheSpecification(Case):
    def test_ours(self):
        for size in (0, 1, 65535, 65536, 65537, 200000):
            with self.subTest(size=size):
                key, content = os.urandom(32), os.urandom(size)
                reader = Reader(self.seal(key, content, "--encryption-context", "b=2", "--encryption-context", "a=1"))
                self.assertEqual(reader.open(key), content)
                self.assertEqual((reader.suite, reader.pairs), (0x0478, [(b"a", b"1"), (b"b", b"2")]))

    def test_no_message_id_twice(self):
        key = os.urandom(32)
        self.assertEqual(len({Reader(self.seal(key, b"same")).message_id for _ in range(8)}), 8)

    def test_theirs(self):
        """Every suite, framed and not, lengths around a frame's."""
        for suite, (size, _, _) in SUITES.items():
            for frame_length, length in ((0, 0), (0, 100), (1, 5), (16, 0), (16, 15), (16, 16), (16, 17), (4096, 10000)):
                with self.subTest(suite=f"{suite:04x}", frame_length=frame_length, length=length):
                    key, content = os.urandom(size), os.urandom(length)
                    message = Message(suite, key, content, frame_length, context={"app": "db"}).encode()
                    self.assertEqual(self.unseal(key, message, "--allow-uncommitted"), content)
        key = os.urandom(32)
        for suite in (0x0078, 0x0178, 0x0378):
            self.unseal(key, Message(suite, key, b"x").encode(), expect=1)

    def test_signed_by_another(self):
        """A signature that is good, but over something else, or by another key than the header names."""
        for suite in SIGNED:
            with self.subTest(suite=f"{suite:04x}"):
                key = os.urandom(SUITES[suite][0])
                message, other = Message(suite, key, b"x" * 40), Message(suite, key, b"x" * 40)
                whole = message.header() + message.body()
                for footer in (message.footer(whole[:-1]), other.footer(whole)):
                    self.unseal(key, whole + footer, "--allow-uncommitted", expect=1)

    def test_of_two_messages(self):
        """A frame of another message under the same data key."""
        key = os.urandom(32)
        one, other = Message(0x0478, key, b"a" * 40), Message(0x0478, key, b"b" * 40)
        self.unseal(key, one.header() + other.body(), expect=1)
        one.frames, other.frames = one.frames[:1], other.frames[1:]
        self.unseal(key, one.header() + one.body() + other.body(), expect=1)

    @unittest.skipUnless(glob.glob(os.path.join(VECTORS, "esdk", "*.esdk")), "no messages: ATTESTD_VECTORS names no folder that has them")
    def test_recorded(self):
        for path in sorted(glob.glob(os.path.join(VECTORS, "esdk", "*.esdk"))):
            with self.subTest(os.path.basename(path)):
                with open(path, "rb") as file:
                    reader = Reader(file.read())
                told = json.loads(run(ATTESTCTL, "inspect", "--json", path).stdout)
                self.assertEqual((told["version"], told["suite"], told["message_id"], told["frame_length"], told["header_size"]),
                                 (reader.version, f"{reader.suite:04x}", reader.message_id.hex(), reader.frame_length, reader.header_size))
                self.assertEqual((told["committing"], told["signed"]), (reader.suite in COMMITTING, reader.suite in SIGNED))
                self.assertEqual(told["encryption_context"], {name.decode(): value.decode() for name, value in reader.pairs})
                keys = [(key["provider"].encode(), base64.b64decode(key["info"]), base64.b64decode(key["ciphertext"]))
                        for key in told["encrypted_data_keys"]]
                self.assertEqual(keys, reader.keys)

    def test_reader_refuses(self):
        """That the reader is one: it would be no judge otherwise."""
        key = os.urandom(32)
        message = bytearray(self.seal(key, b"x" * 100))
        for at in (0, 40, len(message) // 2, len(message) - 1):
            message[at] ^= 1
            with self.assertRaises(Refused):
                Reader(bytes(message)).open(key)
            message[at] ^= 1
        with self.assertRaises(Refused):
            Reader(bytes(message)).open(os.urandom(32))


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
@unittest.skipUnless(has_sdk(), "ATTESTD_SDK_PYTHON names no interpreter that has aws-encryption-sdk")
class BesideTheSdk(Case):
    def sdk(self, *arguments):
        run(SDK_PYTHON, "-B", SDK, *arguments, limit=60)

    def test_ours(self):
        for size in (0, 1, 65536, 200000):
            with self.subTest(size=size):
                key, content = os.urandom(32), os.urandom(size)
                self.seal(key, content, "--encryption-context", "app=db")
                self.sdk("decrypt", self.path("key"), self.path("sealed"), self.path("opened"))
                self.assertEqual(self.read("opened"), content)

    def test_theirs(self):
        for suite, (size, _, _) in SUITES.items():
            for frame_length in (0, 128, 4096):
                with self.subTest(suite=f"{suite:04x}", frame_length=frame_length):
                    key, content = self.save("given", os.urandom(size)), os.urandom(4096)
                    self.sdk("encrypt", key, self.save("plain", content), self.path("theirs"), f"{suite:04x}", frame_length)
                    self.assertEqual(self.unseal(self.read("given"), self.read("theirs"), "--allow-uncommitted"), content)


if __name__ == "__main__":
    unittest.main()
