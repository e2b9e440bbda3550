# SPDX-License-Identifier: Apache-2.0
"""Evidence that an independent writer makes, one thing wrong in each, through `attestctl verify evidence`: the check that
is about that thing refuses, and no other; and policies of documents, through `attestctl verify document`."""
import base64
import hashlib
import json
import os
import random
import shutil
import struct
import tempfile
import time
import unittest

from support import ATTESTCTL, run

try:
    import documents as made
    import evidence as writer
    from documents import HOUR, LEAF, ROOT, Chain, Document, Raw, head
    from evidence import AK_ATTRIBUTES, ALL, ATTRIBUTES, SHA1, SHA256, Key, World, b64, user_data
except ImportError as error:
    raise unittest.SkipTest(f"not installed: {error.name}") from None

HOLDS, HOLDS_NOT, USAGE, UNREADABLE = 0, 1, 2, 3
NOW = int(time.time())
NONCE = bytes(range(32))
OTHER = NONCE[::-1]
WORLD = World(NOW)
OTHER_KEY = Key()
BOOT = (*range(10), 12, 13)
CHANGED = b"\x55" * 48
LONG_CHAIN = Chain(NOW, {LEAF: {"begin": NOW - 5 * HOUR, "end": NOW + HOUR}}, WORLD.chain, LEAF)


def evidence(**changes):
    return lambda: WORLD.evidence(NONCE, **changes)


def members(change):
    return evidence(members=change)


def with_attributes(attributes):
    return evidence(key=Key(attributes=attributes))


def without_pcr(index):
    return evidence(quote={"mask": ALL & ~(1 << index)})


def reserved(make):
    """user_data that says the same in other bytes; `make` is given the name and the digest."""
    return evidence(user_data=lambda name, quoted: make(name, hashlib.sha384(quoted).digest()))


def bundle_member(name, value):
    def change(whole):
        whole["quote"][name] = value
    return members(change)


def ak_member(name, value):
    return evidence(ak={**WORLD.key.json(), name: value})


def swapped_signature():
    """The quote is another key's, which the bundle does not say."""
    other = WORLD.evidence(NONCE, key=OTHER_KEY)

    def change(whole):
        whole["quote"]["signature"] = other.object()["quote"]["signature"]
    return WORLD.evidence(NONCE, members=change)


def enclave():
    pcrs = {index: WORLD.pcrs[index] for index in range(16)}
    return WORLD.evidence(NONCE, fields={"pcrs": pcrs, "module_id": made.ENCLAVE_ID}, form={"without": ("nitrotpm_pcrs",)})


def old_boot():
    """The document and the endorsement of the boot before; all of the quote is of this one."""
    return WORLD.evidence(NONCE, cached=600, quote={"reset": 6, "clock": 6_000_000})


MAP, TEXT, AK, QUOTE = b"\xa3", b"\x67attestd", b"\x62ak", b"\x65quote"

GOOD = {
    "fresh": evidence(),
    "cached": evidence(cached=600),
    "cached, almost too old": evidence(cached=10500, chain=LONG_CHAIN),
    "an RSA key": evidence(key=Key("rsa")),
    "an RSA key, cached": evidence(key=Key("rsa"), cached=60),
    "a key of another policy and authorisation": with_attributes(AK_ATTRIBUTES & ~ATTRIBUTES["userWithAuth"]),
    "SHA-384 signatures": evidence(first={"hash": writer.SHA384}, quote={"hash": writer.SHA384}),
    "both quotes at the same moment": evidence(quote={"clock": 5_000_000}),
    "its log": evidence(logs={"eventlog": WORLD.log}),
    "a tagged document": evidence(form={"tag": 18}),
    "no public_key": evidence(form={"without": ("public_key",)}),
    **{f"PCR {index} extended since": evidence(pcrs={index: CHANGED}) for index in (10, 11, *range(14, 24))},
    "PCR 14 extended since, with its log": evidence(pcrs={14: CHANGED}, logs={"eventlog": WORLD.log}),
    "PCR 14 not quoted": without_pcr(14),
}

# What is wrong, and the checks that fail for it.
REFUSED = {
    # the nonce
    "another nonce": (lambda: WORLD.evidence(OTHER), {"nonce"}),
    "a longer nonce": (lambda: WORLD.evidence(NONCE + b"\0"), {"nonce"}),
    "an old quote": (evidence(quote={"extra": OTHER}), {"quote_nonce"}),
    "an old quote, of an old bundle": (bundle_member("nonce", OTHER.hex()), {"quote_nonce"}),
    # the document
    "another root": (evidence(chain=Chain(NOW)), {"document_root", "document_signature", "document_timestamp"}),
    "an expired leaf": (evidence(chain=Chain(NOW, {LEAF: {"begin": NOW - HOUR, "end": NOW - 10}}, WORLD.chain, LEAF), cached=60),
                        {"document_valid_until"}),
    "a slow clock": (evidence(fields={"timestamp": (NOW + 1800) * 1000}), {"document_clock"}),
    "an enclave's document": (enclave, {"kind"}),
    "a borrowed leaf": (evidence(form={"signer": made.Chain(NOW, above=WORLD.chain, keep=LEAF).levels[-1].key}),
                        {"document_signature"}),
    "a public_key in the document": (evidence(fields={"public_key": b"key"}), {"document_public_key"}),
    "stale": (evidence(cached=10810, chain=LONG_CHAIN), {"document_age"}),
    # the AK
    "another AK": (evidence(key=OTHER_KEY, endorser=WORLD.key, named=WORLD.key),
                   {"document_user_data", "endorsement_signature", "endorsement_qualified_signer"}),
    "another AK, which the document does not name": (evidence(key=OTHER_KEY, named=WORLD.key), {"document_user_data"}),
    "another AK in the bundle": (evidence(ak=OTHER_KEY.json()),
                                 {"document_user_data", "endorsement_signature", "endorsement_qualified_signer",
                                  "quote_signature", "quote_qualified_signer"}),
    "a quote of another key": (swapped_signature, {"quote_signature"}),
    "a name that does not follow": (ak_member("name", OTHER_KEY.name().hex()), {"quote_ak_name"}),
    "a name in another hash": (ak_member("name", "000c" + bytes(48).hex()), {"quote_ak_name"}),
    "a PEM that does not follow": (ak_member("pem", OTHER_KEY.pem()), {"quote_ak_key"}),
    **{f"an AK that is not {name}": (with_attributes(AK_ATTRIBUTES & ~ATTRIBUTES[name]), {"quote_ak_attributes"})
       for name in ("fixedTPM", "fixedParent", "sensitiveDataOrigin", "restricted", "sign")},
    "an AK that decrypts": (with_attributes(AK_ATTRIBUTES | ATTRIBUTES["decrypt"]), {"quote_ak_attributes"}),
    "a quote by a key of the owner's hierarchy": (evidence(quote={"hierarchy": 0x40000001}), {"quote_qualified_signer"}),
    "an endorsement by a key of the owner's hierarchy": (evidence(first={"hierarchy": 0x40000001}),
                                                         {"endorsement_qualified_signer"}),
    # the endorsement
    "an endorsement signed with SHA-1": (evidence(first={"hash": SHA1}), {"endorsement_signature"}),
    "an endorsement that another key signed": (evidence(endorser=OTHER_KEY),
                                               {"endorsement_signature", "endorsement_qualified_signer"}),
    "extraData of another nonce": (evidence(first={"extra": b"attestdE" + hashlib.sha256(OTHER).digest()}),
                                   {"endorsement_extra_data"}),
    "extraData by chance in a fresh one": (evidence(first={"extra": b"attestdE" + bytes(32)}), {"endorsement_extra_data"}),
    **{f"extraData {extra.hex()} in a cached one": (evidence(cached=60, first={"extra": extra}), {"endorsement_extra_data"})
       for extra in (b"", bytes(40), b"attestdE" + bytes(31), b"attestdE" + bytes(33), b"attestdB" + bytes(32), NONCE)},
    "an endorsement of no quote": (evidence(first={"kind": 0x8017}),
                                   {"endorsement_type", "endorsement_extra_data", "endorsement_selection",
                                    "endorsement_qualified_signer", "reset_count", "clock_safe"}),
    "an endorsement not made in a TPM": (evidence(first={"magic": 0xff544348}),
                                         {"endorsement_magic", "endorsement_extra_data", "endorsement_selection",
                                          "endorsement_qualified_signer", "reset_count", "clock_safe"}),
    "an endorsement over fewer PCRs": (evidence(first={"mask": ALL & ~(1 << 23)}), {"endorsement_selection"}),
    "an endorsement over the SHA-256 bank": (evidence(first={"bank": SHA256}), {"endorsement_selection"}),
    # the quote
    "a quote signed with SHA-1": (evidence(quote={"hash": SHA1}), {"quote_signature"}),
    "a quote of other values": (evidence(quote={"digest": bytes(32)}), {"quote_pcr_digest"}),
    "the boot before": (old_boot, {"reset_count"}),
    "a boot to come": (evidence(quote={"reset": 4}), {"reset_count"}),
    "a restart between": (evidence(quote={"restart": 1}), {"restart_count"}),
    "a clock that went back": (evidence(quote={"clock": 4_999_999}), {"clock"}),
    "a clock that is not safe": (evidence(quote={"safe": 0}), {"clock_safe"}),
    "a clock that was not safe": (evidence(first={"safe": 0}), {"clock_safe"}),
    "SHA-256 only": (evidence(quote={"bank": SHA256}), {"bank", "boot_pcrs", "policy_pcrs"}),
    **{f"PCR {index} differs": (evidence(pcrs={index: CHANGED}), {"boot_pcrs", *(["policy_pcrs"] if index in (4, 7) else [])})
       for index in BOOT},
    **{f"PCR {index} is not quoted": (without_pcr(index), {"boot_pcrs", *(["policy_pcrs"] if index in (4, 7) else [])})
       for index in BOOT},
    "the document lacks PCR 12": (evidence(fields={"nitrotpm_pcrs": {i: v for i, v in WORLD.pcrs.items() if i != 12}}),
                                  {"boot_pcrs"}),
    # the logs
    "a log of another boot": (evidence(logs={"eventlog": writer.firmware_log(
        [*writer.boot_events(), (4, 0x80000003, b"another image", bytes(32))])[0]}), {"eventlog_pcr_4"}),
    "a log cut short": (evidence(logs={"eventlog": WORLD.log[:-4]}), {"eventlog_log_form", "eventlog_pcr_13"}),
    # the reserved user_data: the same said in other bytes
    **{f"user_data {what}": (reserved(make), {"document_user_data"}) for what, make in {
        "of a longer version": lambda n, d: MAP + TEXT + b"\x18\x01" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of a version of 2 bytes": lambda n, d: MAP + TEXT + b"\x19\0\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of a version of 8 bytes": lambda n, d: MAP + TEXT + b"\x1b" + bytes(7) + b"\1" + AK + b"\x58\x22" + n + QUOTE +
                                                b"\x58\x30" + d,
        "of version 1.0": lambda n, d: MAP + TEXT + b"\xf9\x3c\x00" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of version 1.0 in 8 bytes": lambda n, d: MAP + TEXT + b"\xfb\x3f\xf0" + bytes(6) + AK + b"\x58\x22" + n + QUOTE +
                                                  b"\x58\x30" + d,
        "of version true": lambda n, d: MAP + TEXT + b"\xf5" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of version 0": lambda n, d: MAP + TEXT + b"\0" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of version 2": lambda n, d: MAP + TEXT + b"\2" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of version -1": lambda n, d: MAP + TEXT + b"\x20" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of version -2": lambda n, d: MAP + TEXT + b"\x21" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of a version in a tag": lambda n, d: MAP + TEXT + b"\xc2\x41\x01" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of a version in text": lambda n, d: MAP + TEXT + b"\x611" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a longer map": lambda n, d: b"\xb8\x03" + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a map of 2 bytes": lambda n, d: b"\xb9\0\3" + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a map without end": lambda n, d: b"\xbf" + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d + b"\xff",
        "with a longer key": lambda n, d: MAP + b"\x78\7attestd\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a key in pieces": lambda n, d: MAP + b"\x7f\x66attest\x61d\xff\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a key in bytes": lambda n, d: MAP + b"\x47attestd\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a longer second key": lambda n, d: MAP + TEXT + b"\1\x78\2ak\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a longer third key": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + b"\x78\5quote\x58\x30" + d,
        "with a longer name": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x59\0\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a name of 4 bytes": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x5a\0\0\0\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a name in pieces": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x5f\x42" + n[:2] + b"\x58\x20" + n[2:] + b"\xff" +
                                              QUOTE + b"\x58\x30" + d,
        "with a name in text": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x78\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a name in hexadecimal": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x78\x44" + n.hex().encode() + QUOTE +
                                                   b"\x58\x30" + d,
        "with a longer digest": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x59\0\x30" + d,
        "with a digest in 8 bytes": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x5b" + bytes(7) +
                                                 b"\x30" + d,
        "with a digest in pieces": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x5f\x58\x30" + d + b"\xff",
        "with a digest cut": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x2f" + d[:-1],
        "with another digest": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d[::-1],
        "with another name": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n[::-1] + QUOTE + b"\x58\x30" + d,
        "in another order": lambda n, d: MAP + AK + b"\x58\x22" + n + TEXT + b"\1" + QUOTE + b"\x58\x30" + d,
        "in a third order": lambda n, d: MAP + TEXT + b"\1" + QUOTE + b"\x58\x30" + d + AK + b"\x58\x22" + n,
        "with one key more": lambda n, d: b"\xa4" + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d + b"\x61x\1",
        "with one key twice": lambda n, d: b"\xa4" + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d + TEXT + b"\1",
        "with one key fewer": lambda n, d: b"\xa2" + TEXT + b"\1" + AK + b"\x58\x22" + n,
        "in a tag": lambda n, d: b"\xd9\xd9\xf7" + MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "in a small tag": lambda n, d: b"\xc0" + MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a tagged name": lambda n, d: MAP + TEXT + b"\1" + AK + b"\xd8\x40\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "with a byte behind it": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d + b"\0",
        "with null behind it": lambda n, d: MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d + b"\xf6",
        "with a byte missing": lambda n, d: (MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d)[:-1],
        "in a string": lambda n, d: b"\x58\x69" + MAP + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "in an array": lambda n, d: b"\x86" + TEXT + b"\1" + AK + b"\x58\x22" + n + QUOTE + b"\x58\x30" + d,
        "of no bytes": lambda n, d: b"",
        "of nothing": lambda n, d: None,
    }.items()},
}


def drop(*path):
    def change(whole):
        part = whole
        for name in path[:-1]:
            part = part[name]
        del part[path[-1]]
    return members(change)


def put(value, *path):
    def change(whole):
        part = whole
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value
    return members(change)


# What can't be read.
MALFORMED = {
    "another type": put("tpm2-quote", "type"),
    "no nonce to speak of": put("", "nonce"),
    "a nonce that is none": put("xy", "nonce"),
    "a bare signature": lambda: put(WORLD.evidence(NONCE).object()["quote"]["signature"][8:], "quote", "signature")(),
    "a document in JSON": put({"document": ""}, "endorsement", "document"),
    "a document cut short": lambda: put(WORLD.evidence(NONCE).endorsement["document"][:-4], "endorsement", "document")(),
    "a quote cut short": lambda: put(WORLD.evidence(NONCE).endorsement["quoted"][:-4], "endorsement", "quoted")(),
    "a quote with a byte behind it": evidence(first={"behind": b"\0"}),
    "a log that is none": evidence(logs={"eventlog": b"no log"}),
    **{f"without {'.'.join(path)}": drop(*path) for path in (
        ("type",), ("nonce",), ("endorsement",), ("quote",), ("endorsement", "document"), ("endorsement", "quoted"),
        ("endorsement", "signature"), ("quote", "type"), ("quote", "nonce"), ("quote", "ak"), ("quote", "pcrs"),
        ("quote", "ak", "public"), ("quote", "ak", "name"), ("quote", "ak", "pem"))},
    **{f"with {'.'.join(path)}": put(1, *path) for path in (
        ("more",), ("endorsement", "more"), ("quote", "more"), ("quote", "batch"), ("quote", "ak", "more"))},
    **{f"{'.'.join(path)} null": put(None, *path) for path in (
        ("type",), ("nonce",), ("endorsement",), ("quote",), ("endorsement", "document"))},
}


class Case(unittest.TestCase):
    limit = 400

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.root = self.save("root.pem", WORLD.chain.levels[ROOT].pem())

    def save(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def call(self, what, content, options, nonce, policy):
        command = [ATTESTCTL, "verify", what, "--json", self.save(what, content), *options]
        command += ["--nonce", nonce.hex()] if nonce else []
        command += ["--policy", self.save("policy", json.dumps(policy).encode())] if policy is not None else []
        done = run(*command, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else None

    def failing(self, verdict):
        return {check["name"] for check in verdict["checks"] if not check["ok"]}


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class MadeEvidence(Case):
    def verify(self, made_evidence, *options, nonce=NONCE, policy=WORLD.policy(), root=True):
        content = made_evidence if isinstance(made_evidence, bytes) else made_evidence.json()
        return self.call("evidence", content, (*options, *(["--root", self.root] if root else [])), nonce, policy)

    def refused(self, checks, made_evidence, *options, **more):
        status, verdict = self.verify(made_evidence, *options, **more)
        self.assertEqual((status, self.failing(verdict)), (HOLDS_NOT, set(checks)), verdict)
        self.assertIs(verdict["verified"], False)
        return verdict

    def holds(self, made_evidence, *options, **more):
        status, verdict = self.verify(made_evidence, *options, **more)
        self.assertEqual((status, verdict["verified"]), (HOLDS, True), verdict)
        return verdict["claims"]

    def test_good(self):
        for what, make in GOOD.items():
            with self.subTest(what):
                self.holds(make())

    def test_refused(self):
        for what, (make, checks) in REFUSED.items():
            with self.subTest(what):
                self.refused(checks, make())

    def test_malformed(self):
        for what, make in MALFORMED.items():
            with self.subTest(what):
                status, verdict = self.verify(make())
                self.assertEqual((status, self.failing(verdict)), (UNREADABLE, {"input"}), verdict)

    def test_claims(self):
        claims = self.holds(WORLD.evidence(NONCE, cached=60, pcrs={14: CHANGED}, logs={"eventlog": WORLD.log}))
        self.assertEqual(claims["kind"], "nitrotpm")
        self.assertEqual(claims["module_id"], made.NITROTPM_ID)
        self.assertEqual(claims["instance"], made.INSTANCE_ID)
        self.assertEqual(claims["timestamp"], (NOW - 60) * 1000)
        self.assertIs(claims["live"], True)
        self.assertEqual(claims["root"], hashlib.sha256(WORLD.chain.levels[ROOT].der).hexdigest())
        self.assertEqual((claims["endorsement"], claims["nonce"]), ("cached", NONCE.hex()))
        self.assertEqual(claims["ak_name"], WORLD.key.name().hex())
        self.assertEqual((claims["clock"], claims["reset_count"], claims["restart_count"]), (5_060_100, 5, 0))
        self.assertEqual(claims["firmware_version"], writer.FIRMWARE_VERSION)
        self.assertIs(claims["secure_boot"], True)
        self.assertEqual(claims["pcrs"], {"sha384": {str(i): (CHANGED if i == 14 else WORLD.pcrs[i]).hex() for i in range(24)}})
        self.assertEqual(claims["vouched_by"], {str(i): "ak" if i == 14 else "aws" for i in range(24)})
        claims = self.holds(without_pcr(14)(), "--at", str(NOW))
        self.assertEqual((claims["endorsement"], claims["live"], claims["secure_boot"]), ("fresh", False, False))
        self.assertNotIn("14", claims["pcrs"]["sha384"])
        self.assertNotIn("14", claims["vouched_by"])

    def test_what_was_not_asked(self):
        good = WORLD.evidence(NONCE)
        self.refused({"nonce"}, good, nonce=None)
        self.refused({"policy"}, good, policy=None)
        self.refused({"nonce", "policy"}, good, nonce=None, policy=None)
        self.holds(good, "--allow-missing", "nonce", nonce=None)
        self.holds(good, "--allow-missing", "policy", policy=None)
        self.holds(good, "--allow-missing", "policy,nonce", nonce=None, policy=None)
        self.refused({"document_root", "document_signature", "document_timestamp"}, good, root=False)

    def test_policies(self):
        good, cached = WORLD.evidence(NONCE, logs={"eventlog": WORLD.log}), WORLD.evidence(NONCE, cached=600)
        for index in (4, 7, 11):
            self.holds(good, policy=WORLD.policy(index))
        self.holds(good, policy=WORLD.policy(4, 11, 14, secure_boot=True, max_age=300, endorsement_max_age=10800,
                                             instances=["i-0", made.INSTANCE_ID]))
        self.holds(good, policy={"Measurements": {"HashAlgorithm": "SHA384", "PCR4": WORLD.pcrs[4].hex()}})
        wrong = {"pcrs": {"sha384": {"4": CHANGED.hex()}}}
        self.holds(good, policy={"any_of": [wrong, *WORLD.policy(4)["any_of"]]})
        for checks, policy in (({"policy_pcrs"}, {"any_of": [wrong]}), ({"policy"}, WORLD.policy(12)),
                               ({"policy"}, {"any_of": [*WORLD.policy(4)["any_of"], *WORLD.policy(9)["any_of"]]}),
                               ({"policy"}, {"max_age": 300}), ({"policy_pcrs"}, {"any_of": []}),
                               ({"policy_instances"}, WORLD.policy(instances=["i-0123456789abcdef1"])),
                               ({"policy_instances"}, WORLD.policy(instances=[made.NITROTPM_ID])),
                               ({"policy_pcrs"}, {"any_of": [{"pcrs": {"sha256": {"4": bytes(32).hex()}}}]})):
            with self.subTest(policy=policy):
                self.refused(checks, good, policy=policy)
        self.refused({"policy_pcrs"}, without_pcr(11)(), policy=WORLD.policy(11))
        self.refused({"policy_secure_boot"}, cached, policy=WORLD.policy(secure_boot=True))
        self.refused({"document_age", "policy_endorsement_max_age"}, cached, policy=WORLD.policy(endorsement_max_age=300))
        self.holds(WORLD.evidence(NONCE, cached=10810, chain=LONG_CHAIN), policy=WORLD.policy(endorsement_max_age=11200))
        # A cached endorsement is older than the quote: that is younger than its nonce.
        self.holds(cached, policy=WORLD.policy(max_age=300))
        self.refused({"policy_max_age"}, cached, "--allow-missing", "nonce", policy=WORLD.policy(max_age=300), nonce=None)
        self.refused({"policy_max_age"}, good, "--at", str(NOW + 310), policy=WORLD.policy(max_age=300))
        off = World(NOW, chain=WORLD.chain, secure_boot=False)
        self.refused({"policy_secure_boot"}, off.evidence(NONCE, logs={"eventlog": off.log}), policy=off.policy(secure_boot=True))

    def test_fresh(self):
        self.holds(WORLD.evidence(NONCE), "--fresh")
        # What the AK alone says is not proven then.
        moved = WORLD.evidence(NONCE, pcrs={14: CHANGED})
        policy = {"any_of": [{"pcrs": {"sha384": {"4": WORLD.pcrs[4].hex(), "14": CHANGED.hex()}}}]}
        self.holds(moved, policy=policy)
        self.holds(moved, "--fresh")
        self.refused({"policy_pcrs"}, moved, "--fresh", policy=policy)
        self.refused({"fresh"}, WORLD.evidence(NONCE, cached=1), "--fresh")
        self.refused({"fresh"}, WORLD.evidence(NONCE, fields={"nonce": OTHER}), "--fresh")
        self.refused({"endorsement_extra_data"}, WORLD.evidence(NONCE, cached=1, fields={"nonce": NONCE}), "--fresh")

    def test_times(self):
        good = WORLD.evidence(NONCE)
        self.holds(good, "--at", str(NOW + 3000))
        self.refused({"document_valid_until"}, good, "--at", str(NOW + HOUR + 60))
        self.refused({"document_clock"}, good, "--at", str(NOW - 400))
        self.holds(good, "--at", str(NOW - 200))

    def test_log_goes_on(self):
        quoted, pcrs = writer.firmware_log(writer.boot_events())
        self.assertEqual(pcrs, WORLD.pcrs)
        text = "leave-initrd"
        record = {"pcr": 15, "digests": [{"hashAlg": "sha384", "digest": hashlib.sha384(text.encode()).hexdigest()}],
                  "content_type": "systemd", "content": {"string": text, "bootId": "0" * 32, "timestamp": 1, "eventType": "phase"}}
        log = b"\x1e" + json.dumps(record).encode() + b"\n"
        logs = {"eventlog": quoted, "eventlog_userspace": log}
        self.refused({"eventlog_pcr_15"}, WORLD.evidence(NONCE, logs=logs))
        self.holds(WORLD.evidence(NONCE, logs=logs), "--allow-newer")

    def previous(self, **changes):
        return "--previous", self.save("previous", WORLD.evidence(OTHER, **changes).json())

    def test_previous(self):
        now = WORLD.evidence(NONCE)
        before = {"clock": 4_000_000}
        self.holds(now, *self.previous())
        self.holds(now, *self.previous(quote={"clock": 5_000_100}))
        self.holds(now, *self.previous(first=before, quote={"clock": 4_500_000}))
        # Over resets and restarts the clock goes on, as long as it is safe.
        self.holds(now, *self.previous(quote={"reset": 4, "restart": 9, "clock": 4_000_000}))
        self.holds(WORLD.evidence(NONCE, first={"restart": 2}, quote={"restart": 2}), *self.previous(quote={"restart": 1}))
        for checks, changes in (({"previous_clock"}, {"quote": {"clock": 5_000_101}}),
                                ({"previous_clock"}, {"quote": {"safe": 0}}),
                                ({"previous_clock"}, {"quote": {"reset": 4, "clock": 6_000_000}}),
                                ({"previous_counters"}, {"quote": {"reset": 6}}),
                                ({"previous_counters"}, {"quote": {"restart": 1}}),
                                ({"previous_module"}, {"fields": {"module_id": made.NITROTPM_ID.replace("i-0", "i-1")}}),
                                ({"previous_signature"}, {"quote": {"hash": SHA1}}),
                                ({"previous_pcr_digest"}, {"quote": {"digest": bytes(32)}}),
                                ({"previous_ak", "previous_signature", "previous_ak_key"}, {"key": OTHER_KEY})):
            with self.subTest(changes=changes):
                self.refused(checks, now, *self.previous(**changes))
        self.assertEqual(self.verify(now, "--previous", self.save("previous", b"{}"))[0], UNREADABLE)

    def test_bind(self):
        key = self.save("tls.pem", os.urandom(300))
        with open(key, "rb") as file:
            bound = hashlib.sha256(NONCE + file.read()).digest()
        self.holds(WORLD.evidence(bound), "--bind", key)
        self.refused({"nonce"}, WORLD.evidence(NONCE), "--bind", key)
        self.refused({"nonce"}, WORLD.evidence(bound), "--bind", self.save("other", os.urandom(300)))
        self.refused({"nonce"}, WORLD.evidence(bound), "--bind", key, nonce=OTHER)
        self.refused({"nonce"}, WORLD.evidence(bound))
        empty = self.save("empty", b"")
        self.holds(WORLD.evidence(hashlib.sha256(NONCE).digest()), "--bind", empty)
        self.refused({"nonce"}, WORLD.evidence(NONCE), "--bind", empty)
        self.assertEqual(self.verify(WORLD.evidence(bound), "--bind", key, "--allow-missing", "nonce", nonce=None)[0], USAGE)

    def test_flipped_bits(self):
        """One bit of each part's data, at places chosen anew each time: never a yes."""
        good = WORLD.evidence(NONCE).object()
        places = [("endorsement", "document"), ("endorsement", "quoted"), ("endorsement", "signature"), ("quote", "quoted"),
                  ("quote", "signature"), ("quote", "ak", "public")]
        for path in places:
            for _ in range(8):
                whole = json.loads(json.dumps(good))
                part = whole
                for name in path[:-1]:
                    part = part[name]
                data = bytearray(base64.b64decode(part[path[-1]]))
                bit = random.randrange(8 * len(data))
                data[bit // 8] ^= 1 << bit % 8
                part[path[-1]] = b64(bytes(data))
                with self.subTest(path=path, bit=bit):
                    status, _ = self.verify(json.dumps(whole).encode())
                    self.assertIn(status, (HOLDS_NOT, UNREADABLE))

    def test_flipped_hex(self):
        good = WORLD.evidence(NONCE).object()
        for change in (lambda w: w.update(nonce=OTHER.hex()), lambda w: w["quote"].update(nonce=OTHER.hex()),
                       *(lambda w, i=i: w["quote"]["pcrs"].update({str(i): CHANGED.hex()}) for i in range(24))):
            whole = json.loads(json.dumps(good))
            change(whole)
            self.assertEqual(self.verify(json.dumps(whole).encode())[0], HOLDS_NOT)

    def test_text_for_people(self):
        path, policy = self.save("e", WORLD.evidence(NONCE, cached=9, pcrs={14: CHANGED}).json()), json.dumps(WORLD.policy())
        common = (ATTESTCTL, "verify", "evidence", "--root", self.root, "--policy", self.save("policy", policy.encode()))
        lines = run(*common, "--nonce", NONCE.hex(), path).stdout.splitlines()
        self.assertEqual(lines[-1], "The evidence holds.")
        self.assertIn("endorsement        cached", lines)
        self.assertIn(f"PCR 14, ak         {CHANGED.hex()}", lines)
        lines = run(*common, "--nonce", OTHER.hex(), path, check=False).stdout.splitlines()
        self.assertEqual(lines[-1], "The evidence does not hold: nonce.")
        with open(path, "rb") as file:
            done = run(*common, "--nonce", NONCE.hex(), "-", input=file.read(), text=False)
        self.assertIn(b"The evidence holds.", done.stdout)

    def test_calls_that_are_wrong(self):
        path = self.save("e", WORLD.evidence(NONCE).json())
        for options in ((), ("--allow-missing", "key", path), ("--nonce", "zz", path), ("-", "--policy", "-"),
                        ("-", "--root", "-"), ("-", "--previous", "-"), ("--bind", path, path), ("--at", "x", path)):
            self.assertEqual(run(ATTESTCTL, "verify", "evidence", *options, check=False).returncode, USAGE, options)
        self.assertEqual(self.verify(WORLD.evidence(NONCE), policy={"any": []})[0], UNREADABLE)


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class PoliciesOfDocuments(Case):
    def verify(self, *options, policy, nonce=NONCE, document=None):
        document = document or Document(WORLD.chain, NOW, {"nonce": NONCE, "nitrotpm_pcrs": WORLD.pcrs})
        return self.call("document", document.encode(), (*options, "--root", self.root), nonce, policy)

    def check(self, checks, *options, **more):
        status, verdict = self.verify(*options, **more)
        self.assertEqual((status, self.failing(verdict)), (HOLDS_NOT if checks else HOLDS, checks), verdict)

    def test_policies(self):
        self.check(set(), policy=WORLD.policy(4, 12, max_age=300, instances=[made.INSTANCE_ID]))
        self.check(set(), policy=WORLD.policy(9))
        self.check({"policy_pcrs"}, policy={"any_of": [{"pcrs": {"sha384": {"4": CHANGED.hex()}}}]})
        self.check({"policy_pcrs"}, policy={"any_of": [{"pcrs": {"sha256": {"4": bytes(32).hex()}}}]})
        self.check({"policy_secure_boot"}, policy=WORLD.policy(secure_boot=True))
        self.check({"policy_instances"}, policy=WORLD.policy(instances=["i-0"]))
        self.check({"policy_max_age"}, "--at", str(NOW + 301), policy=WORLD.policy(max_age=300))
        self.check({"policy_endorsement_max_age"}, policy=WORLD.policy(endorsement_max_age=10))
        self.check({"policy_pcrs"}, policy={"any_of": []})

    def test_age_is_an_answer(self):
        self.check({"nonce"}, policy=WORLD.policy(4), nonce=None)
        self.check(set(), policy=WORLD.policy(4, max_age=300), nonce=None)

    def test_enclaves(self):
        pcrs = {index: WORLD.pcrs[index] for index in range(16)}
        document = Document(WORLD.chain, NOW, {"nonce": NONCE, "pcrs": pcrs}, enclave=True)
        self.check(set(), policy={"Measurements": {"HashAlgorithm": "Sha384 { ... }", "PCR0": WORLD.pcrs[0].hex()}},
                   document=document)
        self.check(set(), policy={"instances": [made.INSTANCE_ID]}, document=document)

    def test_unreadable(self):
        self.assertEqual(self.verify(policy={"any": []})[0], UNREADABLE)
        self.assertEqual(self.verify(policy={})[0], UNREADABLE)


if __name__ == "__main__":
    unittest.main()
