# SPDX-License-Identifier: Apache-2.0
"""KMS's CMS messages as others write them, opened by ours: openssl(1), asn1crypto with cryptography, and the simulator
of KMS; in all forms of BER that they have, of all sizes that there are, and of those sizes that there aren't."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.append(os.path.join(TOP, "swtpm-harness", "aws-sim"))
try:
    import cms as simulator
    import envelopes
    from cryptography.hazmat.primitives import serialization
except ImportError as error:
    raise unittest.SkipTest(f"not installed: {error.name}") from None

OPEN = os.environ.get("CMS_OPEN", "")
KEY = os.path.join(TOP, "tests", "fuzz", "recipient.der")
LONGEST = 4096
SIZES = [*range(1, 50), 255, 256, 257, 1023, 1024, 1025, LONGEST - 17, LONGEST - 16, LONGEST - 15, LONGEST - 1, LONGEST]
OAEP = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")
REFUSAL = "MALFORMED: an envelope of the agreed form, for this key, found \n"


def openssl(*arguments, data=b""):
    return subprocess.run(("openssl", *arguments), input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                          check=True).stdout


@unittest.skipUnless(OPEN, "there is no CMS_OPEN")
class Cms(unittest.TestCase):
    limit = 180

    @classmethod
    def setUpClass(cls):
        with open(KEY, "rb") as file:
            key = serialization.load_der_private_key(file.read(), None)
        cls.public = key.public_key()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.certificate = os.path.join(folder.name, "certificate.pem")
        openssl("req", "-x509", "-key", KEY, "-keyform", "DER", "-subj", "/CN=nobody", "-out", cls.certificate)

    def open(self, message):
        return subprocess.run((OPEN, KEY), input=message, capture_output=True, timeout=30, check=False)

    def assert_opens(self, message, plaintext):
        opened = self.open(message)
        self.assertEqual(opened.stderr, b"")
        self.assertEqual((opened.returncode, opened.stdout), (0, plaintext))

    def assert_refused(self, message, why=REFUSAL):
        opened = self.open(message)
        self.assertEqual((opened.returncode, opened.stdout, opened.stderr.decode()), (1, b"", why))

    def by_openssl(self, plaintext, *options, cipher="-aes256", transport=OAEP):
        return openssl("cms", "-encrypt", "-binary", "-outform", "DER", cipher, *options, "-recip", self.certificate,
                       *transport, data=plaintext)

    def test_openssl_of_all_sizes(self):
        for size in SIZES:
            with self.subTest(size=size):
                plaintext = os.urandom(size)
                self.assert_opens(self.by_openssl(plaintext), plaintext)

    def test_openssl_in_all_forms(self):
        for options in ((), ("-keyid",), ("-stream",), ("-stream", "-keyid")):
            for size in (1, 16, 32, 1000, LONGEST):
                with self.subTest(options=options, size=size):
                    plaintext = os.urandom(size)
                    self.assert_opens(self.by_openssl(plaintext, *options), plaintext)

    def test_openssl_refused(self):
        twice = ("-recip", self.certificate, *OAEP)
        cases = {"PKCS #1 v1.5": {"transport": ()}, "AES-128": {"cipher": "-aes128"}, "AES-192": {"cipher": "-aes192"},
                 "3DES": {"cipher": "-des3"}, "AES-256-GCM": {"cipher": "-aes-256-gcm"},
                 "OAEP with SHA-1": {"transport": OAEP[:2]},
                 "OAEP with SHA-512": {"transport": (*OAEP[:3], "rsa_oaep_md:sha512")},
                 "MGF1 with SHA-1": {"transport": (*OAEP, "-keyopt", "rsa_mgf1_md:sha1")},
                 "a label": {"transport": (*OAEP, "-keyopt", "rsa_oaep_label:6c6162656c")},
                 "two recipients": {"transport": (*OAEP, *twice)}}
        for name, options in cases.items():
            with self.subTest(name):
                self.assert_refused(self.by_openssl(b"sesame", **options))

    def test_other_recipients(self):
        password = openssl("cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", "-pwri_password", "sesame",
                           data=b"sesame")
        shared = openssl("cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", "-secretkey", "00" * 32,
                         "-secretkeyid", "00", data=b"sesame")
        self.assert_refused(password)
        self.assert_refused(shared)

    def test_other_content(self):
        for kind in ("-data_create", "-digest_create", "-compress"):
            with self.subTest(kind):
                try:
                    message = openssl("cms", kind, "-binary", "-outform", "DER", data=b"sesame")
                except subprocess.CalledProcessError:
                    continue  # compression is not in every build
                self.assert_refused(message)

    def test_asn1crypto(self):
        for size in SIZES:
            with self.subTest(size=size):
                plaintext = os.urandom(size)
                self.assert_opens(envelopes.envelop(plaintext, self.public), plaintext)
        for name, options in envelopes.ALLOWED.items():
            with self.subTest(name):
                self.assert_opens(envelopes.envelop(b"sesame", self.public, **options), b"sesame")
        for name, options in envelopes.REFUSED.items():
            with self.subTest(name):
                self.assert_refused(envelopes.envelop(b"sesame", self.public, **options))

    def test_simulator(self):
        for form in simulator.FORMS:
            for size in SIZES:
                if form == "chunks" and size > 2048:
                    continue  # more than KMS's limit, in chunks of 16
                with self.subTest(form=form, size=size):
                    plaintext = os.urandom(size)
                    self.assert_opens(simulator.envelop(plaintext, self.public, form), plaintext)

    def test_wrong_sizes(self):
        self.assert_refused(simulator.envelop(b"", self.public))
        self.assert_refused(simulator.envelop(bytes(LONGEST + 1), self.public))
        self.assert_refused(b"")
        self.assert_refused(bytes(6144))
        self.assert_refused(bytes(6145), "TOO_LARGE: a CMS message of at most 6144 bytes, found \n")


if __name__ == "__main__":
    unittest.main()
