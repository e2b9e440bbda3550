# SPDX-License-Identifier: Apache-2.0
"""The units as installed, in the container that services.sh boots: what starts, in which order, what does not and why,
what a restart leaves alone, and what each process can reach."""
import base64
import json
import os
import pwd
import re
import subprocess
import time

from services_case import (API_KEY, CREDENTIAL, DROP_INS, FILE, LIMIT, MOUNT, PASSWORD, PRIVATE, PUBLIC, SECRETS, TARGET,
                           UNITS, UNLOCK, ServicesCase, ask, drop_in, identity, moment, show, state, systemctl)
from support import run


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
        before = len(self.sims.aws.log())
        self.start(TARGET)
        self.assert_states(unlock="active", target="active")
        self.assertEqual(len(self.sims.aws.log()), before)

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
        self.sims.tpm.fault("delay=20000")
        self.addCleanup(self.sims.tpm.clear)
        self.start(FILE, ok=False)
        self.assert_not_started(FILE)
        self.assert_said("UNLOCK_FAILED", "attestd")

    def test_unlock_killed(self):
        self.sims.aws.fault("hang", service="kms")
        process = subprocess.Popen(["systemctl", "start", CREDENTIAL], stderr=subprocess.DEVNULL)
        self.until(self.asks_kms)
        os.kill(int(show(UNLOCK, "MainPID")["MainPID"]), 9)
        self.assertNotEqual(process.wait(LIMIT), 0)
        self.assert_states(unlock="failed", target="inactive")
        self.assert_not_started(CREDENTIAL, FILE)
        self.assertEqual(os.listdir(SECRETS), [])

    def test_stopped_while_it_waits(self):
        self.sims.aws.fault("hang", service="kms")
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
