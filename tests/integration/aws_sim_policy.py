# SPDX-License-Identifier: Apache-2.0
"""aws-sim's policies: the results that AWS's documentation states, and what is refused when it is loaded.

The pages: [OPS] IAM User Guide, "IAM JSON policy elements: Condition operators"; [MULTI] "Conditions with multiple context
keys or values"; [SETS] "Set operators for multivalued context keys"; [LOGIC] "Policy evaluation logic"; [PRINCIPAL] "AWS JSON
policy elements: Principal"; [ACTION] "IAM JSON policy elements: Action"; [KEYPOLICY] KMS Developer Guide, "Default key policy"
and "Allowing users in other accounts to use a KMS key"; [KMSCOND] "AWS KMS condition keys"; [NITROTPM] "Condition keys for
NitroTPM" and "Condition keys for Nitro Enclaves".
"""
import unittest

from aws import KEY, OPERATOR, ROLE, SECOND_KEY, SESSION, allow, deny, policy, use_modules

ROOT = "arn:aws:iam::111122223333:root"
OTHER_ROOT = "arn:aws:iam::444455556666:root"
OTHER_ROLE = "arn:aws:iam::444455556666:role/attested-app"
OTHER_SESSION = "arn:aws:sts::444455556666:assumed-role/attested-app/i-1"
PCR = "kms:RecipientAttestation:NitroTPMPCR"
GOOD, BAD = "ab" * 48, "cd" * 48
ZEROS = "00" * 48
ALLOWED, NO_RESOURCE, NO_IDENTITY, DENIED, DENIED_IDENTITY = (
    "", "because no resource-based policy", "because no identity-based policy", "explicit deny in a resource-based",
    "explicit deny in an identity-based")


def setUpModule():
    use_modules()


def when(**operators):
    """Condition: when(StringEquals={...})."""
    return {"Condition": {name.replace("__", ":"): keys for name, keys in operators.items()}}


class PolicyCase(unittest.TestCase):
    def decide(self, key_policy, context=None, identity=(), caller=None, action="kms:Decrypt", key=KEY, own=()):
        import policy as engine
        from credentials import Caller

        caller = caller or Caller(SESSION, ROLE)
        values = {name.lower(): value if isinstance(value, list) else [value] for name, value in (context or {}).items()}
        key_policy = engine.load(key_policy, keys=own)
        identity = [statement for one in identity for statement in engine.load(one, identity=True, keys=own)]
        return engine.decide(key_policy, identity, caller, action, key, values)

    def check(self, expected, *arguments, **more):
        verdict = self.decide(*arguments, **more)
        self.assertEqual(verdict.allowed, expected == ALLOWED, verdict.reason)
        self.assertIn(expected, verdict.reason)

    def holds(self, condition, context, own=()):
        """Whether an Allow with this condition applies."""
        return self.decide(policy(allow(ROLE, **{"Condition": condition})), context, own=own).allowed


class Evaluation(PolicyCase):
    def test_nothing_allows_by_itself(self):
        """[LOGIC] By default, all requests are denied."""
        self.check(NO_RESOURCE, policy(allow(OPERATOR)))
        self.check(NO_RESOURCE, policy(allow(ROLE, "kms:Encrypt")))

    def test_explicit_deny_wins(self):
        """[LOGIC] An explicit deny in any policy overrides any allows, wherever it stands."""
        self.check(DENIED, policy(allow(ROLE), deny(ROLE)))
        self.check(DENIED, policy(deny("*"), allow(ROLE)))
        identity = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}}
        self.check(DENIED_IDENTITY, policy(allow(ROLE)), identity=[identity])

    def test_deny_of_something_else(self):
        self.check(ALLOWED, policy(allow(ROLE), deny(ROLE, "kms:Encrypt")))
        self.check(ALLOWED, policy(allow(ROLE), deny(OPERATOR)))

    def test_account_principal_delegates(self):
        """[KEYPOLICY] Allowing the account lets IAM policies allow; it does not allow any principal by itself."""
        delegating = policy(allow(ROOT))
        mine = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}]}
        other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": SECOND_KEY}]}
        self.check(NO_IDENTITY, delegating)
        self.check(ALLOWED, delegating, identity=[mine])
        self.check(NO_IDENTITY, delegating, identity=[other])
        self.check(ALLOWED, policy(allow("111122223333")), identity=[mine])
        self.check(NO_RESOURCE, policy(allow(OPERATOR)), identity=[mine])  # IAM policies alone are not enough

    def test_account_root_in_a_deny(self):
        """[PRINCIPAL] The account's ARN stands for all principals of the account."""
        self.check(DENIED, policy(allow(ROLE), deny(ROOT)))
        self.check(ALLOWED, policy(allow(ROLE), deny(OTHER_ROOT)))

    def test_role_and_session(self):
        """[PRINCIPAL] A role's ARN is met by its sessions; a session's ARN by that session alone."""
        self.check(ALLOWED, policy(allow(SESSION)))
        self.check(NO_RESOURCE, policy(allow(SESSION + "0")))
        self.check(ALLOWED, policy(allow("*")))
        self.check(ALLOWED, policy({**allow(ROLE), "Principal": "*"}))

    def test_other_account(self):
        """[KEYPOLICY] Both the key policy and an IAM policy of the other account must allow."""
        from credentials import Caller

        caller = Caller(OTHER_SESSION, OTHER_ROLE)
        mine = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}}
        for principal in (OTHER_ROLE, OTHER_ROOT, "*"):
            with self.subTest(principal=principal):
                self.check(NO_IDENTITY, policy(allow(principal)), caller=caller)
                self.check(ALLOWED, policy(allow(principal)), caller=caller, identity=[mine])
        self.check(NO_RESOURCE, policy(allow([ROOT, ROLE])), caller=caller, identity=[mine])

    def test_actions(self):
        """[ACTION] * and ? in names, which don't heed case; NotAction is all but those."""
        for action, allowed in (("kms:*", True), ("*", True), ("kms:Dec*", True), ("kms:?ecrypt", True),
                                ("KMS:decrypt", True), ("kms:De", False), ("kms:GenerateDataKey*", False)):
            with self.subTest(action=action):
                self.check(ALLOWED if allowed else NO_RESOURCE, policy(allow(ROLE, action)))
        statement = allow(ROLE)
        del statement["Action"]
        self.check(NO_RESOURCE, policy({**statement, "NotAction": "kms:Decrypt"}))
        self.check(ALLOWED, policy({**statement, "NotAction": ["kms:Encrypt", "kms:Put*"]}))

    def test_resources(self):
        for resource, allowed in ((KEY, True), (SECOND_KEY, False), ("arn:aws:kms:*:111122223333:key/*", True),
                                  (KEY[:-1] + "?", True), (KEY.upper().replace("ARN", "arn", 1), False)):
            with self.subTest(resource=resource):
                self.check(ALLOWED if allowed else NO_RESOURCE, policy({**allow(ROLE), "Resource": resource}))


class Conditions(PolicyCase):
    KEY = "kms:EncryptionContext:stage"

    def test_operators_with_present_and_absent_keys(self):
        """[OPS] A missing key does not match, so negated operators are true; IfExists makes it true; Null asks for it."""
        table = (  # operator, value, when "prod" is given, "PROD", "test", absent
            ("StringEquals", "prod", True, False, False, False),
            ("StringNotEquals", "prod", False, True, True, True),
            ("StringEqualsIgnoreCase", "prod", True, True, False, False),
            ("StringNotEqualsIgnoreCase", "prod", False, False, True, True),
            ("StringLike", "p*d", True, False, False, False),
            ("StringLike", "????", True, True, True, False),
            ("StringNotLike", "p*d", False, True, True, True),
            ("StringEqualsIfExists", "prod", True, False, False, True),
            ("StringNotEqualsIfExists", "prod", False, True, True, True),
            ("StringEqualsIgnoreCaseIfExists", "prod", True, True, False, True),
            ("StringNotEqualsIgnoreCaseIfExists", "prod", False, False, True, True),
            ("StringLikeIfExists", "p*", True, False, False, True),
            ("StringNotLikeIfExists", "p*", False, True, True, True),
            ("Null", "true", False, False, False, True),
            ("Null", "false", True, True, True, False),
            ("Null", True, False, False, False, True),
        )
        for operator, wanted, *expected in table:
            contexts = ({self.KEY: "prod"}, {self.KEY: "PROD"}, {self.KEY: "test"}, {})
            with self.subTest(operator=operator, wanted=wanted):
                found = [self.holds({operator: {self.KEY: wanted}}, context) for context in contexts]
                self.assertEqual(found, expected)

    def test_values_are_alternatives(self):
        """[MULTI] OR within the values of a key; NOR where the operator is negated."""
        for operator, expected in (("StringEquals", (True, True, False, False)),
                                   ("StringNotEquals", (False, False, True, True))):
            contexts = [{self.KEY: value} for value in ("a", "b", "c")] + [{}]
            found = tuple(self.holds({operator: {self.KEY: ["a", "b"]}}, context) for context in contexts)
            self.assertEqual(found, expected, operator)

    def test_keys_and_operators_all_hold(self):
        """[MULTI] AND between keys of an operator, and between operators."""
        condition = {"StringEquals": {self.KEY: "prod", "kms:EncryptionContext:app": "db"},
                     "StringLike": {"kms:CallerAccount": "1111*"}}
        whole = {self.KEY: "prod", "kms:EncryptionContext:app": "db", "kms:CallerAccount": "111122223333"}
        self.assertTrue(self.holds(condition, whole))
        for name in whole:
            self.assertFalse(self.holds(condition, {**whole, name: "x"}), name)
            self.assertFalse(self.holds(condition, {one: value for one, value in whole.items() if one != name}), name)

    def test_names_of_keys_do_not_heed_case(self):
        """[OPS] Condition key names are not case-sensitive; [KMSCOND] nor the context key in one."""
        self.assertTrue(self.holds({"StringEquals": {"KMS:encryptioncontext:STAGE": "prod"}}, {self.KEY: "prod"}))

    def test_bool(self):
        for wanted, value, expected in (("true", "true", True), ("true", "false", False), (False, "false", True),
                                        (["true", "false"], "false", True)):
            self.assertEqual(self.holds({"Bool": {"aws:SecureTransport": wanted}}, {"aws:SecureTransport": value}), expected)
        self.assertFalse(self.holds({"Bool": {"aws:SecureTransport": "true"}}, {}))
        self.assertTrue(self.holds({"BoolIfExists": {"aws:SecureTransport": "true"}}, {}))

    def test_arns(self):
        """[OPS] ArnEquals and ArnLike behave identically: each of the six parts may have * and ?."""
        for pattern, expected in ((ROLE, True), ("arn:aws:iam::*:role/attested-*", True), ("arn:aws:iam::*:user/*", False),
                                  ("arn:*:*:*:*:*", True)):
            for operator, negated in (("ArnEquals", False), ("ArnLike", False), ("ArnNotEquals", True),
                                      ("ArnNotLike", True)):
                with self.subTest(operator=operator, pattern=pattern):
                    self.assertEqual(self.holds({operator: {"aws:PrincipalArn": pattern}}, {"aws:PrincipalArn": ROLE}),
                                     expected != negated)
        self.assertFalse(self.holds({"ArnLike": {"aws:PrincipalArn": "arn:*:*:*:*:*"}}, {}))
        self.assertTrue(self.holds({"ArnNotLike": {"aws:PrincipalArn": ROLE}}, {}))
        self.assertTrue(self.holds({"StringLike": {"aws:PrincipalArn": "arn:*"}}, {"aws:PrincipalArn": ROLE}))

    def test_set_operators(self):
        """[SETS] ForAllValues is true, and ForAnyValue false, where the key is not in the request."""
        name = "kms:EncryptionContextKeys"
        table = (  # operator, policy's values; result for {app}, {app, stage}, {app, x}, {x}, none
            ("ForAllValues:StringEquals", ["app", "stage"], True, True, False, False, True),
            ("ForAnyValue:StringEquals", ["app", "stage"], True, True, True, False, False),
            ("ForAllValues:StringNotEquals", ["app"], False, False, False, True, True),
            ("ForAnyValue:StringNotEquals", ["app"], False, True, True, True, False),
            ("ForAllValues:StringLike", ["a*"], True, False, False, False, True),
            ("ForAnyValue:StringEqualsIgnoreCase", ["APP"], True, True, True, False, False),
            ("Null", "false", True, True, True, True, False),
        )
        contexts = ({name: ["app"]}, {name: ["app", "stage"]}, {name: ["app", "x"]}, {name: ["x"]}, {})
        for operator, values, *expected in table:
            with self.subTest(operator=operator):
                self.assertEqual([self.holds({operator: {name: values}}, context) for context in contexts], expected)

    def test_encryption_context_keys_heed_case(self):
        """[KMSCOND] kms:EncryptionContextKeys with StringEquals requires the case of the keys too."""
        condition = {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "AppName"}}
        self.assertTrue(self.holds(condition, {"kms:EncryptionContextKeys": ["AppName"]}))
        self.assertFalse(self.holds(condition, {"kms:EncryptionContextKeys": ["appname"]}))

    def test_brackets_are_themselves(self):
        self.assertTrue(self.holds({"StringLike": {self.KEY: "[p]*"}}, {self.KEY: "[p]rod"}))
        self.assertFalse(self.holds({"StringLike": {self.KEY: "[p]*"}}, {self.KEY: "prod"}))
        self.assertTrue(self.holds({"StringLike": {self.KEY: "a*"}}, {self.KEY: "a\nb"}))

    def test_keys_of_the_run(self):
        condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
        self.assertTrue(self.holds(condition, {"aws:SourceVpce": "vpce-1"}, own={"aws:sourcevpce"}))


class Attestation(PolicyCase):
    """[NITROTPM] The examples: Allow under PCRs, and a Deny for what is not attested."""

    def allowing(self, **values):
        return allow(ROLE, "kms:Decrypt", **when(StringEqualsIgnoreCase={PCR + name[3:]: value
                                                                        for name, value in values.items()}))

    def test_allow_under_pcrs(self):
        whole = policy(self.allowing(PCR4=GOOD, PCR12=ZEROS))
        self.check(ALLOWED, whole, {PCR + "4": GOOD, PCR + "12": ZEROS})
        self.check(ALLOWED, policy(self.allowing(PCR4=GOOD.upper())), {PCR + "4": GOOD})
        self.check(NO_RESOURCE, whole, {PCR + "4": BAD, PCR + "12": ZEROS})
        self.check(NO_RESOURCE, whole, {PCR + "4": GOOD, PCR + "12": GOOD})
        self.check(NO_RESOURCE, whole, {PCR + "4": GOOD})
        self.check(NO_RESOURCE, whole, {})  # no Recipient

    def test_two_generations(self):
        whole = policy(self.allowing(PCR4=[GOOD, BAD]))
        for value, expected in ((GOOD, ALLOWED), (BAD, ALLOWED), (ZEROS, NO_RESOURCE)):
            self.check(expected, whole, {PCR + "4": value})

    def test_an_enclave_is_no_nitrotpm(self):
        self.check(NO_RESOURCE, policy(self.allowing(PCR4=GOOD)), {"kms:RecipientAttestation:PCR4": GOOD})
        enclave = policy(allow(ROLE, **when(StringEqualsIgnoreCase={"kms:RecipientAttestation:ImageSha384": GOOD})))
        self.check(ALLOWED, enclave, {"kms:RecipientAttestation:ImageSha384": GOOD})
        self.check(NO_RESOURCE, enclave, {PCR + "0": GOOD})

    def test_a_second_allow_undoes_the_condition(self):
        """Why one wants a Deny: a statement without the condition is enough."""
        self.check(ALLOWED, policy(self.allowing(PCR4=GOOD), allow(ROLE)), {})
        guarded = policy(self.allowing(PCR4=GOOD), allow(ROLE),
                         deny("*", "kms:Decrypt", **when(StringNotEqualsIgnoreCase={PCR + "4": GOOD})))
        self.check(DENIED, guarded, {})
        self.check(DENIED, guarded, {PCR + "4": BAD})
        self.check(ALLOWED, guarded, {PCR + "4": GOOD})

    def test_deny_with_null(self):
        whole = policy(allow(ROLE), deny(ROLE, "kms:Decrypt", **when(Null={PCR + "4": "true"})))
        self.check(DENIED, whole, {})
        self.check(ALLOWED, whole, {PCR + "4": BAD})


class Refused(PolicyCase):
    def refused(self, source, identity=False):
        import policy as engine

        with self.assertRaises(engine.PolicyError):
            engine.load(source, identity)

    def test_documents(self):
        for source in ("", "[]", "{", [], None, {}, {"Statement": None}, {"Statement": [[]]}, {"Statement": [], "X": 1},
                       {"Version": "2020-01-01", "Statement": []}, '{"Version": "2012-10-17", "Version": "2012-10-17"}'):
            with self.subTest(source=source):
                self.refused(source)

    def test_statements(self):
        good = allow(ROLE)
        lacking = [{name: value for name, value in good.items() if name != one} for one in
                   ("Effect", "Principal", "Action", "Resource")]
        wrong = [{**good, **change} for change in (
            {"Effect": "allow"}, {"NotPrincipal": {"AWS": ROLE}}, {"NotAction": "kms:*"}, {"NotResource": "*"},
            {"Principal": {"Service": "ec2.amazonaws.com"}}, {"Principal": {"AWS": []}}, {"Principal": []},
            {"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}, {"Principal": {"AWS": "AROAEXAMPLE"}},
            {"Principal": {"AWS": ROLE, "Federated": "x"}}, {"Action": []}, {"Action": "Decrypt"}, {"Action": "s3:GetObject"},
            {"Action": [1]}, {"Resource": "key/x"}, {"Resource": "arn:aws:kms:${aws:x}"}, {"Typo": 1}, {"Condition": []},
        )]
        for statement in lacking + wrong:
            with self.subTest(statement=statement):
                self.refused(policy(statement))
        self.refused(policy(good), identity=True)

    def test_conditions(self):
        name = "kms:EncryptionContext:a"
        for condition in (
                {"StringMatches": {name: "x"}}, {"NumericEquals": {name: "1"}}, {"DateLessThan": {"aws:CurrentTime": "2030"}},
                {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"BinaryEquals": {name: "eA=="}},
                {"StringEquals": {}}, {"StringEquals": name}, {"StringEquals": {name: []}}, {"StringEquals": {name: 1}},
                {"StringEquals": {name: "${aws:username}"}}, {"StringEquals": {name: "x", name.upper(): "x"}},
                {"StringEquals": {"aws:SourceVpce": "x"}}, {"StringEquals": {"kms:Typo": "x"}},
                {"StringEquals": {"kms:RecipientAttestation:NitroTPMPCR32": GOOD}},
                {"StringEquals": {"kms:RecipientAttestation:NitroTPMPCR04": GOOD}},
                {"StringEquals": {"kms:RecipientAttestation:NitroTPM4": GOOD}},
                {"StringEquals": {"kms:EncryptionContextKeys": "a"}}, {"ForSome:StringEquals": {name: "a"}},
                {"ForAllValues:StringEqualsIfExists": {name: "a"}}, {"NullIfExists": {name: "true"}},
                {"Null": {name: "yes"}}, {"Null": {name: ["true", "false"]}}, {"Bool": {name: "true"}},
                {"Bool": {"aws:SecureTransport": "1"}}, {"ArnLike": {name: "arn:*:*:*:*:*"}},
                {"ArnLike": {"aws:PrincipalArn": "arn:*"}}, {"ArnEquals": {"aws:PrincipalArn": "*"}},
                {"StringEquals": {"aws:SecureTransport": "true"}}):
            with self.subTest(condition=condition):
                self.refused(policy(allow(ROLE, Condition=condition)))
