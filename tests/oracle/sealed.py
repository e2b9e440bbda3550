# SPDX-License-Identifier: Apache-2.0
"""AWS Encryption SDK messages, written and read by the specification alone (awslabs/aws-encryption-sdk-specification) with
python3-cryptography: shares no code with lib/seal. The writer makes whatever it is told, wrong or not; the reader demands
all that a reader must."""
import base64
import os
import struct

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PUBLIC_KEY = "aws-crypto-public-key"
UNFRAMED, FRAME, FINAL = (b"AWSKMSEncryptionClient Single Block", b"AWSKMSEncryptionClient Frame",
                          b"AWSKMSEncryptionClient Final Frame")

# key size, HKDF's hash, signature's curve and hash
SUITES = {0x0014: (16, None, None), 0x0046: (24, None, None), 0x0078: (32, None, None),
          0x0114: (16, hashes.SHA256, None), 0x0146: (24, hashes.SHA256, None), 0x0178: (32, hashes.SHA256, None),
          0x0214: (16, hashes.SHA256, (ec.SECP256R1, hashes.SHA256)), 0x0346: (24, hashes.SHA384, (ec.SECP384R1, hashes.SHA384)),
          0x0378: (32, hashes.SHA384, (ec.SECP384R1, hashes.SHA384)),
          0x0478: (32, hashes.SHA512, None), 0x0578: (32, hashes.SHA512, (ec.SECP384R1, hashes.SHA384))}
COMMITTING = (0x0478, 0x0578)


class Refused(Exception):
    """The message is not one, or not as it was sealed."""


def sized(data):
    return struct.pack(">H", len(data)) + data


def derive(suite, message_id, data_key, label=b""):
    """The message's key; with label COMMITKEY the commitment."""
    size, kdf, _ = SUITES[suite]
    if kdf is None:
        return data_key
    if suite in COMMITTING:
        return HKDF(kdf(), size, message_id, label or struct.pack(">H", suite) + b"DERIVEKEY").derive(data_key)
    return HKDF(kdf(), size, None, struct.pack(">H", suite) + message_id).derive(data_key)


def iv_of(number):
    return number.to_bytes(12, "big")


class Message:
    """What is written; each part may be replaced before `encode`. Frames are (number, is final, plaintext)."""

    def __init__(self, suite, data_key, plaintext=b"", frame_length=16, context=None, keys=None, message_id=None, signing_key=None):
        self.suite, self.data_key, self.frame_length = suite, data_key, frame_length
        self.version = 2 if suite in COMMITTING else 1
        self.message_id = message_id or os.urandom(32 if self.version == 2 else 16)
        self.keys = keys or [(b"raw", b"", b"")]
        self.signing_key = None
        self.pairs = sorted((name.encode(), value.encode()) for name, value in (context or {}).items())
        if SUITES[suite][2]:
            curve = SUITES[suite][2][0]()
            self.signing_key = signing_key or ec.generate_private_key(curve)
            point = self.signing_key.public_key().public_bytes(serialization.Encoding.X962,
                                                               serialization.PublicFormat.CompressedPoint)
            self.pairs = sorted(self.pairs + [(PUBLIC_KEY.encode(), base64.b64encode(point))])
        self.commitment = derive(suite, self.message_id, data_key, b"COMMITKEY") if self.version == 2 else b""
        self.key = derive(suite, self.message_id, data_key)
        self.frames = self.cut(plaintext) if frame_length else None
        self.plaintext = plaintext
        self.section = None  # of the encryption context, to lie about it
        self.edks = None
        self.reserved, self.iv_length, self.type = b"\0\0\0\0", 12, 0x80
        self.content_type = 2 if frame_length else 1

    def cut(self, plaintext):
        pieces = [plaintext[at:at + self.frame_length] for at in range(0, len(plaintext), self.frame_length)] or [b""]
        return [(number, number == len(pieces), piece) for number, piece in enumerate(pieces, 1)]

    def header_body(self):
        section = self.section
        if section is None:
            section = struct.pack(">H", len(self.pairs)) + b"".join(sized(n) + sized(v) for n, v in self.pairs) if self.pairs else b""
            section = sized(section)
        edks = self.edks
        if edks is None:
            edks = struct.pack(">H", len(self.keys)) + b"".join(sized(part) for key in self.keys for part in key)
        head = bytes([self.version]) + (bytes([self.type]) if self.version == 1 else b"")
        head += struct.pack(">H", self.suite) + self.message_id + section + edks + bytes([self.content_type])
        if self.version == 1:
            head += self.reserved + bytes([self.iv_length])
        return head + struct.pack(">I", self.frame_length) + self.commitment

    def header(self):
        body = self.header_body()
        tag = AESGCM(self.key).encrypt(iv_of(0), b"", body)
        return body + (iv_of(0) if self.version == 1 else b"") + tag

    def seal(self, content, number, plaintext, iv=None):
        aad = self.message_id + content + struct.pack(">IQ", number, len(plaintext))
        return AESGCM(self.key).encrypt(iv or iv_of(number), plaintext, aad)

    def frame(self, number, final, plaintext):
        sealed = self.seal(FINAL if final else FRAME, number, plaintext)
        if final:
            return struct.pack(">II", 0xffffffff, number) + iv_of(number) + struct.pack(">I", len(plaintext)) + sealed
        return struct.pack(">I", number) + iv_of(number) + sealed

    def body(self):
        if self.frames is None:
            return iv_of(1) + struct.pack(">Q", len(self.plaintext)) + self.seal(UNFRAMED, 1, self.plaintext)
        return b"".join(self.frame(*frame) for frame in self.frames)

    def footer(self, signed):
        if not self.signing_key:
            return b""
        return sized(self.signing_key.sign(signed, ec.ECDSA(SUITES[self.suite][2][1]())))

    def encode(self):
        message = self.header() + self.body()
        return message + self.footer(message)


class Reader:
    """A message taken apart; `plaintext` once `open` has verified it."""

    def __init__(self, data):
        self.data, self.at = data, 0
        self.version = self.integer(1)
        if self.version == 1 and self.integer(1) != 0x80:
            raise Refused("type")
        self.suite = self.integer(2)
        if self.suite not in SUITES or (self.suite in COMMITTING) != (self.version == 2):
            raise Refused("suite")
        self.message_id = self.take(32 if self.version == 2 else 16)
        self.pairs = self.read_pairs()
        self.keys = [tuple(self.take(self.integer(2)) for _ in range(3)) for _ in range(self.integer(2))]
        self.content_type = self.integer(1)
        if self.version == 1 and (self.integer(4), self.integer(1)) != (0, 12):
            raise Refused("reserved bytes or IV length")
        self.frame_length = self.integer(4)
        self.commitment = self.take(32) if self.version == 2 else b""
        self.header_body = data[:self.at]
        self.header_iv = self.take(12) if self.version == 1 else iv_of(0)
        self.header_tag = self.take(16)
        self.header_size = self.at

    def take(self, size):
        if size > len(self.data) - self.at:
            raise Refused("truncated")
        self.at += size
        return self.data[self.at - size:self.at]

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def read_pairs(self):
        end = self.integer(2)
        if not end:
            return []
        end += self.at
        pairs = [(self.take(self.integer(2)), self.take(self.integer(2))) for _ in range(self.integer(2))]
        names = [name for name, _ in pairs]
        if self.at != end or len(names) != len(set(names)):  # order is the writer's duty, and not all have it
            raise Refused("encryption context")
        return pairs

    def open(self, data_key):
        if self.version == 2 and derive(self.suite, self.message_id, data_key, b"COMMITKEY") != self.commitment:
            raise Refused("commitment")
        key = AESGCM(derive(self.suite, self.message_id, data_key))
        try:
            key.decrypt(self.header_iv, self.header_tag, self.header_body)
            plaintext = self.read_frames(key) if self.content_type == 2 else self.read_unframed(key)
        except InvalidTag as error:
            raise Refused("tag") from error
        self.read_footer()
        if self.at != len(self.data):
            raise Refused("trailing bytes")
        return plaintext

    def decrypt(self, key, content, number, iv, size):
        # Not all writers number their IVs, so it is the one that is there; the tag covers it.
        return key.decrypt(iv, self.take(size + 16), self.message_id + content + struct.pack(">IQ", number, size))

    def read_unframed(self, key):
        iv = self.take(12)
        return self.decrypt(key, UNFRAMED, 1, iv, self.integer(8))

    def read_frames(self, key):
        plaintext, expected = [], 1
        while True:
            number = self.integer(4)
            final = number == 0xffffffff
            if final:
                number = self.integer(4)
            if number != expected:
                raise Refused("sequence")
            iv = self.take(12)
            size = self.integer(4) if final else self.frame_length
            if size > self.frame_length:
                raise Refused("final frame")
            plaintext.append(self.decrypt(key, FINAL if final else FRAME, number, iv, size))
            expected += 1
            if final:
                return b"".join(plaintext)

    def read_footer(self):
        if not SUITES[self.suite][2]:
            return
        curve, digest = SUITES[self.suite][2]
        signed = self.data[:self.at]
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve(), base64.b64decode(dict(self.pairs)[PUBLIC_KEY.encode()]))
        try:
            key.verify(self.take(self.integer(2)), signed, ec.ECDSA(digest()))
        except InvalidSignature as error:
            raise Refused("signature") from error
