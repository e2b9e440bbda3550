# SPDX-License-Identifier: Apache-2.0
"""KMS keys, and the ciphertexts made under them. The form of the ciphertexts is this simulator's own; KMS's is not public.

A blob: magic (8) | identity of the key (16) | nonce (12) | AES-256-GCM of the plaintext; associated data: what the key is,
and the encryption context. Replicas of a multi-Region key are the same key: they share secret and identity.
"""
import hashlib
import hmac
import json
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"awssim\0\1"
ARN = re.compile(r"arn:(aws[a-z-]*):kms:([a-z0-9-]+):([0-9]{12}):key/([A-Za-z0-9-]{1,128})")
STATES = {"Enabled": None, "Disabled": "DisabledException", "PendingDeletion": "KMSInvalidStateException",
          "PendingImport": "KMSInvalidStateException"}


class BlobError(Exception):
    """The blob was not made under this key and with this context, or was changed."""


class Key:
    def __init__(self, arn, policy, secret, aliases=(), state="Enabled"):
        found = ARN.fullmatch(arn)
        if not found:
            raise ValueError(f"{arn!r}: the ARN of a KMS key")
        if state not in STATES:
            raise ValueError(f"state {state!r}: one of {', '.join(STATES)}")
        self.arn = arn
        self.partition, self.region, self.account, self.id = found.groups()
        self.policy = policy
        self.aliases = tuple(aliases)
        self.state = state
        self.multi_region = self.id.startswith("mrk-")
        self.what = f"{self.partition}:{self.account}:{self.id}" if self.multi_region else arn
        self.secret = hmac.new(secret, self.what.encode(), hashlib.sha256).digest()
        self.mark = hashlib.sha256(self.what.encode()).digest()[:16]

    @property
    def material(self):
        return hashlib.sha256(b"material" + self.mark).hexdigest()

    def seal(self, plaintext, context):
        nonce = os.urandom(12)
        return MAGIC + self.mark + nonce + AESGCM(self.secret).encrypt(nonce, plaintext, self.bound(context))

    def open(self, blob, context):
        nonce, ciphertext = blob[24:36], blob[36:]
        try:
            return AESGCM(self.secret).decrypt(nonce, ciphertext, self.bound(context))
        except (InvalidTag, ValueError):
            raise BlobError from None

    def bound(self, context):
        return json.dumps([self.what, sorted(context.items())]).encode()


class Store:
    """The keys of all Regions."""

    def __init__(self, keys):
        self.keys = {}
        for key in keys:
            if key.arn in self.keys:
                raise ValueError(f"{key.arn}: twice")
            self.keys[key.arn] = key

    def by_arn(self, arn):
        return self.keys.get(arn)

    def find(self, name, region, account):
        """What KeyId means: a key ARN, an id, an alias or its ARN; ids and aliases are of the caller's account."""
        for key in self.keys.values():
            if key.region != region:
                continue
            aliases = [f"arn:{key.partition}:kms:{key.region}:{key.account}:{alias}" for alias in key.aliases]
            if name == key.arn or name in aliases:
                return key
            if key.account == account and (name == key.id or name in key.aliases):
                return key
        return None

    def of_blob(self, blob, region):
        """The key in this Region under which it says it was made. None: elsewhere. Raises BlobError."""
        if len(blob) < 36 + 16 or not blob.startswith(MAGIC):
            raise BlobError
        for key in self.keys.values():
            if key.region == region and key.mark == blob[8:24]:
                return key
        return None
