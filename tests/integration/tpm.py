# SPDX-License-Identifier: Apache-2.0
"""TPM structures and commands, written from TPM 2.0 Parts 2 and 3 for the tests: nothing of lib/ is behind it."""
import base64
import collections
import hashlib
import os
import struct

from cryptography import exceptions
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from support import run  # (first: it knows where the harness is)
from multiplexer import receive_message

ALGORITHMS = {"sha1": 0x0004, "sha256": 0x000B, "sha384": 0x000C, "sha512": 0x000D}
NAMES = {number: name for name, number in ALGORITHMS.items()}
MAGIC = 0xFF544347
ST_ATTEST_QUOTE = 0x8018
ALG_RSASSA, ALG_ECDSA = 0x0014, 0x0018
# Part 2 §8.3: what an attestation key has, and must not have.
FIXED_TPM, FIXED_PARENT, SENSITIVE_ORIGIN, RESTRICTED, DECRYPT, SIGN = 0x2, 0x10, 0x20, 0x10000, 0x20000, 0x40000

Attest = collections.namedtuple("Attest", "signer extra clock resets restarts safe firmware selections digest")
Public = collections.namedtuple("Public", "type name_algorithm attributes name")


class Cursor:
    def __init__(self, data):
        self.data = data

    def take(self, size):
        if len(self.data) < size:
            raise ValueError("it ends too early")
        part, self.data = self.data[:size], self.data[size:]
        return part

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def sized(self):
        return self.take(self.number(2))

    def end(self):
        if self.data:
            raise ValueError(f"{len(self.data)} bytes too many")


def parse_attest(data):
    """TPMS_ATTEST of a quote, Part 2 §10.12.12; `selections` is [(bank, {indices})]."""
    cursor = Cursor(data)
    if cursor.number(4) != MAGIC or cursor.number(2) != ST_ATTEST_QUOTE:
        raise ValueError("not a quote")
    head = [cursor.sized(), cursor.sized(), cursor.number(8), cursor.number(4), cursor.number(4), cursor.number(1),
            cursor.number(8)]
    selections = []
    for _ in range(cursor.number(4)):
        bank = NAMES[cursor.number(2)]
        bits = int.from_bytes(cursor.take(cursor.number(1)), "little")
        selections.append((bank, {index for index in range(32) if bits >> index & 1}))
    attest = Attest(*head, selections, cursor.sized())
    cursor.end()
    return attest


def parse_public(data):
    """The beginning of a TPMT_PUBLIC, and the name that the whole of it has (Part 1 §16)."""
    cursor = Cursor(data)
    kind, name_algorithm, attributes = cursor.number(2), cursor.number(2), cursor.number(4)
    digest = hashlib.new(NAMES[name_algorithm], data).digest()
    return Public(kind, NAMES[name_algorithm], attributes, struct.pack(">H", name_algorithm) + digest)


def parse_signature(data):
    """TPMT_SIGNATURE as the scheme, the hash and what OpenSSL takes as a signature."""
    cursor = Cursor(data)
    scheme, hash_name = cursor.number(2), NAMES[cursor.number(2)]
    if scheme == ALG_ECDSA:
        r, s = (int.from_bytes(cursor.sized(), "big") for _ in range(2))
        value = utils.encode_dss_signature(r, s)
    elif scheme == ALG_RSASSA:
        value = cursor.sized()
    else:
        raise ValueError(f"scheme {scheme:#x}")
    cursor.end()
    return scheme, hash_name, value


def signature_holds(pem, message, signature):
    """Whether the key made this TPMT_SIGNATURE over the message; and with which hash."""
    key = serialization.load_pem_public_key(pem.encode())
    _, hash_name, value = parse_signature(signature)
    algorithm = getattr(hashes, hash_name.upper())()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, message, ec.ECDSA(algorithm))
        else:
            key.verify(value, message, padding.PKCS1v15(), algorithm)
        return True, hash_name
    except exceptions.InvalidSignature:
        return False, hash_name


def check_bundle(bundle, nonce):
    """An independent reader's verdict on a quote bundle: a list of what is wrong with it."""
    wrong = []
    quoted, signature, public = (base64.b64decode(text, validate=True) for text in (
        bundle["quoted"], bundle["signature"], bundle["ak"]["public"]))
    attest, key = parse_attest(quoted), parse_public(public)
    holds, hash_name = signature_holds(bundle["ak"]["pem"], quoted, signature)
    values = {int(index): bytes.fromhex(value) for index, value in bundle["pcrs"].items()}
    digest = hashlib.new(hash_name, b"".join(values[index] for index in sorted(values))).digest()
    wanted = FIXED_TPM | FIXED_PARENT | SENSITIVE_ORIGIN | RESTRICTED | SIGN
    for name, holds in {
        "signature": holds, "nonce": attest.extra == nonce and bundle["nonce"] == nonce.hex(),
        "selection": attest.selections == [(bundle["bank"], set(values))], "PCR digest": attest.digest == digest,
        "attributes": key.attributes & (wanted | DECRYPT) == wanted, "name": key.name.hex() == bundle["ak"]["name"],
        "clock": attest.safe in (0, 1), "type": bundle["type"] == "tpm2-quote",
    }.items():
        if not holds:
            wrong.append(name)
    return wrong


def pcr_file(bank, values):
    """The PCR file that tpm2_quote writes and tpm2_checkquote reads: TPML_PCR_SELECTION, a count, and as many
    TPML_DIGEST, as tpm2-tss has these structures in memory, little-endian."""
    bits = sum(1 << index for index in values)
    selection = struct.pack("<IHB4sx", 1, ALGORITHMS[bank], 3, bits.to_bytes(4, "little")) + bytes(15 * 8)
    digests = [values[index] for index in sorted(values)]
    lists = [digests[first:first + 8] for first in range(0, len(digests), 8)]
    data = selection + struct.pack("<I", len(lists))
    for part in lists:
        data += struct.pack("<I", len(part)) + b"".join(
            struct.pack("<H64s", len(digest), digest) for digest in part + [b""] * (8 - len(part)))
    return data


def write_bundle(bundle, folder):
    """The parts of a bundle as files, as tpm2_checkquote wants them."""
    values = {int(index): bytes.fromhex(value) for index, value in bundle["pcrs"].items()}
    content = {"quote.msg": base64.b64decode(bundle["quoted"]), "quote.sig": base64.b64decode(bundle["signature"]),
               "ak.pem": bundle["ak"]["pem"].encode(), "pcrs.bin": pcr_file(bundle["bank"], values)}
    paths = {name: os.path.join(folder, name) for name in content}
    for name, data in content.items():
        with open(paths[name], "wb") as file:
            file.write(data)
    return paths


def checkquote(bundle, nonce, folder, check=True):
    """tpm2_checkquote over a bundle and its PCR values, which it digests with the hash of the signature."""
    paths = write_bundle(bundle, folder)
    hash_name = parse_signature(base64.b64decode(bundle["signature"]))[1]
    return run("tpm2_checkquote", "-u", paths["ak.pem"], "-m", paths["quote.msg"], "-s", paths["quote.sig"],
               "-q", nonce.hex(), "-g", hash_name, "-f", paths["pcrs.bin"], check=check)


def tool(tcti, name, *arguments, **more):
    """A program of tpm2-tools."""
    return run(name, "-T", tcti, *arguments, **more).stdout


def transact(connection, code, body, tag=0x8001):
    """One command on a raw connection to swtpm; the response's parameters."""
    connection.sendall(struct.pack(">HII", tag, 10 + len(body), code) + body)
    response = receive_message(connection)
    status = struct.unpack(">I", response[6:10])[0]
    if status != 0:
        raise ValueError(f"TPM command {code:#x}: {status:#x}")
    return response[10:]


def extend(connection, index, digests):
    """TPM2_PCR_Extend, Part 3 §22.2, with an empty password; `digests` by bank."""
    password = struct.pack(">IIHBH", 9, 0x40000009, 0, 0, 0)
    values = struct.pack(">I", len(digests)) + b"".join(
        struct.pack(">H", ALGORITHMS[bank]) + digest for bank, digest in digests.items())
    transact(connection, 0x182, struct.pack(">I", index) + password + values, tag=0x8002)


def handles(connection, first):
    """The handles from `first` on of its type: TPM2_GetCapability(TPM_CAP_HANDLES), Part 3 §30.2."""
    answer = Cursor(transact(connection, 0x17A, struct.pack(">III", 1, first, 64))[5:])
    return [answer.number(4) for _ in range(answer.number(4))]
