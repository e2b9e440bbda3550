# SPDX-License-Identifier: Apache-2.0
"""The simulator's documents before an independent judge: python3-cbor2 and python3-cryptography.

What they must look like is what real NitroTPM documents look like, but for the names.
"""
import datetime
import os
import time
import unittest

from simulator import BUFFER, NSM_REQUEST, Simulator, attestation, document_of, head, requires_simulator, string, text
from support import run

try:
    import cbor2
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.x509.oid import ExtensionOID, NameOID
except ImportError:
    cbor2 = None

KEYS = ["module_id", "digest", "timestamp", "nitrotpm_pcrs", "certificate", "cabundle", "public_key", "user_data",
        "nonce"]
MODULE_ID = "i-0123456789abcdef0-tpm0000000000000000"
HOUR = 3600
LEVELS = ("root", "regional", "zonal", "instance", "leaf")
CA = {"digital_signature", "key_cert_sign", "crl_sign"}
# level: path length, key usages, whether these are critical, validity in seconds, extensions in order, order of names
PROFILE = {
    "root": (None, CA, True, 30 * 365 * 24 * HOUR, "basicConstraints subjectKeyIdentifier keyUsage", "C O OU CN"),
    "regional": (2, CA, True, 20 * 24 * HOUR + HOUR,
                 "basicConstraints authorityKeyIdentifier subjectKeyIdentifier keyUsage cRLDistributionPoints",
                 "C O OU CN"),
    "zonal": (1, CA, True, 5 * 24 * HOUR + 19 * HOUR,
              "basicConstraints authorityKeyIdentifier subjectKeyIdentifier keyUsage cRLDistributionPoints",
              "CN OU O C ST L"),
    "instance": (0, {"key_cert_sign"}, True, 24 * HOUR,
                 "basicConstraints keyUsage subjectKeyIdentifier authorityKeyIdentifier", "C ST L O OU CN"),
    "leaf": (None, {"digital_signature", "content_commitment"}, False, 3 * HOUR + 3, "basicConstraints keyUsage",
             "C ST L O OU CN"),
}
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign")
SHORT = {"2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.3": "CN", "2.5.4.8": "ST", "2.5.4.7": "L"}


def setUpModule():
    if cbor2 is None:
        raise unittest.SkipTest("not installed: python3-cbor2 or python3-cryptography")
    requires_simulator("tpm2_pcrread", "tpm2_pcrextend")


class Document:
    """One taken apart; every step that a verifier would make was made."""

    def __init__(self, wire, root):
        self.wire = wire
        self.cose = cbor2.loads(wire)
        protected, unprotected, self.payload, signature = self.cose
        assert protected == b"\xa1\x01\x38\x22" and unprotected == {} and len(signature) == 96
        self.fields = cbor2.loads(self.payload)
        self.leaf = x509.load_der_x509_certificate(self.fields["certificate"])
        self.chain = [x509.load_der_x509_certificate(der) for der in self.fields["cabundle"]] + [self.leaf]
        r, s = (int.from_bytes(half, "big") for half in (signature[:48], signature[48:]))
        signed = cbor2.dumps(["Signature1", protected, b"", self.payload])
        self.leaf.public_key().verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA384()))
        for issuer, certificate in zip(self.chain, self.chain[1:]):
            issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes,
                                       ec.ECDSA(hashes.SHA384()))
            assert certificate.issuer == issuer.subject
        with open(root, "rb") as file:
            assert self.chain[0] == x509.load_pem_x509_certificate(file.read())


def seconds(certificate):
    return (certificate.not_valid_after - certificate.not_valid_before).total_seconds()


def end_of(certificate):
    return certificate.not_valid_after.replace(tzinfo=datetime.timezone.utc).timestamp()


class DocumentCase(unittest.TestCase):
    options = ("--module-id", MODULE_ID)

    @classmethod
    def setUpClass(cls):
        cls.sim = cls.enterClassContext(Simulator(*cls.options))

    def setUp(self):
        self.sim.clear()

    def make(self, **fields):
        return Document(self.sim.document(**fields), self.sim.root)


class Form(DocumentCase):
    def test_bytes(self):
        """Untagged array of four; payload a map of indefinite length, its keys in AWS's order, null where nothing is."""
        document = self.make()
        self.assertEqual(document.wire[:7], b"\x84\x44\xa1\x01\x38\x22\xa0")
        self.assertEqual((document.payload[0], document.payload[-1]), (0xbf, 0xff))
        self.assertEqual(list(document.fields), KEYS)
        for name in ("public_key", "user_data", "nonce"):
            self.assertIsNone(document.fields[name])
            self.assertIn(text(name) + b"\xf6", document.payload)
        self.assertIn(text("timestamp") + b"\x1b", document.payload)
        self.assertIn(text("nitrotpm_pcrs") + b"\xb8\x18\x00\x58\x30", document.payload)
        self.assertEqual(document.fields["module_id"], MODULE_ID)
        self.assertEqual(document.fields["digest"], "SHA384")
        self.assertLess(abs(document.fields["timestamp"] / 1000 - time.time()), 30)

    def test_fields(self):
        for fields in ({"nonce": bytes(range(32))}, {"user_data": b"u" * 512, "nonce": b"n"},
                       {"public_key": b"k" * 1024, "user_data": b"u" * 1024, "nonce": b"n" * 1024}, {"nonce": b""}):
            with self.subTest(sizes={name: len(value) for name, value in fields.items()}):
                document = self.make(**fields)
                for name in ("public_key", "user_data", "nonce"):
                    self.assertEqual(document.fields[name], fields.get(name))

    def test_pcrs(self):
        """The TPM's own at that moment, as tpm2_pcrread says through the same TCTI."""
        run("tpm2_pcrextend", "-T", self.sim.tcti, "16:sha384=" + "ab" * 48)
        pcrs = self.make().fields["nitrotpm_pcrs"]
        values = os.path.join(self.sim.folder, "values")
        run("tpm2_pcrread", "-T", self.sim.tcti, "sha384:all", "-o", values)
        with open(values, "rb") as file:
            read = file.read()
        self.assertEqual(list(pcrs), list(range(24)))
        self.assertEqual(b"".join(pcrs.values()), read)
        self.assertNotEqual(pcrs[16], bytes(48))
        self.assertEqual(pcrs[17], b"\xff" * 48)

    def test_leaf_signs_again(self):
        """The same leaf for two documents; their signatures differ, their timestamps don't go back."""
        one, other = self.make(), self.make()
        self.assertEqual(one.leaf, other.leaf)
        self.assertNotEqual(one.cose[3], other.cose[3])
        self.assertGreaterEqual(other.fields["timestamp"], one.fields["timestamp"])


class Chain(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = Document(cls.sim.document(), cls.sim.root)
        cls.levels = dict(zip(LEVELS, cls.document.chain))

    def test_profile(self):
        for level, certificate in self.levels.items():
            path, usages, critical, validity, extensions, _ = PROFILE[level]
            with self.subTest(level=level):
                constraints = certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS)
                self.assertTrue(constraints.critical)
                self.assertEqual((constraints.value.ca, constraints.value.path_length), (level != "leaf", path))
                usage = certificate.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE)
                self.assertEqual(usage.critical, critical)
                self.assertEqual({name for name in USAGES if getattr(usage.value, name)}, usages)
                self.assertEqual([e.oid._name for e in certificate.extensions], extensions.split())
                self.assertEqual(seconds(certificate), validity)
                self.assertIsInstance(certificate.public_key().curve, ec.SECP384R1)
                self.assertEqual(certificate.signature_hash_algorithm.name, "sha384")

    def test_names(self):
        """Of AWS's form, but nobody can take them for AWS's."""
        for level, certificate in self.levels.items():
            with self.subTest(level=level):
                self.assertEqual(" ".join(SHORT[part.oid.dotted_string] for part in certificate.subject), PROFILE[level][5])
                for name in (certificate.subject, certificate.issuer):
                    text_of_name = name.rfc4514_string()
                    self.assertIn("O=nitrotpm-sim simulator", text_of_name)
                    self.assertNotRegex(text_of_name, "Amazon|aws|OU=AWS")
                    self.assertIn("simulator", name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
        names = [c.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for c in self.document.chain]
        self.assertEqual(names[0], "simulator.nitro-enclaves")
        self.assertRegex(names[1], r"^[0-9a-f]{16}\.us-east-1\.simulator\.nitro-enclaves$")
        self.assertRegex(names[2], r"^[0-9a-f]{16}\.zonal\.us-east-1\.simulator\.nitro-enclaves$")
        self.assertEqual(names[3], "i-0123456789abcdef0.us-east-1.simulator.nitro-enclaves")
        self.assertEqual(names[4], MODULE_ID + ".us-east-1.simulator")

    def test_sizes_and_validity(self):
        now = datetime.datetime.utcnow()
        for der in self.document.fields["cabundle"] + [self.document.fields["certificate"]]:
            self.assertLessEqual(len(der), 1024)
            certificate = x509.load_der_x509_certificate(der)
            self.assertLess(certificate.not_valid_before, now)
            self.assertGreater(certificate.not_valid_after, now)
        self.assertEqual(len(self.document.fields["cabundle"]), 4)

    def test_openssl_verifies(self):
        """And OpenSSL's path validation, with path lengths, agrees."""
        folder = self.sim.folder
        for level, certificate in self.levels.items():
            with open(os.path.join(folder, level + ".der"), "wb") as file:
                file.write(self.document.fields["certificate"] if level == "leaf" else
                           self.document.fields["cabundle"][LEVELS.index(level)])
            run("openssl", "x509", "-inform", "DER", "-in", f"{folder}/{level}.der", "-out", f"{folder}/{level}.pem")
        untrusted = [part for level in LEVELS[1:4] for part in ("-untrusted", f"{folder}/{level}.pem")]
        run("openssl", "verify", "-CAfile", self.sim.root, *untrusted, f"{folder}/leaf.pem")

    def test_restart(self):
        """The root and the module stay; what is below is new."""
        self.sim.restart()
        again = Document(self.sim.document(), self.sim.root)
        self.assertEqual(again.chain[0], self.document.chain[0])
        self.assertEqual(again.fields["module_id"], MODULE_ID)
        self.assertNotEqual(again.chain[1], self.document.chain[1])
        self.assertEqual(os.stat(os.path.join(self.sim.state, "root-key.pem")).st_mode & 0o777, 0o600)


class Names(unittest.TestCase):
    def test_own_module_id(self):
        """Made once, kept; a long region fits into the names."""
        with Simulator("--region", "ap-southeast-2") as sim:
            document = Document(sim.document(), sim.root)
            module = document.fields["module_id"]
            self.assertRegex(module, r"^i-[0-9a-f]{17}-tpm0000000000000000$")
            name = document.leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
            self.assertEqual(name, module + ".ap-southeast-2.simulator")
            sim.restart()
            self.assertEqual(Document(sim.document(), sim.root).fields["module_id"], module)


class Clock(DocumentCase):
    """What a clock that isn't AWS's does, and a certificate whose time is over."""

    def assert_at(self, document, offset):
        self.assertLess(abs(document.fields["timestamp"] / 1000 - time.time() - offset), 30)

    def test_skew(self):
        for offset in (120, -120, HOUR, -30 * 24 * HOUR):
            with self.subTest(offset=offset):
                self.sim.fault(f"skew={offset}")
                document = self.make()
                self.assert_at(document, offset)
                moment = document.fields["timestamp"] / 1000
                self.assertGreater(end_of(document.leaf), moment)
                for certificate in document.chain:
                    self.assertLessEqual(end_of(certificate) - seconds(certificate), moment)
                self.sim.clear()

    def test_leaf_is_renewed(self):
        """Fifteen minutes before its end; the levels above when theirs comes."""
        self.sim.clear()
        before = self.make()
        self.sim.fault(f"skew={2 * HOUR + 44 * 60}")
        self.assertEqual(self.make().leaf, before.leaf)
        self.sim.fault(f"skew={2 * HOUR + 46 * 60}")
        renewed = self.make()
        self.assertNotEqual(renewed.leaf, before.leaf)
        self.assertEqual(renewed.chain[:4], before.chain[:4])
        self.sim.fault(f"skew={21 * HOUR}")
        self.assertEqual([a == b for a, b in zip(self.make().chain, before.chain)], [True, True, True, False, False])
        self.sim.fault(f"skew={4 * 24 * HOUR}")
        self.assertEqual([a == b for a, b in zip(self.make().chain, before.chain)], [True, True, False, False, False])

    def test_expired(self):
        self.sim.fault("expired,count=1")
        document = self.make()
        self.assert_at(document, 0)
        self.assertLess(end_of(document.leaf), time.time() - HOUR + 60)
        self.assertGreater(end_of(self.make().leaf), time.time())


class Requests(DocumentCase):
    """What the NSM makes of other forms of requests."""

    def setUp(self):
        super().setUp()
        self.client = self.enterContext(self.sim.client())
        self.client.define()
        self.addCleanup(self.client.undefine)

    def answer(self, request):
        return cbor2.loads(self.client.nsm(request))

    def test_accepted(self):
        nonce = text("nonce") + string(b"n" * 16)
        for name, request in {
            "indefinite maps": b"\xbf" + text("Attestation") + b"\xbf" + nonce + b"\xff\xff",
            "no fields": head(5, 1) + text("Attestation") + head(5, 0),
            "one field": head(5, 1) + text("Attestation") + head(5, 1) + nonce,
            "another order": head(5, 1) + text("Attestation") + head(5, 2) + nonce + text("user_data") + b"\xf6",
            "a length in a longer form": head(5, 1) + text("Attestation") + b"\xb9\x00\x01" + nonce,
        }.items():
            with self.subTest(name):
                self.assertIn("document", self.answer(request)["Attestation"])

    def test_rest_is_filled(self):
        buffer = self.client.nsm(attestation(nonce=b"n"))
        document = document_of(buffer)
        end = buffer.index(document) + len(document)
        self.assertEqual(buffer[end:], b"\xff" * (8192 - end))

    def test_refused(self):
        attest = head(5, 1) + text("Attestation")
        for expected, requests in {
            "InvalidOperation": [text("DescribeNSM"), text("GetRandom"), text("Attestation"), b"\xff" * 40, b"\x00",
                                 head(5, 1) + text("DescribePCR") + head(5, 1) + text("index") + b"\x00",
                                 head(5, 2) + text("Attestation") + head(5, 0), attest + b"\x80",
                                 attest + head(5, 1) + text("other") + b"\xf6",
                                 attest + head(5, 2) + 2 * (text("nonce") + string(b"n")),
                                 attest + head(5, 1) + text("nonce") + b"\x5b" + b"\xff" * 8,
                                 attest + head(5, 1) + text("nonce") + b"\x5c",
                                 b"\xbf" + text("Attestation") + b"\xa0" + text("more") + b"\xff"],
            "InvalidArgument": [attest + head(5, 1) + text("nonce") + text("n"),
                                attest + head(5, 1) + text("nonce") + b"\x01",
                                attest + head(5, 1) + text("nonce") + b"\x5f\x41n\xff"],
            "InputTooLarge": [attestation(nonce=b"n" * 1025), attestation(user_data=b"n" * 1025),
                              attestation(public_key=b"n" * 2000)],
        }.items():
            for request in requests:
                with self.subTest(request=request[:40].hex()):
                    self.assertEqual(self.answer(request), {"Error": expected})

    def test_faults(self):
        for fault in ("nsm-error=InternalError", "nsm-error=BufferTooSmall"):
            self.sim.fault(fault + ",count=1")
            self.assertEqual(self.answer(attestation()), {"Error": fault.split("=")[1]})
        whole = len(document_of(self.client.nsm(attestation())))
        self.sim.fault("truncated,count=1")
        self.assertAlmostEqual(len(document_of(self.client.nsm(attestation()))), whole // 2, delta=4)
        self.sim.fault("garbage,count=1")
        self.assertNotEqual(document_of(self.client.nsm(attestation()))[:7], b"\x84\x44\xa1\x01\x38\x22\xa0")
        self.sim.fault("noise,count=1")
        self.assertNotEqual(self.client.nsm(attestation())[-8:], b"\xff" * 8)
        self.assertIn("Attestation", self.answer(attestation()))

    def test_counts(self):
        """Seven commands for a document that needs one write: five reads, and the last one only as long as needed."""
        self.sim.reset_counts()
        self.client.write(attestation(nonce=bytes(32)))
        self.client.ask(NSM_REQUEST, (BUFFER, BUFFER), b"\x40\x00\x00\x09\x00\x00\x01\x00\x00")
        self.client.read(5 * 1024)
        self.assertEqual(self.sim.counts(), {0x137: 1, NSM_REQUEST: 1, 0x14e: 5, "total": 7})
