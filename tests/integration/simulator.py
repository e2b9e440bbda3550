# SPDX-License-Identifier: Apache-2.0
"""A nitrotpm-sim for as long as a test needs one, and a client that speaks to it in raw bytes.

    with Simulator() as sim:
        Attestd(sim.tcti)                         # or any other client of tpm2-tss
        document = cbor2.loads(sim.document(nonce=b"..."))
        sim.fault("busy,count=1")
        sim.counts()                              # {0x20000001: 1, ..., "total": 9}

What is here encodes TPM commands and CBOR by itself; it has nothing in common with the programs under test.
"""
import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from support import START_LIMIT, Attestd, DaemonCase, Service, die_with_parent, free_port, missing_programs, requires

NITROTPM_SIM = os.environ.get("NITROTPM_SIM", "nitrotpm-sim")
ANSWER_LIMIT = 30
STOP_LIMIT = 10

NO_SESSIONS, SESSIONS = 0x8001, 0x8002
RS_PW = 0x40000009
RH_OWNER = 0x40000001
NV_DEFINE, NV_UNDEFINE, NV_WRITE, NV_READ, NV_READ_PUBLIC, NV_READ_LOCK = 0x12a, 0x122, 0x137, 0x14e, 0x169, 0x14f
GET_CAPABILITY, GET_RANDOM, CLEAR, NSM_REQUEST = 0x17a, 0x17b, 0x126, 0x20000001
AUTHREAD, AUTHWRITE, NO_DA, WRITTEN = 0x00040000, 0x00000004, 0x02000000, 0x20000000
SHA256, SHA384, SHA512 = 0x000b, 0x000c, 0x000d

BUFFER = 0x01500010  # the handle of the message buffer in tests
BUFFER_SIZE = 8192
PART = 1024


def requires_simulator(*programs):
    """Skips the module where the simulator was not built or cannot run."""
    lacking = missing_programs() + [name for name in programs if shutil.which(name) is None]
    if shutil.which(NITROTPM_SIM) is None:
        raise unittest.SkipTest("not built with --enable-simulators")
    if lacking:
        raise unittest.SkipTest("not installed: " + ", ".join(lacking))


class TpmError(Exception):
    """A response code other than success."""

    def __init__(self, code):
        super().__init__(f"response code 0x{code:x}")
        self.code = code


# ---- CBOR, as much as requests need ----

def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if value < 1 << 8 * struct.calcsize(form):
            return bytes([major << 5 | info]) + struct.pack(form, value)
    raise ValueError(value)


def text(value):
    return head(3, len(value)) + value.encode()


def string(value):
    return b"\xf6" if value is None else head(2, len(value)) + value


def attestation(user_data=None, nonce=None, public_key=None):
    """As AWS's tool encodes it: all three keys, null where not given."""
    return (head(5, 1) + text("Attestation") + head(5, 3) + text("user_data") + string(user_data) + text("nonce") +
            string(nonce) + text("public_key") + string(public_key))


# ---- TPM commands ----

def sized(data):
    return struct.pack(">H", len(data)) + data


def password(auth=b""):
    return struct.pack(">IHB", RS_PW, 0, 1) + sized(auth)


def command(code, handles=(), authorisations=None, parameters=b""):
    body = b"".join(struct.pack(">I", handle) for handle in handles)
    if authorisations is not None:
        body += struct.pack(">I", len(authorisations)) + authorisations
    body += parameters
    return struct.pack(">HII", NO_SESSIONS if authorisations is None else SESSIONS, 10 + len(body), code) + body


def nv_public(handle=BUFFER, size=BUFFER_SIZE, attributes=AUTHREAD | AUTHWRITE | NO_DA, name_alg=SHA256, policy=b""):
    return struct.pack(">IHI", handle, name_alg, attributes) + sized(policy) + struct.pack(">H", size)


class Client:
    """A connection for commands."""

    def __init__(self, connection):
        self.socket = connection

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _receive(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("closed by the TPM")
            data += part
        return data

    def response(self):
        """A whole response, whatever its code."""
        header = self._receive(10)
        return header + self._receive(struct.unpack(">I", header[2:6])[0] - 10)

    def transact(self, wire):
        self.socket.sendall(wire)
        return self.response()

    def code(self, wire):
        return struct.unpack(">I", self.transact(wire)[6:10])[0]

    def ask(self, *arguments, **more):
        """One command; what follows the header of its response. TpmError if it failed."""
        response = self.transact(command(*arguments, **more))
        code = struct.unpack(">I", response[6:10])[0]
        if code:
            raise TpmError(code)
        return response[10:]

    def random(self, count=8):
        return self.ask(GET_RANDOM, parameters=struct.pack(">H", count))[2:]

    def define(self, auth=b"", owner=b"", **public):
        self.ask(NV_DEFINE, (RH_OWNER,), password(owner), sized(auth) + sized(nv_public(**public)))

    def undefine(self, handle=BUFFER, owner=b""):
        self.ask(NV_UNDEFINE, (RH_OWNER, handle), password(owner))

    def write(self, data, offset=0, handle=BUFFER, auth=b""):
        for begin in range(0, len(data), PART):
            part = data[begin:begin + PART]
            self.ask(NV_WRITE, (handle, handle), password(auth), sized(part) + struct.pack(">H", offset + begin))

    def read(self, size=BUFFER_SIZE, offset=0, handle=BUFFER, auth=b""):
        data = b""
        while len(data) < size:
            wanted = struct.pack(">HH", min(PART, size - len(data)), offset + len(data))
            answer = self.ask(NV_READ, (handle, handle), password(auth), wanted)
            length = struct.unpack(">H", answer[4:6])[0]
            data += answer[6:6 + length]
        return data

    def read_public(self, handle=BUFFER):
        """TPMS_NV_PUBLIC and the Name."""
        answer = self.ask(NV_READ_PUBLIC, (handle,))
        size = struct.unpack(">H", answer[:2])[0]
        return answer[2:2 + size], answer[4 + size:]

    def nsm(self, request, handle=BUFFER, auth=b""):
        """Write, vendor command, read: the whole buffer."""
        self.write(request, handle=handle, auth=auth)
        self.ask(NSM_REQUEST, (handle, handle), password(auth))
        return self.read(handle=handle, auth=auth)

    def capability(self, capability, first, count):
        """moreData, and the words of the list."""
        answer = self.ask(GET_CAPABILITY, parameters=struct.pack(">III", capability, first, count))
        words = struct.unpack(f">{(len(answer) - 9) // 4}I", answer[9:])
        return answer[0], words


class Simulator(Service):
    """nitrotpm-sim with its state in a temporary folder, or in `state`; a context manager.

    tcti        the string for clients, as the program printed it
    root        the path of the root certificate, for `attestctl verify --root`
    transport   "unix", "tcp" or "tcp6"
    """

    def __init__(self, *options, transport="unix", state=None, qemu=False):
        self.folder = tempfile.mkdtemp(prefix="nitrotpm-sim-")
        self.state = state or os.path.join(self.folder, "state")
        self.path = os.path.join(self.folder, "tpm")
        self.control_path = os.path.join(self.folder, "control")
        self.qemu_path = os.path.join(self.folder, "qemu") if qemu else None
        self.root = os.path.join(self.state, "root.pem")
        self.log_path = os.path.join(self.folder, "log")
        self.transport = transport
        self.port = None if transport == "unix" else free_port()
        self.options = options
        self.tcti = None
        self.process = None

    def arguments(self):
        listen = {"unix": f"unix:{self.path}", "tcp": f"tcp:127.0.0.1:{self.port}", "tcp6": f"tcp:[::1]:{self.port}"}
        command_line = [NITROTPM_SIM, "--state", self.state, "--listen", listen[self.transport],
                        "--control", f"unix:{self.control_path}", *self.options]
        return command_line + (["--qemu", f"unix:{self.qemu_path}"] if self.qemu_path else [])

    def start(self, *options):
        """Starts it and waits for its TCTI string; `options` are for this time only."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.arguments() + list(options), stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=log, preexec_fn=die_with_parent)
        watchdog = time.monotonic() + 3 * START_LIMIT
        line = self.process.stdout.readline().decode()
        if not line or time.monotonic() > watchdog:
            self.process.wait(STOP_LIMIT)
            self.process.stdout.close()
            self.process = None
            raise AssertionError("nitrotpm-sim did not start\n" + self.log())
        self.tcti = line.strip()
        return self

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self, number=signal.SIGTERM):
        """Ends it; its exit status."""
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            process.stdout.close()

    def restart(self, *options):
        self.stop()
        return self.start(*options)

    def close(self):
        """Ends it. One that died, leaked or was killed by a sanitizer fails the test here."""
        status = self.stop() if self.process else 0
        log = self.log() if os.path.exists(self.log_path) else ""
        shutil.rmtree(self.folder, ignore_errors=True)
        if status != 0:
            raise AssertionError(f"nitrotpm-sim ended with {status}\n{log}")

    def connect(self, control=False):
        """A connected socket to the data or the control channel."""
        if self.port:
            host = "127.0.0.1" if self.transport == "tcp" else "::1"
            return socket.create_connection((host, self.port + control), ANSWER_LIMIT)
        return connect_unix(self.path + (".ctrl" if control else ""))

    def client(self):
        return Client(self.connect())

    def console(self, line):
        """One line to the control socket; the lines before its "ok"."""
        with connect_unix(self.control_path) as connection, connection.makefile("rw", encoding="ascii") as file:
            file.write(line + "\n")
            file.flush()
            lines = []
            for answer in file:
                answer = answer.rstrip("\n")
                if answer == "ok":
                    return lines
                if answer.startswith("error: "):
                    raise ValueError(answer)
                lines.append(answer)
        raise ConnectionError("no answer")

    def fault(self, spec):
        self.console(f"fault {spec}")

    def clear(self, name=""):
        self.console(f"clear {name}".strip())

    def counts(self):
        """How often each command code came, and the "total"."""
        pairs = (line.split() for line in self.console("counts"))
        return {code if code == "total" else int(code, 16): int(number) for code, number in pairs}

    def reset_counts(self):
        self.console("reset-counts")

    def document(self, auth=b"", **fields):
        """A bare document, by a buffer of its own, which is removed."""
        with self.client() as client:
            client.define(auth)
            try:
                buffer = client.nsm(attestation(**fields), auth=auth)
            finally:
                client.undefine()
        return document_of(buffer)

    def swtpm_pid(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return int(file.read().split()[0])


def document_of(buffer):
    """The document in a response, which is of exactly this form."""
    begin = head(5, 1) + text("Attestation") + head(5, 1) + text("document")
    if not buffer.startswith(begin + b"\x59"):
        raise AssertionError(f"not a document: {buffer[:64]}")
    size = struct.unpack(">H", buffer[len(begin) + 1:len(begin) + 3])[0]
    return buffer[len(begin) + 3:len(begin) + 3 + size]


def connect_unix(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_LIMIT)
    with contextlib.ExitStack() as stack:
        stack.callback(connection.close)
        connection.connect(path)
        stack.pop_all()
    return connection


class SimulatedCase(DaemonCase):
    """One simulator and one daemon on it for all cases of a class: self.sim, self.attestd, self.tcti."""

    simulator = ()  # its options

    @classmethod
    def setUpClass(cls):
        requires()
        requires_simulator()
        cls.sim = Simulator(*cls.simulator)
        cls.addClassCleanup(cls.sim.close)
        cls.sim.start()
        cls.tcti = cls.sim.tcti
        cls.attestd = Attestd(cls.tcti, cls.configuration)
        cls.addClassCleanup(cls.attestd.close)
        cls.attestd.start()
