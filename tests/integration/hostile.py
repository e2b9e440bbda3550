# SPDX-License-Identifier: Apache-2.0
"""Thousands of requests that no honest client sends: each complete one gets a 4xx that says what was expected, none
disturbs the others, and the memory stays what it was."""
import collections
import contextlib
import json
import os
import random
import re
import socket
import threading
import time
import unittest

from support import DOORS, DaemonCase, counted, requires, sanitized

COUNT = counted("ATTESTD_HOSTILE_COUNT", 1000)
THREADS = 8
GROWTH = 1.1
IDLE_TIMEOUT = 1.0
NONCE = "00112233445566778899aabbccddeeff"
POSTS = ("/v1/pcrs", "/v1/quote", "/v1/ek", "/v1/status", "/v1/ak")


def http(method, path, body=b"", *headers, host="localhost", length=None):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def post(path, body, *headers):
    return http("POST", path, body, "Content-Type: application/json", *headers)


def noise(chance, size):
    return bytes(chance.randrange(256) for _ in range(size))


# Each makes the bytes of one complete request that has to be refused, whichever door it comes through.
def bad_json(chance):
    body = chance.choice((b"{", b'{"nonce"', b'{"nonce":"00",}', b"nonce=00", b"\x00", b'{"a":\x01}', b"{'a':'b'}", b"[[[[",
                          b'{"nonce":"\\x"}', b"[" * 9000, b'{"a":' * 2000, b'{"nonce":"\xc3\x28"}', b"NaN"))
    return post(chance.choice(POSTS), body)


def wrong_type(chance):
    value = chance.choice((1, 1.5, True, None, [], {}, ["00"], {"hex": "00"}, -1, 1e300))
    name = chance.choice(("nonce", "bank", "pcrs"))
    return post("/v1/quote", json.dumps({"nonce": NONCE, name: value}).encode())


def not_an_object(chance):
    return post(chance.choice(POSTS), json.dumps(chance.choice(([], "x", 7, None, True, [{}]))).encode())


def huge_body(chance):
    return post(chance.choice(POSTS), b'{"nonce":"' + b"0" * chance.choice((16500, 20000, 65536, 300000)) + b'"}')


def megabyte_nonce(_chance):
    return post("/v1/quote", b'{"nonce":"' + b"ab" * (1 << 20) + b'"}')


def megabyte_nonce_in_the_query(_chance):
    return http("GET", "/v1/quote?nonce=" + "ab" * (1 << 19))


def long_header(chance):
    return http("GET", "/v1/pcrs?x", b"", "X-Long: " + "y" * chance.choice((9000, 40000, 200000)))


def many_headers(chance):
    return http("GET", "/v1/pcrs?x", b"", *(f"X-{number}: {number}" for number in range(chance.choice((200, 3000)))))


def unknown_path(chance):
    return post("/" + noise(chance, 12).hex() + chance.choice(("", "/..", "/%00", "?a=b", "/v1/quote")), b"{}")


def unknown_parameter(chance):
    return post("/v1/pcrs", json.dumps({noise(chance, 4).hex(): "1"}).encode())


def wrong_method(chance):
    return http(chance.choice(("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW", "G")), "/v1/quote", b"{}")


def bad_value(chance):
    name, value = chance.choice((("nonce", "zz"), ("nonce", "0"), ("nonce", "61747465737464" + "00" * 20), ("bank", "md5"),
                                 ("bank", "\u212a"), ("pcrs", "0-99"), ("pcrs", "," * 3000), ("pcrs", "1-0"),
                                 ("nonce", "\x00" * 32), ("nonce", "\U0001f512" * 16)))
    return post("/v1/quote", json.dumps({"nonce": NONCE, name: value}).encode())


def bad_query(chance):
    query = chance.choice(("nonce=%zz", "nonce", "nonce=" + NONCE + "&nonce=" + NONCE, "%00=1", "&&&=", "nonce=" + "%30" * 200,
                           "pcrs=%00", "a=" * 500))
    return http("GET", "/v1/quote?" + query)


def bad_host(chance):
    return http("POST", "/v1/nothing", b"{}", host=chance.choice(("evil.example", "", "\xff", "a" * 500)))


def bad_length(chance):
    return http("POST", "/v1/quote", b"", length=chance.choice(("-1", "x", "99999999999999999999999", "1e3")))


def activation(chance):
    return post("/v1/ak/activate", json.dumps({"credential_blob": noise(chance, 30).hex(), "secret": "", "key_type": "x"}
                                              ).encode())


def ek_key_type(chance):
    return post("/v1/ek", json.dumps({"key_type": noise(chance, 5).hex()}).encode())


MAKERS = (bad_json, wrong_type, not_an_object, huge_body, long_header, many_headers, unknown_path, unknown_parameter,
          wrong_method, bad_value, bad_query, bad_host, bad_length, activation, ek_key_type)
RARE = (megabyte_nonce, megabyte_nonce_in_the_query)


def read_reply(connection):
    """Status, headers and body of what comes until the connection ends."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    match = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
    return (int(match.group(1)) if match else None), head, body


def by_libmicrohttpd(status, body):
    """Headers that are too large and lengths that are no numbers never reach the daemon: the library under it
    answers, with a page of its own that says what is wrong."""
    return status in (400, 413, 414, 431) and re.search(rb"<body>Your HTTP [^<]{10,}", body) is not None


def problem_with(status, head, body):
    """What is wrong with a refusal, or None."""
    if status is None:
        return "no answer"
    if not 400 <= status < 500:
        return f"status {status}"
    if by_libmicrohttpd(status, body):
        return None
    if b"application/problem+json" not in head:
        return f"{status} without problem+json: {body[:80]!r}"
    problem = json.loads(body)
    if not problem.get("detail"):
        return f"{status} without a detail"
    if status == 400 and not (problem.get("expected") or "expected" in problem["detail"].lower()):
        return f"400 does not say what was expected: {problem}"
    return None


class Hostile(DaemonCase):
    configuration = f"[daemon]\nidle-timeout = {int(IDLE_TIMEOUT * 1000)}ms\n"
    limit = 800

    @classmethod
    def setUpClass(cls):
        requires()
        super().setUpClass()
        cls.seed = int(os.environ.get("ATTESTD_SEED", random.randrange(1 << 32)))

    def exchange(self, data, door="public", half_close=False):
        """Sends and reads at once: who is refused early may still be sending."""
        with self.attestd.raw(door, timeout=20) as connection:
            sender = threading.Thread(target=self.send, args=(connection, data, half_close))
            sender.start()
            reply = read_reply(connection)
            sender.join()
        return reply

    @staticmethod
    def send(connection, data, half_close):
        with contextlib.suppress(OSError):
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)

    def attack(self, chance, wrong):
        maker = chance.choice(RARE) if chance.random() < 0.01 else chance.choice(MAKERS)
        door = chance.choice(DOORS)
        problem = problem_with(*self.exchange(maker(chance), door, half_close=chance.random() < 0.1))
        if problem:
            wrong[f"{maker.__name__} ({door}): {problem}"] += 1

    def attack_many(self, count, seed):
        wrong = collections.Counter()

        def work(number):
            chance = random.Random(f"{seed}-{number}")
            for _ in range(count // THREADS):
                self.attack(chance, wrong)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertFalse(wrong, f"seed {seed}\n" + "\n".join(f"{times} x {what}" for what, times in wrong.most_common(20)))

    def settled_memory(self):
        time.sleep(IDLE_TIMEOUT + 0.5)
        return self.attestd.rss_anon(), self.attestd.descriptors()

    def test_each_is_refused_and_memory_stays(self):
        for maker in MAKERS + RARE:  # warm-up: each kind through each door
            for door in DOORS:
                self.exchange(maker(random.Random(self.seed)), door)
        self.attack_many(THREADS * 50, self.seed)
        memory, descriptors = self.settled_memory()
        self.attack_many(COUNT, self.seed + 1)
        memory_after, descriptors_after = self.settled_memory()
        print(f"# {COUNT} requests, seed {self.seed}: RssAnon {memory} KiB, then {memory_after} KiB")
        self.assertLessEqual(descriptors_after, descriptors)
        self.assertEqual(self.attestd.get(f"/v1/quote?nonce={NONCE}").status, 200)
        if not sanitized():
            self.assertLessEqual(memory_after, memory * GROWTH)

    def test_cut_off_requests(self):
        """A request that ends early is not complete: no answer is owed, but no harm may come of it."""
        whole = post("/v1/quote", b'{"nonce":"' + NONCE.encode() + b'"}')
        for end in range(1, len(whole), 9):
            status = self.exchange(whole[:end], half_close=True)[0]
            self.assertTrue(status is None or 400 <= status < 500, (end, status))
        self.assertEqual(self.exchange(whole)[0], 200)

    def test_half_closed_after_a_whole_request(self):
        """Who only closes the sending half still wants the answer."""
        for door in DOORS:
            with self.subTest(door=door):
                body = b'{"nonce":"' + NONCE.encode() + b'"}'
                self.assertEqual(self.exchange(post("/v1/quote", body), door, half_close=True)[0], 200)

    def test_slow_senders(self):
        """A byte at a time does not keep a connection beyond the time for a whole request, nor others from theirs."""
        slow = [self.attestd.raw() for _ in range(32)]
        begun = time.monotonic()
        whole = http("GET", "/v1/health", b"", "X-Slow: " + "z" * 200)
        for byte in whole[:40]:
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.send(bytes([byte]))
            self.assertEqual(self.attestd.get("/v1/health").status, 200)
            time.sleep(0.1)
        self.assertGreater(time.monotonic() - begun, 3 * IDLE_TIMEOUT)
        for connection in slow:
            with connection:
                connection.settimeout(5)
                status = read_reply(connection)[0]
                self.assertIn(status, (None, 408, 400))

    def test_silent_connections(self):
        silent = [self.attestd.raw() for _ in range(100)]
        self.assertEqual(self.attestd.get(f"/v1/quote?nonce={NONCE}").status, 200)
        time.sleep(IDLE_TIMEOUT + 1)
        for connection in silent:
            with connection:
                connection.settimeout(5)
                self.assertIn(read_reply(connection)[0], (None, 408))

    def test_slow_readers(self):
        """Who asks much and reads nothing is dropped, and costs the others nothing."""
        readers = []
        for _ in range(16):
            connection = self.attestd.raw()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.settimeout(0.2)
            with contextlib.suppress(OSError):
                for _ in range(200):
                    connection.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
            readers.append(connection)
        begun = time.monotonic()
        self.assertEqual(self.attestd.get(f"/v1/quote?nonce={NONCE}").status, 200)
        self.assertLess(time.monotonic() - begun, 2)
        for connection in readers:
            connection.close()

    def test_pipelining(self):
        """Requests sent at once are answered in order, a bad one among them included."""
        with self.attestd.raw() as connection:
            good = b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"
            bad = b"GET /v1/pcrs?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"
            last = b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            connection.sendall(good * 50 + bad + good * 10 + last)
            data = b""
            while part := connection.recv(65536):
                data += part
        statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", data)]
        self.assertEqual(statuses, [200] * 50 + [400] + [200] * 11)

    def test_smuggling(self):
        """Two lengths, or a length and chunks, are not guessed at: RFC 9112 §6.3."""
        for headers in (("Content-Length: 2", "Content-Length: 40"), ("Transfer-Encoding: chunked", "Content-Length: 2"),
                        ("Transfer-Encoding: xchunked",), ("Transfer-Encoding: chunked, identity",)):
            with self.subTest(headers=headers):
                head = "\r\n".join(("POST /v1/pcrs HTTP/1.1", "Host: x", "Content-Type: application/json", *headers))
                data = head.encode() + b"\r\n\r\n{}GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                status, _, body = self.exchange(data, half_close=True)
                self.assertTrue(status is None or 400 <= status < 500, status)
                self.assertNotIn(b'"status":"ok"', body)

    def test_chunks_are_limited_too(self):
        for size in (100, 5000, 100000):
            with self.subTest(size=size):
                chunk = b"%x\r\n" % size + b"x" * size + b"\r\n"
                head = b"POST /v1/pcrs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                data = head + chunk * (300000 // size) + b"0\r\n\r\n"
                self.assertEqual(problem_with(*self.exchange(data)), None)

    def test_noise(self):
        chance = random.Random(self.seed)
        for _ in range(40):
            status = self.exchange(noise(chance, chance.randrange(1, 400)), chance.choice(DOORS), half_close=True)[0]
            self.assertTrue(status is None or 400 <= status < 600, status)
        self.assertEqual(self.attestd.get("/v1/health").status, 200)


class Crowd(DaemonCase):
    """More connections than there is room for: those that have one keep it, and the unlock door has its own."""

    configuration = "[daemon]\nmax-connections = 16\nidle-timeout = 3s\n"

    def test_public_crowd_leaves_the_unlock_door_alone(self):
        crowd = []
        for _ in range(64):
            connection = self.attestd.raw(timeout=1)
            crowd.append(connection)
        begun = time.monotonic()
        self.assertEqual(self.attestd.get(f"/v1/quote?nonce={NONCE}", door="unlock").status, 200)
        self.assertLess(time.monotonic() - begun, 2)
        for connection in crowd:
            connection.close()
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                if self.attestd.get("/v1/health", timeout=2).status == 200:
                    break
            self.assertLess(time.monotonic(), deadline, "the public door stays closed")
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
