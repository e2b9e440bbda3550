#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""The configuration of aws-sim with one key, which KMS uses for machines that booted the image of REFERENCE, and not any
more once PCR 14 was extended. docs/operating.md explains a policy of this kind.

    key.py REFERENCE >CONFIG
"""
import json
import sys

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXT = {"app": "workload"}
PREFIX = "kms:RecipientAttestation:NitroTPMPCR"


def policy(values):
    """values: of each PCR. A Deny for each, as the conditions of one statement must all hold together."""
    role = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/attested-app"}
    context = {f"kms:EncryptionContext:{name}": value for name, value in CONTEXT.items()}
    statements = [{"Sid": "Administration", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                   "Action": ["kms:DescribeKey", "kms:GetKeyPolicy"], "Resource": "*"},
                  {"Sid": "Attested", "Effect": "Allow", "Principal": role, "Action": "kms:Decrypt", "Resource": "*",
                   "Condition": {"StringEqualsIgnoreCase": {PREFIX + number: value for number, value in values.items()},
                                 "StringEquals": context}}]
    statements += [{"Sid": f"NotPCR{number}", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt",
                    "Resource": "*", "Condition": {"StringNotEqualsIgnoreCase": {PREFIX + number: value}}}
                   for number, value in values.items()]
    return {"Version": "2012-10-17", "Statement": statements}


def main(reference):
    with open(reference, encoding="ascii") as file:
        measured = json.load(file)["Measurements"]
    values = {name[3:]: value for name, value in measured.items() if name.startswith("PCR")}
    values["14"] = "00" * 48  # as at boot: nobody but attestd-unlock extends it
    json.dump({"account": ACCOUNT, "keys": [{"arn": KEY, "policy": policy(values)}]}, sys.stdout, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
