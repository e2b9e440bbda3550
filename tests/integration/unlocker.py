# SPDX-License-Identifier: Apache-2.0
"""All that attestd-unlock needs, on this machine: a NitroTPM, attestd, AWS, and memory to put secrets into.

    with Unlocker() as world:
        world.secret("db", b"hunter2")           # sealed by the simulator's KMS, and configured
        done = world.run()                       # its status and what it said
        world.output("db")                       # b"hunter2"
        world.report()
"""
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import aws
from aws import KEY, OPERATOR, ROLE, AwsSim, allow, policy
from simulator import Simulator, requires_simulator
from support import Attestd, die_with_parent, requires, run

ATTESTD_UNLOCK = os.environ.get("ATTESTD_UNLOCK", "attestd-unlock")
RUN_LIMIT = 60
CAP = 14


def requires_unlock():
    requires()
    requires_simulator()
    aws.requires("botocore", "asn1crypto")
    if shutil.which(ATTESTD_UNLOCK) is None:
        raise unittest.SkipTest("not installed: attestd-unlock")


def key_policy(**pcrs):
    """The role may decrypt while these PCRs are so: {"14": "hex"}."""
    condition = {"StringEqualsIgnoreCase": {f"kms:RecipientAttestation:NitroTPMPCR{number}": value
                                            for number, value in pcrs.items()}}
    return policy(allow(OPERATOR), allow(ROLE, "kms:Decrypt", **({"Condition": condition} if pcrs else {})))


class Unlocker:
    """A context manager; TPM and AWS can be shared by several, which then come after one another."""

    def __init__(self, config=None, roots=()):
        self.aws_config = config
        self.roots = list(roots)  # that KMS trusts beside the simulator's

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        try:
            return self.start()
        except BaseException:
            self.stack.close()
            raise

    def __exit__(self, *_):
        self.stack.close()

    def start(self):
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="unlock-test-"))
        os.chmod(self.folder, 0o755)
        self.sim = self.stack.enter_context(Simulator())
        self.attestd = self.stack.enter_context(Attestd(self.sim.tcti))
        self.bucket = os.path.join(self.folder, "s3", "bucket")
        os.makedirs(self.bucket)
        self.aws = self.stack.enter_context(AwsSim(self.aws_config, [self.sim.root, *self.roots],
                                                   ["--s3-folder", os.path.dirname(self.bucket)]))
        self.outputs = os.path.join(self.folder, "secrets")
        os.mkdir(self.outputs)
        self.mount("ramfs")
        self.stack.callback(self.unmount)
        self.ca_file, self.own_root = (shutil.copy(path, os.path.join(self.folder, name)) for path, name in
                                       ((self.aws.ca_file, "ca.pem"), (self.sim.root, "root.pem")))
        self.root = self.own_root  # that is trusted; "none" is AWS's
        self.report_path = os.path.join(self.folder, "report.json")
        self.forget()
        return self

    def forget(self):
        self.sections, self.extra, self.timeout, self.logged = {}, "", "20s", len(self.aws.log())
        self.door, self.kms, self.root = f"unix:{self.attestd.unlock}", self.aws.kms, self.own_root

    def mount(self, kind, options="mode=0755"):
        run("mount", "-t", kind, "-o", options, kind, self.outputs)

    def unmount(self):
        run("umount", "-l", self.outputs)

    def secret(self, name, plaintext, key=KEY, context=None, **keys):
        """Seals it, and gives it a section."""
        context = {"attestd:secret": name} if context is None else context
        sealed = self.aws.seal(plaintext, key, **context)
        self.sealed(name, sealed, key, **{"format": "kms", **keys})
        return sealed

    def sealed(self, name, sealed, key=KEY, **keys):
        path = os.path.join(self.folder, name + ".sealed")
        with open(path, "wb") as file:
            file.write(sealed)
        self.sections[name] = {"source": "file:" + path, "key-id": key, "output": self.path(name), **keys}

    def path(self, name):
        return os.path.join(self.outputs, name)

    def output(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def outputs_there(self):
        return sorted(os.listdir(self.outputs))

    def configure(self):
        """What the sections say, in a file of its own: attestd keeps another. Replaced whole: a run that is under way
        may be about to read it."""
        path = os.path.join(self.folder, "unlock.conf")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(f"[unlock]\nattestd = {self.door}\nreport = {self.report_path}\ntimeout = {self.timeout}\n"
                       f"{self.extra}\n[aws]\nendpoint-kms = {self.kms}\nendpoint-s3 = {self.aws.s3}\n"
                       f"endpoint-imds = {self.aws.imds}\nca-file = {self.ca_file}\nattestation-root = {self.root}\n")
            for name, keys in self.sections.items():
                file.write(f"[secret {name}]\n" + "".join(f"{key.replace('_', '-')} = {value}\n"
                                                         for key, value in keys.items()))
        os.replace(path + ".new", path)
        return path

    def command(self, *arguments):
        options = ["--config", self.configure()]
        at = 1 if arguments[:1] == ("decrypt",) else 0
        return [ATTESTD_UNLOCK, *arguments[:at], *options, *arguments[at:]]

    def run(self, *arguments, **more):
        return run(*self.command(*arguments), check=False, limit=RUN_LIMIT, **more)

    def start_run(self, *arguments, before=(), **more):
        return subprocess.Popen([*before, *self.command(*arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent, **more)

    def report(self):
        with open(self.report_path, encoding="utf-8") as file:
            return json.load(file)

    def states(self):
        return {secret["name"]: secret["state"] for secret in self.report()["secrets"]}

    def pcr(self, number, bank="sha384"):
        return self.attestd.get(f"/v1/pcrs?bank={bank}&pcrs={number}").body["pcrs"][str(number)]

    def decrypts(self):
        """Those since the last reset."""
        return [line for line in self.aws.log()[self.logged:] if line.get("operation") == "Decrypt"]

    def policy(self, **pcrs):
        self.aws.control("POST", "/policy", {"key": KEY, "policy": key_policy(**pcrs)})

    def clear(self):
        """The same, but for the PCRs, which takes less time."""
        self.sim.clear()
        self.aws.reset()
        self.unmount()
        self.mount("ramfs")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.report_path)
        self.forget()

    def reset(self):
        """As after a boot: PCRs at zero, no outputs, no report, no fault, no policy but the first."""
        self.sim.restart()
        self.clear()
        deadline = time.monotonic() + 20
        while self.attestd.get("/v1/health").status != 200 and time.monotonic() < deadline:
            time.sleep(0.1)


def extended(value, event, bank="sha384"):
    digest = hashlib.new(bank, event).digest()
    return hashlib.new(bank, bytes.fromhex(value) + digest).hexdigest()


ZERO = "00" * 48
CAPPED = extended(ZERO, b"attestd-cap")


class UnlockCase(unittest.TestCase):
    """One world for all cases of a class, reset before each."""

    limit = 120

    @classmethod
    def setUpClass(cls):
        requires_unlock()
        cls.world = cls.enterClassContext(Unlocker())

    def setUp(self):
        self.world.reset()

    def assert_done(self, done, status=0):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr
