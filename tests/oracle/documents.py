# SPDX-License-Identifier: Apache-2.0
"""AWS attestation documents made by an independent writer (cbor2 and cryptography), shaped like the real ones down to
lifetimes, path lengths and key usages, under a test authority of its own; and any of it wrong, where a test wants that.

    chain = Chain(now)                                            # root, regional, zonal, instance, leaf
    Document(chain, now).encode()
    Chain(now, {LEAF: {"curve": ec.SECP256R1()}})                 # one thing changed
    Document(chain, now, fields={"digest": "SHA256"}, tag=17).encode()
"""
import datetime

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import NameOID

ROOT, REGIONAL, ZONAL, INSTANCE, LEAF = range(5)
INSTANCE_ID = "i-0123456789abcdef0"
NITROTPM_ID = INSTANCE_ID + "-tpm0000000000000000"
ENCLAVE_ID = INSTANCE_ID + "-enc0123456789abcdef"
OPTIONS = ("public_key", "user_data", "nonce")
HOUR, DAY = 3600, 86400
CA_USAGE = ("digital_signature", "key_cert_sign", "crl_sign")
LEAF_USAGE = ("digital_signature", "content_commitment")
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")

# Common name, seconds since it began, seconds that it lasts, path length, usage, whether usage is critical.
LEVELS = (
    ("attestd-test.nitro-enclaves", 1000 * DAY, 10000 * DAY, None, CA_USAGE, True),
    ("0123456789abcdef.test-1.attestd-test.nitro-enclaves", 5 * DAY, 20 * DAY + HOUR, 2, CA_USAGE, True),
    ("fedcba9876543210.zonal.test-1.attestd-test.nitro-enclaves", 2 * DAY, 5 * DAY, 1, CA_USAGE, True),
    (INSTANCE_ID + ".test-1.attestd-test.nitro-enclaves", 6 * HOUR, DAY, 0, CA_USAGE, True),
    (NITROTPM_ID + ".test-1.attestd-test", 3, 3 * HOUR + 3, None, LEAF_USAGE, False),
)


class Raw(bytes):
    """CBOR that is encoded already."""


def encode(value):
    return bytes(value) if isinstance(value, Raw) else cbor2.dumps(value)


def head(major, argument, width=None):
    """The head of an item, as short as can be or with `width` bytes of argument."""
    if width is None:
        width = next(size for size, limit in ((0, 24), (1, 1 << 8), (2, 1 << 16), (4, 1 << 32), (8, 1 << 64))
                     if argument < limit)
    low = argument if width == 0 else {1: 24, 2: 25, 4: 26, 8: 27}[width]
    return bytes([major << 5 | low]) + (argument.to_bytes(width, "big") if width else b"")


def indefinite_map(pairs):
    return b"\xbf" + b"".join(encode(key) + encode(value) for key, value in pairs) + b"\xff"


def definite_map(pairs):
    return head(5, len(pairs)) + b"".join(encode(key) + encode(value) for key, value in pairs)


def name(common_name, reverse=False):
    """The order of its parts differs between the levels of real chains."""
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "attestd test"),
             x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    return x509.Name(parts[::-1] if reverse else parts)


def key_usage(names):
    return x509.KeyUsage(**{usage: usage in names for usage in USAGES})


def moment(seconds):
    return datetime.datetime.utcfromtimestamp(seconds)


class Level:
    """One certificate and its key. `signer` is the level above it, or None for one that signs itself."""

    def __init__(self, number, signer, now, curve=None, digest=None, key=None, **changes):
        common_name, age, lasts, path_length, usage, critical = LEVELS[number]
        spec = {"subject": name(common_name, number % 2 == 1), "issuer": None, "begin": now - age,
                "end": now - age + lasts, "constraints": x509.BasicConstraints(number != LEAF, path_length),
                "usage": key_usage(usage), "usage_critical": critical, "extensions": (), **changes}
        self.key = key or ec.generate_private_key(curve or ec.SECP384R1())
        self.subject = spec["subject"]
        above = signer or self
        builder = (x509.CertificateBuilder().subject_name(self.subject).issuer_name(spec["issuer"] or above.subject)
                   .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(moment(spec["begin"])).not_valid_after(moment(spec["end"])))
        for extension, is_critical in ((spec["constraints"], True), (spec["usage"], spec["usage_critical"]),
                                       *spec["extensions"]):
            if extension is not None:
                builder = builder.add_extension(extension, is_critical)
        self.certificate = builder.sign(above.key, digest or hashes.SHA384())
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)


class Chain:
    """Five levels; `changes` maps a level's number to what is different there. `above`: take the authorities of that
    chain and make only the levels that it does not give."""

    def __init__(self, now, changes=None, above=None, keep=0):
        self.levels = list(above.levels[:keep]) if above else []
        for number in range(len(self.levels), len(LEVELS)):
            signer = self.levels[-1] if self.levels else None
            spec = {"signer": signer, **(changes or {}).get(number, {})}
            self.levels.append(Level(number, now=now, **spec))

    def bundle(self):
        return [level.der for level in self.levels[:-1]]


class Document:
    """What a NitroTPM's document has; `fields` replaces, adds, or (None as the key's value in `without`) takes away."""

    def __init__(self, chain, now, fields=None, without=(), enclave=False, **form):
        pcrs = {index: bytes([index + 1]) * 48 for index in range(16 if enclave else 24)}
        self.chain = chain
        self.fields = {"module_id": ENCLAVE_ID if enclave else NITROTPM_ID, "digest": "SHA384", "timestamp": now * 1000,
                       "pcrs" if enclave else "nitrotpm_pcrs": pcrs, "certificate": chain.levels[-1].der,
                       "cabundle": chain.bundle(), **dict.fromkeys(OPTIONS), **(fields or {})}
        for key in without:
            del self.fields[key]
        # A missing "sign" signs as it should be; "make_map" writes the payload's map.
        self.form = {"tag": None, "protected": bytes.fromhex("a1013822"), "unprotected": {}, "make_map": indefinite_map,
                     "pairs": (), "behind_payload": b"", "behind": b"", "sign": self.sign, "signer": chain.levels[-1].key,
                     "array": head(4, 4), "end": b"", **form}

    def sign(self, protected, payload):
        signed = cbor2.dumps(["Signature1", protected, b"", payload])
        r, s = utils.decode_dss_signature(self.form["signer"].sign(signed, ec.ECDSA(hashes.SHA384())))
        size = (self.form["signer"].curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def payload(self):
        return self.form["make_map"]([*self.fields.items(), *self.form["pairs"]]) + self.form["behind_payload"]

    def encode(self):
        form, payload = self.form, self.payload()
        items = (form["protected"], form["unprotected"], payload, form["sign"](form["protected"], payload))
        tag = b"" if form["tag"] is None else head(6, form["tag"])
        return tag + form["array"] + b"".join(map(encode, items)) + form["end"] + form["behind"]
