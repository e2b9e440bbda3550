# SPDX-License-Identifier: Apache-2.0
"""The daemon as systemd starts it: with sockets handed over and a watchdog."""
import fcntl
import os
import socket

from support import Attestd


class InvokedBySystemd(Attestd):
    """With LISTEN_PID and WATCHDOG_PID, which are only known once the process is there: a shell sets them."""

    def __init__(self, tcti, names=(), watchdog=None, watchdog_pid="$$"):
        super().__init__(tcti, listen=() if names else None)
        self.names = names
        self.listeners = []
        self.exports = ""
        if watchdog:
            self.exports += f"export WATCHDOG_USEC={int(watchdog * 1e6)} WATCHDOG_PID={watchdog_pid}; "

    def open_listeners(self):
        for address in (self.public, self.unlock, ("127.0.0.1", self.port))[:len(self.names)]:
            listener = socket.socket(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(16)
            self.listeners.append(listener)

    def arguments(self):
        """Bash puts the sockets where systemd does, at 3 and up, from numbers well above."""
        redirect = ""
        if self.names:
            self.exports += f"export LISTEN_PID=$$ LISTEN_FDS={len(self.names)} LISTEN_FDNAMES={':'.join(self.names)}; "
            self.descriptors_high = [fcntl.fcntl(listener.fileno(), fcntl.F_DUPFD, 30) for listener in self.listeners]
            redirect = " ".join(f"{3 + index}<&{high}" for index, high in enumerate(self.descriptors_high))
            redirect += " " + " ".join(f"{high}<&-" for high in self.descriptors_high)
        return ["bash", "-c", f'{self.exports}exec "$@" {redirect}', "bash", *super().arguments()]

    def start(self, wait=True, **more):
        if self.names and not self.listeners:
            self.open_listeners()
        command = self.arguments()
        self.arguments = lambda: command
        return super().start(wait, pass_fds=getattr(self, "descriptors_high", ()), **more)

    def close(self):
        for listener in self.listeners:
            listener.close()
        for number in getattr(self, "descriptors_high", ()):
            os.close(number)
        super().close()
