# SPDX-License-Identifier: Apache-2.0
"""Does a Condition hold? IAM User Guide, "IAM JSON policy elements: Condition operators", and "Condition with multiple
context keys or values" (all keys and operators must hold, one of the values must match; of a negated operator none may).

What can't be evaluated here is a PolicyError when the policy is loaded: a test that passes because a condition was
ignored is worse than none.
"""
import fnmatch
import re

PCR = r"(?:0|[1-9]|[12][0-9]|3[01])"

# Condition keys, KMS Developer Guide and IAM User Guide. `text`, `truth` and `arn` are single-valued, `texts` is a list.
KEYS = (
    (rf"kms:RecipientAttestation:(?:NitroTPM)?PCR{PCR}", "text"),
    (r"kms:RecipientAttestation:ImageSha384", "text"),
    (r"kms:EncryptionContext:.+", "text"),
    (r"kms:EncryptionContextKeys", "texts"),
    (r"kms:(?:CallerAccount|ViaService|EncryptionAlgorithm|KeyOrigin|KeySpec|KeyUsage|MultiRegionKeyType)", "text"),
    (r"kms:MultiRegion", "truth"),
    (r"aws:(?:PrincipalAccount|PrincipalType|userid|username|RequestedRegion|ResourceAccount)", "text"),
    (r"aws:(?:SecureTransport|ViaAWSService|PrincipalIsAWSService)", "truth"),
    (r"aws:PrincipalArn", "arn"),
    (r"ec2:SourceInstanceARN", "arn"),
    (r"ec2:RoleDelivery", "text"),
)


class PolicyError(Exception):
    """A policy that is malformed, or that can't be evaluated honestly here."""


def fold(value):
    return value.lower()


def same(value):
    return value


def like(pattern, value):
    """`*` and `?`, and nothing else that fnmatch knows."""
    return re.fullmatch(fnmatch.translate(pattern.replace("[", "[[]")), value) is not None


def arn_like(pattern, value):
    """Each of the six parts is matched apart (IAM User Guide, "ARN condition operators")."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(like(one, part) for one, part in zip(patterns, parts))


def equal(wanted, value):
    return wanted == value


def equal_folded(wanted, value):
    return fold(wanted) == fold(value)


# operator: (types of keys, comparison, negated)
OPERATORS = {
    "StringEquals": (("text", "texts", "arn"), equal, False),
    "StringNotEquals": (("text", "texts", "arn"), equal, True),
    "StringEqualsIgnoreCase": (("text", "texts", "arn"), equal_folded, False),
    "StringNotEqualsIgnoreCase": (("text", "texts", "arn"), equal_folded, True),
    "StringLike": (("text", "texts", "arn"), like, False),
    "StringNotLike": (("text", "texts", "arn"), like, True),
    "Bool": (("truth",), equal_folded, False),
    "ArnEquals": (("arn",), arn_like, False),
    "ArnLike": (("arn",), arn_like, False),
    "ArnNotEquals": (("arn",), arn_like, True),
    "ArnNotLike": (("arn",), arn_like, True),
}
SETS = ("ForAllValues", "ForAnyValue")


def key_type(name, more=()):
    """more: keys of a run's own, whose values it was told (their names in lower case)."""
    for pattern, kind in KEYS:
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return kind
    if name.lower() in more:
        return "text"
    raise PolicyError(f"condition key {name!r}: this simulator does not know its value")


def string_list(value, what):
    """A string or a list of them, as policies allow nearly everywhere."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, str) for one in values):
        raise PolicyError(f"{what}: a string, or a list of strings")
    return values


def parse(condition, more=()):
    """The tests of a Condition element, all of which must hold."""
    if not isinstance(condition, dict):
        raise PolicyError("Condition: an object")
    tests = []
    for operator, keys in condition.items():
        if not isinstance(keys, dict) or not keys:
            raise PolicyError(f"{operator}: an object of condition keys")
        seen = {key.lower() for key in keys}
        if len(seen) != len(keys):
            raise PolicyError(f"{operator}: the same condition key twice")
        tests += [Test(operator, key, value, more) for key, value in keys.items()]
    return tests


class Test:
    """One operator on one condition key."""

    def __init__(self, operator, key, value, more):
        self.key = key.lower()
        kind = key_type(key, more)
        name, self.set = operator, None
        if ":" in name:
            self.set, _, name = name.partition(":")
            if self.set not in SETS:
                raise PolicyError(f"{operator}: there is no such operator")
        self.if_exists = name.endswith("IfExists")
        name = name[:-len("IfExists")] if self.if_exists else name
        if self.if_exists and (self.set or name == "Null"):
            raise PolicyError(f"{operator}: what IfExists means with it is not documented")
        self.null = name == "Null"
        if not self.null:
            self.choose(operator, name, kind)
        if kind == "texts" and not (self.set or self.null):
            raise PolicyError(f"{operator} on {key}: it has several values and needs ForAllValues or ForAnyValue")
        self.values = self.parse_values(operator, value, kind)

    def choose(self, operator, name, kind):
        if name not in OPERATORS:
            raise PolicyError(f"{operator}: this simulator does not evaluate it")
        kinds, self.matches, self.negated = OPERATORS[name]
        if kind not in kinds:
            raise PolicyError(f"{operator} on {self.key}: the key is of another type")

    def parse_values(self, operator, value, kind):
        if self.null or kind == "truth":
            given = value if isinstance(value, list) else [value]
            values = [str(one).lower() if isinstance(one, (bool, str)) else "" for one in given]
            if not values or set(values) - {"true", "false"} or (self.null and len(values) > 1):
                raise PolicyError(f"{operator} on {self.key}: true or false")
            return values
        values = string_list(value, f"{operator} on {self.key}")
        if any("${" in one for one in values):
            raise PolicyError(f"{operator} on {self.key}: policy variables are not evaluated here")
        if self.matches is arn_like and any(one.count(":") < 5 for one in values):
            raise PolicyError(f"{operator} on {self.key}: an ARN has six parts")
        return values

    def holds(self, context):
        """context: condition key in lower case to the list of its values; absent keys are not in it."""
        present = context.get(self.key)
        if self.null:
            return (not present) == (self.values[0] == "true")
        if self.set == "ForAllValues":
            return all(self.admits(value) for value in present or ())  # true without any
        if self.set == "ForAnyValue":
            return any(self.admits(value) for value in present or ())  # false without any
        if not present:
            return self.if_exists or self.negated
        return self.admits(present[0])

    def admits(self, value):
        return any(self.matches(wanted, value) for wanted in self.values) != self.negated
