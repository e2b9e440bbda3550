# SPDX-License-Identifier: Apache-2.0
"""A machine with the units as installed: the container that services.sh boots, simulators of TPM and AWS in it, workloads
from docs/examples/units, and what scenarios ask of systemd."""
import contextlib
import glob
import hashlib
import json
import os
import shutil
import time
import unittest

import aws
from aws import KEY, AwsSim
from simulator import Simulator, requires_simulator
from support import UnixConnection, run
from unlocker import key_policy

FOLDER = "/sim"  # not in /tmp, which each service has for itself
UNITS, DROP_INS = "/usr/local/lib/systemd/system", "/run/systemd/system"
CONFIGURED = "/etc/attestd/attestd.conf.d/test.conf"
SECRETS = "/run/attestd-secrets"
PUBLIC, PRIVATE = "/run/attestd/attestd.sock", "/run/attestd-private/unlock.sock"
MOUNT, TARGET, UNLOCK = r"run-attestd\x2dsecrets.mount", "attestd-secrets.target", "attestd-unlock.service"
CREDENTIAL, FILE = "app-credential.service", "app-file.service"
PASSWORD, API_KEY = b"correct horse battery staple", b"\0\xff not text"
LIMIT = 40


class Simulators(contextlib.ExitStack):
    """TPM and AWS, where services can reach them, and files as an administrator would have them."""

    def __enter__(self):
        super().__enter__()
        os.mkdir(FOLDER)
        os.environ["TMPDIR"] = FOLDER
        self.tpm = self.enter_context(Simulator())
        self.open_tpm()
        self.aws = self.enter_context(AwsSim(roots=[self.tpm.root]))
        shutil.copy(self.tpm.root, "/etc/attestd/root.pem")
        shutil.copy(self.aws.ca_file, "/etc/attestd/ca.pem")
        for name, content in (("db-password", PASSWORD), ("api-key", API_KEY)):
            path = f"/etc/attestd/{name}.sealed"
            with open(path, "wb") as file:
                file.write(self.aws.seal(content, **{"attestd:secret": name}))
            os.chmod(path, 0o644)
        for name in ("root.pem", "ca.pem"):
            os.chmod("/etc/attestd/" + name, 0o644)
        return self

    def open_tpm(self):
        os.chmod(self.tpm.folder, 0o755)
        for path in (self.tpm.path, self.tpm.path + ".ctrl"):
            os.chmod(path, 0o666)


def systemctl(*arguments, check=True):
    return run("systemctl", *arguments, check=check, limit=LIMIT)


def show(unit, *properties):
    text = systemctl("show", unit, *(f"--property={name}" for name in properties)).stdout
    return dict(line.split("=", 1) for line in text.splitlines())


def state(unit):
    return show(unit, "ActiveState")["ActiveState"]


def moment(unit, name):
    return int(show(unit, name + "Monotonic")[name + "Monotonic"])


def identity(unit):
    """Changes with each start."""
    return show(unit, "InvocationID", "MainPID")


def drop_in(unit, text, name="test"):
    folder = os.path.join(DROP_INS, unit + ".d")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".conf"), "w", encoding="utf-8") as file:
        file.write(text)
    systemctl("daemon-reload")


def ask(path, socket=PUBLIC, body=None):
    """Status and body, or the exception of the connection."""
    with contextlib.closing(UnixConnection(socket, 20)) as connection:
        connection.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()


class ServicesCase(unittest.TestCase):
    limit = 100
    sims = None

    @classmethod
    def setUpClass(cls):
        if not os.path.isdir("/results"):
            raise unittest.SkipTest("for the container of services.sh alone: it starts and stops services")
        if ServicesCase.sims is None:
            requires_simulator()
            aws.requires("botocore", "asn1crypto")
            ServicesCase.sims = unittest.enterModuleContext(Simulators())
            run("useradd", "--system", "app")

    def setUp(self):
        """As after a boot, but for the journal, which is read from here on."""
        systemctl("stop", CREDENTIAL, FILE, TARGET, UNLOCK, "attestd.service", MOUNT)
        shutil.rmtree(DROP_INS, ignore_errors=True)
        for path in glob.glob("/run/attestd-unlock/*"):
            os.unlink(path)
        self.sims.aws.control("DELETE", "/faults")
        self.policy()
        self.configure()
        os.makedirs("/run/proof", exist_ok=True)
        # They tell what they were given, and who they are.
        for unit, path in ((CREDENTIAL, "$CREDENTIALS_DIRECTORY/db-password"), (FILE, SECRETS + "/api-key")):
            drop_in(unit, "[Service]\nType=exec\nExecStart=\n"
                          f"ExecStart=/bin/sh -c 'sha256sum <{path}; id -u; exec sleep infinity'\n")
        systemctl("reset-failed")
        systemctl("start", "attestd.socket", "attestd-unlock-door.socket", "attestd-tcp.socket")
        systemctl("enable", "--quiet", FILE)
        self.began = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        run("journalctl", "--sync")
        done = run("journalctl", "--lines=0", "--show-cursor")
        self.cursor = done.stdout.split("cursor: ")[1].strip()

    def policy(self, **pcrs):
        self.sims.aws.control("POST", "/policy", {"key": KEY, "policy": key_policy(**pcrs)})

    def configure(self, *names, unlock="timeout = 20s"):
        names = names or ("db-password", "api-key")
        with open(CONFIGURED, "w", encoding="utf-8") as file:
            file.write(f"[tpm]\ntcti = {self.sims.tpm.tcti}\n[unlock]\n{unlock}\n[aws]\nendpoint-kms = {self.sims.aws.kms}\n"
                       f"endpoint-imds = {self.sims.aws.imds}\nca-file = /etc/attestd/ca.pem\n"
                       "attestation-root = /etc/attestd/root.pem\n")
            for name in names:
                if name:
                    owner = "app" if name == "api-key" else "root"
                    file.write(f"[secret {name}]\nsource = file:/etc/attestd/{name}.sealed\nformat = kms\n"
                               f"key-id = {KEY}\nowner = {owner}\n")

    def entries(self):
        """Not by matches of journalctl's, which skips the first one after a cursor."""
        run("journalctl", "--sync")
        lines = run("journalctl", "--quiet", "--output=json", "--after-cursor=" + self.cursor).stdout
        return [json.loads(line) for line in lines.splitlines()]

    def journal(self, unit=None, **fields):
        """What was said, by or of the unit, with these fields."""
        return "\n".join(entry["MESSAGE"] for entry in self.entries() if isinstance(entry.get("MESSAGE"), str) and
                         (unit is None or unit in (entry.get("_SYSTEMD_UNIT"), entry.get("UNIT"))) and
                         all(entry.get(name) == value for name, value in fields.items()))

    def event(self, name):
        return self.journal(ATTESTD_EVENT=name)

    def until(self, condition, *arguments):
        deadline = time.monotonic() + LIMIT
        while not condition(*arguments):
            self.assertLess(time.monotonic(), deadline, f"it did not come about\n{self.journal()}")
            time.sleep(0.1)

    def start(self, *units, ok=True):
        done = systemctl("start", *units, check=False)
        self.assertEqual(done.returncode == 0, ok, done.stderr + self.journal())

    def assert_states(self, **expected):
        names = {"attestd": "attestd.service", "unlock": UNLOCK, "target": TARGET, "credential": CREDENTIAL, "file": FILE,
                 "mount": MOUNT}
        self.assertEqual({key: state(names[key]) for key in expected}, expected, self.journal())

    def asks_kms(self):
        found = show(UNLOCK, "StatusText", "MainPID")
        return found["MainPID"] != "0" and found["StatusText"] == "Asking KMS"

    def assert_said(self, event, *texts):
        """In the journal's lines of this event."""
        said = self.event(event)
        for text in texts:
            self.assertIn(text, said, self.journal())

    def assert_has(self, unit, secret, uid=None):
        self.until(lambda: len(self.journal(unit, _TRANSPORT="stdout").splitlines()) >= 2)
        digest, found = self.journal(unit, _TRANSPORT="stdout").splitlines()[:2]
        self.assertEqual(digest.split()[0], hashlib.sha256(secret).hexdigest())
        self.assertNotEqual(found, "0")
        if uid:
            self.assertEqual(found, str(uid))

    def assert_not_started(self, *units):
        for unit in units:
            self.assertEqual(state(unit), "inactive")
            self.assertLess(moment(unit, "ExecMainStartTimestamp"), self.began)
