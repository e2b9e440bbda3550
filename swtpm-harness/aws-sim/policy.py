# SPDX-License-Identifier: Apache-2.0
"""May this caller do this with this key? Key policies and identity policies, as they are written for AWS.

IAM User Guide, "Policy evaluation logic": an explicit Deny wins, then an Allow is needed. KMS Developer Guide, "Key policies
in AWS KMS": no one has access but by the key policy; a statement that allows the account (its root) allows nothing by
itself, it lets identity policies of that account decide.
"""
import json
import re

import condition
from condition import PolicyError, like, string_list

VERSIONS = ("2012-10-17", "2008-10-17")
STATEMENT_KEYS = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
ACCOUNT = re.compile(r"[0-9]{12}")
ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")
PRINCIPAL = re.compile(r"arn:aws[a-z-]*:(?:iam::[0-9]{12}:(?:user|role)|sts::[0-9]{12}:assumed-role)/[^*?]+")
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)
DIRECT, DELEGATED = "direct", "delegated"


def load(source, identity=False, keys=()):
    """A policy from JSON text or what it was parsed to. keys: condition keys beside the known ones, in lower case."""
    if isinstance(source, (str, bytes)):
        try:
            source = json.loads(source, object_pairs_hook=no_duplicates)
        except ValueError as error:
            raise PolicyError(f"not JSON: {error}") from None
    if not isinstance(source, dict):
        raise PolicyError("a policy is an object")
    unknown = set(source) - {"Version", "Id", "Statement"}
    if unknown:
        raise PolicyError(f"unknown elements: {', '.join(sorted(unknown))}")
    if source.get("Version", VERSIONS[1]) not in VERSIONS:
        raise PolicyError(f"Version: one of {', '.join(VERSIONS)}")
    statements = source.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    return [Statement(one, identity, keys) for one in statements]


def no_duplicates(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same name twice in an object")
    return found


class Statement:
    def __init__(self, source, identity, keys):
        if not isinstance(source, dict):
            raise PolicyError("Statement: an object, or a list of them")
        if "NotPrincipal" in source:
            raise PolicyError("NotPrincipal: this simulator does not evaluate it")
        unknown = set(source) - STATEMENT_KEYS
        if unknown:
            raise PolicyError(f"unknown elements of a statement: {', '.join(sorted(unknown))}")
        if source.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError("Effect: Allow or Deny")
        self.deny = source["Effect"] == "Deny"
        self.principals = None
        if identity == ("Principal" in source):
            raise PolicyError("Principal: key policies have it, identity policies don't")
        if not identity:
            self.principals = parse_principals(source["Principal"])
        self.actions, self.not_action = self.either(source, "Action")
        self.resources, self.not_resource = self.either(source, "Resource")
        for action in self.actions:
            if action != "*" and not ACTION.fullmatch(action):
                raise PolicyError(f"Action {action!r}: service:Name, with * and ?")
            if action != "*" and not identity and not action.lower().startswith("kms:"):
                raise PolicyError(f"Action {action!r}: in a key policy only those of kms")
        for resource in self.resources:
            if resource != "*" and not resource.startswith("arn:") or "${" in resource:
                raise PolicyError(f"Resource {resource!r}: * or an ARN, without variables")
        self.tests = condition.parse(source.get("Condition", {}), keys)

    @staticmethod
    def either(source, name):
        if (name in source) == (f"Not{name}" in source):
            raise PolicyError(f"one of {name}, Not{name}")
        negated = f"Not{name}" in source
        return string_list(source[f"Not{name}" if negated else name], name), negated

    def applies(self, action, resource, context):
        """Principals apart. Names of actions don't heed case."""
        named = any(like(one.lower(), action.lower()) for one in self.actions)
        met = any(like(one, resource) for one in self.resources)
        return (named != self.not_action and met != self.not_resource
                and all(test.holds(context) for test in self.tests))

    def principal(self, caller):
        """How the caller is meant: DIRECT, through the account (DELEGATED), or None."""
        if self.principals is None or "*" in self.principals:
            return DIRECT
        if caller.arn in self.principals or caller.principal in self.principals:
            return DIRECT
        return DELEGATED if caller.account in self.principals else None


def parse_principals(source):
    """Accounts, ARNs and `*`. IAM User Guide, "AWS JSON policy elements: Principal": no wildcards inside an ARN."""
    if source == "*":
        return {"*"}
    if not isinstance(source, dict) or set(source) != {"AWS"}:
        raise PolicyError('Principal: "*" or {"AWS": ...}; services and federated ones are not evaluated here')
    found = set()
    for one in string_list(source["AWS"], "Principal"):
        root = ROOT.fullmatch(one)
        if not (one == "*" or root or ACCOUNT.fullmatch(one) or PRINCIPAL.fullmatch(one)):
            raise PolicyError(f"Principal {one!r}: an account, an ARN of a user, a role or its session, or *")
        found.add(root[1] if root else one)
    return found


class Decision:
    def __init__(self, allowed, reason=""):
        self.allowed = allowed
        self.reason = reason  # as KMS ends its sentence


def decide(key_policy, identity_policies, caller, action, key_arn, context):
    """key_policy and identity_policies are lists of statements."""
    hits = [(one, one.principal(caller)) for one in key_policy if one.applies(action, key_arn, context)]
    own = [one for one in identity_policies if one.applies(action, key_arn, context)]
    if any(one.deny and how for one, how in hits):
        return Decision(False, "with an explicit deny in a resource-based policy")
    if any(one.deny for one in own):
        return Decision(False, "with an explicit deny in an identity-based policy")
    ways = {how for one, how in hits if how}
    by_identity = any(not one.deny for one in own)
    if not ways:
        return Decision(False, f"because no resource-based policy allows the {action} action")
    same_account = key_arn.split(":")[4] == caller.account
    if by_identity or (same_account and DIRECT in ways):
        return Decision(True)
    return Decision(False, f"because no identity-based policy allows the {action} action")
