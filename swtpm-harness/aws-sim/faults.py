# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on request: a list that is set at the start or changed while the simulator runs.

A fault is an object: {"fault": NAME, "service": ..., "operation": ..., "skip": N, "count": N, "for": SECONDS, ...} with
the parameters of its kind. Without service or operation it meets all that its kind is for; `skip` lets so many pass first,
`count` is how often it strikes (always), `for` how long it lasts.
"""
import threading
import time

from certificates import KINDS as TLS_KINDS
from cms import VARIANTS

HTTP = ("kms", "s3", "imds", "container")
TLS = ("kms", "s3")
CONNECTION, REQUEST, STATE = "connection", "request", "state"
SECONDS = ((int, float), None)

# kind: (when it is looked at, services, parameters: (types, default or None where it is required, choices...))
KINDS = {
    "late": (CONNECTION, HTTP, {"seconds": SECONDS, "how": (str, "reset", "reset", "hang")}),
    "refuse": (CONNECTION, HTTP, {"how": (str, "reset", "reset", "hang")}),
    "tls": (CONNECTION, TLS, {"kind": (str, None, *TLS_KINDS, "garbage")}),
    "slow": (REQUEST, HTTP, {"seconds": SECONDS}),
    "hang": (REQUEST, HTTP, {}),
    "reset": (REQUEST, HTTP, {"when": (str, "answer", "request", "answer")}),
    "close": (REQUEST, HTTP, {}),
    "throttle": (REQUEST, HTTP, {"retry_after_ms": (int, -1)}),
    "error": (REQUEST, HTTP, {"status": (int, 500), "type": (str, "InternalFailure"), "message": (str, "")}),
    "redirect": (REQUEST, HTTP, {"location": (str, None), "status": (int, 307, 301, 302, 303, 307, 308)}),
    "trickle": (REQUEST, HTTP, {"bytes": (int, 1), "seconds": ((int, float), 0.2)}),
    "truncate": (REQUEST, HTTP, {"bytes": (int, -1)}),
    "garbage": (REQUEST, HTTP, {"kind": (str, "binary", "binary", "html", "empty", "json", "deep")}),
    "oversize": (REQUEST, HTTP, {"bytes": (int, 64 << 20)}),
    "deny": (REQUEST, ("kms", "s3"), {}),
    "other-key-id": (REQUEST, ("kms",), {}),
    "plaintext": (REQUEST, ("kms",), {"instead": (bool, True)}),
    "wrong-plaintext": (REQUEST, ("kms",), {}),
    "cms": (REQUEST, ("kms",), {"variant": (str, None, *VARIANTS)}),
    "hop-limit": (REQUEST, ("imds",), {}),
    "token-refused": (REQUEST, ("imds",), {"status": (int, 403)}),
    "token-invalid": (REQUEST, ("imds",), {}),
    "role-missing": (REQUEST, ("imds", "container"), {}),
    "role-error": (REQUEST, ("imds",), {"code": (str, "AssumeRoleUnauthorizedAccess")}),
    "expiring": (REQUEST, ("imds", "container"), {"seconds": SECONDS}),
    "expired": (REQUEST, ("imds", "container"), {}),
    "clock": (STATE, TLS, {"minutes": SECONDS, "document": (bool, False)}),
}
COMMON = {"fault", "service", "operation", "skip", "count", "for"}


class FaultError(Exception):
    """It is not a fault that can be set."""


class Fault:
    def __init__(self, source, now):
        kind = source.get("fault") if isinstance(source, dict) else None
        if kind not in KINDS:
            raise FaultError(f"fault: one of {', '.join(KINDS)}")
        self.kind = kind
        self.stage, services, parameters = KINDS[kind]
        unknown = set(source) - COMMON - set(parameters)
        if unknown:
            raise FaultError(f"{kind}: unknown parameters {', '.join(sorted(unknown))}")
        self.service, self.operation = source.get("service"), source.get("operation")
        if self.service not in (None, *services):
            raise FaultError(f"{kind}: service is one of {', '.join(services)}")
        if self.operation is not None and self.stage != REQUEST:
            raise FaultError(f"{kind}: it is not of one operation")
        self.services = services
        self.values = {name: self.value(name, source, *rule) for name, rule in parameters.items()}
        self.skip = self.value("skip", source, int, 0)
        self.count = self.value("count", source, int, -1)
        lasts = self.value("for", source, (int, float), -1)
        if kind == "late":
            lasts = self.values["seconds"]
        self.end = now + lasts if lasts >= 0 else None

    @staticmethod
    def value(name, source, types, default, *choices):
        value = source.get(name, default)
        wanted = types if isinstance(types, tuple) else (types,)
        if value is None or not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise FaultError(f"{name}: of type {' or '.join(one.__name__ for one in wanted)}")
        if choices and value not in choices:
            raise FaultError(f"{name}: one of {', '.join(map(str, choices))}")
        return value

    def meets(self, service, operation):
        return service in self.services and self.service in (None, service) and self.operation in (None, operation)

    def strike(self):
        """Whether it is its turn; it counts."""
        if self.skip:
            self.skip -= 1
            return False
        if self.count > 0:
            self.count -= 1
        return True

    def as_json(self):
        return {"fault": self.kind, "service": self.service, "operation": self.operation, "skip": self.skip,
                "count": self.count, **self.values}


class Faults:
    """Those that are set. Safe for threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.active = []

    def add(self, source):
        sources = source if isinstance(source, list) else [source]
        made = [Fault(one, time.monotonic()) for one in sources]
        with self.lock:
            self.active += made

    def clear(self):
        with self.lock:
            self.active = []

    def take(self, stage, service, operation=None):
        """The faults that strike now: kind to parameters. The first of a kind counts."""
        found = {}
        with self.lock:
            self.sweep()
            for fault in self.active:
                if (fault.stage == stage and fault.kind not in found and fault.meets(service, operation)
                        and fault.strike()):
                    found[fault.kind] = fault.values
        return found

    def clock_offset(self, document=False):
        """Seconds by which AWS's clock is off."""
        with self.lock:
            self.sweep()
            return sum(fault.values["minutes"] * 60 for fault in self.active
                       if fault.kind == "clock" and (fault.values["document"] or not document))

    def sweep(self):
        now = time.monotonic()
        self.active = [one for one in self.active if one.count != 0 and (one.end is None or now < one.end)]

    def as_json(self):
        with self.lock:
            self.sweep()
            return [one.as_json() for one in self.active]
