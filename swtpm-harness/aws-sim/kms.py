# SPDX-License-Identifier: Apache-2.0
"""AWS KMS: Decrypt, GenerateDataKey, Encrypt, DescribeKey over JSON 1.1 (KMS API Reference), with Recipient.

The order in which things are looked at decides what a caller learns: signature, syntax, the document, which key, the
policies, and only then the ciphertext.
"""
import base64
import binascii
import json
import os
import re
import uuid

import cms
import document
import policy
from http_server import Reply
from keys import STATES, BlobError
from sigv4 import SignatureError

CONTENT_TYPE = "application/x-amz-json-1.1"
HOST = re.compile(r"(?:vpce-[a-z0-9-]+\.)?kms(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?"
                  r"(?:amazonaws\.com(?:\.cn)?|api\.aws)", re.IGNORECASE)
SYMMETRIC = "SYMMETRIC_DEFAULT"
SPECS = {"AES_128": 16, "AES_256": 32}
ALGORITHMS = (SYMMETRIC, "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE")

# kinds of sigv4.py to what KMS answers; all with 400
SIGNATURE_ERRORS = {
    "missing": "MissingAuthenticationTokenException",
    "incomplete": "IncompleteSignatureException",
    "scope": "InvalidSignatureException",
    "unsigned-header": "InvalidSignatureException",
    "unknown-key": "UnrecognizedClientException",
    "token": "UnrecognizedClientException",
    "expired": "ExpiredTokenException",
    "skew": "InvalidSignatureException",
    "mismatch": "InvalidSignatureException",
    "payload-hash": "InvalidSignatureException",
}
SERVER_ERRORS = {"DependencyTimeoutException", "KMSInternalException", "KeyUnavailableException", "InternalFailure"}


class KmsError(Exception):
    def __init__(self, kind, message=None, status=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status or (500 if kind in SERVER_ERRORS else 400)


def not_found(name, prefix):
    """Key 'ARN' does not exist; Alias ARN is not found."""
    if "alias/" in name:
        return KmsError("NotFoundException", f"Alias {name if name.startswith('arn:') else prefix + name} is not found.")
    shown = name if name.startswith("arn:") else f"{prefix}key/{name}"
    return KmsError("NotFoundException", f"Key '{shown}' does not exist")


def invalid(member, constraint):
    return KmsError("ValidationException", f"1 validation error detected: Value at '{member[0].lower()}{member[1:]}' "
                                           f"failed to satisfy constraint: Member must {constraint}")


def text(least, most):
    def check(member, value):
        if not isinstance(value, str):
            raise KmsError("SerializationException")
        if not least <= len(value) <= most:
            raise invalid(member, f"have length between {least} and {most}")
        return value
    return check


def blob(least, most):
    def check(member, value):
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise KmsError("SerializationException") from None
        if not least <= len(data) <= most:
            raise invalid(member, f"have length between {least} and {most}")
        return data
    return check


def number(least, most):
    def check(member, value):
        if type(value) is not int:
            raise KmsError("SerializationException")
        if not least <= value <= most:
            raise invalid(member, f"have value between {least} and {most}")
        return value
    return check


def one_of(*choices):
    def check(member, value):
        if value not in choices:
            raise invalid(member, f"satisfy enum value set: [{', '.join(choices)}]")
        return value
    return check


def truth(_member, value):
    if type(value) is not bool:
        raise KmsError("SerializationException")
    return value


def string_map(_member, value):
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise KmsError("SerializationException")
    if len({name.lower() for name in value}) != len(value):
        raise KmsError("ValidationException", "aws-sim: names of an encryption context that differ by case alone")
    return value


def no_grants(_member, value):
    if value != []:
        raise KmsError("InvalidGrantTokenException", "aws-sim has no grants")
    return value


def recipient(_member, value):
    if not isinstance(value, dict):
        raise KmsError("SerializationException")
    if "AttestationDocument" not in value:
        raise invalid("recipient.attestationDocument", "not be null")
    one_of("RSAES_OAEP_SHA_256")("recipient.keyEncryptionAlgorithm", value.get("KeyEncryptionAlgorithm"))
    return blob(1, 262144)("recipient.attestationDocument", value["AttestationDocument"])


COMMON = {"EncryptionContext": string_map, "GrantTokens": no_grants, "DryRun": truth}
KEY_ID = text(1, 2048)
# operation: (members, those that are required)
OPERATIONS = {
    "Decrypt": ({"CiphertextBlob": blob(1, 6144), "KeyId": KEY_ID, "EncryptionAlgorithm": one_of(*ALGORITHMS),
                 "Recipient": recipient, **COMMON}, ("CiphertextBlob",)),
    "GenerateDataKey": ({"KeyId": KEY_ID, "KeySpec": one_of(*SPECS), "NumberOfBytes": number(1, 1024),
                         "Recipient": recipient, **COMMON}, ("KeyId",)),
    "Encrypt": ({"KeyId": KEY_ID, "Plaintext": blob(1, 4096), "EncryptionAlgorithm": one_of(*ALGORITHMS), **COMMON},
                ("KeyId", "Plaintext")),
    "DescribeKey": ({"KeyId": KEY_ID, "GrantTokens": no_grants}, ("KeyId",)),
}


class Call:
    """One operation under way: what was asked, by whom, where, for which key."""

    def __init__(self, operation, members, caller, region, entry, faults):
        self.operation = operation
        self.members = members
        self.caller = caller
        self.region = region
        self.entry = entry
        self.faults = faults
        self.document = None
        self.context = members.get("EncryptionContext", {})


class Kms:
    """The service. `settings` is the run's settings.Settings."""

    name = "kms"

    def __init__(self, settings, store, verifier, clock, identity_policies):
        self.settings = settings
        self.store = store
        self.verifier = verifier
        self.clock = clock
        self.identity_policies = identity_policies

    def operation(self, request):
        return request.header("x-amz-target").rpartition(".")[2]

    def answer(self, request, entry, faults):
        try:
            return self.success(self.perform(request, entry, faults))
        except KmsError as error:
            return self.failure(error, entry)

    def perform(self, request, entry, faults):
        host = HOST.fullmatch(request.host_name)
        region = host and host[1]
        if region and region not in self.settings.regions:
            raise KmsError("UnknownEndpoint", f"aws-sim has no Region {region}", 404)
        try:
            credential, authorization = self.verifier.verify(request, region)
        except SignatureError as error:
            raise KmsError(SIGNATURE_ERRORS[error.kind], error.message) from None
        entry.update(access_key=credential.access_key, principal=credential.caller.arn, region=authorization.region)
        operation = self.check_target(request)
        members = self.parse(operation, request.body, entry)
        call = Call(operation, members, credential.caller, authorization.region, entry, faults)
        return getattr(self, HANDLERS[operation])(call)

    def check_target(self, request):
        service, _, operation = request.header("x-amz-target").partition(".")
        if (request.method != "POST" or request.target != "/" or service != "TrentService" or operation not in OPERATIONS
                or request.header("content-type").split(";")[0].strip() != CONTENT_TYPE):
            raise KmsError("UnknownOperationException")
        return operation

    def parse(self, operation, body, entry):
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            raise KmsError("SerializationException") from None
        if not isinstance(given, dict):
            raise KmsError("SerializationException")
        checks, required = OPERATIONS[operation]
        unknown = sorted(set(given) - set(checks))
        if unknown:
            entry["ignored"] = unknown  # as KMS does
        members = {name: checks[name](name, value) for name, value in given.items()
                   if name in checks and value is not None}
        for name in required:
            if name not in members:
                raise invalid(name, "not be null")
        entry.update(key=members.get("KeyId"), context=members.get("EncryptionContext", {}),
                     dry_run=members.get("DryRun", False))
        return members

    # What the operations share.

    def attest(self, call):
        """The Recipient's document, verified; None without."""
        data = call.members.get("Recipient")
        if data is None:
            return
        try:
            found = document.verify(data, self.settings.document_roots, self.settings.document_clock(),
                                    self.settings.document_max_age)
        except document.DocumentError as error:
            call.entry["document_error"] = str(error)
            raise KmsError("ValidationException", f"The attestation document is not valid: {error}") from None
        call.document = found
        call.entry["recipient"] = {"kind": found.kind, "module_id": found.module_id, "timestamp": found.timestamp,
                                   "pcrs": {str(index): value.hex() for index, value in found.pcrs.items()}}

    def find_key(self, call):
        name = call.members["KeyId"]
        key = self.store.find(name, call.region, call.caller.account)
        if key is None:
            if name.startswith("arn:") and name.split(":")[3:4] != [call.region]:
                raise KmsError("NotFoundException", f"Invalid arn {call.region}")
            raise not_found(name, f"arn:{self.settings.partition()[0]}:kms:{call.region}:{call.caller.account}:")
        return key

    def authorize(self, call, key):
        call.entry["key_arn"] = key.arn
        action = f"kms:{call.operation}"
        denied = "deny" in call.faults
        verdict = policy.decide(key.policy, self.identity_policies(call.caller), call.caller, action, key.arn,
                                self.condition_context(call, key))
        reason = f"because no resource-based policy allows the {action} action" if denied else verdict.reason
        if denied or not verdict.allowed:
            raise KmsError("AccessDeniedException", f"User: {call.caller.arn} is not authorized to perform: {action} on "
                                                    f"resource: {key.arn} {reason}")

    def condition_context(self, call, key):
        """The values of condition keys in this request; what it doesn't have is absent."""
        caller = call.caller
        values = {
            "kms:CallerAccount": caller.account,
            "kms:KeyOrigin": "AWS_KMS", "kms:KeySpec": SYMMETRIC, "kms:KeyUsage": "ENCRYPT_DECRYPT",
            "kms:MultiRegion": str(key.multi_region).lower(),
            "aws:PrincipalArn": caller.principal, "aws:PrincipalAccount": caller.account,
            "aws:PrincipalType": "AssumedRole" if caller.role else "User",
            "aws:RequestedRegion": call.region, "aws:ResourceAccount": key.account, "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false",
        }
        if call.operation in ("Decrypt", "Encrypt"):
            values["kms:EncryptionAlgorithm"] = SYMMETRIC
        if key.multi_region:
            values["kms:MultiRegionKeyType"] = "PRIMARY" if key.arn in self.settings.primaries else "REPLICA"
        if caller.role:
            values["aws:userid"] = f"{self.settings.role_id}:{caller.arn.rpartition('/')[2]}"
        else:
            values["aws:username"] = caller.arn.rpartition("/")[2]
        if caller.instance:
            values["ec2:SourceInstanceARN"] = caller.instance
            values["ec2:RoleDelivery"] = "2.0"
        values.update({f"kms:EncryptionContext:{name}": value for name, value in call.context.items()})
        if call.document:
            values.update(call.document.condition_keys())
        values.update(self.settings.context)
        context = {name.lower(): [value] for name, value in values.items()}
        if call.context:
            context["kms:encryptioncontextkeys"] = list(call.context)
        return context

    def check_usable(self, call, key):
        """After the policies: who may not use a key does not learn its state."""
        algorithm = call.members.get("EncryptionAlgorithm", SYMMETRIC)
        if algorithm != SYMMETRIC:
            raise KmsError("InvalidKeyUsageException", f"{key.arn} key usage is not for {algorithm}.")
        if STATES[key.state]:
            raise KmsError(STATES[key.state], f"{key.arn} is disabled." if key.state == "Disabled"
                           else f"{key.arn} is {'pending deletion' if 'Del' in key.state else 'pending import'}.")
        if call.members.get("DryRun"):
            raise KmsError("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")

    def plaintext_members(self, call, plaintext):
        """Plaintext, or CiphertextForRecipient and whatever form of no Plaintext is configured."""
        faults = call.faults
        if "wrong-plaintext" in faults:
            plaintext = bytes(byte ^ 0x55 for byte in plaintext)
        shown = base64.b64encode(plaintext).decode()
        if call.document is None or faults.get("plaintext", {}).get("instead"):
            return {"Plaintext": shown}
        variant = faults.get("cms", {}).get("variant")
        key = call.document.public_key
        if variant == "other-key":
            key = self.settings.other_rsa_key()
        enveloped = cms.envelop(plaintext, key, self.settings.cms_form, variant)
        members = {"CiphertextForRecipient": base64.b64encode(enveloped).decode()}
        if "plaintext" in faults:
            members["Plaintext"] = shown
        elif self.settings.plaintext_member != "absent":
            members["Plaintext"] = None if self.settings.plaintext_member == "null" else ""
        return members

    def shown_key(self, call, key):
        if "other-key-id" in call.faults:
            return key.arn.rpartition("/")[0] + "/00000000-dead-beef-0000-000000000000"
        return key.arn

    # The operations.

    def decrypt(self, call):
        self.attest(call)
        data = call.members["CiphertextBlob"]
        try:
            key = self.store.of_blob(data, call.region)
        except BlobError:
            raise KmsError("InvalidCiphertextException") from None
        if "KeyId" in call.members:
            named = self.find_key(call)
            self.authorize(call, named)
            if named is not key:
                raise KmsError("IncorrectKeyException", "The key ID in the request does not identify a CMK that can "
                                                        "perform this operation.")
        elif key is None:
            raise KmsError("AccessDeniedException", "The ciphertext refers to a customer master key that does not exist, "
                                                    "does not exist in this region, or you are not allowed to access.")
        else:
            self.authorize(call, key)
        self.check_usable(call, key)
        try:
            plaintext = key.open(data, call.context)
        except BlobError:
            raise KmsError("InvalidCiphertextException") from None
        return {"KeyId": self.shown_key(call, key), "EncryptionAlgorithm": SYMMETRIC, "KeyMaterialId": key.material,
                **self.plaintext_members(call, plaintext)}

    def generate_data_key(self, call):
        self.attest(call)
        spec, size = call.members.get("KeySpec"), call.members.get("NumberOfBytes")
        if (spec is None) == (size is None):
            raise KmsError("ValidationException", "Please specify either number of bytes or key spec.")
        key = self.find_key(call)
        self.authorize(call, key)
        self.check_usable(call, key)
        plaintext = os.urandom(size or SPECS[spec])
        return {"KeyId": self.shown_key(call, key), "KeyMaterialId": key.material,
                "CiphertextBlob": base64.b64encode(key.seal(plaintext, call.context)).decode(),
                **self.plaintext_members(call, plaintext)}

    def encrypt(self, call):
        key = self.find_key(call)
        self.authorize(call, key)
        self.check_usable(call, key)
        sealed = key.seal(call.members["Plaintext"], call.context)
        return {"KeyId": self.shown_key(call, key), "EncryptionAlgorithm": SYMMETRIC,
                "CiphertextBlob": base64.b64encode(sealed).decode()}

    def describe_key(self, call):
        key = self.find_key(call)
        self.authorize(call, key)
        return {"KeyMetadata": {"AWSAccountId": key.account, "Arn": key.arn, "KeyId": key.id, "KeyState": key.state,
                                "Enabled": key.state == "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": SYMMETRIC,
                                "EncryptionAlgorithms": [SYMMETRIC], "Origin": "AWS_KMS", "KeyManager": "CUSTOMER",
                                "MultiRegion": key.multi_region}}

    # Answers.

    def success(self, members):
        return self.reply(200, members)

    def failure(self, error, entry):
        entry["error"] = error.kind
        body = {"__type": error.kind}
        if error.message is not None:  # KMS spells the name in two ways
            body["Message" if error.kind == "AccessDeniedException" else "message"] = error.message
        return self.reply(error.status, body)

    def reply(self, status, members):
        return Reply(status, [("x-amzn-RequestId", str(uuid.uuid4())), ("Cache-Control", "no-cache, no-store, "
                     "must-revalidate, private"), ("Content-Type", CONTENT_TYPE)], json.dumps(members).encode())

    def fault_reply(self, kind, status, message, headers=()):
        reply = self.reply(status, {"__type": kind, "message": message})
        reply.headers += headers
        return reply


HANDLERS = {"Decrypt": "decrypt", "GenerateDataKey": "generate_data_key", "Encrypt": "encrypt",
            "DescribeKey": "describe_key"}
