# SPDX-License-Identifier: Apache-2.0
"""CMS EnvelopedData made by asn1crypto and cryptography, in DER: what other implementations of RFC 5652 may write, and
what a reader of KMS's messages must refuse.

    envelop(plaintext, public_key)                            # an RSA public key of cryptography's
    envelop(plaintext, public_key, hash_name="sha384")        # one thing changed
"""
import hashlib
import os

from asn1crypto import cms, core
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384}  # nosec: one is to be refused
MGF1 = "1.2.840.113549.1.1.8"

ALLOWED = {
    "der": {},
    "issuer-and-serial": {"named": "issuer_and_serial_number"},
    "unprotected-attributes": {"attributes": True},
    "originator": {"originator": True},
    "label-spelled-out": {"spelled_label": b""},
}
REFUSED = {
    "oaep-sha384": {"hash_name": "sha384"},
    "oaep-mgf1-sha1": {"mgf_name": "sha1"},
    "label-given": {"spelled_label": b"label"},
    "oaep-claims-sha1": {"claimed_hash": "sha1"},
    "aes-192": {"key_size": 24},
    "no-content": {"detached": True},
    "half-a-block": {"cut": 8},
    "no-block": {"cut": 48},
    "claims-pkcs1": {"claimed_algorithm": "rsaes_pkcs1v15"},
}


def algorithm(hash_name, mgf_name, label):
    """KeyEncryptionAlgorithm, RFC 4055 §4.1."""
    parameters = {"hash_algorithm": {"algorithm": hash_name, "parameters": core.Null()},
                  "mask_gen_algorithm": {"algorithm": MGF1, "parameters": {"algorithm": mgf_name,
                                                                          "parameters": core.Null()}}}
    if label is not None:
        parameters["p_source_algorithm"] = {"algorithm": "p_specified", "parameters": label}
    return {"algorithm": "rsaes_oaep", "parameters": parameters}


def recipient(key, public, hash_name, mgf_name, spelled_label, claimed_hash, claimed_algorithm, named):
    scheme = rsa_padding.OAEP(mgf=rsa_padding.MGF1(algorithm=HASHES[mgf_name or hash_name]()),
                              algorithm=HASHES[hash_name](), label=spelled_label)
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    names = {"subject_key_identifier": core.OctetString(hashlib.sha256(spki).digest()),
             "issuer_and_serial_number": {"issuer": cms.Name.build({"common_name": "nobody"}), "serial_number": 7}}
    stated = algorithm(claimed_hash or hash_name, mgf_name or claimed_hash or hash_name, spelled_label)
    if claimed_algorithm:
        stated = {"algorithm": claimed_algorithm}
    return cms.RecipientInfo("ktri", {
        "version": "v0" if named == "issuer_and_serial_number" else "v2",
        "rid": cms.RecipientIdentifier(named, names[named]),
        "key_encryption_algorithm": stated,
        "encrypted_key": public.encrypt(key, scheme)})


def encrypt(plaintext, key):
    vector = os.urandom(16)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return vector, encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()


def envelop(plaintext, public, hash_name="sha256", mgf_name=None, spelled_label=None, claimed_hash=None,
            claimed_algorithm=None, key_size=32, named="subject_key_identifier", attributes=False, originator=False,
            detached=False, cut=0):
    """The whole ContentInfo, in DER."""
    key = os.urandom(key_size)
    vector, ciphertext = encrypt(plaintext, key)
    content = {"content_type": "data",
               "content_encryption_algorithm": {"algorithm": f"aes{8 * key_size}_cbc", "parameters": vector},
               "encrypted_content": ciphertext[:len(ciphertext) - cut]}
    if detached:
        del content["encrypted_content"]
    enveloped = {"version": "v2", "encrypted_content_info": content,
                 "recipient_infos": [recipient(key, public, hash_name, mgf_name, spelled_label, claimed_hash,
                                               claimed_algorithm, named)]}
    if originator:
        enveloped["originator_info"] = {"certs": [], "crls": []}
    if attributes:
        enveloped["unprotected_attrs"] = [{"type": "1.2.3.4", "values": [core.UTF8String("noise")]}]
    return cms.ContentInfo({"content_type": "enveloped_data", "content": enveloped}).dump()
