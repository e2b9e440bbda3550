# SPDX-License-Identifier: Apache-2.0
"""Evidence made by an independent writer (struct, hashlib, cbor2 and cryptography): an AK in software, its quotes, and
a document that endorses it; and any of it wrong, where a test wants that.

    world = World(now)                               # the test authority, an AK, the PCRs of one boot and its log
    world.evidence(nonce).json()                     # a fresh endorsement
    world.evidence(nonce, cached=600).json()         # one made 600 seconds before
    world.evidence(nonce, quote={"reset": 6})        # one thing changed
"""
import base64
import copy
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from documents import HOUR, LEAF, Chain, Document, encode, head

SHA1, SHA256, SHA384 = 0x0004, 0x000b, 0x000c
NULL, RSASSA, ECDSA, RSA, ECC = 0x0010, 0x0014, 0x0018, 0x0001, 0x0023
RH_ENDORSEMENT = 0x4000000b
ATTRIBUTES = {"fixedTPM": 0x2, "fixedParent": 0x10, "sensitiveDataOrigin": 0x20, "userWithAuth": 0x40,
              "restricted": 0x10000, "decrypt": 0x20000, "sign": 0x40000}
AK_ATTRIBUTES = 0x00050072
ALL = (1 << 24) - 1
FIRMWARE_VERSION = 0x2024051000120000
HASHES = {SHA1: hashes.SHA1, SHA256: hashes.SHA256, SHA384: hashes.SHA384}


def sized(data):
    return struct.pack(">H", len(data)) + data


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    """A key with the public area (TPMT_PUBLIC) that a TPM would give it."""

    def __init__(self, kind="ecc", attributes=AK_ATTRIBUTES):
        self.kind = kind
        self.attributes = attributes
        self.private = (ec.generate_private_key(ec.SECP256R1()) if kind == "ecc" else
                        rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def public(self):
        numbers = self.private.public_key().public_numbers()
        begin = struct.pack(">HHIH", ECC if self.kind == "ecc" else RSA, SHA256, self.attributes, 0)
        if self.kind == "ecc":
            return (begin + struct.pack(">HHHHH", NULL, ECDSA, SHA256, 0x0003, NULL) +
                    sized(numbers.x.to_bytes(32, "big")) + sized(numbers.y.to_bytes(32, "big")))
        return begin + struct.pack(">HHHHI", NULL, RSASSA, SHA256, 2048, 0) + sized(numbers.n.to_bytes(256, "big"))

    def name(self):
        return struct.pack(">H", SHA256) + hashlib.sha256(self.public()).digest()

    def qualified(self, hierarchy=RH_ENDORSEMENT):
        return struct.pack(">H", SHA256) + hashlib.sha256(struct.pack(">I", hierarchy) + self.name()).digest()

    def pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, message, alg=SHA256):
        """TPMT_SIGNATURE."""
        if self.kind == "ecc":
            r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(HASHES[alg]())))
            return struct.pack(">HH", ECDSA, alg) + sized(r.to_bytes(32, "big")) + sized(s.to_bytes(32, "big"))
        return struct.pack(">HH", RSASSA, alg) + sized(self.private.sign(message, padding.PKCS1v15(), HASHES[alg]()))

    def json(self):
        return {"name": self.name().hex(), "public": b64(self.public()), "pem": self.pem()}


def pcr_digest(pcrs, mask):
    return hashlib.sha256(b"".join(pcrs[index] for index in range(24) if mask >> index & 1)).digest()


def attest(key, pcrs, extra, *, magic=0xff544347, kind=0x8018, clock=5_000_000, reset=5, restart=0, safe=1, bank=SHA384,
           mask=ALL, hierarchy=RH_ENDORSEMENT, behind=b"", digest=None):
    """TPMS_ATTEST of a quote."""
    selection = struct.pack(">IHB", 1, bank, 3) + mask.to_bytes(3, "little")
    return (struct.pack(">IH", magic, kind) + sized(key.qualified(hierarchy)) + sized(extra) +
            struct.pack(">QIIBQ", clock, reset, restart, safe, FIRMWARE_VERSION) + selection +
            sized(digest or pcr_digest(pcrs, mask)) + behind)


def user_data(name, quoted):
    """The reserved user_data, byte by byte."""
    return (b"\xa3" + b"\x67attestd" + b"\x01" + b"\x62ak" + head(2, len(name)) + name +
            b"\x65quote" + b"\x58\x30" + hashlib.sha384(quoted).digest())


# ---- The firmware's log of one boot, and the PCRs that it makes ----

def variable(guid, name, data):
    return guid + struct.pack("<QQ", len(name), len(data)) + name.encode("utf-16-le") + data


GLOBAL = bytes.fromhex("61dfe48bca93d211aa0d00e098032b8c")
SECURITY = bytes.fromhex("cbb219d73a3d9645a3bcdad00e67656f")
VARIABLES = [(GLOBAL, "SecureBoot", b"\1"), (GLOBAL, "PK", b"pk"), (GLOBAL, "KEK", b"kek"), (SECURITY, "db", b"db"),
             (SECURITY, "dbx", b"dbx")]


def boot_events(secure_boot=True):
    """(PCR, type, what is measured, data)"""
    yield 0, 0x8, "version".encode("utf-16-le"), "version".encode("utf-16-le")
    for guid, name, data in VARIABLES:
        data = b"\0" if name == "SecureBoot" and not secure_boot else data
        whole = variable(guid, name, data)
        yield 7, 0x80000001, whole, whole
    for index in range(8):
        yield index, 0x4, bytes(4), bytes(4)
    yield 4, 0x80000003, b"the image", struct.pack("<QQQQ", 0x1000, 9, 0, 4) + bytes.fromhex("7fff0400")
    for index in (8, 9, 11, 12, 13):
        yield index, 0xd, b"of the boot loader's %d" % index, b"text"


def firmware_log(events):
    """The log, and its SHA-384 PCRs."""
    spec = (b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, 1) + struct.pack("<HH", SHA384, 48) + b"\0")
    log = struct.pack("<II20sI", 0, 3, bytes(20), len(spec)) + spec
    pcrs = {index: (b"\xff" if 17 <= index <= 22 else b"\0") * 48 for index in range(24)}
    for index, kind, measured, data in events:
        digest = hashlib.sha384(measured).digest()
        pcrs[index] = hashlib.sha384(pcrs[index] + digest).digest()
        log += struct.pack("<IIIH", index, kind, 1, SHA384) + digest + struct.pack("<I", len(data)) + data
    return log, pcrs


# ---- Evidence ----

class World:
    def __init__(self, now, kind="ecc", key=None, chain=None, secure_boot=True):
        self.now = now
        # A leaf that lasts for documents made in the last two hours.
        self.chain = chain or Chain(now, {LEAF: {"begin": now - 2 * HOUR, "end": now + HOUR}})
        self.key = key or Key(kind)
        self.log, self.pcrs = firmware_log(boot_events(secure_boot))

    def policy(self, *indexes, **more):
        return {"any_of": [{"pcrs": {"sha384": {str(index): self.pcrs[index].hex() for index in indexes or (4, 7)}}}], **more}

    def evidence(self, nonce, **changes):
        return Evidence(self, nonce, **changes)


class Evidence:
    """cached           seconds since the endorsement was made; None for a fresh one
    key, ak             the quote's key, and what the bundle says of it
    endorser            the key of the endorsement's quote; `named`: that which user_data names
    first, quote        changes to each TPMS_ATTEST, as attest() takes them; "extra" and "hash" too
    pcrs                changed PCRs of the quote
    fields, form        changes to the document
    user_data           function of name and TPMS_ATTEST
    logs                members of the bundle, as bytes
    document            the whole document, from elsewhere: then it and the endorsement are what is given
    members             function that changes the JSON
    """

    def __init__(self, world, nonce, *, cached=None, key=None, ak=None, endorser=None, named=None, first=None, quote=None,
                 pcrs=None, fields=None, form=None, user_data=user_data, logs=None, chain=None, members=None,
                 endorsement=None):
        self.key = key or world.key
        self.nonce = nonce
        self.values = {**world.pcrs, **(pcrs or {})}
        self.endorsement = endorsement or self.endorse(world, cached, endorser or self.key, named or self.key, first or {},
                                                       fields or {}, form or {}, user_data, chain or world.chain)
        self.ak = ak or self.key.json()
        self.quote = {"clock": 5_000_000 + 1000 * (cached or 0) + 100, "extra": nonce, "hash": SHA256, **(quote or {})}
        self.logs = logs or {}
        self.members = members

    def endorse(self, world, cached, endorser, named, first, fields, form, make_user_data, chain):
        first = {"extra": b"attestdE" + (hashlib.sha256(self.nonce).digest() if cached is None else os.urandom(32)),
                 "hash": SHA256, **first}
        alg, extra = first.pop("hash"), first.pop("extra")
        quoted = attest(endorser, world.pcrs, extra, **first)
        fields = {"nitrotpm_pcrs": world.pcrs, "nonce": self.nonce if cached is None else os.urandom(32),
                  "user_data": make_user_data(named.name(), quoted), "timestamp": (world.now - (cached or 0)) * 1000, **fields}
        document = Document(chain, world.now, fields, **form)
        return {"document": b64(document.encode()), "quoted": b64(quoted), "signature": b64(endorser.sign(quoted, alg))}

    def bundle(self):
        quote = dict(self.quote)
        alg, extra = quote.pop("hash"), quote.pop("extra")
        bank, mask = quote.get("bank", SHA384), quote.get("mask", ALL)
        values = {index: value[:32 if bank == SHA256 else 48] for index, value in self.values.items()}
        quoted = attest(self.key, values, extra, **quote)
        return {"type": "tpm2-quote", "nonce": self.nonce.hex(), "bank": {SHA256: "sha256", SHA384: "sha384"}[bank],
                "pcrs": {str(index): values[index].hex() for index in range(24) if mask >> index & 1}, "quoted": b64(quoted),
                "signature": b64(self.key.sign(quoted, alg)), "ak": self.ak,
                **{name: b64(log) for name, log in self.logs.items()}}

    def object(self):
        whole = {"type": "attestd-evidence", "nonce": self.nonce.hex(), "endorsement": self.endorsement,
                 "quote": self.bundle()}
        if self.members:
            whole = copy.deepcopy(whole)
            self.members(whole)
        return whole

    def json(self):
        return json.dumps(self.object()).encode()


def canonical(name, quoted):
    """What cbor2 makes of the reserved user_data, as a check of the bytes above."""
    return encode({"attestd": 1, "ak": name, "quote": hashlib.sha384(quoted).digest()})
