# SPDX-License-Identifier: Apache-2.0
"""One run: everything that has a state, wired together."""
import contextlib
import os
import secrets
import sys
import threading
import time
import traceback

from cryptography.hazmat.primitives.asymmetric import rsa

from certificates import Authority, names_of
from control import Control
from credentials import Credentials
from faults import Faults
from http_server import Listener
from imds import Container, Imds
from keys import Key, Store
from kms import Kms
from request_log import RequestLog
from s3 import S3
from settings import Settings
from sigv4 import Verifier

LOOPBACK = ("127.0.0.1", "::1")
# Where the real ones are; a test that owns a network namespace can put them on its loopback.
FIXED = ("169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23")


class Run:
    """source: what the configuration file holds; folder: what its file names are relative to; state: a folder for files."""

    def __init__(self, source, folder, state, log_path=None):
        self.source, self.folder, self.state = source, folder, state
        self.stopping = threading.Event()
        self.faults = Faults()
        self.log = RequestLog(log_path)
        self.failures = []
        self.listeners = {}
        self.rsa_key = None
        self.load()
        self.authority = Authority(state, names_of(self.settings.regions, self.settings.tls_names))
        self.settings.container_token = secrets.token_urlsafe(32)
        self.token_file = os.path.join(state, "container-token")
        with open(os.open(self.token_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(self.settings.container_token)

    def load(self):
        """Settings, keys and credentials as at the start. The services look at them through this object's own."""
        self.settings = Settings(self.source, self.folder)
        self.settings.document_clock = lambda: time.time() + self.faults.clock_offset(document=True)
        self.settings.other_rsa_key = self.other_rsa_key
        secret = self.secret()
        self.store = Store(Key(secret=secret, **one) for one in self.settings.keys)
        self.credentials = Credentials(self.clock)
        self.user_policies = {}
        for caller, access_key, secret_key, policies in self.settings.users:
            self.credentials.add_user(caller, access_key, secret_key)
            self.user_policies[caller.arn] = policies
        lookup, regions = self.credentials.lookup, self.settings.regions
        self.kms = Kms(self.settings, self.store, Verifier("kms", regions, lookup, self.clock), self.clock,
                       lambda caller: self.user_policies.get(caller.arn, self.settings.role_policies))
        self.s3 = S3(self.settings, Verifier("s3", regions, lookup, self.clock, max_skew=900, s3=True))
        self.imds = Imds(self.settings, self.credentials, self.clock)
        self.container = Container(self.settings, self.credentials, self.clock)

    def reset(self):
        """As after the start, but for addresses, certificates and the keys' secrets: for the next test of a run."""
        token = self.settings.container_token
        self.faults.clear()
        self.load()
        self.settings.container_token = token
        for service, listeners in self.listeners.items():
            for listener in listeners:
                listener.service = getattr(self, service)
        self.log.clear()

    def secret(self):
        """Of which all keys are made. Kept in the folder, so that what one run sealed the next can open."""
        path = os.path.join(self.state, "kms-secret")
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            return file.read()
        data = secrets.token_bytes(32)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        return data

    def clock(self):
        return time.time() + self.faults.clock_offset()

    def other_rsa_key(self):
        if self.rsa_key is None:
            self.rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return self.rsa_key.public_key()

    def failed(self, text):
        """A fault of the simulator's own: never silent, and the exit status tells."""
        self.failures.append(text)
        print(f"aws-sim: {text}\n{traceback.format_exc()}", file=sys.stderr, flush=True)

    def listen(self, service, addresses):
        """addresses: (host, port), port 0 for any. A service on IPv4 and IPv6 gets the same port if it can."""
        self.control = getattr(self, "control", None) or Control(self)
        made = []
        authority = self.authority if service in ("kms", "s3") else None
        for host, port in addresses or default_addresses():
            if host not in LOOPBACK + FIXED:
                raise ValueError(f"{host}: neither loopback nor an address of instance metadata")
            made.append(self.listener(service, authority, host, port, made))
        self.listeners[service] = made

    def listener(self, service, authority, host, port, others):
        if others and not port:
            with contextlib.suppress(OSError):
                return Listener((host, others[0].server_address[1]), getattr(self, service), self, authority)
        return Listener((host, port), getattr(self, service), self, authority)

    def start(self):
        for listeners in self.listeners.values():
            for listener in listeners:
                threading.Thread(target=listener.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self):
        self.stopping.set()
        for listeners in self.listeners.values():
            for listener in listeners:
                listener.shutdown()
                listener.server_close()

    def addresses(self):
        """What a client has to know."""
        found = {service: [listener.url for listener in listeners] for service, listeners in self.listeners.items()}
        found.update(ca_file=self.authority.ca_file, container_path=self.container.path,
                     container_token_file=self.token_file, state=self.state, pid=os.getpid())
        return found


def default_addresses():
    return [(host, 0) for host in LOOPBACK if host == "127.0.0.1" or has_ipv6()]


def has_ipv6():
    """Whether this machine has ::1."""
    with contextlib.suppress(OSError), open("/proc/net/if_inet6", encoding="ascii") as file:
        return any(line.split()[5:6] == ["lo"] for line in file)
    return False
