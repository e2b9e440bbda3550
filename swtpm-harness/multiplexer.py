# SPDX-License-Identifier: Apache-2.0
"""Lets several clients use one swtpm at the same time.

swtpm serves one data connection; a second client waits in silence. A Multiplexer holds that one connection and hands
commands over one at a time, whole (TPM 2.0 Part 1 §18: a header of tag, size and code, and a response of the same
shape), the way the kernel's /dev/tpm0 serialises them. It is not a resource manager: handles and sessions are shared.
"""
import os
import socket
import struct
import threading
import time

HEADER = struct.Struct(">HII")
MESSAGE_MAX = 4096
CONTROL_LIMIT, CONTROL_STEP = 5, 0.02  # seconds: how long, and how often, a control connection is tried
ACCEPT_STEP = 0.2  # seconds after which a waiting thread looks whether it is over


class Multiplexer:
    """A context manager; `tcti` is the string for clients. Unix sockets, beside the TPM's own."""

    def __init__(self, tpm):
        self._tpm = tpm
        self._lock = threading.Lock()
        self._connection = None
        self._over = threading.Event()
        self._threads = []
        self._clients = set()
        self.commands = 0
        self.path = os.path.join(tpm.folder, "shared")

    @property
    def tcti(self):
        return f"swtpm:path={self.path}"

    def __enter__(self):
        self._serve(self.path, self._serve_data)
        self._serve(self.path + ".ctrl", self._serve_control)
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()
        for client in list(self._clients):
            _hang_up(client)
        self._drop()
        for path in (self.path, self.path + ".ctrl"):
            os.unlink(path)

    def transact(self, command):
        """One command and its response, or OSError when the TPM is gone; the next command connects anew."""
        with self._lock:
            try:
                if not self._connection:
                    self._connection = self._tpm.data_connection(timeout=None)
                self._connection.sendall(command)
                response = receive_message(self._connection)
                if response is None:
                    raise ConnectionError("the TPM closed the connection")
                self.commands += 1
                return response
            except OSError:
                self._drop()
                raise

    def _drop(self):
        if self._connection:
            self._connection.close()
            self._connection = None

    def _serve(self, path, handler):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(16)
        listener.settimeout(ACCEPT_STEP)
        thread = threading.Thread(target=self._accept, args=(listener, handler), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self, listener, handler):
        with listener:
            while not self._over.is_set():
                try:
                    client = listener.accept()[0]
                except TimeoutError:
                    continue
                threading.Thread(target=self._guard, args=(client, handler), daemon=True).start()

    def _guard(self, client, handler):
        """A client or TPM that goes away ends this client's connection and nothing else."""
        self._clients.add(client)
        with client:
            try:
                client.settimeout(None)
                handler(client)
            except OSError:
                pass
            finally:
                self._clients.discard(client)

    def _serve_data(self, client):
        while not self._over.is_set() and (command := receive_message(client)):
            client.sendall(self.transact(command))

    def _control_connection(self):
        """swtpm's queue of control clients is short; where clients come and are killed quickly, it is full at times."""
        deadline = time.monotonic() + CONTROL_LIMIT
        while True:
            try:
                return self._tpm.control_connection()
            except OSError:
                if time.monotonic() > deadline or self._over.is_set():
                    raise
                time.sleep(CONTROL_STEP)

    def _serve_control(self, client):
        """Control commands pass through unread; swtpm takes one control client at a time, too."""
        with self._control_connection() as control:
            forward = threading.Thread(target=_copy, args=(client, control), daemon=True)
            forward.start()
            _copy(control, client)
            _hang_up(client)
            forward.join()


def _hang_up(client):
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it was quicker


def _copy(source, target):
    try:
        while data := source.recv(MESSAGE_MAX):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def receive_exactly(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            return None
        data += part
    return data


def receive_message(connection):
    """A command or a response, or None at the end of the connection."""
    header = receive_exactly(connection, HEADER.size)
    if header is None:
        return None
    size = HEADER.unpack(header)[1]
    if not HEADER.size <= size <= MESSAGE_MAX:
        raise ConnectionError(f"a message of {size} bytes, expected {HEADER.size} to {MESSAGE_MAX}")
    body = receive_exactly(connection, size - HEADER.size)
    return None if body is None else header + body
