# SPDX-License-Identifier: Apache-2.0
"""CiphertextForRecipient as KMS makes it: CMS EnvelopedData (RFC 5652 §6) in BER with indefinite lengths.

Two real answers were taken apart for the layout; they differ in the encrypted content alone, which is either a constructed
[0] of indefinite length with OCTET STRINGs in it, or a primitive [0] (X.690 §8.1.3, §8.7). FORMS has both, and two that a
reader of BER must take as well. VARIANTS are the answers that a client must refuse.
"""
import hashlib
import os

from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FORMS = ("constructed", "primitive", "chunks", "definite")
VARIANTS = ("aes-128", "oaep-sha1", "oaep-label", "pkcs1", "bad-padding", "short-key", "other-key", "two-recipients",
            "no-recipient", "data", "truncated", "trailing")

SEQUENCE, SET, OCTETS, INTEGER, OID, NULL = 0x30, 0x31, 0x04, 0x02, 0x06, 0x05
END = b"\0\0"
ENVELOPED_DATA = "1.2.840.113549.1.7.3"
DATA = "1.2.840.113549.1.7.1"
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSAES_OAEP = "1.2.840.113549.1.1.7"
MGF1 = "1.2.840.113549.1.1.8"
P_SPECIFIED = "1.2.840.113549.1.1.9"
SHA256 = "2.16.840.1.101.3.4.2.1"
AES128_CBC = "2.16.840.1.101.3.4.1.2"
AES256_CBC = "2.16.840.1.101.3.4.1.42"


def tlv(tag, *content):
    body = b"".join(content)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(body).to_bytes(size, "big") + body


def indefinite(tag, *content):
    return bytes((tag, 0x80)) + b"".join(content) + END


def oid(dotted):
    arcs = [int(part) for part in dotted.split(".")]
    body = b""
    for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        body += bytes(reversed(septets))
    return tlv(OID, body)


def envelop(plaintext, public_key, form="constructed", variant=None):
    """The whole ContentInfo for an RSA public key of cryptography's."""
    if variant == "data":  # signed, compressed, bare: anything but enveloped
        return indefinite(SEQUENCE, oid(DATA), indefinite(0xA0, tlv(OCTETS, plaintext)))
    key = os.urandom(16 if variant in ("aes-128", "short-key") else 32)
    content_key = key + key if variant == "short-key" else key
    recipient = key_transport(key, public_key, variant)
    recipients = {"two-recipients": recipient * 2, "no-recipient": b""}.get(variant, recipient)
    wrap = tlv if form == "definite" else indefinite
    whole = wrap(SEQUENCE, oid(ENVELOPED_DATA),
                 wrap(0xA0, wrap(SEQUENCE, tlv(INTEGER, b"\2"), tlv(SET, recipients),
                                 encrypted_content(plaintext, content_key, form, variant))))
    if variant == "truncated":
        return whole[:-40]
    return whole + b"trailing" if variant == "trailing" else whole


def key_transport(key, public_key, variant):
    """KeyTransRecipientInfo, RFC 5652 §6.2.1. KMS's identifier has 32 bytes; how it makes them is not documented."""
    spki = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    identifier, parameters = transport_algorithm(variant)
    scheme = transport_padding(variant)
    return tlv(SEQUENCE, tlv(INTEGER, b"\2"), tlv(0x80, hashlib.sha256(spki).digest()),
               tlv(SEQUENCE, oid(identifier), parameters), tlv(OCTETS, public_key.encrypt(key, scheme)))


def transport_algorithm(variant):
    """RSAES-OAEP-params, RFC 8017 A.2.1; SHA-1 is what stands for absent ones."""
    if variant == "pkcs1":
        return RSA_ENCRYPTION, tlv(NULL)
    sha256 = tlv(SEQUENCE, oid(SHA256), tlv(NULL))
    parts = [tlv(0xA0, sha256), tlv(0xA1, tlv(SEQUENCE, oid(MGF1), sha256))]
    if variant == "oaep-sha1":
        parts = []
    elif variant == "oaep-label":
        parts.append(tlv(0xA2, tlv(SEQUENCE, oid(P_SPECIFIED), tlv(OCTETS, b"label"))))
    return RSAES_OAEP, tlv(SEQUENCE, *parts)


def transport_padding(variant):
    if variant == "pkcs1":
        return rsa_padding.PKCS1v15()
    digest = hashes.SHA1() if variant == "oaep-sha1" else hashes.SHA256()  # nosec: a wrong answer on purpose
    label = b"label" if variant == "oaep-label" else None
    return rsa_padding.OAEP(mgf=rsa_padding.MGF1(algorithm=digest), algorithm=digest, label=label)


def encrypted_content(plaintext, key, form, variant):
    """EncryptedContentInfo, RFC 5652 §6.1, §6.3."""
    vector = os.urandom(16)
    padder = padding.PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    if variant == "bad-padding":
        padded = padded[:-1] + b"\x11"  # more than a block: never right
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    ciphertext = encryptor.update(padded) + encryptor.finalize()
    algorithm = tlv(SEQUENCE, oid(AES128_CBC if variant == "aes-128" else AES256_CBC), tlv(OCTETS, vector))
    wrap = tlv if form == "definite" else indefinite
    return wrap(SEQUENCE, oid(DATA), algorithm, content_octets(ciphertext, form))


def content_octets(ciphertext, form):
    if form in ("primitive", "definite"):
        return tlv(0x80, ciphertext)
    size = 16 if form == "chunks" else len(ciphertext)
    pieces = [ciphertext[begin:begin + size] for begin in range(0, len(ciphertext), size)]
    return indefinite(0xA0, *[tlv(OCTETS, piece) for piece in pieces])
