# SPDX-License-Identifier: Apache-2.0
"""What was asked and answered, a JSON object a line. No token, secret key, signature, ciphertext or plaintext is in it."""
import json
import threading
import time

KEPT = 10000


class RequestLog:
    def __init__(self, path=None):
        self.lock = threading.Lock()
        self.entries = []
        self.file = open(path, "w", encoding="utf-8") if path else None

    def write(self, entry):
        """Before the answer is sent, so that who has the answer finds the line."""
        entry = {"time": round(time.time(), 3), **{name: value for name, value in entry.items() if value not in (None, [])}}
        with self.lock:
            self.entries = [*self.entries[-KEPT:], entry]
            if self.file:
                self.file.write(json.dumps(entry) + "\n")
                self.file.flush()

    def clear(self):
        with self.lock:
            self.entries = []

    def read(self):
        with self.lock:
            return list(self.entries)
