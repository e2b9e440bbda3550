# SPDX-License-Identifier: Apache-2.0
"""What a run is to be: account, Regions, role, keys and their policies, from a JSON file. Unknown names are errors."""
import json
import os
import re
import time

import policy
from cms import FORMS
from condition import KEYS, PolicyError
from credentials import Caller
from document import MAX_AGE, load_roots
from keys import ARN, STATES

DEFAULTS = {
    "account": "111122223333",
    "regions": ["eu-west-1"],
    "role": "attested-app",
    "instance": "i-0123456789abcdef0",
    "keys": [],
    "role-policies": [],
    "users": [],
    "condition-keys": {},
    "document-roots": [],
    "document-max-age": MAX_AGE,
    "credential-lifetime": None,
    "cms-form": "constructed",
    "plaintext-member": "absent",
    "imds-hop-limit": 1,
    "tls-names": [],
    "s3": None,
}
KEY_NAMES = {"arn", "policy", "policy-file", "aliases", "state", "primary"}
USER_NAMES = {"name", "access-key", "secret-key", "policies"}
# Those that may be changed while it runs, and what they may be.
CHANGEABLE = {
    "role": lambda value: value is None or re.fullmatch(r"[\w+=,.@-]{1,64}", value),
    "document-max-age": lambda value: isinstance(value, (int, float)) and value > 0,
    "credential-lifetime": lambda value: value is None or isinstance(value, (int, float)) and value > 0,
    "cms-form": lambda value: value in FORMS,
    "plaintext-member": lambda value: value in ("absent", "null", "empty"),
    "imds-hop-limit": lambda value: type(value) is int and 1 <= value <= 64,
}


class SettingsError(Exception):
    """The file is not what it should be."""


def need(condition, message):
    if not condition:
        raise SettingsError(message)


class Settings:
    def __init__(self, source, folder="."):
        self.folder = folder
        values = self.merge(source)
        self.account, self.regions, self.instance = values["account"], values["regions"], values["instance"]
        need(re.fullmatch(r"[0-9]{12}", self.account), "account: twelve digits")
        need(self.regions and all(re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", one) for one in self.regions),
             "regions: a list of names such as eu-west-1")
        need(re.fullmatch(r"i-[0-9a-f]{8,17}", self.instance), "instance: i- and hexadecimal digits")
        for name in CHANGEABLE:
            self.change(name, values[name])
        self.context = self.own_condition_keys(values["condition-keys"])
        self.tls_names = values["tls-names"]
        self.s3_folder = values["s3"] and os.path.join(folder, values["s3"])
        self.document_roots = load_roots(os.path.join(folder, one) for one in values["document-roots"])
        self.keys = [self.key(one) for one in values["keys"]]
        self.primaries = {one["arn"] for one in values["keys"] if one.get("primary")}
        self.role_policies = self.policies(values["role-policies"])
        self.users = [self.user(one) for one in values["users"]]
        self.begun = time.time()
        self.role_id = "AROA" + "AWSSIMULATOR1234"

    @staticmethod
    def merge(source):
        need(isinstance(source, dict), "an object")
        unknown = set(source) - set(DEFAULTS)
        need(not unknown, f"unknown: {', '.join(sorted(unknown))}")
        values = dict(DEFAULTS, **source)
        for name, default in DEFAULTS.items():
            if isinstance(default, (list, dict, str)) and not (name == "role" and values[name] is None):
                need(isinstance(values[name], type(default)), f"{name}: a {type(default).__name__}")
        return values

    def change(self, name, value):
        need(name in CHANGEABLE, f"{name}: not one of {', '.join(CHANGEABLE)}")
        try:
            good = CHANGEABLE[name](value)
        except TypeError:
            good = False
        need(good, f"{name}: not {value!r}")
        setattr(self, name.replace("-", "_"), value)

    @staticmethod
    def own_condition_keys(values):
        for name, value in values.items():
            need(isinstance(value, str), f"condition-keys: {name}: a string")
            need(not any(re.fullmatch(pattern, name, re.IGNORECASE) for pattern, _ in KEYS),
                 f"condition-keys: {name} comes from the request")
        return values

    def policy(self, source, identity=False):
        """A policy object, or the name of a file that has it."""
        if isinstance(source, str):
            with open(os.path.join(self.folder, source), encoding="utf-8") as file:
                source = file.read()
        return policy.load(source, identity, {name.lower() for name in self.context})

    def policies(self, sources):
        return [statement for one in sources for statement in self.policy(one, identity=True)]

    def key(self, source):
        need(isinstance(source, dict) and not set(source) - KEY_NAMES, f"keys: each has {', '.join(sorted(KEY_NAMES))}")
        need(isinstance(source.get("arn"), str) and ARN.fullmatch(source["arn"]), "keys: arn: a full key ARN")
        arn = source["arn"]
        need(("policy" in source) != ("policy-file" in source), f"{arn}: one of policy, policy-file")
        need(ARN.fullmatch(arn)[2] in self.regions, f"{arn}: its Region is not one of regions")
        need(source.get("state", "Enabled") in STATES, f"{arn}: state: one of {', '.join(STATES)}")
        try:
            statements = self.policy(source.get("policy", source.get("policy-file")))
        except PolicyError as error:
            raise SettingsError(f"{arn}: {error}") from None
        return {"arn": arn, "policy": statements, "aliases": source.get("aliases", []),
                "state": source.get("state", "Enabled")}

    def user(self, source):
        need(isinstance(source, dict) and not set(source) - USER_NAMES and {"name", "access-key", "secret-key"} <= set(source),
             f"users: each has {', '.join(sorted(USER_NAMES))}")
        caller = Caller(f"arn:{self.partition()[0]}:iam::{self.account}:user/{source['name']}")
        return caller, source["access-key"], source["secret-key"], self.policies(source.get("policies", []))

    def partition(self):
        """Its name, and the domain that services have in it."""
        for prefix, name, domain in (("cn-", "aws-cn", "amazonaws.com.cn"), ("us-gov-", "aws-us-gov", "amazonaws.com")):
            if self.regions[0].startswith(prefix):
                return name, domain
        return "aws", "amazonaws.com"

    def role_arn(self):
        return f"arn:{self.partition()[0]}:iam::{self.account}:role/{self.role}"

    def session(self, name, instance=None):
        arn = f"arn:{self.partition()[0]}:sts::{self.account}:assumed-role/{self.role}/{name}"
        return Caller(arn, self.role_arn(), instance)

    def instance_caller(self):
        """EC2 names the session after the instance."""
        return self.session(self.instance, f"arn:{self.partition()[0]}:ec2:{self.regions[0]}:{self.account}:"
                                           f"instance/{self.instance}")

    def container_caller(self):
        return self.session("container")


def read(path):
    with open(path, encoding="utf-8") as file:
        try:
            return json.load(file, object_pairs_hook=policy.no_duplicates)
        except ValueError as error:
            raise SettingsError(f"{path}: {error}") from None
