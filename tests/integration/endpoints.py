# SPDX-License-Identifier: Apache-2.0
"""Every route through every door: what it answers, and how it refuses."""
import contextlib
import os
import unittest

from support import DOORS, DaemonCase, run

NONCE = "00112233445566778899aabbccddeeff"
READS = ("/v1/status", "/v1/pcrs", f"/v1/quote?nonce={NONCE}", "/v1/ak", "/v1/openapi.json", "/metrics")
UNIX_DOORS = ("public", "unlock")
REFUSED_HEADERS = ("Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
                   "Via")


def split(target):
    """A path with a query as a path and the members of a body."""
    path, _, query = target.partition("?")
    return path, dict(pair.split("=") for pair in query.split("&") if pair)


class Answers(DaemonCase):
    def test_health_on_every_door(self):
        for door in DOORS:
            with self.subTest(door=door):
                reply = self.attestd.get("/v1/health", door=door)
                self.assertEqual((reply.status, reply.body), (200, {"status": "ok"}))
                self.assertEqual(reply.headers.get_content_type(), "application/json")

    def test_get_and_post_on_unix_doors(self):
        for door in UNIX_DOORS:
            for target in READS:
                path, members = split(target)
                with self.subTest(door=door, path=path):
                    got = self.attestd.get(target, door=door)
                    posted = self.attestd.post(path, members, door=door)
                    self.assertEqual((got.status, posted.status), (200, 200), (got.body, posted.body))
                    if path not in ("/v1/quote", "/metrics"):
                        self.assertEqual(got.body, posted.body)

    def test_post_on_tcp(self):
        for target in READS:
            path, members = split(target)
            with self.subTest(path=path):
                self.assertEqual(self.attestd.post(path, members, door="tcp").status, 200)

    def test_curl_as_the_readme_says(self):
        body = run("curl", "-sS", "--fail-with-body", "--max-time", "10", "--unix-socket", self.attestd.public,
                   f"http://localhost/v1/quote?nonce={NONCE}&pcrs=0,1").stdout
        self.assertIn('"type":"tpm2-quote"', body.replace(" ", ""))

    def test_status(self):
        status = self.attestd.get("/v1/status").body
        self.assertRegex(status["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual(status["tpm"]["banks"], ["sha256", "sha384"])
        self.assertIs(status["tpm"]["nitrotpm"], False)
        self.assertTrue(status["tpm"]["manufacturer"])
        self.assertTrue(status["version"])
        ak = self.attestd.get("/v1/ak").body
        self.assertEqual({name: status["ak"][name] for name in ak if name in status["ak"]},
                         {"name": ak["name"], "algorithm": ak["algorithm"]})
        self.assertEqual(status["ak"]["endorsement"]["state"], "none")
        for opener in status["tpm"]["openers"]:
            self.assertLessEqual({"path", "owner", "group", "mode"}, set(opener))

    def test_ak(self):
        ak = self.attestd.get("/v1/ak").body
        self.assertEqual(set(ak), {"name", "public", "pem", "algorithm"})
        self.assertEqual(ak["algorithm"], "ecdsa-p256")
        self.assertEqual(ak["name"], ak["name"].lower())
        self.assertTrue(ak["pem"].startswith("-----BEGIN PUBLIC KEY-----\n"))

    def test_metrics(self):
        before = self.attestd.get("/metrics")
        self.assertTrue(before.headers["Content-Type"].startswith("text/plain"))
        lines = before.body.decode().splitlines()
        self.assertTrue(any(line.startswith("# TYPE attestd_") for line in lines))
        for line in lines:
            self.assertRegex(line, r'^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? -?[0-9.e+-]+)$')

    def test_keep_alive(self):
        with contextlib.closing(self.attestd.connection()) as connection:
            for _ in range(5):
                connection.request("GET", "/v1/health")
                self.assertEqual(connection.getresponse().read(), b'{"status":"ok"}')

    def test_head(self):
        """RFC 9110 §9.3.2: what GET would say without its content, or a refusal that says what is allowed."""
        reply = self.attestd.request("HEAD", "/v1/health")
        self.assertIn(reply.status, (200, 405))
        self.assertEqual(reply.body, b"")

    def test_socket_modes(self):
        self.assertEqual(os.stat(self.attestd.public).st_mode & 0o777, 0o666)
        self.assertEqual(os.stat(self.attestd.unlock).st_mode & 0o777, 0o600)


class Refusals(DaemonCase):
    def test_unknown_path(self):
        for door in DOORS:
            for path in ("/", "/v1", "/v1/", "/v1/nothing", "/v2/health", "/v1/documents", "/v1/evidences", "/v1/eventlogs",
                         "/v1/health/", "//v1/health", "/v1/%68ealth/x"):
                with self.subTest(door=door, path=path):
                    self.assert_problem(self.attestd.post(path, {}, door=door), 404)

    def test_wrong_method(self):
        for door in UNIX_DOORS:
            for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
                with self.subTest(door=door, method=method):
                    reply = self.attestd.request(method, "/v1/quote", door=door)
                    self.assert_problem(reply, 405)
                    self.assertEqual({part.strip() for part in reply.headers["Allow"].split(",")} - {"HEAD"},
                                     {"GET", "POST"})

    def test_tcp_takes_get_for_health_alone(self):
        for target in READS:
            with self.subTest(target=target):
                reply = self.attestd.get(target, door="tcp")
                self.assert_problem(reply, 405)
                self.assertEqual(reply.headers["Allow"], "POST")

    def test_wrong_door(self):
        for path in ("/v1/ek", "/v1/ak/activate", "/v1/document", "/v1/evidence", "/v1/eventlog"):
            with self.subTest(path=path):
                self.assert_problem(self.attestd.post(path, {"key_type": "rsa-2048"}, door="tcp"), 403)

    def test_nobody_may_activate_by_default(self):
        for door in UNIX_DOORS:
            with self.subTest(door=door):
                members = {"credential_blob": "AAA=", "secret": "AAA=", "key_type": "rsa-2048"}
                self.assert_problem(self.attestd.post("/v1/ak/activate", members, door=door), 403)

    def test_unknown_parameter(self):
        for target, name in (("/v1/pcrs?banks=sha256", "banks"), (f"/v1/quote?nonce={NONCE}&batch=true", "batch"),
                             ("/v1/eventlog?pcr=4", "pcr"), ("/v1/status?x=", "x"),
                             ("/v1/ak?x", "x"), ("/v1/ek?key_type=rsa-2048&y=1", "y")):
            path, members = target.partition("?")[0], {name: "1"}
            with self.subTest(target=target):
                self.assert_problem(self.attestd.get(target), 400, name)
            with self.subTest(target=target, method="POST"):
                self.assert_problem(self.attestd.post(path, members), 400, name)

    def test_parameter_twice(self):
        self.assert_problem(self.attestd.get(f"/v1/quote?nonce={NONCE}&nonce={NONCE}"), 400)

    def test_query_and_body(self):
        reply = self.attestd.post(f"/v1/quote?nonce={NONCE}", {"nonce": NONCE})
        self.assert_problem(reply, 400)

    def test_bad_values(self):
        for path, name, value in (
            ("/v1/pcrs", "bank", "sha3"), ("/v1/pcrs", "bank", ""), ("/v1/pcrs", "bank", "SHA256 "),
            ("/v1/pcrs", "pcrs", "24"), ("/v1/pcrs", "pcrs", "7-3"), ("/v1/pcrs", "pcrs", "0-"),
            ("/v1/pcrs", "pcrs", ""), ("/v1/pcrs", "pcrs", "0,,1"), ("/v1/pcrs", "pcrs", "-1"),
            ("/v1/pcrs", "pcrs", "99999999999999999999"), ("/v1/quote", "nonce", "xyz"), ("/v1/quote", "nonce", ""),
            ("/v1/ek", "key_type", "rsa-4096"),
        ):
            with self.subTest(path=path, value=value):
                members = {"nonce": NONCE} if path == "/v1/quote" else {}
                self.assert_problem(self.attestd.post(path, {**members, name: value}), 400, name)

    def test_inactive_bank(self):
        for path, members in (("/v1/pcrs", {}), ("/v1/quote", {"nonce": NONCE})):
            with self.subTest(path=path):
                self.assert_problem(self.attestd.post(path, {"bank": "sha1", **members}), 400, "bank")

    def test_missing_parameter(self):
        self.assert_problem(self.attestd.get("/v1/quote"), 400, "nonce")

    def test_bodies_that_are_not_objects_of_texts(self):
        for body in (b"[]", b"null", b'"x"', b"{", b'{"nonce":', b'{"pcrs":1}', b'{"pcrs":null}', b'{"pcrs":["0"]}',
                     b'{"pcrs":{"a":"b"}}', b"{}{}", b"\xff\xfe", b'{"pcrs":"\\ud800"}',
                     b"[" * 5000):
            with self.subTest(body=body[:40]):
                reply = self.attestd.request("POST", "/v1/pcrs", body, {"Content-Type": "application/json"})
                self.assert_problem(reply, 400)

    def test_body_too_large(self):
        for door in DOORS:
            with self.subTest(door=door):
                body = b'{"pcrs":"' + b"0" * 16384 + b'"}'
                reply = self.attestd.request("POST", "/v1/pcrs", body, {"Content-Type": "application/json"}, door=door)
                self.assert_problem(reply, 413)

    def test_largest_body(self):
        body = b'{"pcrs":"0"' + b" " * (16384 - 12) + b"}"
        self.assertEqual(len(body), 16384)
        reply = self.attestd.request("POST", "/v1/pcrs", body, {"Content-Type": "application/json"})
        self.assertEqual(reply.status, 200, reply.body)

    def test_got_length(self):
        reply = self.attestd.get("/v1/quote?nonce=" + "00" * 15)
        self.assert_problem(reply, 400, "nonce")
        self.assertIn(reply.body["got_length"], (15, 30))


class Tcp(DaemonCase):
    """What keeps browsers and naive proxies out."""

    def post(self, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.attestd.request("POST", "/v1/pcrs", b"{}", {"Content-Type": "application/json", **named},
                                    door="tcp")

    def test_loopback_hosts(self):
        for host in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST", f"127.0.0.1:{self.attestd.port}",
                     f"localhost:{self.attestd.port}", "[::1]:8550"):
            with self.subTest(host=host):
                self.assertEqual(self.post(Host=host).status, 200)

    def test_other_hosts(self):
        for host in ("example.com", "127.0.0.1.example.com", "localhost.evil", "127.0.0.2", "0.0.0.0", "", "[::2]",
                     "localhost:x", "127.0.0.1@evil", "::1"):
            with self.subTest(host=host):
                self.assert_problem(self.post(Host=host), 403)

    def test_no_host(self):
        with self.attestd.raw("tcp") as connection:
            connection.sendall(b"GET /v1/health HTTP/1.0\r\n\r\n")
            self.assertIn(connection.recv(4096).split(b" ")[1], (b"400", b"403"))

    def test_headers_of_browsers_and_proxies(self):
        for name in REFUSED_HEADERS:
            with self.subTest(name=name):
                self.assert_problem(self.post(**{name: "x"}), 403)
                reply = self.attestd.get("/v1/health", door="tcp", headers={name: "x"})
                self.assert_problem(reply, 403)

    def test_content_type(self):
        for value in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                      "application/jsonx", ""):
            with self.subTest(value=value):
                reply = self.post(Content_Type=value)
                self.assertIn(reply.status, (403, 415))
                self.assert_problem(reply, reply.status)

    def test_content_type_with_charset(self):
        self.assertEqual(self.post(Content_Type="application/json; charset=utf-8").status, 200)

    def test_unix_doors_do_not_mind(self):
        reply = self.attestd.get("/v1/pcrs", headers={"Host": "anything", "Origin": "https://example.com"})
        self.assertEqual(reply.status, 200)


if __name__ == "__main__":
    unittest.main()
