# SPDX-License-Identifier: Apache-2.0
"""The units as installed, in the container that services.sh boots: what starts, in which order, what does not and why,
what a restart leaves alone, and what each process can reach. Workloads are those of docs/examples/units."""
import base64
import contextlib
import glob
import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
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

sims = None


def setUpModule():
    global sims
    if not os.path.isdir("/results"):
        raise unittest.SkipTest("for the container of services.sh alone: it starts and stops services")
    requires_simulator()
    aws.requires("botocore", "asn1crypto")
    sims = unittest.enterModuleContext(Simulators())
    run("useradd", "--system", "app")


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
    extra = ""

    def setUp(self):
        """As after a boot, but for the journal, which is read from here on."""
        systemctl("stop", CREDENTIAL, FILE, TARGET, UNLOCK, "attestd.service", MOUNT)
        shutil.rmtree(DROP_INS, ignore_errors=True)
        for path in glob.glob("/run/attestd-unlock/*"):
            os.unlink(path)
        sims.aws.control("DELETE", "/faults")
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
        sims.aws.control("POST", "/policy", {"key": KEY, "policy": key_policy(**pcrs)})

    def configure(self, *names, unlock="timeout = 20s"):
        names = names or ("db-password", "api-key")
        with open(CONFIGURED, "w", encoding="utf-8") as file:
            file.write(f"[tpm]\ntcti = {sims.tpm.tcti}\n[unlock]\n{unlock}\n[aws]\nendpoint-kms = {sims.aws.kms}\n"
                       f"endpoint-imds = {sims.aws.imds}\nca-file = /etc/attestd/ca.pem\n"
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


class Start(ServicesCase):
    def test_from_nothing(self):
        """`systemctl start attestd` brings up the whole, workloads that the target wants included."""
        self.start("attestd.service")
        self.until(lambda: state(FILE) == "active")
        self.assert_states(attestd="active", unlock="active", target="active", file="active", mount="active")
        self.assertEqual(show(UNLOCK, "SubState", "Result"), {"SubState": "exited", "Result": "success"})
        self.assert_has(FILE, API_KEY, pwd.getpwnam("app").pw_uid)
        self.assertEqual(ask("/v1/health")[0], 200)

    def test_order(self):
        self.start(CREDENTIAL, FILE)
        order = [moment(MOUNT, "ActiveEnterTimestamp"), moment("attestd.service", "ActiveEnterTimestamp"),
                 moment(UNLOCK, "ExecMainStartTimestamp"), moment(UNLOCK, "ExecMainExitTimestamp"),
                 moment(TARGET, "ActiveEnterTimestamp")]
        self.assertLess(order[0], order[2])
        self.assertEqual(order[1:], sorted(order[1:]))
        for unit in (CREDENTIAL, FILE):
            self.assertGreater(moment(unit, "ExecMainStartTimestamp"), order[-1])
        self.assertIn("network-online.target", show(UNLOCK, "After")["After"].split())

    def test_who_gets_what(self):
        self.start(CREDENTIAL, FILE)
        self.assert_has(CREDENTIAL, PASSWORD)
        self.assert_has(FILE, API_KEY, pwd.getpwnam("app").pw_uid)
        self.assertEqual(run("stat", "-f", "-c", "%T", SECRETS).stdout, "ramfs\n")
        found = {name: run("stat", "-c", "%a %U %G", name).stdout.strip()
                 for name in (SECRETS, SECRETS + "/db-password", SECRETS + "/api-key", "/run/attestd-unlock")}
        self.assertEqual(list(found.values()), ["711 attestd-unlock attestd-unlock", "400 root root", "400 app root",
                                                "711 attestd-unlock attestd-unlock"])
        for user, path, may in (("nobody", "api-key", False), ("attestd", "api-key", False), ("app", "db-password", False),
                                ("app", "", False), ("app", "api-key", True)):
            command = ("ls" if path == "" else "cat", os.path.join(SECRETS, path))
            done = run("setpriv", "--reuid=" + user, "--regid=nogroup", "--clear-groups", *command, check=False, text=False)
            self.assertEqual(done.returncode == 0, may, (user, path))
        self.assertFalse(os.path.exists("/run/credentials/" + FILE))

    def test_nothing_configured(self):
        self.configure("")
        before = len(sims.aws.log())
        self.start(TARGET)
        self.assert_states(unlock="active", target="active")
        self.assertEqual(len(sims.aws.log()), before)

    def test_by_socket(self):
        """The first request at a door is enough for all."""
        self.assert_states(attestd="inactive", target="inactive")
        self.assertEqual(ask("/v1/health")[0], 200)
        self.until(lambda: state(FILE) == "active")
        self.assert_states(attestd="active", target="active")

    def test_report(self):
        self.start(TARGET)
        unlock = json.loads(ask("/v1/status")[1])["unlock"]
        self.assertEqual((unlock["state"], unlock["result"]), ("read", "done"))

    def test_catalog(self):
        run("journalctl", "--update-catalog")
        self.start(TARGET)
        self.event("UNLOCK_DONE")
        self.assertIn("Subject: All required secrets are out", run("journalctl", "-x", "ATTESTD_EVENT=UNLOCK_DONE").stdout)


class Failure(ServicesCase):
    def test_kms_denies(self):
        self.policy(**{"4": "ab" * 48})
        self.start(CREDENTIAL, ok=False)
        self.start(FILE, ok=False)
        self.assert_states(attestd="active", unlock="failed", target="inactive")
        self.assert_not_started(CREDENTIAL, FILE)
        self.assert_said("UNLOCK_KMS_REFUSED", "AccessDeniedException")
        self.assert_said("UNLOCK_PRESENTED", "all zero: PCR 0-16,23")
        self.assertRegex(self.journal(CREDENTIAL), "Dependency failed|result 'dependency'")
        self.assertEqual(os.listdir(SECRETS), [])
        # Somebody is told, and once KMS allows, one command has all of it.
        self.until(lambda: "told of attestd-unlock.service" in self.journal())
        self.policy()
        self.start(TARGET)
        self.until(lambda: state(FILE) == "active")

    def test_attestd_fails(self):
        self.configure(unlock="timeout = 5s")
        drop_in("attestd.service", "[Service]\nExecStart=\nExecStart=/bin/false\n")
        self.start(CREDENTIAL, ok=False)
        self.assert_states(unlock="failed", target="inactive")
        self.assert_not_started(CREDENTIAL, FILE)
        self.assert_said("UNLOCK_FAILED", "attestd")

    def test_tpm_lost(self):
        """attestd runs, and has nothing to give."""
        self.configure(unlock="timeout = 5s")
        sims.tpm.fault("delay=20000")
        self.addCleanup(sims.tpm.clear)
        self.start(FILE, ok=False)
        self.assert_not_started(FILE)
        self.assert_said("UNLOCK_FAILED", "attestd")

    def test_unlock_killed(self):
        sims.aws.fault("hang", service="kms")
        process = subprocess.Popen(["systemctl", "start", CREDENTIAL], stderr=subprocess.DEVNULL)
        self.until(self.asks_kms)
        os.kill(int(show(UNLOCK, "MainPID")["MainPID"]), 9)
        self.assertNotEqual(process.wait(LIMIT), 0)
        self.assert_states(unlock="failed", target="inactive")
        self.assert_not_started(CREDENTIAL, FILE)
        self.assertEqual(os.listdir(SECRETS), [])

    def test_stopped_while_it_waits(self):
        sims.aws.fault("hang", service="kms")
        systemctl("start", "--no-block", CREDENTIAL)
        self.until(self.asks_kms)
        began = time.monotonic()
        systemctl("stop", UNLOCK)
        self.assertLess(time.monotonic() - began, 10)
        self.assert_not_started(CREDENTIAL, FILE)
        self.assert_said("UNLOCK_FAILED", "stopped by a signal")

    def test_configuration_wrong(self):
        self.configure(unlock="nonsense")
        self.start(CREDENTIAL, ok=False)
        self.assert_states(unlock="failed", target="inactive")
        self.assert_not_started(CREDENTIAL, FILE)
        self.assertIn("test.conf", self.journal(UNLOCK))

    def test_secret_missing_all_the_same(self):
        """Whoever says neither Requires= nor After=: LoadCredential= of what is not there fails the unit."""
        drop_in(CREDENTIAL, "[Unit]\nRequires=\nAfter=\n[Service]\nRestart=no\n", "z")
        with open(f"{DROP_INS}/alone.service", "w", encoding="utf-8") as file:
            file.write(f"[Service]\nDynamicUser=yes\nLoadCredential=x:{SECRETS}/db-password\nExecStart=/bin/sleep 60\n")
        systemctl("daemon-reload")
        self.start("alone.service")
        self.until(lambda: state("alone.service") == "failed")
        self.assertEqual(show("alone.service", "ExecMainStatus")["ExecMainStatus"], "243")


class Life(ServicesCase):
    def setUp(self):
        super().setUp()
        self.start(CREDENTIAL, FILE)
        self.before = self.identities()

    def identities(self):
        return {unit: identity(unit) for unit in (CREDENTIAL, FILE, UNLOCK, TARGET)}

    def inode(self, name="db-password"):
        return os.stat(os.path.join(SECRETS, name)).st_ino

    def test_attestd_restarts(self):
        """Restarted, killed, stopped and started, as at an upgrade: nobody else notices."""
        systemctl("restart", "attestd.service")
        old = identity("attestd.service")
        os.kill(int(old["MainPID"]), 9)
        self.until(lambda: identity("attestd.service")["MainPID"] not in ("0", old["MainPID"]))
        systemctl("stop", "attestd.socket", "attestd-unlock-door.socket", "attestd-tcp.socket", "attestd.service")
        systemctl("daemon-reload")
        run("systemd-tmpfiles", "--create", "attestd.conf")
        self.start("attestd.service")
        self.assertEqual(ask("/v1/health")[0], 200)
        self.assertEqual(self.identities(), self.before)

    def test_reload(self):
        before = self.inode()
        systemctl("stop", "attestd.service")  # the door is there, and starts it
        systemctl("reload", UNLOCK)
        self.assertNotEqual(self.inode(), before)
        self.assertEqual(state("attestd.service"), "active")
        self.assertEqual(self.identities(), self.before)

    def test_reload_is_refused(self):
        before = self.inode()
        self.policy(**{"4": "ab" * 48})
        self.assertNotEqual(systemctl("reload", UNLOCK, check=False).returncode, 0)
        self.assert_said("UNLOCK_KMS_REFUSED", "AccessDeniedException")
        self.assertEqual((self.inode(), state(UNLOCK)), (before, "active"))
        self.assertEqual(self.identities(), self.before)

    def test_reload_while_attestd_hangs(self):
        drop_in("attestd.service", "[Service]\nWatchdogSec=2s\n")
        systemctl("restart", "attestd.service")
        before, pid = self.inode(), identity("attestd.service")["MainPID"]
        os.kill(int(pid), 19)
        systemctl("reload", UNLOCK)
        self.assertNotEqual(identity("attestd.service")["MainPID"], pid)
        self.assertNotEqual(self.inode(), before)
        self.assertEqual(self.identities(), self.before)

    def test_ends_with_the_mount(self):
        """Without the secrets there is no target, and nobody who needs it."""
        systemctl("stop", MOUNT)
        self.assert_states(unlock="inactive", target="inactive", credential="inactive", file="inactive")
        self.assertEqual(os.listdir(SECRETS), [])

    def test_stop_leaves_them(self):
        systemctl("stop", UNLOCK)
        self.assert_states(target="inactive", credential="inactive")
        self.assertEqual(sorted(os.listdir(SECRETS)), ["api-key", "db-password"])

    def test_journal(self):
        everything = run("journalctl", "--output=export", text=False).stdout
        for secret in (PASSWORD, API_KEY):
            for form in (secret, base64.b64encode(secret), secret.hex().encode()):
                self.assertNotIn(form, everything)

    def test_nothing_runs_on(self):
        self.assertEqual(run("pgrep", "-u", "attestd-unlock", check=False).stdout, "")


class Isolation(ServicesCase):
    KEY_DOCUMENT = base64.b64encode(bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\4" + b"k" * 64)

    def in_container(self, *command, user=()):
        """With namespaces of its own, as root, and of /run only the directory of the public door."""
        script = ("mkdir -p /opt/door && mount --bind /run/attestd /opt/door && mount -t tmpfs tmpfs /run && "
                  "mkdir /run/attestd && mount --move /opt/door /run/attestd && exec \"$@\"")
        return run("unshare", "--mount", "--pid", "--ipc", "--uts", "--net", "--cgroup", "--fork", "--mount-proc", *user,
                   "sh", "-c", script, "sh", *command, check=False)

    def curl(self, path, body, socket=PUBLIC):
        return ("curl", "--silent", "--max-time", "20", "--unix-socket", socket, "--write-out", "\n%{http_code}",
                "--header", "Content-Type: application/json", "--data", json.dumps(body), "http://localhost" + path)

    def test_root_in_another_container(self):
        self.start("attestd.service")
        key = self.KEY_DOCUMENT.decode()
        requests = [("/v1/document", {"nonce": "00" * 16}, "200"), ("/v1/document", {"public_key": key}, "403"),
                    ("/v1/unlock/cap", {"pcr": 14, "before": "00" * 48}, "403"),
                    ("/v1/unlock/measure", {"pcr": 14, "before": "00" * 48, "secret": "x", "digest": "00" * 48}, "403")]
        for user in ((), ("--user", "--map-root-user")):
            for path, body, status in requests:
                with self.subTest(path=path, body=body, user=user):
                    said = self.in_container("sh", "-c", 'test "$(id -u)" = 0 && exec "$@"', "sh", *self.curl(path, body),
                                             user=user)
                    self.assertEqual(said.stdout.splitlines()[-1:], [status], said.stdout + said.stderr)
                    if status != "200":
                        self.assertNotIn('"document"', said.stdout)
            self.assertNotEqual(self.in_container("test", "-e", PRIVATE, user=user).returncode, 0)

    def sandboxed(self, unit):
        """What a program finds that runs in the unit's place, with all of its restrictions."""
        with open(os.path.join(UNITS, unit), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?m)^(Type|Exec(Start|StartPre|Reload)|Sockets|Restart\w*|WatchdogSec|Wants|Before|NotifyAccess|"
                      r"RemainAfterExit)=.*\n", "", text)
        text = text.replace("ExecPaths=/usr", "ExecPaths=/usr/bin /usr", 1)
        text = text.replace("[Service]", "[Service]\nType=oneshot\nExecStart=/usr/bin/python3 -B "
                            "/test/tests/integration/services_probe.py", 1)
        os.makedirs(DROP_INS, exist_ok=True)
        with open(f"{DROP_INS}/probe-{unit}", "w", encoding="utf-8") as file:
            file.write(text)
        systemctl("daemon-reload")
        self.start("probe-" + unit)
        line = next(line for line in self.journal("probe-" + unit).splitlines() if line.startswith("{"))
        return json.loads(line)

    def with_tpm(self):
        """Nodes as a TPM has them; anybody may open what is behind them."""
        for name in ("tpm0", "tpmrm0"):
            path = "/dev/" + name
            open(path, "ab").close()
            run("mount", "--bind", "/dev/null", path)
            self.addCleanup(run, "rm", path)
            self.addCleanup(run, "umount", path)

    def test_attestd_before_the_secrets(self):
        """It never sees them, also where they are mounted after its start."""
        systemctl("mask", "--runtime", "--quiet", TARGET)
        self.start("attestd.service")
        self.assert_states(attestd="active", mount="inactive")
        systemctl("unmask", "--runtime", "--quiet", TARGET)
        self.start(TARGET)
        seen = f"/proc/{identity('attestd.service')['MainPID']}/root{SECRETS}"
        self.assertEqual((os.listdir(seen), sorted(os.listdir(SECRETS))), ([], ["api-key", "db-password"]))

    def test_attestd(self):
        self.with_tpm()
        self.start(TARGET)
        found = self.sandboxed("attestd.service")
        self.assertEqual(found["tpm"], ["/dev/tpm0", "/dev/tpmrm0"])
        self.assertEqual(found["network"], {"interfaces": ["lo"], "sockets": []})
        self.assertEqual(found["written"], ["/tmp", "/var/tmp"])
        self.assertFalse(os.path.exists("/tmp/probe-by-attestd"))  # those are its own
        self.assertEqual((found["secrets"], found["capabilities"], found["executed"]), ([], 0, []))

    def test_attestd_unlock(self):
        self.with_tpm()
        self.start(TARGET)
        found = self.sandboxed(UNLOCK)
        self.assertEqual(found["tpm"], [])
        self.assertEqual(found["network"]["sockets"], ["AF_INET", "AF_INET6"])
        self.assertEqual(found["written"], ["/run/attestd-secrets", "/run/attestd-unlock", "/tmp", "/var/tmp"])
        self.assertFalse(os.path.exists("/tmp/probe-by-attestd-unlock"))
        self.assertEqual((found["capabilities"], found["given"]), (1, []))  # CAP_CHOWN is number 0
        self.assertEqual((found["core"], show(UNLOCK, "MemorySwapMax")["MemorySwapMax"]), (0, "0"))
