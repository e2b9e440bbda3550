#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of KMS's CMS messages, by the writer of the simulator of KMS (swtpm-harness/aws-sim/cms.py) and by
asn1crypto.

    tests/fuzz/make_cms_seeds.py

Writes into tests/fuzz/corpus/cms, and the private key for them beside it (tests/fuzz/recipient.der), unless that is
there. What is inside, where it can be opened: PLAINTEXT; in "long" 4,096 times 0x5a, in "too-long" one more.
"""
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "swtpm-harness", "aws-sim"))
sys.path.insert(0, os.path.join(TOP, "tests", "oracle"))
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
import cms  # noqa: E402
import envelopes  # noqa: E402

KEY = os.path.join(HERE, "recipient.der")
PLAINTEXT = bytes((37 * i + 11) % 256 for i in range(32))


def load_key():
    if not os.path.exists(KEY):
        key = rsa.generate_private_key(65537, 2048)
        with open(KEY, "wb") as file:
            file.write(key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))
    with open(KEY, "rb") as file:
        return serialization.load_der_private_key(file.read(), None)


def write(name, content):
    folder = os.path.join(HERE, "corpus", "cms")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def main():
    public = load_key().public_key()
    for form in cms.FORMS:
        write(form, cms.envelop(PLAINTEXT, public, form))
    for variant in cms.VARIANTS:
        whose = rsa.generate_private_key(65537, 2048).public_key() if variant == "other-key" else public
        write(variant, cms.envelop(PLAINTEXT, whose, variant=variant))
    write("long", cms.envelop(b"\x5a" * 4096, public))
    write("too-long", cms.envelop(b"\x5a" * 4097, public))
    write("empty", cms.envelop(b"", public))
    for name, options in envelopes.ALLOWED.items():
        write(name, envelopes.envelop(PLAINTEXT, public, **options))
    for name, options in envelopes.REFUSED.items():
        write(name, envelopes.envelop(PLAINTEXT, public, **options))


if __name__ == "__main__":
    main()
