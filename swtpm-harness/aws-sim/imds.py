# SPDX-License-Identifier: Apache-2.0
"""The instance metadata service, version 2 alone, and the endpoint from which containers get credentials.

EC2 User Guide, "Use the Instance Metadata Service to access instance metadata", "Retrieve security credentials from
instance metadata"; AWS SDKs and Tools Reference Guide, "Container credential provider".
"""
import hmac
import json
import re
import secrets
import threading

from credentials import iso
from http_server import Reply

TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "x-aws-ec2-metadata-token"
MAX_TTL = 21600
TOKEN_PATH = "/latest/api/token"
ROLES = "/latest/meta-data/iam/security-credentials/"


class Imds:
    name = "imds"

    def __init__(self, settings, credentials, clock):
        self.settings = settings
        self.credentials = credentials
        self.clock = clock
        self.lock = threading.Lock()
        self.tokens = {}

    def forget(self):
        """All tokens are void."""
        with self.lock:
            self.tokens.clear()

    def operation(self, request):
        if request.path == TOKEN_PATH:
            return "token"
        if request.path.startswith(ROLES.rstrip("/")):
            return "role" if request.path.rstrip("/") == ROLES.rstrip("/") else "credentials"
        return "metadata"

    def answer(self, request, entry, faults):
        if request.path == TOKEN_PATH:
            return self.give_token(request, faults)
        if request.method not in ("GET", "HEAD"):
            return error(405)
        if "token-invalid" in faults:
            self.forget()
        if not self.admits(request.header(TOKEN_HEADER)):
            entry["error"] = "no token" if not request.header(TOKEN_HEADER) else "unknown or expired token"
            return error(401)
        text = self.find(request.path, faults)
        if text is None:
            return error(404)
        return Reply(200, [("Content-Type", "text/plain"), ("Server", "EC2ws")], text.encode())

    def give_token(self, request, faults):
        if "hop-limit" in faults:
            silent = Reply(200)
            silent.silent = True
            return silent
        if "token-refused" in faults:
            return error(faults["token-refused"]["status"])
        if request.method != "PUT":
            return error(405)
        if request.header("x-forwarded-for", None) is not None:
            return error(403)
        ttl = request.header(TTL_HEADER.lower())
        if not re.fullmatch(r"[0-9]{1,5}", ttl) or not 1 <= int(ttl) <= MAX_TTL:
            return error(400)
        token = secrets.token_urlsafe(40) + "=="
        with self.lock:
            self.tokens[token] = self.clock() + int(ttl)
        reply = Reply(200, [("Content-Type", "text/plain"), ("Server", "EC2ws"), (TTL_HEADER, ttl)], token.encode())
        reply.hop_limit = self.settings.imds_hop_limit
        return reply

    def admits(self, token):
        with self.lock:
            end = next((end for known, end in self.tokens.items()
                        if hmac.compare_digest(known.encode(), token.encode("latin-1", "replace"))), None)
        return end is not None and self.clock() < end

    def find(self, path, faults):
        """The text at a path, or a listing of what is under it."""
        if path.startswith(ROLES.rstrip("/")):
            return self.find_role(path, faults)
        tree = self.tree()
        if path in tree:
            return tree[path]
        folder = path.rstrip("/") + "/"
        under = sorted({rest.partition("/")[0] + ("/" if "/" in rest else "") for rest in
                        (known[len(folder):] for known in [*tree, ROLES] if known.startswith(folder)) if rest})
        return "\n".join(under) if under else None

    def find_role(self, path, faults):
        role = self.settings.role
        if role is None or "role-missing" in faults:
            return None
        if path.rstrip("/") == ROLES.rstrip("/"):
            return role
        if path != ROLES + role:
            return None
        now = self.clock()
        if "role-error" in faults:
            return json.dumps({"Code": faults["role-error"]["code"], "LastUpdated": iso(now),
                               "Message": "EC2 cannot assume the role."}, indent=2)
        found = issued(self.credentials, self.settings.instance_caller(), self.settings, faults)
        return json.dumps({"Code": "Success", "LastUpdated": iso(found.issued), "Type": "AWS-HMAC", **found.as_json()},
                          indent=2)

    def tree(self):
        """Made anew, for tests change the settings."""
        settings = self.settings
        partition, domain = settings.partition()
        zone = settings.regions[0] + "a"
        identity = {"accountId": settings.account, "architecture": "x86_64", "availabilityZone": zone,
                    "billingProducts": None, "devpayProductCodes": None, "marketplaceProductCodes": None,
                    "imageId": "ami-0123456789abcdef0", "instanceId": settings.instance, "instanceType": "m7i.large",
                    "kernelId": None, "pendingTime": iso(settings.begun), "privateIp": "10.0.0.10", "ramdiskId": None,
                    "region": settings.regions[0], "version": "2017-09-30"}
        return {
            "/latest/meta-data/instance-id": settings.instance,
            "/latest/meta-data/ami-id": identity["imageId"],
            "/latest/meta-data/local-ipv4": identity["privateIp"],
            "/latest/meta-data/placement/region": settings.regions[0],
            "/latest/meta-data/placement/availability-zone": zone,
            "/latest/meta-data/services/partition": partition,
            "/latest/meta-data/services/domain": domain,
            "/latest/dynamic/instance-identity/document": json.dumps(identity, indent=2),
        }

    def fault_reply(self, _kind, status, _message, headers=()):
        reply = error(503 if status == 400 else status)  # IMDS throttles with 503
        reply.headers += headers
        return reply


class Container:
    """GET of one path, with the Authorization that the container was given."""

    name = "container"
    path = "/v2/credentials/aws-sim"

    def __init__(self, settings, credentials, clock):
        self.settings = settings
        self.credentials = credentials
        self.clock = clock

    def operation(self, _request):
        return "credentials"

    def answer(self, request, entry, faults):
        given = request.header("authorization").encode("latin-1", "replace")
        if not hmac.compare_digest(given, self.settings.container_token.encode()):
            entry["error"] = "AccessDenied"
            return self.fault_reply("AccessDenied", 401, "The authorization token is missing or wrong.")
        if request.method != "GET" or request.path != self.path or self.settings.role is None or "role-missing" in faults:
            return self.fault_reply("NotFound", 404, "There are no credentials here.")
        found = issued(self.credentials, self.settings.container_caller(), self.settings, faults)
        return json_reply(200, {"RoleArn": found.caller.role, **found.as_json()})

    def fault_reply(self, kind, status, message, headers=()):
        reply = json_reply(status, {"code": kind, "message": message})
        reply.headers += headers
        return reply


def issued(credentials, caller, settings, faults):
    if "expired" in faults:
        found = credentials.for_role(caller, settings.credential_lifetime)
        credentials.expire()
        return found
    limit = faults["expiring"]["seconds"] if "expiring" in faults else None
    return credentials.for_role(caller, settings.credential_lifetime, limit)


def json_reply(status, value):
    return Reply(status, [("Content-Type", "application/json")], json.dumps(value).encode())


def error(status):
    body = f'<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>{status}</title></head></html>\n'
    return Reply(status, [("Content-Type", "text/html"), ("Server", "EC2ws")], body.encode())
