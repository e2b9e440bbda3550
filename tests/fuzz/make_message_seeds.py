#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of fuzz_message, which tests/unit/test_unseal.c and test_message.c read too: messages of every suite under
the data key 00 01 02 ..., of the size that the suite wants, by the tests' own writer.

    tests/fuzz/make_message_seeds.py

Writes into tests/fuzz/corpus/message. Signed ones differ with each run.
"""
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "oracle"))
from sealed import SUITES, Message  # noqa: E402

FOLDER = os.path.join(HERE, "corpus", "message")
TEXT = b"The secret that the tests look for."
KMS = (b"aws-kms", b"arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555", bytes(40))


def make(name, suite, **more):
    size = SUITES[suite][0]
    message_id = bytes(range(0x40, 0x60 if suite in (0x0478, 0x0578) else 0x50))
    message = Message(suite, bytes(range(size)), message_id=message_id, **{"plaintext": TEXT, **more})
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(message.encode())


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for suite in SUITES:
        make(f"{suite:04x}", suite)
    make("0478-unframed", 0x0478, frame_length=0)
    make("0578-unframed", 0x0578, frame_length=0)
    make("0178-unframed", 0x0178, frame_length=0, context={"a": "b"})
    make("0478-context", 0x0478, context={"app": "db", "stage": "prod", "": "empty name", "z\u00fcrich": "\u20ac"}, keys=[KMS, KMS])
    make("0478-empty", 0x0478, plaintext=b"")
    make("0478-long-frame", 0x0478, frame_length=0xffffffff)
    make("0478-frame-of-1", 0x0478, frame_length=1, plaintext=b"abc")


if __name__ == "__main__":
    main()
