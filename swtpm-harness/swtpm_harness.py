# SPDX-License-Identifier: Apache-2.0
"""A software TPM for as long as a test needs one.

    with Swtpm() as tpm:
        subprocess.run(["tpm2_pcrread", "-T", tpm.tcti], timeout=10)

Whatever happens to the caller, nothing is left: swtpm is tied to its parent by PR_SET_PDEATHSIG, and the temporary
folder is removed by a sweeper that waits for the end of the caller. Every wait has a limit.

Only Python's standard library is used, so that the two files swtpm_harness.py and multiplexer.py can be copied or
pointed at by other projects.
"""
import ctypes
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
CMD_GET_CAPABILITY = 1  # swtpm's control channel, swtpm_ioctls(3)
SETUP_LIMIT = 60  # seconds; making RSA endorsement keys takes a few on a slow machine
START_LIMIT = 10
STOP_LIMIT = 3
PORT_ATTEMPTS = 20

_libc = ctypes.CDLL(None, use_errno=True)


class SwtpmError(RuntimeError):
    """swtpm is not there, or did not do what it was asked."""


def die_with_parent():
    """For preexec_fn: the process is killed when the thread that started it ends."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(127)


def missing_programs():
    """The programs that are needed and not installed."""
    return [name for name in ("swtpm", "swtpm_setup") if shutil.which(name) is None]


class Swtpm:
    """One swtpm with its state; a context manager.

    transport         "unix" (no ports, so no races: the default) or "tcp"
    banks             the PCR banks that are active
    ek_certificates   endorsement keys with certificates of a CA of its own, in NV as on real hardware
    state             a folder to keep the TPM's state in; temporary if None
    """

    def __init__(self, transport="unix", banks=("sha256", "sha384"), ek_certificates=False, state=None):
        if transport not in ("unix", "tcp"):
            raise ValueError("transport: unix or tcp")
        if missing_programs():
            raise SwtpmError("not installed: " + ", ".join(missing_programs()))
        self.transport = transport
        self.banks = tuple(banks)
        self.ek_certificates = ek_certificates
        self.port = None
        self.process = None
        self.folder = tempfile.mkdtemp(prefix="swtpm-")
        self._sweeper = _start_sweeper(self.folder)
        try:
            self.state = os.path.abspath(state or os.path.join(self.folder, "state"))
            os.makedirs(self.state, mode=0o700, exist_ok=True)
            self.ca = os.path.join(self.state, "ca")
            if not os.path.exists(os.path.join(self.state, "tpm2-00.permall")):
                self._make_state()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def pid(self):
        return self.process.pid if self.process else None

    @property
    def path(self):
        """The data socket; swtpm's TCTI looks for the control socket beside it, with `.ctrl` at the end."""
        return os.path.join(self.folder, "tpm")

    @property
    def tcti(self):
        if self.transport == "unix":
            return f"swtpm:path={self.path}"
        return f"swtpm:host=127.0.0.1,port={self.port}"

    def start(self):
        """Starts swtpm and waits until it answers. After a first start the address stays the same."""
        if self.process:
            raise SwtpmError("it runs already")
        if self.transport == "unix" or self.port:
            return self._launch()
        for _ in range(PORT_ATTEMPTS):
            self.port = _free_port_pair()
            try:
                return self._launch()
            except SwtpmError:
                last = self.port
                self.port = None
        raise SwtpmError(f"no pair of free ports, last tried {last}")

    def stop(self):
        """Ends it in order, by force after a few seconds."""
        self._end(signal.SIGTERM)

    def kill(self):
        """Ends it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self):
        self.stop()
        self.start()

    def pause(self):
        """It keeps its connections and does not answer any more: a hung TPM."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.pid, signal.SIGCONT)

    def close(self):
        """Ends swtpm and removes what is temporary. May be called twice."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._sweeper:
            self._sweeper.communicate()
            self._sweeper = None

    def data_connection(self, timeout=START_LIMIT):
        """A socket to the TPM for raw commands. swtpm serves one client at a time: a second one waits in silence."""
        return self._connect(self.path, self.port, timeout)

    def control_connection(self, timeout=START_LIMIT):
        return self._connect(self.path + ".ctrl", self.port + 1 if self.port else None, timeout)

    def _connect(self, path, port, timeout):
        if self.transport == "tcp":
            return socket.create_connection(("127.0.0.1", port), timeout)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        try:
            connection.connect(path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_state(self):
        command = ["swtpm_setup", "--tpm2", "--tpm-state", self.state, "--pcr-banks", ",".join(self.banks)]
        if self.ek_certificates:
            command += ["--config", self._make_ca(), "--create-ek-cert"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=SETUP_LIMIT, preexec_fn=die_with_parent, check=False)
        except subprocess.TimeoutExpired as error:
            raise SwtpmError(f"swtpm_setup took more than {SETUP_LIMIT} s") from error
        if done.returncode != 0:
            raise SwtpmError("swtpm_setup failed:\n" + done.stdout.decode(errors="replace"))

    def _make_ca(self):
        """The machine's own CA under /var stays untouched: everything swtpm_localca needs goes beside the state."""
        os.makedirs(self.ca, mode=0o700, exist_ok=True)
        files = {
            "localca.conf": f"statedir = {self.ca}\nsigningkey = {self.ca}/signkey.pem\n"
                            f"issuercert = {self.ca}/issuercert.pem\ncertserial = {self.ca}/certserial\n",
            "localca.options": "--platform-manufacturer simulator\n--platform-version 1\n--platform-model swtpm\n",
            "setup.conf": f"create_certs_tool = {shutil.which('swtpm_localca') or 'swtpm_localca'}\n"
                          f"create_certs_tool_config = {self.ca}/localca.conf\n"
                          f"create_certs_tool_options = {self.ca}/localca.options\n",
        }
        for name, text in files.items():
            with open(os.path.join(self.ca, name), "w", encoding="ascii") as file:
                file.write(text)
        return os.path.join(self.ca, "setup.conf")

    def _addresses(self):
        if self.transport == "unix":
            return f"type=unixio,path={self.path}", f"type=unixio,path={self.path}.ctrl"
        return (f"type=tcp,port={self.port},bindaddr=127.0.0.1", f"type=tcp,port={self.port + 1},bindaddr=127.0.0.1")

    def _launch(self):
        server, control = self._addresses()
        log = os.path.join(self.folder, "swtpm.log")
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.state}", "--server", server, "--ctrl", control,
             "--flags", "not-need-init,startup-clear", "--log", f"file={log},level=1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=die_with_parent)
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise SwtpmError("swtpm did not start:\n" + _read(log))
            time.sleep(0.01)

    def _answers(self):
        """Asked on the control channel, so that the one place on the data channel stays free."""
        try:
            with self.control_connection(timeout=1) as control:
                control.sendall(struct.pack(">I", CMD_GET_CAPABILITY))
                return len(control.recv(8)) > 0
        except OSError:
            return False

    def _end(self, number):
        if not self.process:
            return
        process, self.process = self.process, None
        for step in (number, signal.SIGCONT):  # a stopped process sees its SIGTERM only when continued
            if process.poll() is None:
                process.send_signal(step)
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self.transport == "unix":
            for path in (self.path, self.path + ".ctrl"):
                if os.path.exists(path):
                    os.unlink(path)


def _start_sweeper(folder):
    """Removes the folder when the pipe closes, which also a SIGKILL of the caller does."""
    return subprocess.Popen(["/bin/sh", "-c", 'cat; rm -rf -- "$1"', "swtpm-sweeper", folder],
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            start_new_session=True)


def _free_port_pair():
    """swtpm's TCTI expects the control port right after the data port. Below the range of ephemeral ports, so that
    no outgoing connection takes one in between."""
    while True:
        port = random.randrange(20000, 32000)
        try:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            return port
        except OSError:
            continue


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
