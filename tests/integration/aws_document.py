# SPDX-License-Identifier: Apache-2.0
"""Makes attestation documents for the simulator's tests: a CA of the shape of AWS's, with cbor2 and cryptography alone."""
import datetime
import os
import time

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

MODULE = "i-0123456789abcdef0-tpm0000000000000000"
PROTECTED = bytes.fromhex("a1013822")
HOUR = datetime.timedelta(hours=1)
# common name, path length, hours before and after now
LEVELS = (
    ("test.nitro-enclaves", None, 24 * 900, 24 * 900),
    ("0011223344556677.eu-west-1.test.nitro-enclaves", 2, 240, 240),
    ("8899aabbccddeeff.zonal.eu-west-1.test.nitro-enclaves", 1, 70, 70),
    ("i-0123456789abcdef0.eu-west-1.test.nitro-enclaves", 0, 12, 12),
    (MODULE + ".eu-west-1.test", None, 1, 2),
)


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def rsa_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def usage(authority):
    return x509.KeyUsage(digital_signature=True, content_commitment=not authority, key_encipherment=False,
                         data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
                         encipher_only=False, decipher_only=False)


class Chain:
    """A chain from the root to the key that signs documents. `change` edits a level: {number: {field: value}}."""

    def __init__(self, change=None):
        self.certificates = []
        now = datetime.datetime.utcnow()
        issuer_key, issuer_name = None, None
        for number, (common_name, path_length, before, after) in enumerate(LEVELS):
            fields = {"path_length": path_length, "begins": now - before * HOUR, "ends": now + after * HOUR,
                      "authority": number < len(LEVELS) - 1, **(change or {}).get(number, {})}
            key = ec.generate_private_key(fields.get("curve", ec.SECP384R1()))
            name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
                              x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
            builder = (x509.CertificateBuilder().subject_name(name).public_key(key.public_key())
                       .issuer_name(fields.get("issuer", issuer_name or name))
                       .serial_number(x509.random_serial_number())
                       .not_valid_before(fields["begins"]).not_valid_after(fields["ends"])
                       .add_extension(x509.BasicConstraints(fields["authority"], fields["path_length"]), critical=True)
                       .add_extension(usage(fields["authority"]), critical=number < len(LEVELS) - 1))
            if "extension" in fields:
                builder = builder.add_extension(fields["extension"], critical=True)
            signer = fields.get("signer") or issuer_key or key
            self.certificates.append(builder.sign(signer, hashes.SHA384()).public_bytes(serialization.Encoding.DER))
            issuer_key, issuer_name = key, name
        self.leaf_key = issuer_key

    def write_root(self, path):
        with open(path, "wb") as file:
            file.write(x509.load_der_x509_certificate(self.certificates[0]).public_bytes(serialization.Encoding.PEM))
        return path

    def payload(self, public_key, pcrs=None, kind="nitrotpm", age=0, **change):
        values = {index: bytes(48) for index in range(24)} if kind == "nitrotpm" else {i: bytes(48) for i in range(5)}
        values.update(pcrs or {})
        fields = {"module_id": MODULE, "digest": "SHA384", "timestamp": int((time.time() - age) * 1000),
                  "nitrotpm_pcrs" if kind == "nitrotpm" else "pcrs": values, "certificate": self.certificates[-1],
                  "cabundle": self.certificates[:-1], "public_key": public_key, "user_data": None,
                  "nonce": os.urandom(32)}
        fields.update(change)
        return {name: value for name, value in fields.items() if value is not ...}

    def sign(self, payload, key=None, protected=PROTECTED, unprotected=None, tag=None):
        """COSE_Sign1 over bytes, or over what becomes CBOR."""
        payload = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
        der = (key or self.leaf_key).sign(cbor2.dumps(["Signature1", protected, b"", payload]), ec.ECDSA(hashes.SHA384()))
        signature = b"".join(part.to_bytes(48, "big") for part in decode_dss_signature(der))
        item = [protected, unprotected or {}, payload, signature]
        return cbor2.dumps(item if tag is None else cbor2.CBORTag(tag, item))

    def document(self, public_key, pcrs=None, **more):
        return self.sign(self.payload(public_key, pcrs, **more))
