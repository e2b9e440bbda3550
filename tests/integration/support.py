# SPDX-License-Identifier: Apache-2.0
"""What the scenarios share: a daemon of their own, and requests to it through each of its doors."""
import collections
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCE, "swtpm-harness"))
from multiplexer import Multiplexer  # noqa: E402,F401
from swtpm_harness import Swtpm, die_with_parent, missing_programs  # noqa: E402,F401

ATTESTD = os.environ.get("ATTESTD", "attestd")
ATTESTCTL = os.environ.get("ATTESTCTL", "attestctl")
DOORS = ("public", "unlock", "tcp")
START_LIMIT = 20  # generous: sanitizers and a busy machine
COMMAND_LIMIT = 30
NOBODY = 65534

Reply = collections.namedtuple("Reply", "status headers body")


def requires(*programs):
    """Skips the module where it cannot run: a daemon wants a configuration that root owns, and a TPM."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("needs root: attestd reads only files that root owns")
    lacking = missing_programs() + [name for name in (ATTESTD, *programs) if shutil.which(name) is None]
    if lacking:
        raise unittest.SkipTest("not installed: " + ", ".join(lacking))


def counted(name, default):
    """How often a test that repeats itself does so; tests/run asks for more than `make check`."""
    return int(os.environ.get(name, default))


def sanitized():
    """Whether the daemon is a build with AddressSanitizer, whose memory says nothing about ours."""
    return sanitized_program(ATTESTD)


def sanitized_program(name):
    with open(shutil.which(name), "rb") as file:
        return b"__asan_init" in file.read()


def run(*command, check=True, limit=COMMAND_LIMIT, text=True, **more):
    """A program with its output captured, under a time limit."""
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=limit, text=text,
                          stdin=None if "input" in more else subprocess.DEVNULL, check=False, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class NotifySocket:
    """systemd's end of sd_notify(3): read all the time, as systemd does, for who sends waits when it is full."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.seen = []
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with contextlib.suppress(OSError):  # closed
            while message := self.socket.recv(4096):
                with self.changed:
                    self.seen += message.decode().split("\n")
                    self.changed.notify_all()

    def wait(self, assignment, limit):
        """Whether this came, since the last `forget` or within the limit."""
        with self.changed:
            return self.changed.wait_for(lambda: assignment in self.seen, limit)

    def forget(self):
        with self.changed:
            self.seen.clear()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # ends the thread
        self.socket.close()


class Service:
    """What start() begins and close() ends, even where it has begun only half: a context manager."""

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()


class Attestd(Service):
    """The daemon on sockets in a temporary folder, or on what `listen` says; a context manager."""

    def __init__(self, tcti, configuration="", listen=None, environment=None):
        self.tcti = tcti
        self.folder = tempfile.mkdtemp(prefix="attestd-test-")
        os.chmod(self.folder, 0o755)
        self.public = os.path.join(self.folder, "attestd.sock")
        self.unlock = os.path.join(self.folder, "unlock.sock")
        self.port = free_port()
        self.listen = listen
        self.environment = environment or {}
        self.configuration = os.path.join(self.folder, "attestd.conf")
        self.configure(configuration)
        self.notify = NotifySocket(self.folder)
        self.log_path = os.path.join(self.folder, "log")
        self.process = None

    def configure(self, text):
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(text)

    def arguments(self):
        listen = self.listen
        if listen is None:
            listen = (f"unix:{self.public}", f"unlock:{self.unlock}", f"tcp:127.0.0.1:{self.port}")
        command = [ATTESTD, "--config", self.configuration, "--tcti", self.tcti]
        for address in listen:
            command += ["--listen", address]
        return command

    def start(self, wait=True, **more):
        environment = dict(os.environ, NOTIFY_SOCKET=self.notify.path, TSS2_LOG="all+none")
        environment.update(self.environment)
        self.notify.forget()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.arguments(), env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, preexec_fn=more.pop("preexec_fn", die_with_parent), **more)
        if wait and not self.ready():
            raise AssertionError(f"attestd did not become ready\n{self.log()}")
        return self

    def ready(self, limit=START_LIMIT):
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.notify.wait("READY=1", 0.2):
                return True
        return False

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self, limit=10):
        """Ends it as systemd does; its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        """Ends it. A daemon that died, leaked or was killed by a sanitizer fails the test here."""
        status = None
        try:
            if self.process:
                status = self.process.poll()
                status = self.stop() if status is None else status
            log = self.log() if status else ""
        finally:
            self.notify.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        if status not in (None, 0, -signal.SIGKILL):
            raise AssertionError(f"attestd ended with {status}\n{log}")

    def connection(self, door="public", timeout=COMMAND_LIMIT):
        if door == "tcp":
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        return UnixConnection(self.public if door == "public" else self.unlock, timeout)

    def raw(self, door="public", timeout=COMMAND_LIMIT):
        """A connected socket, for requests that no HTTP library would make."""
        connection = self.connection(door, timeout)
        connection.connect()
        return connection.sock

    def request(self, method, path, body=None, headers=None, door="public", timeout=COMMAND_LIMIT):
        """One request; `body` is bytes, or what becomes JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        with contextlib.closing(self.connection(door, timeout)) as connection:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            data = response.read()
        if data and response.headers.get_content_type() in ("application/json", "application/problem+json"):
            data = json.loads(data)
        return Reply(response.status, response.headers, data)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, {} if body is None else body, **more)

    def rss_anon(self):
        """KiB of anonymous memory, proc(5)."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("RssAnon:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def free_port():
    """Below the ephemeral range, so that nobody's outgoing connection takes it before the daemon does."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class DaemonCase(unittest.TestCase):
    """One TPM and one daemon for all cases of a class."""

    banks = ("sha256", "sha384")
    configuration = ""
    ek_certificates = False
    shared = False  # whether others use the TPM beside the daemon; their TCTI is then self.tcti

    @classmethod
    def setUpClass(cls):
        requires()
        cls.tpm = Swtpm(banks=cls.banks, ek_certificates=cls.ek_certificates)
        cls.addClassCleanup(cls.tpm.close)
        cls.tpm.start()
        cls.tcti = cls.tpm.tcti
        if cls.shared:
            cls.tcti = cls.enterClassContext(Multiplexer(cls.tpm)).tcti
        cls.attestd = Attestd(cls.tcti, cls.configuration)
        cls.addClassCleanup(cls.attestd.close)
        cls.attestd.start()

    def assert_problem(self, reply, status, parameter=None):
        """An RFC 9457 answer that tells the caller what was expected."""
        self.assertEqual(reply.status, status, reply.body)
        self.assertEqual(reply.headers.get_content_type(), "application/problem+json")
        self.assertEqual(reply.body["status"], status)
        for member in ("type", "title", "detail"):
            self.assertIsInstance(reply.body[member], str)
            self.assertTrue(reply.body[member])
        if parameter:
            self.assertEqual(reply.body.get("parameter"), parameter, reply.body)
            self.assertTrue(reply.body.get("expected"), reply.body)
        if status in (429, 503):
            self.assertRegex(reply.headers["Retry-After"], r"^[0-9]+$")
