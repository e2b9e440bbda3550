# SPDX-License-Identifier: Apache-2.0
"""What the cases of aws-sim have: a simulator that trusts their chain, a client, and two other readers of CMS."""
import os
import subprocess
import tempfile
import unittest

from aws import AwsSim, botocore_client

ALGORITHM = "RSAES_OAEP_SHA_256"
GOOD, BAD = bytes([0xAB]) * 48, bytes([0xCD]) * 48
VECTORS = os.environ.get("ATTESTD_VECTORS", "")


def vector(*parts):
    path = os.path.join(VECTORS, *parts)
    if not VECTORS or not os.path.exists(path):
        raise unittest.SkipTest(f"no {'/'.join(parts)} in $ATTESTD_VECTORS")
    with open(path, "rb") as file:
        return file.read()


def openssl(*arguments, data=b"", check=True):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, timeout=20, check=check).stdout


class SimCase(unittest.TestCase):
    """A simulator, a chain that it trusts, and a key to which KMS is to encrypt."""

    config = None

    @classmethod
    def setUpClass(cls):
        from aws_document import Chain, rsa_key, spki

        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.chain = Chain()
        cls.key = rsa_key()
        cls.spki = spki(cls.key)
        root = cls.chain.write_root(os.path.join(cls.folder, "root.pem"))
        cls.sim = cls.enterClassContext(AwsSim(cls.config, [root]))
        cls.client = botocore_client(cls.sim)

    def recipient(self, pcrs=None, **more):
        return {"KeyEncryptionAlgorithm": ALGORITHM,
                "AttestationDocument": self.chain.document(self.spki, pcrs, **more)}

    @classmethod
    def reset(cls):
        """The simulator as at the start; that voids the credentials, so the client is a new one."""
        cls.sim.reset()
        cls.client = botocore_client(cls.sim)

    def assert_error(self, kind, call, *arguments, **more):
        from botocore.exceptions import ClientError

        with self.assertRaises(ClientError) as caught:
            call(*arguments, **more)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], kind, error)
        return error.get("Message") or caught.exception.response.get("Message") or ""

    def open_by_openssl(self, enveloped):
        """openssl-cms(1), by the key alone."""
        from cryptography.hazmat.primitives import serialization

        path = os.path.join(self.folder, "key.pem")
        with open(path, "wb") as file:
            file.write(self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                              serialization.NoEncryption()))
        return openssl("cms", "-decrypt", "-inform", "DER", "-inkey", path, data=enveloped)

    def open_by_asn1crypto(self, enveloped):
        """Step by step, with every algorithm looked at."""
        from asn1crypto import cms
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        content = cms.ContentInfo.load(enveloped, strict=True)
        self.assertEqual(content["content_type"].native, "enveloped_data")
        data = content["content"]
        self.assertEqual(data["version"].native, "v2")
        (recipient,) = data["recipient_infos"]
        recipient = recipient.chosen
        self.assertEqual(recipient["rid"].name, "subject_key_identifier")
        self.assertEqual(len(recipient["rid"].chosen.native), 32)
        algorithm = recipient["key_encryption_algorithm"]
        self.assertEqual(algorithm["algorithm"].native, "rsaes_oaep")
        self.assertEqual(algorithm["parameters"]["hash_algorithm"]["algorithm"].native, "sha256")
        self.assertEqual(algorithm["parameters"]["mask_gen_algorithm"]["algorithm"].native, "mgf1")
        self.assertEqual(algorithm["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"].native, "sha256")
        digest = hashes.SHA256()
        key = self.key.decrypt(recipient["encrypted_key"].native, padding.OAEP(padding.MGF1(digest), digest, None))
        info = data["encrypted_content_info"]
        self.assertEqual((info["content_type"].native, len(key)), ("data", 32))
        self.assertEqual(info["content_encryption_algorithm"]["algorithm"].native, "aes256_cbc")
        vector = info["content_encryption_algorithm"]["parameters"].native
        decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        plain = decryptor.update(info["encrypted_content"].native) + decryptor.finalize()
        self.assertEqual(plain[-plain[-1]:], bytes([plain[-1]]) * plain[-1])
        return plain[:-plain[-1]]
