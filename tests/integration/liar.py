# SPDX-License-Identifier: Apache-2.0
"""An attestd that lies: it listens on a Unix socket as the unlock door does, and answers as a test wants, or asks the real
one.

    with Liar(folder, real=attestd) as liar:
        liar.document = lambda request, truth: b"..."    # what the client asks for; truth() asks the real one
        liar.extend = lambda path, request, truth: (200, b"...")
        world.door = liar.address
"""
import base64
import http.server
import json
import os
import socketserver
import threading

from support import Service

COSE = "application/cose"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass

    def do_POST(self):  # http.server's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        liar, request = self.server.liar, json.loads(body)
        liar.asked.append((self.path, request))
        status, kind, answer = liar.answer(self.path, request)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def handle_error(self, *_):  # whoever hangs up
        pass


class Liar(Service):
    def __init__(self, folder, real):
        self.path = os.path.join(folder, "liar.sock")
        self.address = "unix:" + self.path
        self.real = real
        self.asked = []
        self.document = lambda request, truth: truth()
        self.extend = lambda path, request, truth: truth()
        self.kind = COSE

    def start(self):
        self.server = Server(self.path, Handler)
        self.server.liar = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        os.unlink(self.path)

    def ask(self, path, request):
        return self.real.post(path, request, door="unlock")

    def answer(self, path, request):
        if path == "/v1/document":
            return 200, self.kind, self.document(request, lambda **more: self.ask(path, {**request, **more}).body)
        reply = self.extend(path, request, lambda: self.ask(path, request).body)
        return 200, "application/json", reply if isinstance(reply, bytes) else json.dumps(reply).encode()

    def documents(self):
        return [request for path, request in self.asked if path == "/v1/document"]


def nonce_of(request):
    return bytes.fromhex(request["nonce"])


def key_of(request):
    return base64.b64decode(request["public_key"])
