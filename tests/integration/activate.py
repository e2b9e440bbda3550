# SPDX-License-Identifier: Apache-2.0
"""EK and activation: what a verifier who knows the EK can prove about the AK, with tpm2-tools as the other side."""
import base64
import os
import struct
import tempfile
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from support import Attestd, DaemonCase, Swtpm, requires, run
from tpm import Cursor, parse_public, tool

KEY_TYPES = {"rsa-2048": "rsa", "ecc-sec-p384": "ecc384"}
ALLOWED = "[access]\nak-activate = door\n"


def make_credential(folder, ek_public, name, secret):
    """tpm2_makecredential without a TPM; its file is a magic, a version, TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET."""
    paths = {part: os.path.join(folder, part) for part in ("ek", "secret", "credential")}
    with open(paths["ek"], "wb") as file:
        file.write(struct.pack(">H", len(ek_public)) + ek_public)
    with open(paths["secret"], "wb") as file:
        file.write(secret)
    run("tpm2_makecredential", "-T", "none", "-u", paths["ek"], "-s", paths["secret"], "-n", name, "-o",
        paths["credential"])
    with open(paths["credential"], "rb") as file:
        cursor = Cursor(file.read())
    if cursor.number(4) != 0xBADCC0DE or cursor.number(4) != 1:
        raise ValueError("tpm2_makecredential writes another format")
    blob, encrypted = cursor.sized(), cursor.sized()
    cursor.end()
    return tuple(struct.pack(">H", len(part)) + part for part in (blob, encrypted))


def members(key_type, blob, secret):
    return {"key_type": key_type, "credential_blob": base64.b64encode(blob).decode(),
            "secret": base64.b64encode(secret).decode()}


class Endorsement(DaemonCase):
    configuration = ALLOWED
    ek_certificates = True
    shared = True

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def ek(self, key_type, **more):
        reply = self.attestd.get(f"/v1/ek?key_type={key_type}", **more)
        self.assertEqual(reply.status, 200, reply.body)
        return reply.body

    def test_as_createek_makes_it(self):
        for key_type, algorithm in KEY_TYPES.items():
            with self.subTest(key_type=key_type):
                path = os.path.join(self.folder, algorithm)
                tool(self.tcti, "tpm2_createek", "-G", algorithm, "-c", path + ".ctx", "-u", path)
                tool(self.tcti, "tpm2_flushcontext", "-t")
                with open(path, "rb") as file:
                    expected = file.read()[2:]
                ek = self.ek(key_type)
                public = base64.b64decode(ek["public"])
                self.assertEqual(public, expected)
                self.assertEqual(parse_public(public).name.hex(), ek["name"])
                self.assertEqual(ek["key_type"], key_type)

    def test_certificate_is_for_that_key(self):
        for key_type in KEY_TYPES:
            with self.subTest(key_type=key_type):
                ek = self.ek(key_type)
                certificate = x509.load_der_x509_certificate(base64.b64decode(ek["certificate"], validate=True))
                pem = certificate.public_key().public_bytes(serialization.Encoding.PEM,
                                                            serialization.PublicFormat.SubjectPublicKeyInfo)
                self.assertEqual(pem.decode(), ek["pem"])
                self.assertIn("CN=swtpm-localca", certificate.issuer.rfc4514_string())

    def test_both_unix_doors(self):
        self.assertEqual(self.ek("rsa-2048"), self.ek("rsa-2048", door="unlock"))

    def test_activation(self):
        name = self.attestd.get("/v1/ak").body["name"]
        for key_type in KEY_TYPES:
            public = base64.b64decode(self.ek(key_type)["public"])
            for secret in (b"x", os.urandom(32)):
                with self.subTest(key_type=key_type, size=len(secret)):
                    parts = make_credential(self.folder, public, name, secret)
                    reply = self.attestd.post("/v1/ak/activate", members(key_type, *parts))
                    self.assertEqual(reply.status, 200, reply.body)
                    self.assertEqual(base64.b64decode(reply.body["credential"], validate=True), secret)

    def test_a_credential_for_another_key(self):
        for key_type in KEY_TYPES:
            with self.subTest(key_type=key_type):
                public = base64.b64decode(self.ek(key_type)["public"])
                parts = make_credential(self.folder, public, "000b" + "00" * 32, b"secret")
                self.assert_problem(self.attestd.post("/v1/ak/activate", members(key_type, *parts)), 400)

    def test_the_other_ek(self):
        name = self.attestd.get("/v1/ak").body["name"]
        parts = make_credential(self.folder, base64.b64decode(self.ek("rsa-2048")["public"]), name, b"secret")
        self.assert_problem(self.attestd.post("/v1/ak/activate", members("ecc-sec-p384", *parts)), 400)

    def test_changed_and_malformed(self):
        name = self.attestd.get("/v1/ak").body["name"]
        blob, secret = make_credential(self.folder, base64.b64decode(self.ek("rsa-2048")["public"]), name, b"secret")
        flipped = blob[:-1] + bytes([blob[-1] ^ 1])
        for parts in ((flipped, secret), (blob[:-1], secret), (blob + b"\0", secret), (b"", secret), (blob, b""),
                      (blob, secret[:10]), (blob, secret[:-1] + b"\0"), (b"\xff\xff" + bytes(500), secret)):
            with self.subTest(sizes=[len(part) for part in parts]):
                self.assert_problem(self.attestd.post("/v1/ak/activate", members("rsa-2048", *parts)), 400)
        for name, value in (("secret", "not base64!"), ("secret", "QUI"), ("credential_blob", "QUJD=")):
            with self.subTest(name=name, value=value):
                body = {**members("rsa-2048", blob, secret), name: value}
                self.assert_problem(self.attestd.post("/v1/ak/activate", body), 400, name)

    def test_post_alone(self):
        reply = self.attestd.get("/v1/ak/activate")
        self.assert_problem(reply, 405)
        self.assertEqual(reply.headers["Allow"], "POST")

    def test_nothing_stays_in_the_tpm(self):
        name = self.attestd.get("/v1/ak").body["name"]
        parts = make_credential(self.folder, base64.b64decode(self.ek("rsa-2048")["public"]), name, b"secret")
        for _ in range(10):
            self.assertEqual(self.attestd.post("/v1/ak/activate", members("rsa-2048", *parts)).status, 200)
            self.attestd.post("/v1/ak/activate", members("ecc-sec-p384", *parts))
        for kind in ("transient", "loaded-session", "saved-session"):
            self.assertEqual(tool(self.tcti, "tpm2_getcap", f"handles-{kind}"), "")


class NoCertificate(unittest.TestCase):
    def test_member_is_absent(self):
        requires()
        with Swtpm() as tpm, Attestd(tpm.tcti) as attestd:
            for key_type in KEY_TYPES:
                with self.subTest(key_type=key_type):
                    ek = attestd.get(f"/v1/ek?key_type={key_type}").body
                    self.assertEqual(set(ek), {"key_type", "name", "public", "pem"})


if __name__ == "__main__":
    unittest.main()
