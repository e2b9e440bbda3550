# SPDX-License-Identifier: Apache-2.0
"""aws-sim between document and answer: which documents it refuses, and its CMS before other readers."""
import datetime
import hashlib
import json
import os
import time
import unittest

from aws import requires, use_modules
from aws_case import ALGORITHM, BAD, GOOD, VECTORS, SimCase, openssl, vector


def setUpModule():
    requires("botocore", "asn1crypto")
    use_modules()


class Document(unittest.TestCase):
    """What document.py refuses, and the one thing it refuses it for."""

    @classmethod
    def setUpClass(cls):
        from aws_document import Chain, rsa_key, spki

        cls.chain = Chain()
        cls.spki = spki(rsa_key())

    def verify(self, data, chain=None, now=None, roots=None):
        import document

        return document.verify(data, roots or [(chain or self.chain).certificates[0]], now or time.time())

    def refused(self, text, data, **more):
        import document

        with self.assertRaisesRegex(document.DocumentError, text):
            self.verify(data, **more)

    def test_good_ones(self):
        found = self.verify(self.chain.document(self.spki, {4: GOOD}))
        keys = found.condition_keys()
        self.assertEqual((found.kind, keys["kms:RecipientAttestation:NitroTPMPCR4"]), ("nitrotpm", GOOD.hex()))
        self.assertEqual(len(keys), 24)
        enclave = self.verify(self.chain.document(self.spki, {0: BAD}, kind="nitro-enclave")).condition_keys()
        self.assertEqual(enclave["kms:RecipientAttestation:ImageSha384"], BAD.hex())
        self.assertEqual(enclave["kms:RecipientAttestation:PCR0"], BAD.hex())
        self.verify(self.chain.sign(self.chain.payload(self.spki), tag=18))
        payload = self.chain.payload(self.spki)
        import cbor2
        self.verify(self.chain.sign(b"\xbf" + cbor2.dumps(payload)[1:] + b"\xff"))  # indefinite, as real ones are

    def test_envelopes(self):
        from cryptography.hazmat.primitives.asymmetric import ec

        payload = self.chain.payload(self.spki)
        good = self.chain.sign(payload)
        self.refused("the signature is wrong", self.chain.sign(payload, key=ec.generate_private_key(ec.SECP384R1())))
        self.refused("ES384", self.chain.sign(payload, protected=bytes.fromhex("a10126")))
        self.refused("unprotected", self.chain.sign(payload, unprotected={4: b"x"}))
        self.refused("COSE_Sign1", self.chain.sign(payload, tag=17))
        self.refused("bytes after", good + b"\0")
        for cut in range(0, len(good), 97):
            self.refused("not CBOR", good[:cut])

    def test_each_signed_byte(self):
        good = self.chain.document(self.spki)
        for index in range(0, len(good), 23):
            broken = bytearray(good)
            broken[index] ^= 0x10
            self.refused("", bytes(broken))

    def test_fields(self):
        for change in ({"module_id": ""}, {"module_id": 1}, {"digest": "SHA256"}, {"timestamp": 0}, {"timestamp": "x"},
                       {"timestamp": True}, {"certificate": ...}, {"certificate": b""}, {"cabundle": []},
                       {"cabundle": [b"x"]}, {"nonce": "text"}, {"nonce": bytes(1025)}, {"more": 1},
                       {"nitrotpm_pcrs": {}}, {"nitrotpm_pcrs": {32: GOOD}}, {"nitrotpm_pcrs": {0: b"x"}},
                       {"nitrotpm_pcrs": {True: GOOD}}, {"nitrotpm_pcrs": ...}):
            with self.subTest(change=change):
                self.refused("", self.chain.sign(self.chain.payload(self.spki, **change)))
        self.refused("one of pcrs", self.chain.sign({**self.chain.payload(self.spki), "pcrs": {0: GOOD}}))
        for name in ("user_data", "nonce"):
            self.verify(self.chain.sign(self.chain.payload(self.spki, **{name: ...})))

    def test_maps(self):
        """Each key once, in the document and in its PCRs; lengths in every form; and the payload must be a map."""
        import cbor2

        payload = self.chain.payload(self.spki)
        whole = cbor2.dumps(payload)
        self.assertEqual(whole[0], 0xA9)
        twice = cbor2.dumps("nonce") + cbor2.dumps(b"x")
        self.refused("'nonce' twice", self.chain.sign(b"\xaa" + whole[1:] + twice))
        self.refused("'nonce' twice", self.chain.sign(b"\xbf" + whole[1:] + twice + b"\xff"))
        pcrs = cbor2.dumps("nitrotpm_pcrs") + b"\xb8\x18"
        self.assertIn(pcrs, whole)
        more = cbor2.dumps(23) + cbor2.dumps(GOOD)
        self.refused("23 twice", self.chain.sign(whole.replace(pcrs, pcrs[:-1] + b"\x19" + more)))
        for head in (b"\xb8\x09", b"\xb9\0\x09", b"\xba" + bytes(3) + b"\x09", b"\xbb" + bytes(7) + b"\x09"):
            self.verify(self.chain.sign(head + whole[1:]))
        for head in (b"\xa8", b"\xaa", b"\xbf", b"\xbc", b"\xbb" + b"\xff" * 8, b"\x89"):
            self.refused("", self.chain.sign(head + whole[1:]))
        for other in (b"\x80", b"\x01", b"\xf6", b"\xbf", b"\xa1"):
            self.refused("", self.chain.sign(other))

    def test_age(self):
        self.verify(self.chain.document(self.spki, age=290))
        self.refused("old", self.chain.document(self.spki, age=310))
        self.refused("future", self.chain.document(self.spki, age=-90))

    def test_keys(self):
        from aws_document import rsa_key, spki
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        pkcs1 = rsa_key().public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        for key, text in ((None, "it has none"), (b"", "it has none"), (spki(rsa_key(1024)), "2048"), (pkcs1, "public_key"),
                          (spki(ec.generate_private_key(ec.SECP256R1())), "not RSA"), (self.spki + b"x", "public_key"),
                          (self.spki[:-1], "public_key")):
            self.refused(text, self.chain.document(key))

    def test_chains(self):
        from aws_document import HOUR, Chain
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec

        now = datetime.datetime.utcnow()
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
        for level, change, text in (
                (4, {"ends": now - HOUR / 2}, "expired"), (4, {"begins": now + HOUR}, "not valid yet"),
                (1, {"ends": now - HOUR}, "expired"), (2, {"authority": False, "path_length": None}, "no CA"),
                (1, {"path_length": 1}, "longer"), (3, {"extension": unknown}, "critical"),
                (4, {"authority": True}, "leaf is a CA"), (2, {"curve": ec.SECP256R1()}, "not P-384"),
                (2, {"issuer": x509.Name([])}, "names"), (3, {"signer": ec.generate_private_key(ec.SECP384R1())}, "signature")):
            with self.subTest(text=text, level=level):
                chain = Chain({level: change})
                self.refused(text, chain.document(self.spki), chain=chain)
        self.refused("root", Chain().document(self.spki), chain=self.chain)
        shuffled = self.chain.certificates[:-1]
        shuffled[1:3] = reversed(shuffled[1:3])
        self.refused("", self.chain.sign(self.chain.payload(self.spki, cabundle=shuffled)))

    def test_real_ones(self):
        """Real documents hold up to their public key, which is none of RSA; the damaged one does not."""
        import document

        vector("attestation-doc", "README.md")
        folder = os.path.join(VECTORS, "attestation-doc")
        roots = document.load_roots([os.path.join(folder, "aws-nitro-root-g1.pem")])
        for name in sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".cbor")):
            with self.subTest(name=name):
                data, about = vector("attestation-doc", name + ".cbor"), json.loads(vector("attestation-doc", name + ".json"))
                expected = "the signature is wrong" if name.startswith("neg-") else "public_key"
                self.refused(expected, data, roots=roots, now=about["verify_at_unix"])
                self.refused("expired", data, roots=roots)


class NitroTpmSim(unittest.TestCase):
    """Documents of the other simulator, which is C and has a CA of its own."""

    def test_documents(self):
        import document
        from aws_document import rsa_key, spki

        try:
            from simulator import Simulator, requires_simulator
        except ImportError:
            self.skipTest("there is no nitrotpm-sim in this checkout")
        requires_simulator()
        with Simulator() as sim:
            public_key = spki(rsa_key())
            roots = document.load_roots([os.path.join(sim.state, "root.pem")])
            found = document.verify(sim.document(nonce=bytes(20), public_key=public_key), roots, time.time())
            self.assertEqual((found.kind, spki_of(found.public_key)), ("nitrotpm", public_key))
            self.assertEqual(found.pcrs[12], bytes(48))
            sim.fault("skew=-600,count=1")
            with self.assertRaisesRegex(document.DocumentError, "old"):
                document.verify(sim.document(public_key=public_key), roots, time.time())


def spki_of(key):
    from cryptography.hazmat.primitives import serialization

    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


class Cms(SimCase):
    def test_forms(self):
        """Both of the real answers' forms, and two more of BER, for sizes around a block."""
        import cms

        self.addCleanup(self.reset)
        for form in cms.FORMS:
            self.sim.control("POST", "/settings", {"cms-form": form})
            for size in (1, 15, 16, 17, 32, 1000, 4096):
                plaintext = os.urandom(size)
                answer = self.client.decrypt(CiphertextBlob=self.sim.seal(plaintext), Recipient=self.recipient())
                enveloped = answer["CiphertextForRecipient"]
                with self.subTest(form=form, size=size):
                    self.assertEqual(self.open_by_openssl(enveloped), plaintext)
                    self.assertEqual(self.open_by_asn1crypto(enveloped), plaintext)

    def test_recipient_certificate(self):
        """openssl-cms(1) with -recip: by the key identifier of a certificate."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization

        name = x509.Name([])
        now = datetime.datetime.utcnow()
        certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
                       .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
                       .add_extension(x509.SubjectKeyIdentifier(hashlib.sha256(self.spki).digest()), critical=False)
                       .sign(self.key, hashes.SHA256()))
        paths = [os.path.join(self.folder, one) for one in ("recip.pem", "recip-key.pem")]
        for path, data in zip(paths, (certificate.public_bytes(serialization.Encoding.PEM), self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))):
            with open(path, "wb") as file:
                file.write(data)
        answer = self.client.decrypt(CiphertextBlob=self.sim.seal(b"secret"), Recipient=self.recipient())
        opened = openssl("cms", "-decrypt", "-inform", "DER", "-recip", paths[0], "-inkey", paths[1],
                         data=answer["CiphertextForRecipient"])
        self.assertEqual(opened, b"secret")

    def test_layout_of_the_real_ones(self):
        """Tag for tag and length for length as KMS answered for a key of 32 bytes; 457 bytes in the other form."""
        import cms

        def layout(data):
            lines = openssl("asn1parse", "-inform", "DER", data=data).decode().splitlines()
            return [line.partition("[HEX DUMP]")[0] for line in lines]

        made = cms.envelop(bytes(32), self.key.public_key())
        for name in ("edgebit-kms-datakey.p7m", "sdkc-ber-indefinite.p7m"):
            self.assertEqual(layout(made), layout(vector("cms", name)))
        self.assertEqual(len(cms.envelop(b"x" * 15, self.key.public_key(), "primitive")), 457)

    def test_sizes_of_keys(self):
        from aws_document import rsa_key, spki

        for bits in (3072, 4096):
            key = rsa_key(bits)
            document = self.chain.document(spki(key))
            answer = self.client.decrypt(CiphertextBlob=self.sim.seal(b"secret"), Recipient={
                "KeyEncryptionAlgorithm": ALGORITHM, "AttestationDocument": document})
            self.key, saved = key, self.key
            self.assertEqual(self.open_by_asn1crypto(answer["CiphertextForRecipient"]), b"secret")
            self.key = saved

    def test_no_plaintext_in_its_three_ways(self):
        self.addCleanup(self.reset)
        for way, expected in (("absent", ...), ("null", None), ("empty", b"")):
            self.sim.control("POST", "/settings", {"plaintext-member": way})
            answer = self.client.decrypt(CiphertextBlob=self.sim.seal(b"secret"), Recipient=self.recipient())
            self.assertEqual(answer.get("Plaintext", ... if expected is ... else None), expected)
