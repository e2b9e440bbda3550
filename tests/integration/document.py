# SPDX-License-Identifier: Apache-2.0
"""/v1/document: documents from nitrotpm-sim before an independent judge, who may ask for what, the message buffer in the
TPM's NV memory, and a TPM that fails."""
import base64
import os
import random
import struct
import threading
import time
import unittest

from simulator import (AUTHREAD, AUTHWRITE, NO_DA, NSM_REQUEST, NV_READ, NV_WRITE, RH_OWNER, SHA256, Simulator, TpmError,
                       password, requires_simulator, sized)
from support import ATTESTCTL, Attestd, Swtpm, counted, requires, run, sanitized

try:
    import cbor2
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError as error:
    raise unittest.SkipTest(str(error)) from error

COSE = "application/cose"
FIRST, HANDLES, SIZE = 0x0180a770, 16, 8192
NV_FIRST = 0x01000000
KILLS = counted("ATTESTD_DOCUMENT_KILLS", 40)
MANY = counted("ATTESTD_DOCUMENTS", 300)
RESERVED = bytes.fromhex("a3676174746573746400")
HIERARCHY_CHANGE_AUTH = 0x129


def base64_of(data):
    return base64.b64encode(data).decode()


def judge(document, root, **carried):
    """An independent reader's verdict on a bare document: its fields, or what is wrong."""
    protected, unprotected, payload, signature = cbor2.loads(document)
    fields = cbor2.loads(payload)
    leaf = x509.load_der_x509_certificate(fields["certificate"])
    r, s = (int.from_bytes(part, "big") for part in (signature[:48], signature[48:]))
    leaf.public_key().verify(utils.encode_dss_signature(r, s), cbor2.dumps(["Signature1", protected, b"", payload]),
                             ec.ECDSA(hashes.SHA384()))
    chain = [leaf] + [x509.load_der_x509_certificate(der) for der in reversed(fields["cabundle"])]
    for certificate, issuer in zip(chain, chain[1:]):
        issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes,
                                   ec.ECDSA(certificate.signature_hash_algorithm))
    with open(root, "rb") as file:
        assert chain[-1] == x509.load_pem_x509_certificate(file.read())
    assert unprotected == {}
    for name in ("nonce", "user_data", "public_key"):
        assert fields[name] == carried.get(name), (name, fields[name])
    return fields


def nv_indices(client):
    return [word for word in client.capability(1, NV_FIRST, 64)[1] if word >> 24 == 1]


def ours(client):
    return [index for index in nv_indices(client) if FIRST <= index < FIRST + HANDLES]


def settled(attestd, limit=20):
    """Until it has had its AK endorsed: from then on, only what is asked for costs TPM commands."""
    end = time.monotonic() + limit
    while attestd.get("/v1/status").body["ak"]["endorsement"]["state"] == "pending":
        assert time.monotonic() < end, "no endorsement in time"
        time.sleep(0.02)


class SimulatorCase(unittest.TestCase):
    """One simulator and one daemon for all cases of a class."""

    options = ()
    configuration = ""

    @classmethod
    def setUpClass(cls):
        requires()
        requires_simulator()
        cls.sim = cls.enterClassContext(Simulator(*cls.options))
        cls.attestd = cls.enterClassContext(Attestd(cls.sim.tcti, cls.configuration))
        settled(cls.attestd)

    def setUp(self):
        self.sim.clear()

    def ask(self, door="public", **members):
        return self.attestd.post("/v1/document", members, door=door)

    def document(self, door="public", **members):
        """Asked for with parameters; the judged fields."""
        reply = self.ask(door, **members)
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(set(reply.body), {"type", "document"})
        self.assertEqual(reply.body["type"], "aws-nitro-document")
        return base64.b64decode(reply.body["document"], validate=True)

    def assert_problem(self, reply, status, *texts):
        self.assertEqual(reply.status, status, reply.body)
        self.assertEqual(reply.headers.get_content_type(), "application/problem+json")
        for text in texts:
            self.assertIn(text, str(reply.body))


class Documents(SimulatorCase):
    def test_judged(self):
        nonce, data, key = os.urandom(32), os.urandom(100), os.urandom(294)
        for carried in ({}, {"nonce": nonce}, {"user_data": data}, {"nonce": nonce, "user_data": data},
                        {"nonce": nonce, "user_data": data, "public_key": key}):
            with self.subTest(carried=sorted(carried)):
                members = {name: value.hex() if name == "nonce" else base64_of(value) for name, value in carried.items()}
                fields = judge(self.document("unlock", **members), self.sim.root, **carried)
                self.assertEqual(set(fields["nitrotpm_pcrs"]), set(range(24)))

    def test_pcrs_are_the_tpms(self):
        run("tpm2_pcrextend", "-T", self.sim.tcti, "8:sha384=" + os.urandom(48).hex())
        fields = judge(self.document(), self.sim.root)
        pcrs = self.attestd.get("/v1/pcrs?bank=sha384&pcrs=0-23").body["pcrs"]
        self.assertEqual({str(index): value.hex() for index, value in fields["nitrotpm_pcrs"].items()}, pcrs)

    def test_get_is_post(self):
        reply = self.attestd.get("/v1/document?nonce=00ff&user_data=" + base64_of(b"ab c").replace("+", "%2b"))
        self.assertEqual(reply.status, 200, reply.body)
        judge(base64.b64decode(reply.body["document"]), self.sim.root, nonce=b"\0\xff", user_data=b"ab c")

    def test_bare(self):
        for path, accept, bare in (("?format=cose", None, True), ("?format=json", COSE, False), ("", COSE, True),
                                   ("", None, False), ("", "*/*", False), ("", "text/html, " + COSE, True),
                                   ("", f"{COSE};cose-type=\"cose-sign1\"", True), ("", f"application/json, {COSE}", False),
                                   ("", "Application/COSE", True), ("", COSE + "-x509", False)):
            with self.subTest(path=path, accept=accept):
                reply = self.attestd.get("/v1/document" + path, headers={"Accept": accept} if accept else None)
                self.assertEqual(reply.status, 200)
                self.assertEqual(reply.headers.get_content_type(), COSE if bare else "application/json")
                judge(reply.body if bare else base64.b64decode(reply.body["document"]), self.sim.root)

    def test_sizes(self):
        for name, most in (("nonce", 512), ("user_data", 512), ("public_key", 1024)):
            encode = bytes.hex if name == "nonce" else base64_of
            for size in (1, most):
                data = os.urandom(size)
                judge(self.document("unlock", **{name: encode(data)}), self.sim.root, **{name: data})
            for size in (0, most + 1):
                reply = self.ask("unlock", **{name: encode(bytes(size))})
                self.assert_problem(reply, 400, name, str(most))
        self.document("unlock", nonce="00" * 512, user_data=base64_of(bytes(512)), public_key=base64_of(bytes(1024)))

    def test_malformed(self):
        for members in ({"nonce": "0"}, {"nonce": "xy"}, {"user_data": "AA"}, {"user_data": "A===", }, {"format": "cbor"},
                        {"other": "1"}, {"public_key": "-----BEGIN PUBLIC KEY-----\nAAAA"},
                        {"public_key": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}):
            with self.subTest(members=members):
                self.assert_problem(self.ask("unlock", **members), 400)

    def test_public_key(self):
        """In PEM too; and through no other door, whoever asks."""
        run("openssl", "genpkey", "-algorithm", "RSA", "-out", self.sim.folder + "/key")
        run("openssl", "pkey", "-in", self.sim.folder + "/key", "-pubout", "-out", self.sim.folder + "/pem")
        run("openssl", "pkey", "-pubin", "-in", self.sim.folder + "/pem", "-outform", "DER", "-out", self.sim.folder + "/der")
        with open(self.sim.folder + "/pem", encoding="ascii") as pem, open(self.sim.folder + "/der", "rb") as der:
            pem, der = pem.read(), der.read()
        for text in (pem, base64_of(der)):
            judge(self.document("unlock", public_key=text), self.sim.root, public_key=der)
            self.assert_problem(self.ask(public_key=text), 403, "unlock door", "public_key")
        self.assert_problem(self.ask("unlock", public_key=pem + pem), 400)
        self.assertEqual(os.geteuid(), 0)
        self.assert_problem(self.attestd.post("/v1/document", {}, door="tcp"), 403)

    def test_reserved_user_data(self):
        forged = cbor2.dumps({"attestd": 1, "ak": bytes(34), "quote": bytes(48)})
        self.assertEqual(forged[:9], RESERVED[:9])
        for door in ("public", "unlock"):
            for data in (forged, RESERVED[:9], RESERVED):
                self.assert_problem(self.ask(door, user_data=base64_of(data)), 400, "user_data")
        for data in (RESERVED[:8], b"\0" + forged, b"attestd"):
            judge(self.document(user_data=base64_of(data)), self.sim.root, user_data=data)

    def test_seven_commands(self):
        self.document(nonce="00" * 32)
        self.sim.reset_counts()
        for _ in range(10):
            self.document(nonce="00" * 32)
        self.assertEqual(self.sim.counts(), {NV_WRITE: 10, NSM_REQUEST: 10, NV_READ: 50, "total": 70})

    def test_status(self):
        self.assertIs(self.attestd.get("/v1/status").body["tpm"]["nitrotpm"], True)


class Command(SimulatorCase):
    """attestctl document, and its form for scripts."""

    def ctl(self, *arguments, door="public", check=True, **more):
        return run(ATTESTCTL, *arguments, "--url", "unix:" + getattr(self.attestd, door), check=check, **more)

    def save(self, name, data):
        path = os.path.join(self.sim.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def load(self, name):
        with open(os.path.join(self.sim.folder, name), "rb") as file:
            return file.read()

    def test_verified_by_our_own(self):
        out, data = os.path.join(self.sim.folder, "out"), self.save("data", b"\0some\xff")
        for form in ("json", "cose"):
            nonce = os.urandom(20).hex()
            self.ctl("document", "--nonce", nonce, "--user-data", data, "-o", out, "--format", form)
            run(ATTESTCTL, "verify", "document", out, "--root", self.sim.root, "--nonce", nonce, "--user-data", data)
            wrong = run(ATTESTCTL, "verify", "document", out, "--root", self.sim.root, "--nonce", "00" * 20, check=False)
            self.assertEqual(wrong.returncode, 1)
        judge(self.load("out"), self.sim.root, nonce=bytes.fromhex(nonce), user_data=b"\0some\xff")

    def test_verify_at_once(self):
        out = os.path.join(self.sim.folder, "verified")
        done = self.ctl("document", "--nonce", "random", "--verify", "--root", self.sim.root, "-o", out)
        self.assertIn("The document holds.", done.stdout)
        os.unlink(out)
        done = self.ctl("document", "--nonce", "random", "--verify", "-o", out, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertFalse(os.path.exists(out))

    def test_calls(self):
        for arguments, status in ((("--nonce", "xy"), 2), (("--verify",), 2), (("--root", self.sim.root), 2),
                                  (("--format", "cbor", "-o", "-"), 2), (("--format", "cose"), 2), (("--nonce", ""), 2),
                                  (("--nonce", "00" * 513), 2), (("--json", "-o", "-"), 2)):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.ctl("document", *arguments, check=False).returncode, status)

    def test_public_key(self):
        key = self.save("key.pem", run("openssl", "genpkey", "-algorithm", "RSA").stdout.encode())
        pem = self.save("public.pem", run("openssl", "pkey", "-in", key, "-pubout").stdout.encode())
        self.assertEqual(self.ctl("document", "--public-key", pem, check=False).returncode, 3)
        self.ctl("document", "--public-key", pem, door="unlock")
        done = run(ATTESTCTL, "document", "--public-key", pem, check=False, env=dict(os.environ, ATTESTD_URL=""))
        self.assertIn("unlock.sock", done.stderr)  # where it looks by itself

    def test_as_awss_tool(self):
        """By a command, and by a link of its name; raw bytes in and out."""
        link = os.path.join(self.sim.folder, "nitro-tpm-attest")
        os.symlink(os.path.abspath(ATTESTCTL), link)
        files = {name: self.save(name, os.urandom(50)) for name in ("u", "n", "p")}
        environment = dict(os.environ, ATTESTD_URL="unix:" + self.attestd.unlock)
        for program in ((link,), (ATTESTCTL, "nitro-tpm-attest")):
            for options in (("-u", "-n", "-p"), ("--user-data", "--nonce", "--public-key")):
                arguments = [part for pair in zip(options, files.values()) for part in pair]
                done = run(*program, *arguments, text=False, env=environment)
                judge(done.stdout, self.sim.root, user_data=self.load("u"), nonce=self.load("n"), public_key=self.load("p"))
        judge(run(link, text=False, env=environment).stdout, self.sim.root)
        self.assertEqual(run(link, "-u", files["u"], "--user-data", files["u"], check=False, env=environment).returncode, 2)

    def test_no_lie_is_passed_on(self):
        """What attestd gives must carry what was asked for: a daemon that swaps documents is seen."""
        nonce = os.urandom(16).hex()
        self.ctl("document", "--nonce", nonce)
        with Liar(self.attestd) as liar:
            for arguments in (("--nonce", nonce), (), ("--user-data", self.save("d", b"d"))):
                done = run(ATTESTCTL, "document", *arguments, "--url", "unix:" + liar.path, check=False)
                self.assertEqual(done.returncode, 1, done.stderr)


class Liar:
    """Answers every request with one document, for a nonce nobody asked for."""

    def __init__(self, attestd):
        body = attestd.request("GET", "/v1/document?nonce=" + "ab" * 16 + "&format=cose").body
        self.answer = b'{"type":"aws-nitro-document","document":"' + base64.b64encode(body) + b'"}'
        self.path = os.path.join(attestd.folder, "liar.sock")

    def __enter__(self):
        import socketserver

        answer = self.answer

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                length = 0
                while (line := self.rfile.readline().strip()):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self.rfile.read(length)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                                 b"Content-Length: %d\r\n\r\n" % len(answer) + answer)

        self.server = socketserver.UnixStreamServer(self.path, Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Buffer(SimulatorCase):
    """The NV index: defined, used, given back, and nobody else's."""

    def setUp(self):
        super().setUp()
        self.client = self.enterContext(self.sim.client())
        self.addCleanup(self.clean)

    def clean(self):
        for index in nv_indices(self.client):
            if FIRST <= index < FIRST + HANDLES and self.attestd.process.poll() is not None:
                self.client.undefine(index)

    def restart(self, kill=False):
        (self.attestd.kill if kill else self.attestd.stop)()
        self.attestd.start()

    def test_form(self):
        public = self.client.read_public(FIRST)[0]
        handle, name_alg, attributes, policy_size = struct.unpack(">IHIH", public[:12])
        self.assertEqual((handle, name_alg, attributes & ~0x20000000), (FIRST, SHA256, AUTHREAD | AUTHWRITE | NO_DA))
        self.assertEqual(policy_size, 32)
        self.assertEqual(struct.unpack(">I", public[32:36])[0], self.attestd.process.pid)
        self.assertEqual(struct.unpack(">H", public[44:])[0], SIZE)
        for auth in (b"", b"attestd"):
            with self.assertRaises(TpmError):
                self.client.read(16, handle=FIRST, auth=auth)

    def test_removed_at_a_clean_stop(self):
        self.document()
        self.assertEqual(ours(self.client), [FIRST])
        self.attestd.stop()
        self.assertEqual(ours(self.client), [])
        self.attestd.start()
        self.assertEqual(ours(self.client), [FIRST])

    def test_reclaimed_after_a_kill(self):
        before = self.client.read_public(FIRST)
        self.restart(kill=True)
        self.assertEqual(ours(self.client), [FIRST])
        self.assertNotEqual(self.client.read_public(FIRST), before)
        self.assertIn("killed process", self.attestd.log())
        judge(self.document(), self.sim.root)

    def test_a_strangers_index_stays(self):
        """Whatever of ours it lacks; and it is not used."""
        marker = self.client.read_public(FIRST)[0][12:28]
        self.attestd.stop()
        strangers = {FIRST: {}, FIRST + 1: {"policy": bytes(32)}, FIRST + 2: {"size": 4096, "policy": marker + bytes(16)},
                     FIRST + 3: {"policy": marker + bytes(16), "attributes": AUTHREAD | AUTHWRITE},
                     FIRST + 4: {"policy": marker + bytes(48), "name_alg": 0x000d},
                     FIRST + 5: {"size": 64}}
        for index, public in strangers.items():
            self.client.define(handle=index, **public)
        names = {index: self.client.read_public(index) for index in strangers}
        self.client.define(handle=FIRST + 7, policy=marker + bytes(16))  # ours, of a process that can't be
        self.attestd.start()
        judge(self.document(), self.sim.root)
        self.assertEqual(ours(self.client), [*strangers, FIRST + 6])
        self.restart(kill=True)
        judge(self.document(), self.sim.root)
        self.assertEqual({index: self.client.read_public(index) for index in strangers}, names)
        self.assertEqual(ours(self.client), [*strangers, FIRST + 6])
        self.attestd.stop()
        self.assertEqual(ours(self.client), list(strangers))
        for index in strangers:
            self.client.undefine(index)
        self.attestd.start()

    def test_swapped_below_us(self):
        """Somebody removes our index, and defines one of his own at its handle."""
        self.document()
        self.client.undefine(FIRST)
        judge(self.document(), self.sim.root)
        self.client.undefine(FIRST)
        self.client.define(b"stranger", handle=FIRST)
        for _ in range(3):
            judge(self.document(), self.sim.root)
        self.assertEqual(ours(self.client), [FIRST, FIRST + 1])
        self.restart()
        self.assertEqual(ours(self.client), [FIRST, FIRST + 1])
        self.client.undefine(FIRST)
        self.restart()

    def test_no_handle_left(self):
        self.attestd.stop()
        for index in range(FIRST, FIRST + HANDLES):
            self.client.define(handle=index, size=16)
        self.attestd.start()
        self.assert_problem(self.ask(), 503, "0x0180a770")
        self.assertEqual(self.attestd.get("/v1/pcrs").status, 200)
        self.client.undefine(FIRST + 3)
        judge(self.document(), self.sim.root)  # without a restart
        for index in ours(self.client):
            if index != FIRST + 3:
                self.client.undefine(index)

    def test_owner_authorisation(self):
        def change(old, new):
            self.client.ask(HIERARCHY_CHANGE_AUTH, (RH_OWNER,), password(old), sized(new))

        self.attestd.stop()
        change(b"", b"owner")
        try:
            self.attestd.start()
            self.assert_problem(self.ask(), 503, "owner authorisation")
            self.assertEqual(self.attestd.get("/v1/pcrs").status, 200)
        finally:
            change(b"owner", b"")
        judge(self.document(), self.sim.root)

    def test_owner_authorisation_set_meanwhile(self):
        """What can't be removed stays, and keeps nobody from starting."""
        self.client.ask(HIERARCHY_CHANGE_AUTH, (RH_OWNER,), password(b""), sized(b"owner"))
        try:
            judge(self.document(), self.sim.root)
            self.restart()
            self.assert_problem(self.ask(), 503, "owner authorisation")
        finally:
            self.client.ask(HIERARCHY_CHANGE_AUTH, (RH_OWNER,), password(b"owner"), sized(b""))
        self.restart()
        self.assertEqual(ours(self.client), [FIRST])

    def test_two_daemons(self):
        """Each has its own, neither takes the other's, not even at its start."""
        with Attestd(self.sim.tcti) as other:
            self.assertEqual(ours(self.client), [FIRST, FIRST + 1])
            before = [self.client.read_public(index) for index in ours(self.client)]
            wrong = []

            def ask(attestd):
                for _ in range(20):
                    nonce = os.urandom(16)
                    reply = attestd.get(f"/v1/document?format=cose&nonce={nonce.hex()}")
                    try:
                        judge(reply.body, self.sim.root, nonce=nonce)
                    except Exception as error:  # pylint: disable=broad-except
                        wrong.append((reply, error))

            threads = [threading.Thread(target=ask, args=(attestd,)) for attestd in (self.attestd, other) * 2]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(wrong, [])
            written = lambda public: struct.unpack(">I", public[0][6:10])[0] | 0x20000000  # noqa: E731
            after = [self.client.read_public(index) for index in ours(self.client)]
            self.assertEqual([written(public) for public in before], [written(public) for public in after])
            other.kill()
            other.start()
            self.assertEqual(ours(self.client), [FIRST, FIRST + 1])
            settled(other)
            self.sim.reset_counts()
            judge(self.document(), self.sim.root)
            self.assertEqual(self.sim.counts()["total"], 7)
        self.assertEqual(ours(self.client), [FIRST])


class Faults(SimulatorCase):
    configuration = "[tpm]\ncommand-timeout = 2s\n"

    def recovers(self):
        self.sim.clear()
        end = time.monotonic() + 15  # after several failures the command is left alone for a while
        while self.ask().status != 200 and time.monotonic() < end:
            time.sleep(0.2)
        judge(self.document(nonce="00ff"), self.sim.root, nonce=b"\0\xff")
        with self.sim.client() as client:
            self.assertEqual(ours(client), [FIRST])

    def test_busy(self):
        """TPM_RC_RETRY: asked again."""
        for count in (1, 4, 8):
            self.sim.fault(f"busy,count={count}")
            judge(self.document(), self.sim.root)
        for code in ("0x137", "0x14e", "any"):
            self.sim.fault(f"busy,count=3,on={code}")
            judge(self.document(), self.sim.root)
        self.recovers()

    def test_always_busy(self):
        self.sim.fault("busy")
        begin = time.monotonic()
        self.assert_problem(self.ask(), 503)
        self.assertLess(time.monotonic() - begin, 4)
        self.recovers()

    def test_slow(self):
        self.sim.fault("slow=500")
        judge(self.document(), self.sim.root)
        self.sim.clear()
        self.sim.fault("slow=4000,count=1")
        begin = time.monotonic()
        reply = self.ask()
        self.assert_problem(reply, 503)
        self.assertIn("Retry-After", reply.headers)
        self.assertLess(time.monotonic() - begin, 3.5)
        time.sleep(2.5)
        self.recovers()

    def test_lost(self):
        """In the middle of any command of a document: nobody notices when it is back at once."""
        for code in ("0x20000001", "0x137", "0x14e"):
            with self.subTest(code=code):
                self.sim.fault(f"lost,count=1,on={code}")
                judge(self.document(), self.sim.root)
                self.recovers()
        self.sim.fault("lost,on=0x20000001")
        self.assert_problem(self.ask(), 503)
        self.recovers()

    def test_failing(self):
        for code in ("0x101", "0x923", "0x921"):
            with self.subTest(code=code):
                self.sim.fault(f"fail={code},count=1")
                self.assert_problem(self.ask(), 503)
                self.recovers()

    def test_unknown_command(self):
        """It has the strings of a NitroTPM and not its command."""
        self.sim.fault("fail=0x143,count=1")
        self.assert_problem(self.ask(), 501)
        self.recovers()

    def test_nsm_errors(self):
        for name, status in (("InvalidArgument", 400), ("InputTooLarge", 400), ("InternalError", 503),
                             ("BufferTooSmall", 503), ("InvalidOperation", 503), ("InvalidIndex", 503),
                             ("InvalidResponse", 503), ("ReadOnlyIndex", 503)):
            with self.subTest(name=name):
                self.sim.fault(f"nsm-error={name},count=1")
                self.assert_problem(self.ask(), status, name)
        self.recovers()

    def test_garbage(self):
        for fault in ("garbage", "truncated", "noise"):
            for _ in range(3):
                with self.subTest(fault=fault):
                    self.sim.fault(f"{fault},count=1")
                    self.assert_problem(self.ask(), 503, "document")
        self.recovers()

    def test_simulator_restarts(self):
        judge(self.document(), self.sim.root)
        self.sim.restart()
        deadline = time.monotonic() + 20
        while self.ask().status != 200 and time.monotonic() < deadline:
            time.sleep(0.2)
        self.recovers()


class OtherWays(unittest.TestCase):
    """How the vendor command gets to the TPM, and a TPM that does not have it."""

    @classmethod
    def setUpClass(cls):
        requires()
        requires_simulator()

    def test_no_nitrotpm(self):
        with Swtpm() as tpm, Attestd(tpm.tcti) as attestd:
            for door in ("public", "unlock"):
                reply = attestd.post("/v1/document", {}, door=door)
                self.assertEqual(reply.status, 501)
                self.assertEqual(reply.body["title"], "Not Implemented")
                self.assertIn("NitroTPM", reply.body["detail"])
            self.assertIs(attestd.get("/v1/status").body["tpm"]["nitrotpm"], False)
            done = run(ATTESTCTL, "document", "--url", "unix:" + attestd.public, check=False)
            self.assertEqual(done.returncode, 3)
            self.assertIn("NitroTPM", done.stderr)

    def test_other_vendor_strings(self):
        """The command is listed, but may be another manufacturer's: it is not sent."""
        with Simulator("--plain-vendor") as sim, Attestd(sim.tcti) as attestd:
            self.assertEqual(attestd.get("/v1/document").status, 501)
            self.assertNotIn(NSM_REQUEST, sim.counts())
            with sim.client() as client:
                self.assertEqual(ours(client), [])

    def test_not_listed(self):
        """Without a resource manager in between it does not matter."""
        with Simulator("--hide-command") as sim, Attestd(sim.tcti) as attestd:
            judge(attestd.get("/v1/document?format=cose").body, sim.root)

    def test_vendor_tcti(self):
        """Another way for the one command: used, not kept open, and an error where it is not there."""
        with Simulator() as sim:
            for configuration, options in ((f"[tpm]\nvendor-tcti = {sim.tcti}\n", ()),
                                           ("", ("--vendor-tcti", sim.tcti))):
                with Attestd(sim.tcti, configuration) as attestd:
                    attestd.stop()
                    attestd.arguments = lambda base=attestd.arguments, more=options: base() + list(more)
                    attestd.start()
                    settled(attestd)
                    before = attestd.descriptors()
                    for _ in range(3):
                        judge(attestd.get("/v1/document?format=cose").body, sim.root)
                    deadline = time.monotonic() + 10  # of its side of our connections
                    while attestd.descriptors() > before and time.monotonic() < deadline:
                        time.sleep(0.1)
                    self.assertLessEqual(attestd.descriptors(), before)
            with Attestd(sim.tcti, "[tpm]\nvendor-tcti = device:/nonexistent\n") as attestd:
                begin = time.monotonic()
                reply = attestd.get("/v1/document")
                self.assertEqual(reply.status, 503)
                self.assertIn("device:/nonexistent", reply.body["detail"])
                self.assertLess(time.monotonic() - begin, 5)
                self.assertEqual(attestd.get("/v1/pcrs").status, 200)


class Lasting(unittest.TestCase):
    """Killed at any moment, and many documents."""

    limit = 850

    @classmethod
    def setUpClass(cls):
        requires()
        requires_simulator()

    def load(self, attestd, over):
        while not over.is_set():
            try:
                attestd.get("/v1/document?nonce=00", timeout=5)
            except Exception:  # pylint: disable=broad-except
                pass

    def test_kills(self):
        left = 0
        with Simulator() as sim, Attestd(sim.tcti) as attestd, sim.client() as client:
            for number in range(KILLS):
                over = threading.Event()
                threads = [threading.Thread(target=self.load, args=(attestd, over)) for _ in range(3)]
                for thread in threads:
                    thread.start()
                time.sleep(random.random() * 0.08)
                attestd.kill()
                over.set()
                for thread in threads:
                    thread.join()
                left += len(ours(client))
                if number % 4 == 0:  # and in the middle of its start
                    attestd.start(wait=False)
                    time.sleep(random.random() * 0.1)
                    attestd.kill()
                    time.sleep(0.05)  # a READY of the one that was killed is not the next one's
                attestd.start()
                judge(attestd.get("/v1/document?format=cose").body, sim.root)
                self.assertEqual(ours(client), [FIRST], number)
            attestd.stop()
            self.assertEqual(ours(client), [])
            self.assertEqual(nv_indices(client), [])
            self.assertEqual(client.capability(1, 0x80000000, 8)[1], ())
            print(f"# {KILLS} kills, {left} of them left a buffer behind")
            attestd.start()

    def test_many(self):
        """Nothing grows: handles, indices, sessions, descriptors, memory."""
        with Simulator() as sim, Attestd(sim.tcti) as attestd, sim.client() as client:
            connection = attestd.connection()

            def ask(count):
                for _ in range(count):
                    connection.request("GET", "/v1/document?format=cose&nonce=" + os.urandom(32).hex())
                    response = connection.getresponse()
                    document = response.read()
                    self.assertEqual(response.status, 200)
                return document

            def held():
                return [client.capability(1, first, 64)[1] for first in (0x80000000, 0x02000000, 0x03000000)], ours(client)

            ask(100)
            before, descriptors, memory = held(), attestd.descriptors(), attestd.rss_anon()
            count = MANY if sanitized() or "ATTESTD_DOCUMENTS" in os.environ else 10000
            begin = time.monotonic()
            ask(count)
            seconds = time.monotonic() - begin
            print(f"# {count} documents, {count / seconds:.0f} per second, RssAnon {memory} to {attestd.rss_anon()} KiB")
            self.assertEqual(held(), before)
            self.assertEqual(attestd.descriptors(), descriptors)
            if not sanitized():
                self.assertLess(attestd.rss_anon() - memory, 512)
            connection.close()


if __name__ == "__main__":
    unittest.main()
