# SPDX-License-Identifier: Apache-2.0
"""How a test changes and looks at a run: JSON over HTTP on loopback, without any signature."""
import base64
import json

from condition import PolicyError
from faults import FaultError
from http_server import Reply
from keys import STATES
from settings import SettingsError


class Control:
    name = "control"

    def __init__(self, run):
        self.run = run
        self.routes = {
            ("GET", "/"): lambda _: run.addresses(),
            ("GET", "/faults"): lambda _: run.faults.as_json(),
            ("POST", "/faults"): self.add_faults,
            ("DELETE", "/faults"): lambda _: run.faults.clear(),
            ("GET", "/log"): lambda _: run.log.read(),
            ("DELETE", "/log"): lambda _: run.log.clear(),
            ("POST", "/reset"): lambda _: run.reset(),
            ("POST", "/policy"): self.set_policy,
            ("POST", "/key-state"): self.set_state,
            ("POST", "/settings"): self.change,
            ("POST", "/encrypt"): self.encrypt,
            ("POST", "/credentials/rotate"): lambda _: run.credentials.rotate(),
            ("POST", "/credentials/expire"): lambda _: run.credentials.expire(),
            ("POST", "/tokens/forget"): lambda _: run.imds.forget(),
        }

    def operation(self, request):
        return request.path

    def answer(self, request, _entry, _faults):
        route = self.routes.get((request.method, request.path))
        if route is None:
            return reply(404, {"error": "one of " + ", ".join(" ".join(one) for one in self.routes)})
        try:
            return reply(200, route(json.loads(request.body or b"{}")))
        except (PolicyError, FaultError, SettingsError) as error:
            return reply(400, {"error": str(error)})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return reply(400, {"error": f"{type(error).__name__}: {error}"})

    def fault_reply(self, kind, status, message, headers=()):
        return reply(status, {"error": f"{kind}: {message}"})

    def add_faults(self, members):
        self.run.faults.add(members)
        return self.run.faults.as_json()

    def key(self, members):
        found = self.run.store.by_arn(members["key"])
        if found is None:
            raise SettingsError(f"key: one of {', '.join(self.run.store.keys)}")
        return found

    def set_policy(self, members):
        self.key(members).policy = self.run.settings.policy(members["policy"])

    def set_state(self, members):
        if members["state"] not in STATES:
            raise SettingsError(f"state: one of {', '.join(STATES)}")
        self.key(members).state = members["state"]

    def change(self, members):
        for name, value in members.items():
            self.run.settings.change(name, value)
        if "credential-lifetime" in members:
            self.run.credentials.rotate()

    def encrypt(self, members):
        """Seals without asking a policy, as the one who made the key would have it."""
        plaintext = base64.b64decode(members["plaintext"], validate=True)
        sealed = self.key(members).seal(plaintext, members.get("context", {}))
        return {"ciphertext": base64.b64encode(sealed).decode()}


def reply(status, value):
    return Reply(status, [("Content-Type", "application/json")], json.dumps(value).encode() + b"\n")
