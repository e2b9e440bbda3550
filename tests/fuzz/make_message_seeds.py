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
from sealed import COMMITTING, PUBLIC_KEY, SUITES, Message, sized  # noqa: E402

FOLDER = os.path.join(HERE, "corpus", "message")
TEXT = b"The secret that the tests look for."
KMS = (b"aws-kms", b"arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555", bytes(40))


def message(suite, **more):
    size = SUITES[suite][0]
    message_id = bytes(range(0x40, 0x60 if suite in COMMITTING else 0x50))
    return Message(suite, bytes(range(size)), message_id=message_id, **{"plaintext": TEXT, **more})


def make(name, suite, lie=None, **more):
    made = message(suite, **more)
    if lie:
        lie(made)
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(made.encode())


def section(*pairs, count=None):
    """An encryption context whose count may lie."""
    return sized((len(pairs) if count is None else count).to_bytes(2, "big")
                 + b"".join(sized(name) + sized(value) for name, value in pairs))


# What is wrong, but for the tags and signatures, which are right.
LIES = {
    "unsorted": (0x0478, {"section": section((b"b", b"1"), (b"a", b"2"))}),  # which is read nevertheless
    "lie-twice": (0x0478, {"section": section((b"a", b"1"), (b"b", b"2"), (b"a", b"3"))}),
    "lie-pairs-more": (0x0478, {"section": section((b"a", b"1"), count=2)}),
    "lie-pairs-less": (0x0478, {"section": section((b"a", b"1"), (b"b", b"2"), count=1)}),
    "lie-pairs-none": (0x0478, {"section": section()}),
    "lie-context-long": (0x0478, {"section": b"\xff\xff" + section((b"a", b"1"))[2:]}),
    "lie-context-latin": (0x0478, {"section": section((b"a", b"\xfc"))}),
    "lie-keys-none": (0x0478, {"edks": b"\0\0"}),
    "lie-keys-many": (0x0478, {"edks": b"\xff\xff" + sized(b"raw") + sized(b"") + sized(b"")}),
    "lie-content-type": (0x0478, {"content_type": 3}),
    "lie-framed": (0x0478, {"content_type": 1}),
    "lie-frame-length-0": (0x0478, {"frame_length": 0}),
    "lie-frame-missing": (0x0478, {"frame_length": 0xffffffff, "frames": [(1, False, TEXT)]}),
    "lie-type": (0x0178, {"type": 0x81}),
    "lie-reserved": (0x0178, {"reserved": b"\0\0\0\1"}),
    "lie-iv-length": (0x0178, {"iv_length": 16}),
    "lie-key-unsigned": (0x0478, {"pairs": [(PUBLIC_KEY.encode(), b"AAAA")]}),
    "lie-key-none": (0x0578, {"pairs": []}),
    "lie-key-short": (0x0578, {"pairs": [(PUBLIC_KEY.encode(), b"AAAA")]}),
    "lie-number-0": (0x0478, {"frames": [(0, True, TEXT[:16])]}),
    "lie-number-2": (0x0478, {"frames": [(2, True, TEXT[:16])]}),
    "lie-number-again": (0x0478, {"frames": [(1, False, TEXT[:16]), (1, True, TEXT[16:32])]}),
    "lie-number-gap": (0x0478, {"frames": [(1, False, TEXT[:16]), (3, True, TEXT[16:32])]}),
    "lie-final-long": (0x0478, {"frames": [(1, True, TEXT[:17])]}),
    "lie-final-twice": (0x0478, {"frames": [(1, True, TEXT[:16]), (2, True, TEXT[16:32])]}),
    "lie-final-none": (0x0478, {"frames": [(1, False, TEXT[:16])]}),
    "lie-frame-short": (0x0478, {"frames": [(1, False, TEXT[:15]), (2, True, TEXT[16:32])]}),
}


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
    make("0478-full-frames", 0x0478, plaintext=TEXT[:32])
    make("0478-empty-final", 0x0478, lie=lambda made: vars(made).update(frames=[(1, False, TEXT[:16]), (2, True, b"")]))
    for name, (suite, parts) in LIES.items():
        make(name, suite, lie=lambda made, parts=parts: vars(made).update(parts))


if __name__ == "__main__":
    main()
