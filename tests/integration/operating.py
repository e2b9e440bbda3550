# SPDX-License-Identifier: Apache-2.0
"""docs/operating.md: its policies allow and deny what it says of them, by aws-sim's evaluator alone and before documents;
what it names is there."""
import json
import os
import re
import unittest

from aws import KEY, REGION, ROLE, SECOND_KEY, SESSION, configuration, requires, use_modules
from aws_case import SimCase
from support import SOURCE
from unlocker import CAPPED, ZERO, extended

THIRD_KEY = KEY[:-12] + "000000000003"
CONTEXT = {"app": "db", "stage": "prod"}
VALUES = {"PCR4_OF_IMAGE_1": "1a" * 48, "PCR4_OF_IMAGE_2": "2a" * 48, "PCR7_OF_IMAGE_1": "1b" * 48,
          "PCR7_OF_IMAGE_2": "2b" * 48, "PCR14_BEFORE_THE_CAP": ZERO}
ONE, TWO, ELSE = {4: "1a" * 48}, {4: "2a" * 48}, {4: "ee" * 48}
SHELL = {12: "0c" * 48}
ENDPOINT = "vpce-0123456789abcdef0"
ALLOWED, NO_ALLOW, DENIED, NO_IDENTITY = "", "no resource-based", "explicit deny in a resource", "no identity-based"


def setUpModule():
    requires()
    use_modules()


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def examples(language="json"):
    """The text of each example, by its name."""
    found = re.findall(rf"<!-- example: ([a-z0-9-]+) -->\n```{language}\n(.*?)```", read("docs", "operating.md"), re.DOTALL)
    return dict(found)


def policies():
    """With values for the names that stand for them; and the one of "Unlock once" beside what it is to stand beside."""
    found = {}
    for name, text in examples().items():
        found[name] = json.loads(re.sub("[A-Z0-9]+_[A-Z0-9_]+", lambda match: VALUES[match[0]], text))
    beside = [one for one in found["one-image"]["Statement"] if one["Sid"] != "UnlockImage1"]
    found["once"]["Statement"] += beside
    found["through-endpoint"]["Statement"] += found["one-image"]["Statement"]
    return found


class Evaluated(unittest.TestCase):
    """By the evaluator alone, which refuses what it can't evaluate."""

    def decide(self, name, pcrs=None, action="kms:Decrypt", caller=None, key=KEY, context=None, identity=(), own=None):
        import policy as engine
        from credentials import Caller

        values = {f"kms:encryptioncontext:{one}": [value] for one, value in (CONTEXT if context is None else context).items()}
        values.update({one.lower(): [value] for one, value in (own or {}).items()})
        if pcrs is not None:
            full = {**{index: ZERO for index in range(24)}, **pcrs}
            values.update({f"kms:recipientattestation:nitrotpmpcr{index}": [value] for index, value in full.items()})
        statements = engine.load(policies()[name], keys={"aws:sourcevpce"})
        identity = [one for policy in identity for one in engine.load(policy, identity=True)]
        return engine.decide(statements, identity, caller or Caller(SESSION, ROLE), action, key, values)

    def check(self, expected, *arguments, **more):
        verdict = self.decide(*arguments, **more)
        self.assertEqual(verdict.allowed, expected == ALLOWED, verdict.reason)
        self.assertIn(expected, verdict.reason)

    def caller(self, role, account="111122223333"):
        from credentials import Caller

        return Caller(f"arn:aws:sts::{account}:assumed-role/{role}/x", f"arn:aws:iam::{account}:role/{role}")

    def test_one_image(self):
        self.check(ALLOWED, "one-image", ONE)
        for pcrs in (ELSE, TWO, {}, {**ONE, **SHELL}, None):
            self.check(DENIED, "one-image", pcrs)
        self.check(NO_ALLOW, "one-image", ONE, context={"app": "db", "stage": "test"})
        self.check(NO_ALLOW, "one-image", ONE, context={})

    def test_others_than_the_machine(self):
        build, admin = self.caller("build"), self.caller("key-admin")
        self.check(ALLOWED, "one-image", action="kms:GenerateDataKey", caller=build)
        self.check(ALLOWED, "one-image", action="kms:PutKeyPolicy", caller=admin)
        for caller in (build, admin):
            self.check(DENIED, "one-image", caller=caller)
            self.check(NO_ALLOW, "one-image", ONE, caller=caller)
        for action in ("kms:CreateGrant", "kms:ReEncryptFrom"):
            self.check(DENIED, "one-image", ONE, action=action)
        self.check(NO_ALLOW, "one-image", ONE, action="kms:PutKeyPolicy")

    def test_each_denial_stands_alone(self):
        """Each Deny of a PCR is enough where another Allow was left in by mistake."""
        import policy as engine
        from credentials import Caller

        for name in ("one-image", "two-images", "once"):
            source = policies()[name]
            denials = [one for one in source["Statement"] if one["Effect"] == "Deny" and "Condition" in one]
            self.assertTrue(denials)
            for denial in denials:
                tests = denial["Condition"]["StringNotEqualsIgnoreCase"]
                self.assertEqual(len(tests), 1, "one PCR in each statement")
                careless = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "kms:*", "Resource": "*"}
                statements = engine.load({"Version": "2012-10-17", "Statement": [careless, denial]})
                (key, value), = tests.items()
                for given, expected in ((value if isinstance(value, str) else value[-1], True), ("ee" * 48, False)):
                    context = {key.lower(): [given]}
                    caller = Caller(SESSION, ROLE)
                    verdict = engine.decide(statements, [], caller, "kms:Decrypt", KEY, context)
                    self.assertEqual(verdict.allowed, expected)
                self.assertFalse(engine.decide(statements, [], Caller(SESSION, ROLE), "kms:Decrypt", KEY, {}).allowed)

    def test_two_images(self):
        first, second = {4: "1a" * 48, 7: "1b" * 48}, {4: "2a" * 48, 7: "2b" * 48}
        self.check(ALLOWED, "two-images", first)
        self.check(ALLOWED, "two-images", second)
        self.check(NO_ALLOW, "two-images", {**first, 7: second[7]})  # why each has an Allow of its own
        self.check(DENIED, "two-images", {**first, **ELSE})
        self.check(DENIED, "two-images", None)

    def test_once(self):
        self.check(ALLOWED, "once", ONE)
        self.check(DENIED, "once", {**ONE, 14: CAPPED})
        self.check(DENIED, "once", {**ONE, **SHELL})

    def test_measured_configuration(self):
        space = {}
        exec(examples("python")["measured-configuration"], space)  # pylint: disable=exec-used
        digest = "5a" * 48
        self.assertEqual(space["pcr_after_measuring"](digest), extended(ZERO, b"attestd-config\0" + bytes.fromhex(digest)))

    def test_endpoint(self):
        self.check(ALLOWED, "endpoint")
        self.check(NO_ALLOW, "endpoint", action="kms:Encrypt")
        self.check(NO_ALLOW, "endpoint", caller=self.caller("other"))
        self.check(NO_ALLOW, "endpoint", key=SECOND_KEY)
        self.check(ALLOWED, "through-endpoint", ONE, own={"aws:SourceVpce": ENDPOINT})
        self.check(DENIED, "through-endpoint", ONE, own={"aws:SourceVpce": "vpce-1"})
        self.check(DENIED, "through-endpoint", ONE)

    def test_role_for_s3(self):
        import policy as engine

        statement, = engine.load(policies()["role-s3"], identity=True)
        self.assertTrue(statement.applies("s3:GetObject", "arn:aws:s3:::sealed-secrets/db/password", {}))
        self.assertFalse(statement.applies("s3:GetObject", "arn:aws:s3:::sealed-secrets/other", {}))
        self.assertFalse(statement.applies("s3:PutObject", "arn:aws:s3:::sealed-secrets/db/password", {}))

    def test_other_account(self):
        """The key's policy names the role, and the role has one of its own."""
        import policy as engine

        role, guest = policies()["role"], self.caller("attested-app", "444455556666")
        self.check(NO_ALLOW, "one-image", ONE, caller=guest, identity=[role])
        source = json.loads(json.dumps(policies()["one-image"]).replace(ROLE, guest.principal))
        values = {**{f"kms:recipientattestation:nitrotpmpcr{index}": [ZERO] for index in range(24)},
                  "kms:recipientattestation:nitrotpmpcr4": [ONE[4]],
                  **{f"kms:encryptioncontext:{name}": [value] for name, value in CONTEXT.items()}}
        for identity, allowed in (([], False), (engine.load(role, identity=True), True)):
            verdict = engine.decide(engine.load(source), identity, guest, "kms:Decrypt", KEY, values)
            self.assertEqual(verdict.allowed, allowed)


class Asked(SimCase):
    """With documents, through KMS's own door."""

    @classmethod
    def setUpClass(cls):
        requires("botocore", "asn1crypto")
        found = policies()
        cls.config = configuration(regions=[REGION], keys=[
            {"arn": arn, "policy": found[name]}
            for arn, name in ((KEY, "one-image"), (SECOND_KEY, "two-images"), (THIRD_KEY, "once"))])
        super().setUpClass()

    def ask(self, key, pcrs):
        sealed = self.sim.seal(b"secret", key, **CONTEXT)
        values = {index: bytes.fromhex(value) for index, value in pcrs.items()}
        return self.client.decrypt(CiphertextBlob=sealed, KeyId=key, EncryptionContext=CONTEXT,
                                   Recipient=self.recipient(values))

    def test_allowed(self):
        for key, pcrs in ((KEY, ONE), (SECOND_KEY, {**ONE, 7: "1b" * 48}), (SECOND_KEY, {**TWO, 7: "2b" * 48}),
                          (THIRD_KEY, ONE)):
            answer = self.ask(key, pcrs)
            self.assertEqual(self.open_by_openssl(answer["CiphertextForRecipient"]), b"secret")

    def test_denied(self):
        for key, pcrs in ((KEY, TWO), (KEY, {**ONE, **SHELL}), (KEY, {}), (SECOND_KEY, ONE), (SECOND_KEY, TWO),
                          (THIRD_KEY, {**ONE, 14: CAPPED}), (THIRD_KEY, TWO)):
            with self.subTest(key=key, pcrs=pcrs):
                self.assert_error("AccessDeniedException", self.ask, key, pcrs)

    def test_without_a_document(self):
        sealed = self.sim.seal(b"secret", KEY, **CONTEXT)
        self.assert_error("AccessDeniedException", self.client.decrypt, CiphertextBlob=sealed, KeyId=KEY,
                          EncryptionContext=CONTEXT)


class Named(unittest.TestCase):
    """What the document names, the program has."""

    def test_events(self):
        events = dict(re.findall(r'LOG_EVENT\((\w+), "([0-9a-f]{32})"', read("daemon", "log.def")))
        rows = re.findall(r"^\| ([A-Z_]+) \| ([0-9a-f]{32}) \|", read("docs", "operating.md"), re.MULTILINE)
        self.assertGreater(len(rows), 10)
        for name, number in rows:
            self.assertEqual(events.get(name), number, name)

    def test_metrics(self):
        names = set(re.findall(r"`(attestd_[a-z_]+)`", read("docs", "operating.md")))
        self.assertGreater(len(names), 5)
        source = read("daemon", "metrics.c")
        for name in names:
            self.assertIn(name, source)

    def test_configuration(self):
        """Keys in examples of the configuration."""
        known = set(re.findall(r"^#?([a-z0-9-]+) =", read("conf", "attestd.conf"), re.MULTILINE))
        known |= set(re.findall(r'^SECRET\("([a-z-]+)"', read("daemon", "secret.def"), re.MULTILINE))
        blocks = re.findall(r"```ini\n\[(?:aws|secret [a-z-]+)\]\n(.*?)```", read("docs", "operating.md"), re.DOTALL)
        keys = [key for block in blocks for key in re.findall(r"^([a-z0-9-]+) =", block, re.MULTILINE)]
        self.assertGreater(len(keys), 5)
        for key in keys:
            self.assertIn(key, known)

    def test_no_example_is_left_out(self):
        self.assertEqual(len(examples()), read("docs", "operating.md").count("```json\n"))

    def test_headings(self):
        text = read("docs", "operating.md")
        slugs = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
                 for heading in re.findall("^##+ (.+)$", text, re.MULTILINE)}
        for link in re.findall(r"\]\(#([^)]+)\)", text):
            self.assertIn(link, slugs)


if __name__ == "__main__":
    unittest.main()
