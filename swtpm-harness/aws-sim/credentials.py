# SPDX-License-Identifier: Apache-2.0
"""Who has which keys: temporary ones of the instance's and the container's role, fixed ones of users.

Temporary keys are replaced before they end, as EC2 User Guide, "Retrieve security credentials from instance metadata",
says: new ones at least five minutes before the old ones expire. The old ones hold until they do.
"""
import base64
import secrets
import string
import threading
import time

OVERLAP = 300  # seconds for which both the old and the new ones hold
DEFAULT_LIFETIME = 6 * 3600


class Caller:
    """Who asks. `role` is the ARN of the role, of which `arn` is a session; None for a user."""

    def __init__(self, arn, role=None, instance=None):
        self.arn = arn
        self.role = role
        self.instance = instance
        self.account = arn.split(":")[4]

    @property
    def principal(self):
        """As aws:PrincipalArn has it: the role, not the session."""
        return self.role or self.arn


class Credential:
    def __init__(self, caller, access_key, secret_key, token=None, issued=None, expires=None):
        self.caller = caller
        self.access_key = access_key
        self.secret_key = secret_key
        self.token = token
        self.issued = issued
        self.expires = expires

    def as_json(self):
        return {"AccessKeyId": self.access_key, "SecretAccessKey": self.secret_key, "Token": self.token,
                "Expiration": iso(self.expires)}


class Credentials:
    """All that were ever issued in this run. Safe for threads."""

    def __init__(self, clock):
        self.clock = clock
        self.lock = threading.Lock()
        self.known = {}
        self.current = {}

    def add_user(self, caller, access_key, secret_key):
        with self.lock:
            self.known[access_key] = Credential(caller, access_key, secret_key)

    def lookup(self, access_key):
        with self.lock:
            return self.known.get(access_key)

    def for_role(self, caller, lifetime=None, limit=None):
        """The current ones of a session, or fresh ones where they are about to end.

        limit: at most so many seconds of validity are left, whatever was issued before.
        """
        lifetime = lifetime or DEFAULT_LIFETIME
        with self.lock:
            now = self.clock()
            found = self.current.get(caller.arn)
            left = found.expires - now if found else 0
            if limit is not None:
                if not found or left > limit or left <= limit / 2:
                    found = self._issue(caller, limit)
            elif left <= min(OVERLAP, lifetime / 2):
                found = self._issue(caller, lifetime)
            return found

    def rotate(self):
        """The next request gets new ones; those that are out hold until they expire."""
        with self.lock:
            self.current.clear()

    def expire(self):
        """All temporary ones end now, and the next request gets new ones."""
        with self.lock:
            now = self.clock()
            for credential in self.known.values():
                if credential.expires is not None:
                    credential.expires = min(credential.expires, now)
            self.current.clear()

    def _issue(self, caller, lifetime):
        now = self.clock()
        alphabet = string.ascii_uppercase + "234567"
        access_key = "ASIA" + "".join(secrets.choice(alphabet) for _ in range(16))
        credential = Credential(caller, access_key, base64.b64encode(secrets.token_bytes(30)).decode(),
                                base64.b64encode(secrets.token_bytes(630)).decode(), now, now + lifetime)
        self.known[access_key] = credential
        self.current[caller.arn] = credential
        return credential


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
