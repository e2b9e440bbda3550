# SPDX-License-Identifier: Apache-2.0
"""Documents that an independent writer makes, one thing wrong in each, through `attestctl verify document`: the check
that is about that thing refuses, and no other."""
import base64
import itertools
import json
import os
import re
import shutil
import tempfile
import time
import unittest

from support import ATTESTCTL, run

try:
    import documents as made
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from documents import DAY, HOUR, INSTANCE, LEAF, REGIONAL, ROOT, ZONAL, Raw, definite_map, head
except ImportError as error:
    raise unittest.SkipTest(f"not installed: {error.name}") from None

HOLDS, HOLDS_NOT, USAGE, UNREADABLE = 0, 1, 2, 3
NONCE = bytes(range(32))
NOW = int(time.time())
LEEWAY = 300
CHAIN = made.Chain(NOW)
PCRS = {index: bytes([index + 1]) * 48 for index in range(24)}
ZERO = {index: bytes(48) for index in range(16)}

# Common to all: what follows from a chain that does not lead to the root.
UNSIGNED = {"signature", "timestamp"}


def no_ca():
    return x509.BasicConstraints(False, None)


def raw_extension(oid, value):
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


def levels(changes, **document):
    """A document of a chain with something different in it."""
    return lambda: made.Document(made.Chain(NOW, changes, CHAIN, min(changes)), NOW, {"nonce": NONCE}, **document)


def fields(changes, without=(), **form):
    return lambda: made.Document(CHAIN, NOW, {"nonce": NONCE, **changes}, without, **form)


def form(**changes):
    return fields({}, **changes)


def bundle(change):
    """Another cabundle, of the same certificates."""
    return fields({"cabundle": change(CHAIN.bundle())})


def twice(key):
    """That key once more, behind all others, with the same value."""
    return form(pairs=[(key, made.Document(CHAIN, NOW).fields[key])])


def borrowed_leaf():
    """Both of one authority, but the document is signed by another leaf than it carries."""
    return made.Document(CHAIN, NOW, {"nonce": NONCE}, signer=made.Chain(NOW, above=CHAIN, keep=LEAF).levels[-1].key)


def other_root():
    return made.Document(made.Chain(NOW), NOW, {"nonce": NONCE})


def same_root_name():
    """The authorities below the root are another's, who only has the same names."""
    chain = made.Chain(NOW)
    return made.Document(chain, NOW, {"nonce": NONCE, "cabundle": CHAIN.bundle()[:1] + chain.bundle()[1:]})


def longer(path_lengths=(2, 1, 0)):
    """One authority more than the path lengths allow."""
    chain = made.Chain(NOW, {}, CHAIN, LEAF)
    extra = made.Level(INSTANCE, chain.levels[INSTANCE], NOW, subject=made.name("one-more"))
    leaf = made.Level(LEAF, extra, NOW)
    return made.Document(chain, NOW, {"nonce": NONCE, "certificate": leaf.der, "cabundle": [*CHAIN.bundle(), extra.der]},
                         signer=leaf.key)


def deep(item, levels_down):
    return Raw(head(4, 1) * levels_down + made.encode(item))


def qemu():
    """What QEMU's nitro-enclave machine gives: nobody signed it."""
    zeros = bytes(64)
    return made.Document(CHAIN, NOW, {"module_id": "i-234-enc5678", "certificate": zeros, "cabundle": [zeros], "nonce": NONCE},
                         enclave=True, protected=bytes.fromhex("a10120"), make_map=definite_map, sign=lambda *_: zeros)


GOOD = {
    "untagged": form(),
    "tagged": form(tag=18),
    "definite map": form(make_map=definite_map),
    "an array of indefinite length": form(array=b"\x9f", end=b"\xff"),
    "options absent": fields({}, without=("user_data", "public_key")),
    "options of 1024 bytes": fields({"user_data": bytes(1024), "public_key": bytes(1024)}),
    "options of no bytes": fields({"user_data": b"", "public_key": b""}),
    "32 PCRs": fields({"nitrotpm_pcrs": {index: bytes(48) for index in range(32)}}),
    "PCRs of zeros": fields({"nitrotpm_pcrs": dict.fromkeys(range(24), bytes(48))}),
    "a timestamp in 8 bytes": fields({"timestamp": Raw(head(0, NOW * 1000, 8))}),
    "a leaf that begins soon": levels({LEAF: {"begin": NOW + LEEWAY - 60, "end": NOW + HOUR}}),
    "a chain without path lengths": levels({level: {"constraints": x509.BasicConstraints(True, None)}
                                            for level in (REGIONAL, ZONAL, INSTANCE)}),
    "an extension that is not critical": levels({LEAF: {"extensions": [(raw_extension("1.2.3.4", b"\x05\x00"), False)]}}),
}

# What is wrong, and the checks that fail for it.
REFUSED = {
    # the document
    "alg ES256": (form(protected=bytes.fromhex("a10126")), {"algorithm", "signature"}),
    "alg -34": (form(protected=bytes.fromhex("a1013821")), {"algorithm", "signature"}),
    "digest SHA256": (fields({"digest": "SHA256"}), {"digest"}),
    "module_id of an enclave": (fields({"module_id": made.ENCLAVE_ID}), {"kind"}),
    "module_id of a NitroTPM": (lambda: made.Document(CHAIN, NOW, {"nonce": NONCE, "module_id": made.NITROTPM_ID},
                                                      enclave=True), {"kind"}),
    "module_id of neither": (fields({"module_id": made.INSTANCE_ID}), {"module_id", "kind"}),
    "module_id with more behind it": (fields({"module_id": made.NITROTPM_ID + "0"}), {"module_id", "kind"}),
    "module_id in capitals": (fields({"module_id": made.NITROTPM_ID.upper()}), {"module_id", "kind"}),
    "both PCR keys": (fields({"pcrs": {24: b"x" * 48}}), {"kind"}),
    "neither PCR key": (fields({}, without=("nitrotpm_pcrs",)), {"kind", "pcrs"}),
    "no PCRs": (fields({"nitrotpm_pcrs": {}}), {"pcrs"}),
    "PCR index 32": (fields({"nitrotpm_pcrs": {32: bytes(48)}}), {"pcrs"}),
    "PCR index 2^64 - 1": (fields({"nitrotpm_pcrs": {2**64 - 1: bytes(48)}}), {"pcrs"}),
    "PCR of 47 bytes": (fields({"nitrotpm_pcrs": {**PCRS, 4: bytes(47)}}), {"pcrs"}),
    "PCR of 32 bytes": (fields({"nitrotpm_pcrs": {**PCRS, 4: bytes(32)}}), {"pcrs"}),
    "debug enclave": (lambda: made.Document(CHAIN, NOW, {"nonce": NONCE, "pcrs": ZERO}, enclave=True), {"debug"}),
    "enclave without PCR 0": (lambda: made.Document(CHAIN, NOW, {"nonce": NONCE, "pcrs": {1: b"x" * 48}}, enclave=True),
                              {"debug"}),
    "timestamp 0": (fields({"timestamp": 0}), {"timestamp"}),
    "timestamp before the leaf": (fields({"timestamp": (NOW - LEEWAY - 60) * 1000}), {"timestamp"}),
    "timestamp after the leaf": (fields({"timestamp": (NOW + 4 * HOUR) * 1000}), {"timestamp", "clock"}),
    "timestamp ahead of the clock": (fields({"timestamp": (NOW + HOUR) * 1000}), {"clock"}),
    "timestamp 2^64 - 1": (fields({"timestamp": 2**64 - 1}), {"timestamp", "clock"}),
    "another nonce": (fields({"nonce": NONCE[::-1]}), {"nonce"}),
    "a shorter nonce": (fields({"nonce": NONCE[:-1]}), {"nonce"}),
    "nonce null": (fields({"nonce": None}), {"nonce"}),
    "no nonce": (fields({}, without=("nonce",)), {"nonce"}),
    # the signature
    "signature of another leaf": (borrowed_leaf, {"signature"}),
    "signature in DER": (form(sign=lambda *_: bytes.fromhex("3006020101020101")), {"signature"}),
    "signature of zeros": (form(sign=lambda *_: bytes(96)), {"signature"}),
    "signature of 95 bytes": (form(sign=lambda *_: bytes(95)), {"signature"}),
    "signature over another header": (form(sign=lambda protected, payload:
                                           made.Document(CHAIN, NOW).sign(bytes.fromhex("a10126"), payload)), {"signature"}),
    "signature over another payload": (form(sign=lambda protected, payload:
                                            made.Document(CHAIN, NOW).sign(protected, payload + b"\0")), {"signature"}),
    "QEMU's": (qemu, {"algorithm", "module_id", "kind", "root", *UNSIGNED}),
    # the chain
    "another root": (other_root, {"root", *UNSIGNED}),
    "another authority of the same name": (same_root_name, {"chain", *UNSIGNED}),
    "cabundle without the root": (bundle(lambda ders: ders[1:]), {"root", *UNSIGNED}),
    "cabundle in the other order": (bundle(lambda ders: ders[::-1]), {"root", *UNSIGNED}),
    "cabundle with two changed over": (bundle(lambda ders: [ders[0], ders[2], ders[1], ders[3]]),
                                       {"names", "path_length", "chain", *UNSIGNED}),
    "cabundle with one missing": (bundle(lambda ders: ders[:2] + ders[3:]), {"names", "chain", *UNSIGNED}),
    "cabundle of the root alone": (bundle(lambda ders: ders[:1]), {"names", "chain", *UNSIGNED}),
    "cabundle with the root twice": (bundle(lambda ders: ders[:1] + ders), {"names", *UNSIGNED}),
    "cabundle with one twice": (bundle(lambda ders: ders[:2] + ders[1:]), {"names", "path_length", "chain", *UNSIGNED}),
    "cabundle with the leaf": (bundle(lambda ders: [*ders, CHAIN.levels[LEAF].der]),
                               {"names", "authorities", "path_length", "key_usage", "chain", *UNSIGNED}),
    "one authority too many": (longer, {"path_length", *UNSIGNED}),
    "path length 0 with an authority below": (levels({ZONAL: {"constraints": x509.BasicConstraints(True, 0)}}),
                                              {"path_length", *UNSIGNED}),
    "path length of the leaf": (levels({LEAF: {"constraints": raw_extension("2.5.29.19", bytes.fromhex("3003020100"))}}),
                                {"path_length", *UNSIGNED}),
    "negative path length": (levels({ZONAL: {"constraints": raw_extension("2.5.29.19", bytes.fromhex("30060101ff0201ff"))}}),
                             {"certificates", *UNSIGNED}),
    "an authority that is none": (levels({ZONAL: {"constraints": no_ca()}}), {"authorities", *UNSIGNED}),
    "an authority without constraints": (levels({INSTANCE: {"constraints": None}}), {"authorities", *UNSIGNED}),
    "a leaf that is an authority": (levels({LEAF: {"constraints": x509.BasicConstraints(True, None)}}),
                                    {"authorities", *UNSIGNED}),
    "an authority that may not sign certificates": (levels({REGIONAL: {"usage": made.key_usage(("digital_signature",))}}),
                                                    {"key_usage", *UNSIGNED}),
    "an authority without key usage": (levels({ZONAL: {"usage": None}}), {"key_usage", *UNSIGNED}),
    "a leaf that may not sign": (levels({LEAF: {"usage": made.key_usage(("key_agreement",))}}), {"key_usage", *UNSIGNED}),
    "a leaf without key usage": (levels({LEAF: {"usage": None}}), {"key_usage", *UNSIGNED}),
    "a wrong issuer": (levels({ZONAL: {"issuer": made.name("somebody")}}), {"names", *UNSIGNED}),
    "an issuer in another order": (levels({LEAF: {"issuer": made.name(made.LEVELS[INSTANCE][0], False)}}),
                                   {"names", *UNSIGNED}),
    "a leaf signed by the zonal authority": (levels({LEAF: {"signer": CHAIN.levels[ZONAL],
                                                            "issuer": CHAIN.levels[INSTANCE].subject}}),
                                             {"chain", *UNSIGNED}),
    "an authority that signed itself": (levels({INSTANCE: {"signer": None, "issuer": CHAIN.levels[ZONAL].subject}}),
                                        {"chain", *UNSIGNED}),
    "a P-256 authority": (levels({ZONAL: {"curve": ec.SECP256R1()}}), {"certificates", *UNSIGNED}),
    "a P-256 leaf": (levels({LEAF: {"curve": ec.SECP256R1()}}), {"certificates", *UNSIGNED}),
    "a P-521 leaf": (levels({LEAF: {"curve": ec.SECP521R1()}}), {"certificates", *UNSIGNED}),
    "an authority signed with SHA-256": (levels({ZONAL: {"digest": hashes.SHA256()}}), {"certificates", *UNSIGNED}),
    "a leaf signed with SHA-512": (levels({LEAF: {"digest": hashes.SHA512()}}), {"certificates", *UNSIGNED}),
    "an unknown critical extension": (levels({ZONAL: {"extensions": [(raw_extension("1.2.3.4", b"\x05\x00"), True)]}}),
                                      {"certificates", *UNSIGNED}),
    "critical name constraints": (levels({INSTANCE: {"extensions": [(x509.NameConstraints([x509.DNSName("example.com")], None),
                                                                     True)]}}), {"certificates", *UNSIGNED}),
    "critical extended usage": (levels({LEAF: {"extensions": [(x509.ExtendedKeyUsage([x509.OID_SERVER_AUTH]), True)]}}),
                                {"certificates", *UNSIGNED}),
    "constraints that can't be read": (levels({ZONAL: {"constraints": raw_extension("2.5.29.19", b"\x04\x00")}}),
                                       {"certificates", *UNSIGNED}),
    "a leaf with bytes behind it": (fields({"certificate": CHAIN.levels[LEAF].der + b"\0"}), {"certificates", *UNSIGNED}),
    "a leaf that is none": (fields({"certificate": bytes(64)}), {"certificates", *UNSIGNED}),
    "a leaf cut short": (fields({"certificate": CHAIN.levels[LEAF].der[:-1]}), {"certificates", *UNSIGNED}),
    "an authority that is none": (bundle(lambda ders: [*ders[:2], b"\x30\x00", ders[3]]), {"certificates", *UNSIGNED}),
    "another leaf of the same authority's": (fields({"certificate": made.Chain(NOW, above=CHAIN, keep=LEAF).levels[-1].der}),
                                             {"signature"}),
    # its time
    **{f"{what} expired": (levels({level: {"end": NOW - 2}}), {"valid_until"} | ({"timestamp"} if level == LEAF else set()))
       for level, what in ((REGIONAL, "the regional authority"), (ZONAL, "the zonal authority"),
                           (INSTANCE, "the instance's authority"), (LEAF, "the leaf"))},
    **{f"{what} not yet valid": (levels({level: {"begin": NOW + LEEWAY + 60, "end": NOW + DAY}}),
                                 {"valid_from"} | ({"timestamp"} if level == LEAF else set()))
       for level, what in ((REGIONAL, "the regional authority"), (ZONAL, "the zonal authority"),
                           (INSTANCE, "the instance's authority"), (LEAF, "the leaf"))},
}

# What can't be read, and what is said about it.
MALFORMED = {
    "tag 17": (form(tag=17), "tag 18"),
    "tag 18 twice": (lambda: Raw(head(6, 18) + made.Document(CHAIN, NOW, tag=18).encode()), "an array"),
    "a header more": (form(protected=bytes.fromhex("a20138220442abcd")), "end of the array or map for the protected header"),
    "the algorithm twice": (form(protected=bytes.fromhex("a2013822013822")), "once"),
    "another header": (form(protected=bytes.fromhex("a1043822")), "the algorithm alone"),
    "no header": (form(protected=b""), "CBOR item"),
    "an empty header": (form(protected=b"\xa0"), "the protected header's label"),
    "bytes behind the header": (form(protected=bytes.fromhex("a101382200")), "the end after"),
    "an algorithm by name": (form(protected=bytes.fromhex("a101654553333834")), "by its number"),
    "an unprotected header": (form(unprotected={4: b"key"}), "the unprotected header"),
    "an unprotected algorithm": (form(protected=b"\xa0", unprotected={1: -35}), "the unprotected header"),
    "an array of 3": (form(array=head(4, 3)), "the signature"),
    "an array of 5": (form(array=head(4, 5), end=b"\x00"), "COSE_Sign1"),
    "a map for the array": (form(array=head(5, 2)), "an array"),
    "payload null": (lambda: Raw(head(4, 4) + b"\x44\xa1\x01\x38\x22\xa0\xf6\x41\x00"), "the payload"),
    "payload in chunks": (lambda: Raw(head(4, 4) + b"\x44\xa1\x01\x38\x22\xa0\x5f\x41\xa0\xff\x41\x00"), "in one piece"),
    "payload that is no map": (form(make_map=lambda pairs: b"\x80"), "a map for the payload"),
    "bytes behind the document": (form(behind=b"\0"), "the end after"),
    "a second document behind it": (form(behind=made.Document(CHAIN, NOW).encode()), "the end after"),
    "bytes behind the payload": (form(behind_payload=b"\xf6"), "the end after"),
    "empty": (lambda: Raw(b""), "CBOR item"),
    **{f"without {key}": (fields({}, without=(key,)), key)
       for key in ("module_id", "digest", "timestamp", "certificate", "cabundle")},
    **{f"{key} twice": (twice(key), "each key of a map once")
       for key in ("module_id", "digest", "timestamp", "nitrotpm_pcrs", "certificate", "cabundle", "user_data", "nonce")},
    "a PCR twice": (fields({"nitrotpm_pcrs": Raw(definite_map([*PCRS.items(), (3, bytes(48))]))}), "each key of a map once"),
    "a PCR twice, its index longer": (fields({"nitrotpm_pcrs": Raw(definite_map([*PCRS.items(), (Raw(b"\x18\x03"), bytes(48))]))}),
                                      "each key of a map once"),
    "an unknown key": (fields({"version": 1}), "only keys that a document has"),
    "a key that is a number": (fields({1: 1}), "only keys that a document has"),
    "a key that is an array": (fields({}, pairs=[(Raw(b"\x80"), 1)]), "integers or strings"),
    "module_id in bytes": (fields({"module_id": made.NITROTPM_ID.encode()}), "a text for module_id"),
    "module_id empty": (fields({"module_id": ""}), "module_id"),
    "module_id with a control character": (fields({"module_id": "i-\x1b[2J"}), "printable"),
    "digest null": (fields({"digest": None}), "a text for digest"),
    "timestamp negative": (fields({"timestamp": -1}), "an unsigned integer for timestamp"),
    "timestamp a float": (fields({"timestamp": 1.5e12}), "integers, strings"),
    "timestamp tagged": (fields({"timestamp": Raw(b"\xc1\x00")}), "tags only around the whole"),
    "PCRs in an array": (fields({"nitrotpm_pcrs": list(PCRS.values())}), "a map for nitrotpm_pcrs"),
    "PCR index in text": (fields({"nitrotpm_pcrs": {"0": bytes(48)}}), "an unsigned integer"),
    "PCR index negative": (fields({"nitrotpm_pcrs": {-1: bytes(48)}}), "an unsigned integer"),
    "PCR in text": (fields({"nitrotpm_pcrs": {0: "x" * 48}}), "a byte string"),
    "PCR null": (fields({"nitrotpm_pcrs": {0: None}}), "a byte string"),
    "33 PCRs": (fields({"nitrotpm_pcrs": {index: bytes(48) for index in range(33)}}), "at most 32"),
    "certificate in text": (fields({"certificate": "x"}), "a byte string for certificate"),
    "certificate empty": (fields({"certificate": b""}), "certificate"),
    "certificate of 1025 bytes": (fields({"certificate": bytes(1025)}), "1024"),
    "certificate of an array": (fields({"certificate": CHAIN.bundle()}), "a byte string for certificate"),
    "cabundle empty": (fields({"cabundle": []}), "certificates in cabundle"),
    "cabundle of bytes": (fields({"cabundle": CHAIN.bundle()[0]}), "an array for cabundle"),
    "cabundle with a text": (fields({"cabundle": [*CHAIN.bundle(), "x"]}), "a byte string for each"),
    "cabundle with an empty one": (fields({"cabundle": [*CHAIN.bundle(), b""]}), "each of cabundle"),
    "cabundle of 9": (fields({"cabundle": CHAIN.bundle()[:1] * 9}), "at most 8"),
    "cabundle of a large one": (fields({"cabundle": [bytes(1025)]}), "1024"),
    **{f"{key} of 1025 bytes": (fields({key: bytes(1025)}), "1024") for key in made.OPTIONS},
    **{f"{key} in text": (fields({key: "x"}), "a byte string or null") for key in made.OPTIONS},
    "nonce false": (fields({"nonce": False}), "a byte string or null"),
    "nonce undefined": (fields({"nonce": Raw(b"\xf7")}), "true, false or null"),
    "oversized": (form(behind=bytes(16 << 10)), "at most 16384 bytes"),
    "too deep": (fields({"nonce": deep(0, 12)}), "a byte string or null"),
    "a length that is a lie": (fields({"nonce": Raw(head(2, 2**64 - 1, 8))}), "no longer than the bytes there are"),
    "a count that is a lie": (fields({"nitrotpm_pcrs": Raw(head(5, 2**63, 8))}), "there are bytes for"),
    "a break too many": (fields({"nonce": Raw(b"\xff")}), "a value for the map's last key"),
}


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class MadeDocuments(unittest.TestCase):
    limit = 300

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.root = self.save("root.pem", CHAIN.levels[ROOT].pem())

    def save(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def verify(self, document, *options, root=True, nonce=NONCE):
        content = document if isinstance(document, bytes) else document.encode()
        command = [ATTESTCTL, "verify", "document", "--json", self.save("document", content), *options]
        command += ["--root", self.root] if root else []
        command += ["--nonce", nonce.hex()] if nonce else []
        done = run(*command, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else None

    def failing(self, verdict):
        return {check["name"] for check in verdict["checks"] if not check["ok"]}

    def refused(self, checks, document, *options, **more):
        status, verdict = self.verify(document, *options, **more)
        self.assertEqual((status, self.failing(verdict)), (HOLDS_NOT, set(checks)), verdict)
        self.assertIs(verdict["verified"], False)
        return verdict

    def holds(self, document, *options, **more):
        status, verdict = self.verify(document, *options, **more)
        self.assertEqual((status, verdict["verified"]), (HOLDS, True), verdict)
        return verdict["claims"]

    def test_good_ones_hold(self):
        for what, make in GOOD.items():
            with self.subTest(what):
                document = make()
                claims = self.holds(document)
                self.assertEqual((claims["kind"], claims["module_id"]), ("nitrotpm", made.NITROTPM_ID))
                self.assertEqual(claims["pcrs"]["sha384"],
                                 {str(index): value.hex() for index, value in document.fields["nitrotpm_pcrs"].items()})
                self.assertEqual((claims["nonce"], claims["live"], claims["root"]),
                                 (NONCE.hex(), True, CHAIN.levels[ROOT].certificate.fingerprint(hashes.SHA256()).hex()))
                for key in ("user_data", "public_key"):
                    value = document.fields.get(key)
                    self.assertEqual(claims[key], None if value is None else base64.b64encode(value).decode())

    def test_enclaves_hold(self):
        document = made.Document(CHAIN, NOW, {"nonce": NONCE}, enclave=True)
        self.assertEqual(self.holds(document)["kind"], "nitro-enclave")
        debug = made.Document(CHAIN, NOW, {"nonce": NONCE, "pcrs": ZERO}, enclave=True)
        self.assertEqual(self.holds(debug, "--allow-debug")["kind"], "nitro-enclave")

    def test_each_violation_fails_its_check(self):
        for what, (make, checks) in REFUSED.items():
            with self.subTest(what):
                verdict = self.refused(checks, make())
                self.assertTrue(all(check["detail"] for check in verdict["checks"]))

    def test_each_malformed_one_is_said_to_be(self):
        for what, (make, expected) in MALFORMED.items():
            with self.subTest(what):
                document = make()
                status, verdict = self.verify(document if isinstance(document, Raw) else document.encode())
                self.assertEqual((status, self.failing(verdict)), (UNREADABLE, {"input"}), verdict)
                self.assertIn(expected, verdict["checks"][0]["detail"])

    def test_freshness(self):
        old = made.Document(made.Chain(NOW - 600), NOW - 600, {"nonce": NONCE})
        # The root of that chain is another: only its age is asked about.
        self.root = self.save("old.pem", old.chain.levels[ROOT].pem())
        self.refused({"nonce"}, old, nonce=None)
        self.holds(old, "--allow-missing", "nonce", nonce=None)
        self.holds(old, "--max-age", "660", nonce=None)
        self.refused({"age"}, old, "--max-age", "500", nonce=None)
        self.refused({"age"}, old, "--max-age", "500")
        self.refused({"nonce"}, old, "--max-age", "660", nonce=b"another one")
        self.holds(old, "--max-age", "660")

    def test_the_time_it_is_judged_at(self):
        document = form()()
        for text in (str(NOW + 60), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + 60)),
                     time.strftime("%Y-%m-%dT%H:%M:%S.25Z", time.gmtime(NOW + 60))):
            self.assertIs(self.holds(document, "--at", text)["live"], False)
        self.refused({"valid_until"}, document, "--at", str(NOW + 4 * HOUR))
        self.refused({"valid_until"}, document, "--at", str(NOW + 30 * DAY))
        self.refused({"valid_from", "clock"}, document, "--at", str(NOW - 600))
        for text in ("yesterday", "2026-02-30T00:00:00Z", "2026-02-03T10:12:02", "2026-02-03T10:12:02+01:00", "-1", ""):
            self.assertEqual(self.verify(document, "--at", text)[0], USAGE, text)

    def test_roots(self):
        document = form()()
        verdict = self.refused({"root", *UNSIGNED}, document, root=False)
        self.assertNotEqual(verdict["claims"]["root"], "aws")
        other = self.save("other.pem", made.Level(ROOT, None, NOW).pem())
        self.refused({"root", *UNSIGNED}, document, "--root", other, root=False)
        for order in itertools.permutations((other, self.root)):
            self.holds(document, "--root", order[0], "--root", order[1], root=False)
        both = self.save("both.pem", CHAIN.levels[ROOT].pem() * 2)
        for path in (both, self.save("junk.pem", b"junk"), self.save("none.pem", b"")):
            self.assertEqual(self.verify(document, "--root", path, root=False)[0], UNREADABLE, path)

    def test_a_root_that_is_no_authority(self):
        for changes, check in (({"constraints": no_ca()}, "authorities"), ({"usage": None}, "key_usage"),
                               ({"end": NOW - 1}, "valid_until"), ({"curve": ec.SECP521R1()}, "certificates")):
            document = made.Document(made.Chain(NOW, {ROOT: changes}), NOW, {"nonce": NONCE})
            self.root = self.save("root.pem", document.chain.levels[ROOT].pem())
            extra = set() if check == "valid_until" else UNSIGNED
            self.refused({check, *extra}, document)

    def test_bound_bytes(self):
        data, key = os.urandom(512), os.urandom(294)
        document = made.Document(CHAIN, NOW, {"nonce": NONCE, "user_data": data, "public_key": key})
        paths = {name: self.save(name, content) for name, content in
                 (("data", data), ("key", key), ("none", b""), ("long", data + b"\0"))}
        self.holds(document, "--user-data", paths["data"], "--public-key", paths["key"])
        for wrong in ("key", "none", "long"):
            self.refused({"user_data"}, document, "--user-data", paths[wrong])
        self.refused({"public_key"}, document, "--public-key", paths["data"], "--user-data", paths["data"])
        self.holds(form()(), "--user-data", paths["none"], "--public-key", paths["none"])
        self.refused({"user_data"}, form()(), "--user-data", paths["data"])

    def test_json_of_attestd(self):
        document = form()().encode()

        def wrapped(**changes):
            members = {"type": "aws-nitro-document", "document": base64.b64encode(document).decode(), **changes}
            return json.dumps({name: value for name, value in members.items() if value is not None}).encode()

        self.holds(wrapped())
        self.holds(b" \n" + wrapped())
        for changes in ({"type": "tpm2-quote"}, {"type": None}, {"document": None}, {"document": "?"}, {"more": 1},
                        {"document": base64.b64encode(document).decode() + "AA"}):
            self.assertEqual(self.verify(wrapped(**changes))[0], UNREADABLE, changes)

    def test_text_for_people(self):
        def said(*options, document=form()()):
            done = run(ATTESTCTL, "verify", "document", self.save("document", document.encode()), *options, check=False)
            return done.stdout.splitlines()

        lines = said("--root", self.root, "--nonce", NONCE.hex())
        self.assertEqual(lines[-1], "The document holds.")
        self.assertIn("kind               nitrotpm", lines)
        lines = said("--root", self.root, "--allow-missing", "nonce", "--at", str(NOW))
        self.assertRegex(lines[-1], "^The document holds; .*new one was not asked; ")
        self.assertEqual(said("--nonce", NONCE.hex())[-1], "The document does not hold: root, signature, timestamp.")

    def test_calls_that_are_wrong(self):
        document = self.save("document", form()().encode())
        for options in ((), ("--allow-missing", "key", document), ("--max-age", "0", document), ("--max-age", "x", document),
                        ("--nonce", "zz", document), ("-", "--root", "-"), (document, "--user-data", "-", "--root", "-")):
            self.assertEqual(run(ATTESTCTL, "verify", "document", *options, check=False).returncode, USAGE, options)

    def test_version_names_the_root(self):
        self.assertTrue(re.search(r"SHA-256 [0-9a-f]{64}$", run(ATTESTCTL, "--version").stdout.strip()))


if __name__ == "__main__":
    unittest.main()
