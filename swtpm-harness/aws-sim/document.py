# SPDX-License-Identifier: Apache-2.0
"""May what an attestation document says be believed, and what does it say? COSE_Sign1 (RFC 9052), X.509, CBOR.

Written from "NitroTPM Attestation Document contents" and "Validate a NitroTPM Attestation Document" (EC2 User Guide) and
the attestation process of the Nitro Enclaves. cbor2 and cryptography do the formats. Nothing is trusted but the
roots given at the start.
"""
import datetime
import io

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

MAX_AGE = 300  # seconds; what is said of KMS, though no text of AWS's gives a number
LEEWAY = 60  # seconds that a document may be from the future
PROTECTED = bytes.fromhex("a1013822")  # {1: -35}, ES384
KINDS = {"nitrotpm_pcrs": "nitrotpm", "pcrs": "nitro-enclave"}
MIN_KEY_BITS, MAX_KEY_BITS = 2048, 4096
KNOWN_EXTENSIONS = {x509.ExtensionOID.BASIC_CONSTRAINTS, x509.ExtensionOID.KEY_USAGE}


class DocumentError(Exception):
    """The document is not what it should be; the text says where."""


class Document:
    def __init__(self, kind, module_id, timestamp, pcrs, public_key):
        self.kind = kind
        self.module_id = module_id
        self.timestamp = timestamp
        self.pcrs = pcrs
        self.public_key = public_key

    def condition_keys(self):
        """KMS Developer Guide, "Condition keys for NitroTPM", "... for Nitro Enclaves": names, values in hex."""
        prefix = "kms:RecipientAttestation:"
        if self.kind == "nitrotpm":
            return {f"{prefix}NitroTPMPCR{index}": value.hex() for index, value in self.pcrs.items()}
        keys = {f"{prefix}PCR{index}": value.hex() for index, value in self.pcrs.items()}
        if 0 in self.pcrs:
            keys[f"{prefix}ImageSha384"] = self.pcrs[0].hex()
        return keys


def demand(condition, message):
    if not condition:
        raise DocumentError(message)


def load_roots(paths):
    """The DER of each certificate in these PEM files."""
    roots = []
    for path in paths:
        with open(path, "rb") as file:
            text = file.read()
        for part in text.split(b"-----BEGIN CERTIFICATE-----")[1:]:
            certificate = x509.load_pem_x509_certificate(b"-----BEGIN CERTIFICATE-----" + part)
            roots.append(certificate.public_bytes(serialization.Encoding.DER))
    return roots


def verify(data, roots, now, max_age=MAX_AGE):
    """The document in these bytes, verified up to one of the roots at this time (seconds since 1970)."""
    try:
        return check(data, roots, now, max_age)
    except DocumentError:
        raise
    except Exception as error:  # the libraries have many ways to say that they can't read something
        raise DocumentError(f"{type(error).__name__}: {error}") from None


def check(data, roots, now, max_age):
    protected, payload, signature = open_envelope(data)
    content = decode(payload, read_map)
    kind, fields = check_fields(content)
    leaf = check_chain(fields["cabundle"], fields["certificate"], roots, now)
    check_signature(leaf, protected, payload, signature)
    age = now - fields["timestamp"] / 1000
    demand(age <= max_age, f"it is {age:.0f} s old, at most {max_age} are allowed")
    demand(age >= -LEEWAY, f"it is {-age:.0f} s from the future")
    return Document(kind, fields["module_id"], fields["timestamp"], fields["pcrs"], recipient_key(fields["public_key"]))


def decode(data, read=None):
    """One item, and nothing after it. `read` reads it where it is more than cbor2 looks at."""
    stream = io.BytesIO(data)
    try:
        item = (read or read_item)(stream)
    except DocumentError:
        raise
    except Exception as error:  # a tag's decoder may raise anything
        raise DocumentError(f"not CBOR: {error}") from None
    demand(stream.tell() == len(data), "bytes after the CBOR item")
    return item


def read_item(stream):
    return cbor2.CBORDecoder(stream).decode()


def read_map(stream, inner=KINDS):
    """A map with each key once: cbor2 takes the last of several without a word. So are those in it that are named."""
    first = stream.read(1)[0]
    demand(first >> 5 == 5, "not a map")
    left = None
    if first != 0xBF:  # the length is encoded as an integer is, RFC 8949 §3
        left = read_item(io.BytesIO(bytes([first & 0x1F]) + stream.read({24: 1, 25: 2, 26: 4, 27: 8}.get(first & 0x1F, 0))))
    found = {}
    while not at_end(stream, left, found):
        key = read_item(stream)
        demand(key not in found, f"the key {key!r} twice")
        found[key] = read_map(stream, ()) if key in inner else read_item(stream)
    return found


def at_end(stream, length, found):
    if length is not None:
        return len(found) == length
    if stream.read(1) == b"\xff":
        return True
    stream.seek(-1, io.SEEK_CUR)
    return False


def open_envelope(data):
    item = decode(data)
    if isinstance(item, cbor2.CBORTag):
        demand(item.tag == 18, "not tagged as COSE_Sign1")
        item = item.value
    demand(isinstance(item, list) and len(item) == 4, "not an array of four")
    protected, unprotected, payload, signature = item
    demand(protected == PROTECTED, "the protected header is not the algorithm ES384 alone")
    demand(unprotected == {}, "unprotected headers")
    demand(isinstance(payload, bytes) and 0 < len(payload) <= 16384, "payload: 1 to 16384 bytes")
    demand(isinstance(signature, bytes) and len(signature) == 96, "signature: 96 bytes")
    return protected, payload, signature


def check_fields(content):
    names = [name for name in KINDS if name in content]
    demand(len(names) == 1, "one of pcrs, nitrotpm_pcrs")
    fields = dict(content)
    fields["pcrs"] = fields.pop(names[0])
    allowed = {"module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle", "public_key", "user_data", "nonce"}
    demand(set(fields) <= allowed, "a key that is not known")
    demand(isinstance(fields.get("module_id"), str) and fields["module_id"], "module_id: text")
    demand(fields.get("digest") == "SHA384", "digest: SHA384")
    demand(type(fields.get("timestamp")) is int and 0 < fields["timestamp"] < 1 << 53, "timestamp: milliseconds")
    check_pcrs(fields["pcrs"])
    demand(is_blob(fields.get("certificate"), 1), "certificate: 1 to 1024 bytes")
    bundle = fields.get("cabundle")
    demand(isinstance(bundle, list) and 0 < len(bundle) <= 8 and all(is_blob(one, 1) for one in bundle),
           "cabundle: certificates of 1 to 1024 bytes")
    for name in ("public_key", "user_data", "nonce"):
        fields.setdefault(name, None)
        demand(fields[name] is None or is_blob(fields[name], 0), f"{name}: at most 1024 bytes, or null")
    return KINDS[names[0]], fields


def check_pcrs(pcrs):
    demand(isinstance(pcrs, dict) and 1 <= len(pcrs) <= 32, "1 to 32 PCRs")
    for index, value in pcrs.items():
        demand(type(index) is int and 0 <= index < 32, "PCR numbers: 0 to 31")
        demand(isinstance(value, bytes) and len(value) in (32, 48, 64), "PCR values: 32, 48 or 64 bytes")


def is_blob(value, least):
    return isinstance(value, bytes) and least <= len(value) <= 1024


def check_chain(bundle, certificate, roots, now):
    """The leaf, after the whole path was checked at this time. cabundle is the root first."""
    demand(bundle[0] in roots, "the first of cabundle is not a root that is trusted here")
    try:
        chain = [x509.load_der_x509_certificate(data) for data in [*bundle, certificate]]
    except ValueError as error:
        raise DocumentError(f"a certificate that can't be read: {error}") from None
    issuer = chain[0]
    for depth, subject in enumerate(chain):
        check_validity(subject, now)
        check_constraints(subject, below=len(chain) - 2 - depth)
        check_issued(subject, issuer)
        issuer = subject
    return chain[-1]


def check_validity(certificate, now):
    moment = datetime.datetime.utcfromtimestamp(now)
    demand(certificate.not_valid_before <= moment + datetime.timedelta(seconds=LEEWAY), "a certificate is not valid yet")
    demand(moment <= certificate.not_valid_after, "a certificate has expired")


def check_constraints(certificate, below):
    """below: how many CAs come under this one; -1 for the leaf. RFC 5280 §4.2.1.3, §4.2.1.9, §6.1.4."""
    try:
        extensions = certificate.extensions
        basic = [one.value for one in extensions if one.oid == x509.ExtensionOID.BASIC_CONSTRAINTS]
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
        raise DocumentError(f"a certificate's extensions: {error}") from None
    for one in extensions:
        demand(not one.critical or one.oid in KNOWN_EXTENSIONS, "a critical extension that is not known")
    if below < 0:
        demand(not (basic and basic[0].ca), "the leaf is a CA")
        demand(usage.digital_signature, "the leaf may not sign")
        return
    demand(basic and basic[0].ca and usage.key_cert_sign, "an issuer is no CA")
    demand(basic[0].path_length is None or basic[0].path_length >= below, "a path is longer than its CA allows")


def check_issued(subject, issuer):
    demand(subject.issuer.public_bytes() == issuer.subject.public_bytes(), "names don't chain")
    key = issuer.public_key()
    demand(isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp384r1", "a key is not P-384")
    demand(isinstance(subject.signature_hash_algorithm, hashes.SHA384), "a certificate is not signed with SHA-384")
    try:
        key.verify(subject.signature, subject.tbs_certificate_bytes, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature:
        raise DocumentError("a certificate's signature is wrong") from None


def check_signature(leaf, protected, payload, signature):
    """Sig_structure, RFC 9052 §4.4; r and s side by side, RFC 9053 §2.1."""
    key = leaf.public_key()
    demand(isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp384r1", "the leaf's key is not P-384")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    parts = [int.from_bytes(half, "big") for half in (signature[:48], signature[48:])]
    try:
        key.verify(encode_dss_signature(*parts), signed, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature:
        raise DocumentError("the signature is wrong") from None


def recipient_key(data):
    """public_key as KMS wants it: an RSA key in a SubjectPublicKeyInfo, and nothing else."""
    demand(data, "public_key: it has none")
    try:
        key = serialization.load_der_public_key(data)
    except Exception as error:
        raise DocumentError(f"public_key: {error}") from None
    demand(isinstance(key, rsa.RSAPublicKey), "public_key: not RSA")
    demand(MIN_KEY_BITS <= key.key_size <= MAX_KEY_BITS, "public_key: 2048 to 4096 bits")
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    demand(spki == data, "public_key: not a SubjectPublicKeyInfo in DER")
    return key
