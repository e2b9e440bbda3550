#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of evidence, by the writer of tests/oracle/evidence.py.

    tests/fuzz/make_evidence_seeds.py

Writes into tests/fuzz/corpus: evidence/ and certificate/evidence-root.pem, its root. All are made for the first second of
2026, as the seeds of documents are, and for one nonce. Each run makes other keys, so that it is only needed for a new
form of seed.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "oracle"))
from documents import ROOT  # noqa: E402
from evidence import World, b64  # noqa: E402
from make_document_seeds import NONCE, NOW, write  # noqa: E402


def more(whole):
    whole["more"] = {}


def cut(whole):
    whole["endorsement"]["document"] = b64(b"\x84\x44\xa1\x01\x38\x22\xa0\x40\x40")


def main():
    world = World(NOW)
    write("certificate", "evidence-root.pem", world.chain.levels[ROOT].pem())
    write("evidence", "policy", json.dumps(world.policy(4, 7, 11)).encode())
    for name, changes in (("fresh", {}), ("cached", {"cached": 600}), ("log", {"logs": {"eventlog": world.log}}),
                          ("moved", {"pcrs": {14: bytes([85]) * 48}}), ("reset", {"quote": {"reset": 6}}), ("member", {"members": more}),
                          ("cut", {"members": cut})):
        write("evidence", name + ".json", world.evidence(NONCE, **changes).json())


if __name__ == "__main__":
    main()
