#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Seals standard input as a message of the AWS Encryption SDK, with a data key that aws-sim's KMS encrypts; that is in
the message, and in a file as well.

    seal.py CONTROL-ADDRESS ENCRYPTED-DATA-KEY <SECRET >MESSAGE
"""
import base64
import json
import os
import sys
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests", "oracle"))
from key import CONTEXT, KEY  # noqa: E402
from sealed import Message  # noqa: E402

COMMITTING = 0x0478


def encrypt(control, data_key):
    order = {"key": KEY, "plaintext": base64.b64encode(data_key).decode(), "context": CONTEXT}
    with urllib.request.urlopen(control + "/encrypt", json.dumps(order).encode(), timeout=20) as answer:
        return base64.b64decode(json.load(answer)["ciphertext"])


def main(control, path):
    data_key = os.urandom(32)
    encrypted = encrypt(control, data_key)
    with open(path, "wb") as file:
        file.write(encrypted)
    message = Message(COMMITTING, data_key, sys.stdin.buffer.read(), frame_length=4096, context=CONTEXT)
    message.keys = [(b"aws-kms", KEY.encode(), encrypted)]
    sys.stdout.buffer.write(message.encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
