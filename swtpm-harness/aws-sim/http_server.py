# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 for all services: reads a request, lets faults strike, asks the service, writes a line of the log.

A service has `name`, `operation(request)`, `answer(request, entry, faults)` and `fault_reply(...)`, and knows nothing of
sockets. A thread for each connection.
"""
import contextlib
import ipaddress
import os
import re
import socket
import socketserver
import ssl
import struct
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

from faults import CONNECTION, REQUEST

MAX_BODY = 1 << 20
IDLE_LIMIT = 60  # seconds that a connection may be silent
REASONS = {200: "OK", 206: "Partial Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
           404: "Not Found", 416: "Range Not Satisfiable", 500: "Internal Server Error", 503: "Service Unavailable"}


class Reply:
    def __init__(self, status, headers=(), body=b""):
        self.status = status
        self.headers = list(headers)
        self.body = body
        self.hop_limit = None  # of the IP packets that carry it
        self.silent = False  # it never arrives


class Request:
    """As it arrived; headers is a list of (name, value) in order."""

    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.path = target.partition("?")[0]
        self.headers = headers
        self.body = body

    def header(self, wanted, default=""):
        return next((value for name, value in self.headers if name.lower() == wanted), default)

    @property
    def host_name(self):
        """Host without the port, RFC 3986 §3.2.2."""
        host = self.header("host")
        return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


class Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One address of one service."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address, service, run, authority=None):
        self.service = service
        self.run = run
        self.authority = authority
        self.address_family = socket.AF_INET6 if ipaddress.ip_address(address[0]).version == 6 else socket.AF_INET
        super().__init__(address, Handler)

    @property
    def url(self):
        host, port = self.server_address[:2]
        scheme = "https" if self.authority else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def finish_request(self, request, client_address):
        with contextlib.suppress(OSError):  # the client has gone
            connection = self.prepare(request)
            if connection:
                with connection:
                    Handler(connection, client_address, self)

    def prepare(self, connection):
        """The connection as it is to be served; None where a fault has ended it."""
        faults = self.run.faults.take(CONNECTION, self.service.name)
        how = faults.get("late", faults.get("refuse"))
        if how:
            self.run.log.write({"service": self.service.name, "fault": sorted(faults), "connection": how["how"]})
            if how["how"] == "hang":
                self.run.stopping.wait(how.get("seconds", IDLE_LIMIT))
            reset(connection)
            return None
        connection.settimeout(IDLE_LIMIT)
        if not self.authority:
            return connection
        kind = faults.get("tls", {}).get("kind", "good")
        if kind == "garbage":
            connection.sendall(os.urandom(64))
            connection.close()
            return None
        try:
            return self.authority.context(kind).wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self.run.log.write({"service": self.service.name, "fault": sorted(faults), "tls": str(error)})
            return None

    def handle_error(self, request, client_address):
        self.run.failed(f"{self.service.name}: a request was not handled")


def reset(connection):
    """Closed with RST, as by a peer that is not there any more."""
    if isinstance(connection, ssl.SSLSocket):
        connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_LIMIT
    disable_nagle_algorithm = True
    hops_limited = False

    def __getattr__(self, name):
        if name.startswith("do_"):  # every method comes to the same place
            return self.serve
        raise AttributeError(name)

    def log_message(self, *_):
        """The log is ours."""

    def serve(self):
        begun = time.monotonic()
        run, service = self.server.run, self.server.service
        request = self.read_request()
        if request is None:
            self.close_connection = True
            return
        operation = service.operation(request)
        faults = run.faults.take(REQUEST, service.name, operation)
        entry = {"service": service.name, "method": request.method, "path": request.path, "host": request.header("host"),
                 "operation": operation, "connection": self.client_address[1], "fault": sorted(faults)}
        if leaves_nothing(faults):
            run.log.write(entry)
        if self.strike_before(faults):
            return
        try:
            reply = replacement(service, faults) or service.answer(request, entry, faults)
        except OSError as error:  # not to be taken for a client that has gone
            raise RuntimeError("a service could not read or write a file") from error
        entry["status"] = reply.status
        entry["request_id"] = next((value for name, value in reply.headers if name.lower().endswith("requestid")), None)
        entry["milliseconds"] = round((time.monotonic() - begun) * 1000)
        if service.name != "control":
            run.log.write(entry)
        self.send(reply, faults, request.method == "HEAD")

    def read_request(self):
        """None for what is no request of ours: no length, or too long."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not re.fullmatch("[0-9]{1,9}", length) or int(length) > MAX_BODY:
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return None
        body = self.rfile.read(int(length))
        return Request(self.command, self.path, list(self.headers.items()), body) if len(body) == int(length) else None

    def strike_before(self, faults):
        """Faults that leave nothing to answer. Whether one did."""
        if "slow" in faults:
            self.server.run.stopping.wait(faults["slow"]["seconds"])
        if "hang" in faults:
            self.server.run.stopping.wait(10 * IDLE_LIMIT)
        if faults.get("reset", {}).get("when") == "request":
            reset(self.connection)
        self.close_connection = self.close_connection or leaves_nothing(faults)
        return leaves_nothing(faults)

    def send(self, reply, faults, head_only):
        if reply.silent:
            self.server.run.stopping.wait(IDLE_LIMIT)
            self.close_connection = True
            return
        if reply.hop_limit or self.hops_limited:
            self.limit_hops(reply.hop_limit or 64)
            self.hops_limited = bool(reply.hop_limit)
        body = changed_body(reply, faults)
        headers = [("Date", formatdate(self.server.run.clock(), usegmt=True)), *reply.headers]
        if not any(name == "Content-Length" for name, _ in headers):
            headers.append(("Content-Length", str(len(body))))
        head = f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Status')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        self.transmit(head.encode("latin-1") + (b"" if head_only else body), len(head), faults)

    def transmit(self, data, head_size, faults):
        cut = len(data)
        if "truncate" in faults:
            wanted = faults["truncate"]["bytes"]
            cut = head_size + ((len(data) - head_size) // 2 if wanted < 0 else wanted)
        elif "reset" in faults:
            cut = head_size + (len(data) - head_size) // 2
        if "trickle" in faults:
            size, pause = faults["trickle"]["bytes"], faults["trickle"]["seconds"]
            for begin in range(0, cut, size):
                self.wfile.write(data[begin:min(begin + size, cut)])
                self.server.run.stopping.wait(pause)
        else:
            self.wfile.write(data[:cut])
        if "reset" in faults:
            time.sleep(0.05)  # what was sent is to arrive before the RST
            reset(self.connection)
        if {"truncate", "reset"} & set(faults):
            self.close_connection = True

    def limit_hops(self, limit):
        """IMDS sends the token with this TTL: a client that is further away never gets it."""
        if self.server.address_family == socket.AF_INET6:
            self.connection.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, limit)
        else:
            self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, limit)


def leaves_nothing(faults):
    """Whether no answer is given at all."""
    return bool({"hang", "close"} & set(faults)) or faults.get("reset", {}).get("when") == "request"


def replacement(service, faults):
    """The answer that a fault gives in the service's place."""
    if "throttle" in faults:
        wait = faults["throttle"]["retry_after_ms"]
        headers = [("Retry-After", str(-(-wait // 1000))), ("x-amz-retry-after", str(wait))] if wait >= 0 else []
        return service.fault_reply("ThrottlingException", 400, "Rate exceeded", headers)
    if "error" in faults:
        error = faults["error"]
        return service.fault_reply(error["type"], error["status"], error["message"])
    if "redirect" in faults:
        redirect = faults["redirect"]
        return Reply(redirect["status"], [("Location", redirect["location"])])
    return None


def changed_body(reply, faults):
    if "garbage" in faults:
        kind = faults["garbage"]["kind"]
        return {"binary": os.urandom(512), "html": b"<html><body>Bad Gateway</body></html>", "empty": b"",
                "json": b'{"Plaintext": [], "CiphertextForRecipient": {}, "KeyId": 7}', "deep": b"[" * 100000}[kind]
    if "oversize" in faults:
        return reply.body + b" " * faults["oversize"]["bytes"]
    return reply.body
