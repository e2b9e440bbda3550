#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of attestation documents and what they are made of, by the writer of tests/oracle/documents.py.

    tests/fuzz/make_document_seeds.py

Writes into tests/fuzz/corpus. All are under one root (certificate/root.pem), made for the first second of 2026, which
is when the harnesses and unit tests judge them. Each run makes other keys, so that it is only needed for a new form of
seed.
"""
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "oracle"))
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from documents import ENCLAVE_ID, LEAF, ROOT, ZONAL, Chain, Document, definite_map  # noqa: E402

NOW = 1767225600  # 2026-01-01T00:00:00Z
NONCE = bytes(range(32))
SEPARATOR = b"\n--\n"

# A bit of everything that tests/unit/test_cbor.c has, too.
CBOR = {"integers": "8800171818190100 1a00010000 1b0000000100000000 20 3863", "strings": "84 40 4201ff 60 6474657874",
        "indefinite": "9f01bf6161f5ff80ff", "map": "a3 6161 01 02 f6 4103 a0", "tagged": "d28443a10126a04101404100",
        "float": "fb3ff0000000000000", "chunks": "5f4101ff", "duplicate": "a2 01 00 1801 00", "deep": "81" * 9 + "00",
        "lie": "5bffffffffffffffff", "breaks": "ff", "undefined": "f7"}


def write(form, name, content):
    folder = os.path.join(HERE, "corpus", form)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def certificates(chain):
    write("certificate", "root.pem", chain.levels[ROOT].pem())
    for name, level in zip(("root", "regional", "zonal", "instance", "leaf"), chain.levels):
        write("certificate", name + ".der", level.der)
    critical = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    for name, changes in (("p256", {"curve": ec.SECP256R1()}), ("critical", {"extensions": [(critical, True)]})):
        write("certificate", name + ".der", Chain(NOW, {LEAF: changes}, chain, LEAF).levels[-1].der)


def chains(chain):
    ders = [level.der for level in chain.levels]
    for name, parts in (("whole", ders), ("short", ders[:2]), ("order", ders[:2] + ders[:1:-1]), ("longer", ders[:1] + ders)):
        write("chain", name, SEPARATOR.join(parts))


def documents(chain):
    enclave = {"module_id": ENCLAVE_ID}
    full = {"nonce": NONCE, "user_data": b"user data", "public_key": b"public key"}
    debug = {"pcrs": {index: bytes(48) for index in range(16)}}
    expired = Chain(NOW, {ZONAL: {"end": NOW - 1}}, chain, ZONAL)
    for name, document in (
            ("nitrotpm", Document(chain, NOW, full)), ("enclave", Document(chain, NOW, enclave, enclave=True)),
            ("debug", Document(chain, NOW, debug, enclave=True, make_map=definite_map)),
            ("tagged", Document(chain, NOW, tag=18)), ("bare", Document(chain, NOW, without=("nonce", "user_data", "public_key"))),
            ("expired", Document(expired, NOW, full)),
            ("other-leaf", Document(Chain(NOW, above=chain, keep=LEAF), NOW, full))):
        write("document", name, document.encode())


def main():
    chain = Chain(NOW)
    certificates(chain)
    chains(chain)
    documents(chain)
    for name, digits in CBOR.items():
        write("cbor", name, bytes.fromhex(digits))
    for name, digits in (("untagged", "8444a1013822a0 43a16161 42abcd"), ("tagged", "d28443a10126a04101404100"[:-2] + "00"),
                         ("indefinite", "9f44a1013822a041a041bbff"), ("header", "8447a20138220441aaa041a041bb"),
                         ("unprotected", "8444a1013822a1044141 41a041bb")):
        write("cose", name, bytes.fromhex(digits))


if __name__ == "__main__":
    main()
