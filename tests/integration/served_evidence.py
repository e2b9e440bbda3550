# SPDX-License-Identifier: Apache-2.0
"""/v1/evidence, and the AK's endorsement that is kept for it: before an independent judge and `attestctl verify evidence`,
fresh and cached, renewed in time, after a reset of the TPM, and where AWS gives none."""
import base64
import ctypes
import hashlib
import json
import os
import re
import resource
import signal
import struct
import tempfile
import threading
import time
import unittest

from document import SimulatorCase, judge
from eventlogs import Machine
from simulator import NSM_REQUEST
from support import ATTESTCTL, DaemonCase, die_with_parent, run, sanitized

try:
    import cbor2
except ImportError as error:
    raise unittest.SkipTest(str(error)) from error

HOLDS, HOLDS_NOT, USAGE = 0, 1, 2
PAYLOAD = 2  # of COSE_Sign1
STARTUP, SHUTDOWN = 0x144, 0x145
CONTROL_INIT = 2  # of swtpm's control channel
PR_CAPBSET_DROP, CAP_IPC_LOCK = 24, 14


def unbase64(text):
    return base64.b64decode(text, validate=True)


def extra_data(quoted):
    """Of a TPMS_ATTEST: what follows magic, type and the qualified signer."""
    size = struct.unpack(">H", quoted[6:8])[0]
    at = 8 + size
    length = struct.unpack(">H", quoted[at:at + 2])[0]
    return quoted[at + 2:at + 2 + length]


class EvidenceCase(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.wait_for("held")

    def endorsement_state(self):
        return self.attestd.get("/v1/status").body["ak"]["endorsement"]

    def wait_for(self, *states, limit=20):
        """Until the endorsement is in one of these; what is said of it then."""
        end = time.monotonic() + limit
        while (state := self.endorsement_state())["state"] not in states:
            self.assertLess(time.monotonic(), end, state)
            time.sleep(0.05)
        return state

    def evidence(self, nonce, **members):
        reply = self.attestd.post("/v1/evidence", {"nonce": nonce.hex(), **members})
        self.assertEqual(reply.status, 200, reply.body)
        return reply.body

    def judge_endorsement(self, endorsement, ak_name, nonce=None, extra=None):
        """Every byte of what the document carries; the random part of the extraData."""
        quoted = unbase64(endorsement["quoted"])
        user_data = (b"\xa3\x67attestd\x01\x62ak\x58\x22" + ak_name + b"\x65quote\x58\x30" + hashlib.sha384(quoted).digest())
        document = unbase64(endorsement["document"])
        carried = cbor2.loads(cbor2.loads(document)[PAYLOAD])["nonce"]
        judge(document, self.sim.root, user_data=user_data, nonce=nonce or carried)
        data = extra_data(quoted)
        self.assertEqual((data[:8], len(data)), (b"attestdE", 40))
        if extra:
            self.assertEqual(data[8:], extra)
        return carried, data[8:]

    def save(self, name, content):
        path = os.path.join(self.sim.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(json.dumps(content))
        return path

    def policy(self, **changed):
        pcrs = self.attestd.get("/v1/pcrs?bank=sha384&pcrs=4,7,12").body["pcrs"]
        return self.save("policy.json", {"any_of": [{"pcrs": {"sha384": {**pcrs, **changed}}}]})

    def verify(self, evidence, nonce, *options):
        """The names of the checks that failed, and the claims."""
        path = self.save("evidence.json", evidence)
        done = run(ATTESTCTL, "verify", "evidence", path, "--nonce", nonce.hex(), "--root", self.sim.root, "--policy",
                   self.policy(), "--json", *options, check=False)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, HOLDS if report["verified"] else HOLDS_NOT)
        return [check["name"] for check in report["checks"] if not check["ok"]], report["claims"]


class Evidence(EvidenceCase):
    def test_fresh(self):
        nonce = os.urandom(32)
        evidence = self.evidence(nonce)
        self.assertEqual(set(evidence), {"type", "nonce", "endorsement", "quote"})
        self.assertEqual((evidence["type"], evidence["nonce"]), ("attestd-evidence", nonce.hex()))
        self.judge_endorsement(evidence["endorsement"], bytes.fromhex(evidence["quote"]["ak"]["name"]), nonce,
                               hashlib.sha256(nonce).digest())
        quote = evidence["quote"]
        self.assertEqual((quote["bank"], sorted(quote["pcrs"], key=int)), ("sha384", [str(i) for i in range(24)]))
        self.assertEqual(extra_data(unbase64(quote["quoted"])), nonce)
        failed, claims = self.verify(evidence, nonce, "--fresh")
        self.assertEqual((failed, claims["endorsement"]), ([], "fresh"))

    def test_cached(self):
        """One endorsement for all who ask, whose nonce is nobody's; the quotes are new."""
        self.sim.reset_counts()
        nonces = [os.urandom(32) for _ in range(3)]
        all_of_them = [self.evidence(nonce, cached="yes") for nonce in nonces]
        self.assertNotIn(NSM_REQUEST, self.sim.counts())
        self.assertEqual(len({json.dumps(evidence["endorsement"]) for evidence in all_of_them}), 1)
        carried, _ = self.judge_endorsement(all_of_them[0]["endorsement"], bytes.fromhex(all_of_them[0]["quote"]["ak"]["name"]))
        self.assertEqual(len(carried), 32)
        self.assertNotIn(carried, nonces)
        for nonce, evidence in zip(nonces, all_of_them):
            failed, claims = self.verify(evidence, nonce)
            self.assertEqual((failed, claims["endorsement"]), ([], "cached"))
        self.assertNotEqual(self.verify(all_of_them[0], nonces[0], "--fresh")[0], [])
        self.assertNotEqual(self.verify(all_of_them[0], nonces[1])[0], [])

    def test_no_randomness_twice(self):
        first, second = (self.evidence(os.urandom(16)) for _ in range(2))
        self.attestd.stop()
        self.attestd.start()
        self.wait_for("held")
        renewed = self.attestd.get("/v1/ak").body["endorsement"]
        ak_name = bytes.fromhex(first["quote"]["ak"]["name"])
        seen = {self.judge_endorsement(endorsement, ak_name)[1]
                for endorsement in (first["endorsement"], second["endorsement"], renewed)}
        self.assertEqual(len(seen), 3)

    def test_get_is_post(self):
        nonce = os.urandom(16)
        for query in ("", "&cached=no", "&cached=yes"):
            reply = self.attestd.get(f"/v1/evidence?nonce={nonce.hex()}{query}")
            self.assertEqual((reply.status, reply.body["nonce"]), (200, nonce.hex()))

    def test_malformed(self):
        for members in ({}, {"nonce": "00" * 15}, {"nonce": "00" * 67}, {"nonce": "xy" * 16}, {"nonce": b"attestd123456789".hex()},
                        {"nonce": "00" * 16, "cached": "true"}, {"nonce": "00" * 16, "bank": "sha384"},
                        {"nonce": "00" * 16, "user_data": "AAAA"}):
            with self.subTest(members=members):
                self.assert_problem(self.attestd.post("/v1/evidence", members), 400)

    def test_doors(self):
        nonce = {"nonce": "00" * 16}
        self.assertEqual(self.attestd.post("/v1/evidence", nonce, door="unlock").status, 200)
        self.assert_problem(self.attestd.post("/v1/evidence", nonce, door="tcp"), 403)

    def test_ak(self):
        body = self.attestd.get("/v1/ak").body
        self.judge_endorsement(body["endorsement"], bytes.fromhex(body["name"]))
        nonce = os.urandom(16)
        self.assertEqual(self.evidence(nonce, cached="yes")["endorsement"], body["endorsement"])
        self.assertNotIn("endorsement", self.attestd.post("/v1/ak", {}, door="tcp").body)

    def test_says_how_long(self):
        state = self.endorsement_state()
        self.assertLess(state["expires_in"], 3 * 3600 + 1)
        self.assertGreater(state["expires_in"], 2 * 3600)
        self.assertIn("AK endorsed", run(ATTESTCTL, "status", "--url", "unix:" + self.attestd.public).stdout)
        metrics = self.attestd.get("/metrics").body.decode()
        self.assertGreater(int(re.search(r"^attestd_endorsement_seconds (\d+)$", metrics, re.M).group(1)), 2 * 3600)

    def test_a_pcr_that_moved_since(self):
        """What was extended after the endorsement is the AK's word only; a boot PCR may not move."""
        run("tpm2_pcrextend", "-T", self.sim.tcti, "23:sha384=" + os.urandom(48).hex())
        nonce = os.urandom(32)
        failed, claims = self.verify(self.evidence(nonce, cached="yes"), nonce)
        self.assertEqual((failed, claims["vouched_by"]["23"], claims["vouched_by"]["4"]), ([], "ak", "aws"))
        self.assertEqual(self.verify(self.evidence(nonce), nonce)[1]["vouched_by"]["23"], "aws")

    def test_previous(self):
        nonce = os.urandom(32)
        first, second = self.evidence(nonce), self.evidence(nonce)
        self.assertEqual(self.verify(second, nonce, "--previous", self.save("previous.json", first))[0], [])
        self.assertNotEqual(self.verify(first, nonce, "--previous", self.save("previous.json", second))[0], [])

    def test_bind(self):
        """The evidence is for SHA-256 of a challenge and a file."""
        challenge, content = os.urandom(32), os.urandom(100)
        path = os.path.join(self.sim.folder, "tls.pem")
        with open(path, "wb") as file:
            file.write(content)
        evidence = self.evidence(hashlib.sha256(challenge + content).digest())
        self.assertEqual(self.verify(evidence, challenge, "--bind", path)[0], [])
        self.assertNotEqual(self.verify(evidence, challenge)[0], [])


class Command(EvidenceCase):
    def ctl(self, *arguments, **more):
        return run(ATTESTCTL, "evidence", *arguments, "--url", "unix:" + self.attestd.public, check=False, **more)

    def test_saved_and_verified(self):
        out, nonce = os.path.join(self.sim.folder, "out"), os.urandom(32)
        for cached in ((), ("--cached",)):
            done = self.ctl("--nonce", nonce.hex(), "-o", out, *cached)
            self.assertEqual(done.returncode, HOLDS, done.stderr)
            with open(out, encoding="ascii") as file:
                self.assertEqual(self.verify(json.load(file), nonce)[0], [])

    def test_verify_at_once(self):
        out = os.path.join(self.sim.folder, "verified")
        arguments = ("--nonce", "random", "--verify", "--root", self.sim.root, "-o", out)
        wrong = self.policy(**{"4": "ab" * 48})
        self.assertEqual(self.ctl(*arguments, "--policy", wrong).returncode, HOLDS_NOT)
        self.assertFalse(os.path.exists(out))
        done = self.ctl(*arguments, "--policy", self.policy())
        self.assertEqual(done.returncode, HOLDS, done.stdout + done.stderr)
        self.assertTrue(os.path.exists(out))

    def test_shown(self):
        done = self.ctl("--nonce", "random")
        self.assertIn("Not verified", done.stdout)
        self.assertEqual(json.loads(self.ctl("--nonce", "00" * 16, "--json").stdout)["nonce"], "00" * 16)

    def test_calls(self):
        policy = self.policy()
        for arguments in ((), ("--nonce", "xy"), ("--nonce", "00" * 8), ("--nonce", "random", "--verify"),
                          ("--nonce", "random", "--policy", policy), ("--nonce", "random", "--root", self.sim.root),
                          ("--nonce", "random", "--json", "-o", "-")):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.ctl(*arguments).returncode, USAGE)


class Selftest(EvidenceCase):
    STEPS = ["attestd answers", "event logs", "document, up to the root", "evidence, fresh", "evidence, cached"]

    def selftest(self, *arguments):
        return run(ATTESTCTL, "selftest", *arguments, "--url", "unix:" + self.attestd.public, check=False)

    def test_all_is_well(self):
        done = self.selftest("--root", self.sim.root, "--json")
        self.assertEqual(done.returncode, HOLDS, done.stderr)
        steps = json.loads(done.stdout)["steps"]
        self.assertEqual([(step["name"], step["ok"]) for step in steps], [(name, True) for name in self.STEPS])
        self.assertNotIn(self.attestd.get("/v1/ak").body["name"], done.stdout)
        self.assertIn("a NitroTPM", self.selftest("--root", self.sim.root).stdout)

    def test_what_fails_is_named(self):
        done = self.selftest("--json")  # AWS's root is not the simulator's
        self.assertEqual(done.returncode, HOLDS_NOT)
        steps = {step["name"]: step for step in json.loads(done.stdout)["steps"]}
        self.assertEqual([name for name in self.STEPS if steps[name]["ok"]], self.STEPS[:2])
        self.assertIn("root", steps["document, up to the root"]["detail"])
        self.sim.fault("nsm-error=InternalError")
        self.assertIn("InternalError", self.selftest("--root", self.sim.root).stdout)


class SelftestOfLogs(SimulatorCase):
    """A firmware log whose events nobody extended this TPM with."""

    @classmethod
    def setUpClass(cls):
        machine = Machine(cls.enterClassContext(tempfile.TemporaryDirectory()))
        machine.boot()
        cls.configuration = machine.configuration()
        super().setUpClass()

    def test_logs_that_differ(self):
        done = run(ATTESTCTL, "selftest", "--root", self.sim.root, "--json", "--url", "unix:" + self.attestd.public, check=False)
        self.assertEqual(done.returncode, HOLDS_NOT)
        steps = {step["name"]: step for step in json.loads(done.stdout)["steps"]}
        self.assertFalse(steps["event logs"]["ok"])
        self.assertIn("PCRs", steps["event logs"]["detail"])


class Kept(EvidenceCase):
    """How an endorsement comes, goes, and comes again. Each test starts attestd anew."""

    def setUp(self):
        SimulatorCase.setUp(self)
        self.attestd.stop()

    def start(self):
        self.attestd.start()

    def test_ready_does_not_wait(self):
        self.sim.fault("slow=3000")
        begin = time.monotonic()
        self.start()
        self.assertLess(time.monotonic() - begin, 2.5)
        self.sim.clear()
        self.wait_for("held")

    def test_not_there_yet(self):
        """The AK, until AWS was asked; but the key itself over TCP."""
        self.sim.fault("nsm-error=InternalError")
        self.sim.fault("slow=1500")
        self.start()
        replies = []
        while (state := self.endorsement_state())["state"] == "pending":
            replies.append(self.attestd.get("/v1/ak"))
        self.assertEqual(state["state"], "failed")
        self.assertIn("InternalError", state["reason"])
        reply = self.attestd.get("/v1/ak")
        self.assertEqual((reply.status, "endorsement" in reply.body), (200, False))

    def test_fails_and_comes(self):
        told = self.attestd.log().count("can't be endorsed")
        self.sim.fault("nsm-error=InternalError")
        self.start()
        self.assertIn("InternalError", self.wait_for("failed")["reason"])
        for cached in ("yes", "no"):
            reply = self.attestd.post("/v1/evidence", {"nonce": "00" * 16, "cached": cached})
            self.assert_problem(reply, 503, "InternalError")
            self.assertIsNotNone(reply.headers["Retry-After"])
        self.assertIn("\nattestd_endorsement_seconds 0\n", self.attestd.get("/metrics").body.decode())
        self.sim.clear()
        self.assertEqual(self.attestd.post("/v1/evidence", {"nonce": "00" * 16, "cached": "yes"}).status, 200)
        self.wait_for("held")  # by itself
        self.assertEqual(self.attestd.log().count("can't be endorsed"), told + 1)

    def test_renewed(self):
        """After half of its life; evidence never carries one that has expired."""
        self.sim.fault("ending=6")
        self.start()
        self.wait_for("held")
        seen, end = set(), time.monotonic() + 9
        while time.monotonic() < end:
            evidence = self.evidence(os.urandom(16), cached="yes")
            document = cbor2.loads(cbor2.loads(unbase64(evidence["endorsement"]["document"]))[PAYLOAD])
            self.assertLess(time.time() * 1000 - document["timestamp"], 6000)
            seen.add(document["nonce"])
            time.sleep(0.3)
        self.assertGreaterEqual(len(seen), 3)

    def test_a_failed_renewal_costs_nobody_an_answer(self):
        self.sim.fault("ending=8")
        self.start()
        self.wait_for("held")
        self.sim.fault("nsm-error=InternalError")
        time.sleep(5)
        self.assertEqual(self.endorsement_state()["state"], "held")
        self.evidence(os.urandom(16), cached="yes")
        self.wait_for("failed")
        self.assert_problem(self.attestd.get("/v1/evidence?cached=yes&nonce=" + "00" * 16), 503)

    def test_expired_when_it_comes(self):
        self.sim.fault("expired")
        self.start()
        self.assertIn("certificates that are valid", self.wait_for("failed")["reason"])

    def test_garbage(self):
        for fault in ("garbage", "truncated", "noise"):
            with self.subTest(fault=fault):
                self.sim.fault(fault)
                self.attestd.start()
                self.wait_for("failed")
                self.assert_problem(self.attestd.get("/v1/evidence?nonce=" + "00" * 16), 503)
                self.sim.clear()
                self.attestd.stop()
        self.start()

    def test_previous_boot(self):
        """The TPM is reset and the connection lost: the endorsement that is then served is of the new boot."""
        self.start()
        self.wait_for("held")
        nonce = os.urandom(32)
        before = self.evidence(nonce, cached="yes")
        with self.sim.client() as client:
            client.ask(SHUTDOWN, parameters=bytes(2))  # else the TPM does not call its clock safe at first
        self.sim.restart()
        deadline = time.monotonic() + 20
        while (reply := self.attestd.post("/v1/evidence", {"nonce": nonce.hex(), "cached": "yes"})).status != 200:
            self.assertLess(time.monotonic(), deadline, reply.body)
            time.sleep(0.1)
        self.assertNotEqual(reply.body["endorsement"], before["endorsement"])
        self.assertEqual(self.verify(reply.body, nonce)[0], [])
        mixed = dict(reply.body, endorsement=before["endorsement"])
        self.assertIn("reset_count", self.verify(mixed, nonce)[0])

    def test_reset_behind_the_connection(self):
        """What is kept is of the boot before: nobody gets it, not by /v1/ak either."""
        self.start()
        self.wait_for("held")
        before = self.attestd.get("/v1/ak").body["endorsement"]
        with self.sim.client() as client:
            client.ask(SHUTDOWN, parameters=bytes(2))
        with self.sim.connect(control=True) as control:
            control.sendall(struct.pack(">II", CONTROL_INIT, 0))
            self.assertEqual(control.recv(4), bytes(4))
        with self.sim.client() as client:
            client.ask(STARTUP, parameters=bytes(2))
        self.assertNotEqual(self.attestd.get("/v1/ak").body.get("endorsement"), before)
        nonce = os.urandom(32)
        evidence = self.evidence(nonce, cached="yes")
        self.assertNotEqual(evidence["endorsement"], before)
        self.assertEqual(self.verify(evidence, nonce)[0], [])
        self.wait_for("held")
        self.assertEqual(self.attestd.get("/v1/ak").body["endorsement"], evidence["endorsement"])

    def test_loss_of_power(self):
        """The TPM does not call its clock safe for some seconds: what was endorsed then is replaced."""
        self.start()
        self.wait_for("held")
        os.kill(self.sim.swtpm_pid(), signal.SIGKILL)
        self.sim.stop()
        self.sim.start()
        nonce, end = os.urandom(32), time.monotonic() + 60
        while True:
            reply = self.attestd.post("/v1/evidence", {"nonce": nonce.hex(), "cached": "yes"})
            failed = self.verify(reply.body, nonce)[0] if reply.status == 200 else ["none"]
            if not failed:
                break
            self.assertLess(time.monotonic(), end, failed)
            time.sleep(0.5)

    def reopens(self):
        return int(re.search(r"^attestd_tpm_reopens_total (\d+)$", self.attestd.get("/metrics").body.decode(), re.M).group(1))

    def test_a_command_that_breaks_the_connection(self):
        """It is not sent again and again: what else is asked of the TPM goes on, and its NV is not worn."""
        for fault in ("lost", "fail=0x18b"):
            with self.subTest(fault=fault):
                self.sim.fault(fault)
                self.start()
                end, before = time.monotonic() + 6, self.reopens()
                while time.monotonic() < end:
                    self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "00" * 16).status, 200)
                    self.attestd.get("/v1/document")
                    time.sleep(0.05)
                self.assertLess(self.reopens() - before, 12)
                self.assert_problem(self.attestd.get("/v1/document"), 503, "asked again")
                self.sim.clear()
                self.wait_for("held", limit=40)
                self.attestd.stop()
        self.start()

    def test_a_busy_nsm_leaves_the_tpm_to_others(self):
        self.start()
        self.wait_for("held")
        self.sim.fault("busy")
        clients = [threading.Thread(target=self.attestd.get, args=("/v1/document",)) for _ in range(6)]
        for client in clients:
            client.start()
        for _ in range(3):
            begin = time.monotonic()
            self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "00" * 16).status, 200)
            self.assertLess(time.monotonic() - begin, 5)
        for client in clients:
            client.join()

    def test_an_unknown_command_is_tried_again(self):
        self.sim.fault("fail=0x143,count=1")
        self.start()
        self.wait_for("held")

    def test_a_refusal_is_not_the_callers_fault(self):
        self.start()
        self.sim.fault("nsm-error=InvalidArgument")
        for cached in ("", "&cached=yes"):
            reply = self.attestd.get("/v1/evidence?nonce=" + "00" * 16 + cached)
            self.assertIn(reply.status, (200, 503) if cached else (503,), reply.body)

    def test_without_locked_memory(self):
        """Quotes go on where there can be no message buffer."""
        def limit():
            die_with_parent()
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK, 0, 0, 0)

        if sanitized():
            self.skipTest("with sanitizers mlock(2) does nothing")
        self.attestd.start(preexec_fn=limit)
        self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "00" * 16).status, 200)

    def test_lost_in_the_middle(self):
        self.start()
        self.wait_for("held")
        self.sim.fault("lost,count=1")
        nonce = os.urandom(32)
        self.assertEqual(self.verify(self.evidence(nonce), nonce, "--fresh")[0], [])


class Narrowed(SimulatorCase):
    configuration = "[access]\nevidence = user:65534\n"

    def test_refused(self):
        self.assert_problem(self.attestd.get("/v1/evidence?nonce=" + "00" * 16), 403)
        self.assertEqual(self.attestd.get("/v1/document").status, 200)


class WithoutLogs(SimulatorCase):
    configuration = "[access]\neventlog = user:65534\n"

    def test_refused(self):
        self.assert_problem(self.attestd.get("/v1/evidence?nonce=" + "00" * 16), 403, "/v1/eventlog")


class NoNitroTpm(DaemonCase):
    def test_none(self):
        reply = self.attestd.get("/v1/evidence?nonce=" + "00" * 16)
        self.assertEqual(reply.status, 501, reply.body)
        self.assertIn("NitroTPM", reply.body["detail"])
        self.assertNotIn("endorsement", self.attestd.get("/v1/ak").body)
        self.assertEqual(self.attestd.get("/v1/status").body["ak"]["endorsement"]["state"], "none")
        self.assertNotIn("attestd_endorsement", self.attestd.get("/metrics").body.decode())


if __name__ == "__main__":
    unittest.main()
