# SPDX-License-Identifier: Apache-2.0
"""lib/aws against aws-sim, by tests/integration/aws_check: credentials, TLS, retries, clocks, and hostile answers."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from aws import ACCOUNT, KEY, REGION, AwsSim, requires

requires()
CHECK = os.environ.get("AWS_CHECK", "")
if not os.path.exists(CHECK):
    raise unittest.SkipTest("no aws_check in $AWS_CHECK")
LIMIT = 60
MINUTE = 60000


class ClientCase(unittest.TestCase):
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.sim = cls.enterClassContext(AwsSim(arguments=cls.arguments))

    def setUp(self):
        self.sim.reset()
        self.sim.control("DELETE", "/log")

    def calls(self, body=None, environment=None, **more):
        """What aws_check prints of each call; names with '_' for '-'."""
        more = {"endpoint": self.sim.kms, "ca-file": self.sim.ca_file, "imds": self.sim.imds,
                **{name.replace("_", "-"): value for name, value in more.items()}}
        arguments = [f"{name}={value}" for name, value in more.items() if value is not None]
        done = subprocess.run([CHECK, *arguments], input=json.dumps(body or {"KeyId": KEY}).encode(), capture_output=True,
                              timeout=LIMIT, check=False, env={**os.environ, **(environment or {})})
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stderr.decode("utf-8", "replace"))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def call(self, *arguments, **more):
        (found,) = self.calls(*arguments, **more)
        return found

    def assert_ok(self, found, attempts=1):
        self.assertEqual((found["error"], found["status"], found["attempts"]), ("OK", 200, attempts), found)

    def assert_failed(self, found, words, error="REMOTE", attempts=None):
        self.assertEqual(found["error"], error, found)
        self.assertIn(words, f"{found['expected']}; {found['found']}")
        if attempts is not None:
            self.assertEqual(found["attempts"], attempts, found)

    def requests(self, service):
        return [one for one in self.sim.control("GET", "/log") if one["service"] == service]


class Calls(ClientCase):
    def test_happy(self):
        found = self.call()
        self.assert_ok(found)
        self.assertEqual(json.loads(base64.b64decode(found["body"]))["KeyMetadata"]["Arn"], KEY)
        self.assertEqual(found["request_id"], self.requests("kms")[-1]["request_id"])

    def test_decrypt(self):
        """What another client sealed."""
        sealed = self.sim.seal(b"a secret", KEY, stage="prod")
        found = self.call({"KeyId": KEY, "EncryptionContext": {"stage": "prod"},
                           "CiphertextBlob": base64.b64encode(sealed).decode()}, target="TrentService.Decrypt")
        self.assert_ok(found)
        answer = json.loads(base64.b64decode(found["body"]))
        self.assertEqual(base64.b64decode(answer["Plaintext"]), b"a secret")

    def test_ipv6(self):
        addresses = {name: [one for one in self.sim.ready[name] if "[::1]" in one] for name in ("kms", "imds")}
        if not all(addresses.values()):
            self.skipTest("no IPv6 here")
        self.assert_ok(self.call(endpoint=addresses["kms"][0], imds=addresses["imds"][0]))

    def test_connection_and_credentials_are_kept(self):
        for found in self.calls(calls=5):
            self.assert_ok(found)
        self.assertEqual(len(self.requests("imds")), 3)  # token, role, credentials

    def test_threads_share_credentials(self):
        found = self.calls(threads=8, calls=3)
        self.assertEqual(len(found), 24)
        for one in found:
            self.assert_ok(one)
        self.assertEqual(len(self.requests("imds")), 3)

    def test_refusal(self):
        found = self.call({"KeyId": KEY.replace(ACCOUNT, "444455556666")})
        self.assertEqual((found["error"], found["status"], found["attempts"]), ("REMOTE", 400, 1), found)
        self.assertTrue(found["type"].endswith("Exception") and found["message"] and found["request_id"], found)

    def test_denied(self):
        self.sim.fault("deny", service="kms")
        found = self.call()
        self.assertEqual((found["error"], found["type"]), ("DENIED", "AccessDeniedException"), found)
        self.assertTrue(found["message"] and found["request_id"])

    def test_wrong_secret_is_not_retried(self):
        found = self.call(key_id="AKIAIOSFODNN7EXAMPLE", secret_key="wrong")
        self.assertEqual((found["error"], found["attempts"]), ("REMOTE", 1), found)

    def test_other_region_than_the_keys(self):
        self.assertEqual(self.call(region="ap-south-1")["error"], "REMOTE")

    def test_environment_has_no_say(self):
        """A proxy and a key log that the environment asks for."""
        log = os.path.join(self.sim.folder, "keylog")
        proxy = "http://127.0.0.1:1"
        self.assert_ok(self.call(environment={
            "SSLKEYLOGFILE": log, "https_proxy": proxy, "http_proxy": proxy, "ALL_PROXY": proxy, "HTTPS_PROXY": proxy,
            "AWS_ACCESS_KEY_ID": "AKIDOTHER", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "https://127.0.0.1:1",
            "SSL_CERT_FILE": "/nonexistent", "CURL_CA_BUNDLE": "/nonexistent"}))
        self.assertFalse(os.path.exists(log) and os.path.getsize(log))


class Tls(ClientCase):
    REASONS = (("wrong-name", "for another name"), ("expired", "has expired, if our clock"),
               ("not-yet-valid", "not valid yet, if our clock"), ("self-signed", "a self-signed certificate"),
               ("other-ca", "an issuer that is not trusted"))

    def test_reasons(self):
        """Each in its own words, and none of them is asked again."""
        for kind, words in self.REASONS:
            with self.subTest(kind):
                self.sim.reset()
                self.sim.fault("tls", kind=kind)
                self.assert_failed(self.call(), words, attempts=1)

    def test_versions(self):
        for kind, good in (("tls1.1", False), ("tls1.2", True), ("tls1.3", True)):
            with self.subTest(kind):
                self.sim.reset()
                self.sim.fault("tls", kind=kind)
                self.assertEqual(self.call()["error"], "OK" if good else "REMOTE")

    def test_garbage(self):
        self.sim.fault("tls", kind="garbage", count=1)
        self.assert_ok(self.call(), attempts=2)

    def test_roots(self):
        """The system's do not know the simulator; a file that is none, or missing, is named."""
        self.assert_failed(self.call(ca_file=None), "an issuer that is not trusted")
        for path in (self.sim.config, "/nonexistent/ca.pem"):
            self.assert_failed(self.call(ca_file=path), path, error="SYSTEM", attempts=1)

    def test_other_clock(self):
        """A certificate that is valid at the time that AWS signed, and not by our clock: two hours ahead."""
        self.sim.fault("tls", kind="expired")
        self.sim.fault("clock", minutes=-120)
        self.assert_ok(self.call(offset_ms=-120 * MINUTE))
        self.sim.reset()
        self.sim.fault("tls", kind="not-yet-valid")
        self.sim.fault("clock", minutes=120)
        self.assert_ok(self.call(offset_ms=120 * MINUTE))
        self.assert_failed(self.call(offset_ms=0), "not valid yet")


class Clock(ClientCase):
    def test_ten_minutes_off(self):
        for minutes in (-10, 10):
            with self.subTest(minutes):
                first, second = self.calls(shift_ms=minutes * MINUTE, calls=2)
                self.assert_ok(first, attempts=2)
                self.assert_ok(second)
                self.assertAlmostEqual(int(first["offset"]), -minutes * MINUTE, delta=3000)

    def test_one_minute_off_is_fine(self):
        found = self.call(shift_ms=MINUTE)
        self.assert_ok(found)
        self.assertEqual(found["offset"], "0")

    def test_offset_from_outside(self):
        self.assert_ok(self.call(shift_ms=-30 * MINUTE, offset_ms=30 * MINUTE))

    def test_aws_itself_is_off(self):
        self.sim.fault("clock", minutes=25)
        self.assert_ok(self.call(), attempts=2)

    def test_right_clock_wrong_key(self):
        """A refusal for the signature alone changes no clock."""
        found = self.call(key_id="AKIAIOSFODNN7EXAMPLE", secret_key="wrong")
        self.assertEqual(found["offset"], "0")


class Retries(ClientCase):
    def test_throttling(self):
        self.sim.fault("throttle", service="kms", count=2)
        self.assert_ok(self.call(), attempts=3)

    def test_retry_after(self):
        self.sim.fault("throttle", service="kms", count=1, retry_after_ms=1500)
        begun = time.monotonic()
        self.assert_ok(self.call(), attempts=2)
        self.assertGreaterEqual(time.monotonic() - begun, 1.5)

    def test_server_errors(self):
        for status in (500, 502, 503, 504):
            self.sim.fault("error", service="kms", status=status, count=1)
            self.assert_ok(self.call(), attempts=2)

    def test_gives_up(self):
        self.sim.fault("error", service="kms", status=500, type="KMSInternalException", message="trouble")
        found = self.call()
        self.assert_failed(found, "500 KMSInternalException: trouble", attempts=3)
        self.assertEqual(self.call(attempts=1)["attempts"], 1)

    def test_until_a_time(self):
        self.sim.fault("throttle", service="kms")
        begun = time.monotonic()
        found = self.call(attempts=1000, wait_ms=2000)
        self.assertLess(time.monotonic() - begun, 4)
        self.assertGreater(found["attempts"], 1)
        self.assertEqual(found["type"], "ThrottlingException")

    def test_connections(self):
        for fault, more in (("close", {}), ("reset", {"when": "request"}), ("reset", {"when": "answer"}),
                            ("truncate", {}), ("refuse", {})):
            with self.subTest(fault, **more):
                self.sim.fault(fault, service="kms", count=1, **more)
                self.assertEqual(self.call()["error"], "OK")

    def test_not_retried(self):
        for status, kind in ((400, "ValidationException"), (403, "Other"), (501, "Other"), (404, "")):
            self.sim.reset()
            self.sim.fault("error", service="kms", status=status, type=kind)
            self.assertEqual(self.call()["attempts"], 1)

    def test_nobody_there(self):
        self.assert_failed(self.call(endpoint="https://127.0.0.1:1"), "Connection refused", attempts=3)
        self.assert_failed(self.call(endpoint="https://nowhere.invalid"), "no address of that name in DNS", attempts=3)


class Hostile(ClientCase):
    """However the answer comes, it ends in time and within bounds."""

    def test_slow(self):
        for name, more in (("trickle", {"seconds": 0.5}), ("hang", {}), ("slow", {"seconds": 30})):
            with self.subTest(name):
                self.sim.reset()
                self.sim.fault(name, service="kms", **more)
                begun = time.monotonic()
                self.assert_failed(self.call(timeout_ms=1000, attempts=1), "within 1000 ms; none")
                self.assertLess(time.monotonic() - begun, 4)

    def test_connects_to_silence(self):
        self.sim.fault("refuse", service="kms", how="hang")
        begun = time.monotonic()
        self.assertEqual(self.call(connect_ms=500, attempts=1)["error"], "REMOTE")
        self.assertLess(time.monotonic() - begun, 4)

    def test_oversize(self):
        self.sim.fault("oversize", service="kms")
        self.assert_failed(self.call(), "at most 1048576 bytes", error="TOO_LARGE", attempts=1)

    def test_redirect(self):
        self.sim.fault("redirect", service="kms", location=self.sim.ready["s3"][0] + "/")
        found = self.call()
        self.assertEqual((found["error"], found["status"], found["attempts"]), ("REMOTE", 307, 1))
        self.assertFalse(self.requests("s3"))

    def test_garbage_in_errors(self):
        """An error whose body is anything: no type is made up of it."""
        self.sim.fault("error", service="kms", status=400, type="a b\u001b[31m", message="\u001b]0;x\u0007\n" + "y" * 5000)
        found = self.call()
        self.assertEqual(found["type"], "")
        self.assertTrue(all(" " <= one <= "~" for one in found["message"]))
        self.assertLess(len(found["message"]), 512)

    def test_garbage_instead_of_tls(self):
        self.sim.fault("tls", kind="garbage")
        self.assertEqual(self.call()["error"], "REMOTE")


class Imds(ClientCase):
    def test_late(self):
        self.sim.fault("late", service="imds", seconds=2)
        begun = time.monotonic()
        self.assert_ok(self.call(credentials_ms=20000))
        self.assertGreaterEqual(time.monotonic() - begun, 1.5)

    def test_never(self):
        for name in ("refuse", "role-missing", "role-error", "token-refused", "garbage", "truncate", "oversize"):
            with self.subTest(name):
                self.sim.reset()
                self.sim.fault(name, service="imds")
                begun = time.monotonic()
                found = self.call(credentials_ms=1500)
                self.assertNotEqual(found["error"], "OK")
                self.assertEqual(found["attempts"], 0)
                self.assertLess(time.monotonic() - begun, 6)

    def test_words(self):
        for name, words in (("role-missing", "a role of the instance"), ("hop-limit", "hop limit of 2"),
                            ("role-error", "AssumeRoleUnauthorizedAccess"), ("token-refused", "turned off for this instance")):
            with self.subTest(name):
                self.sim.reset()
                self.sim.fault(name, service="imds")
                self.assert_failed(self.call(), words)

    def test_role_comes_later(self):
        self.sim.control("POST", "/settings", {"role": None})
        threading.Timer(1, self.sim.control, ("POST", "/settings", {"role": "attested-app"})).start()
        self.assert_ok(self.call(credentials_ms=20000))

    def test_token_is_renewed_once(self):
        self.sim.fault("token-invalid", operation="credentials", count=1)
        self.assert_ok(self.call())
        puts = [one for one in self.requests("imds") if one["method"] == "PUT"]
        self.assertEqual(len(puts), 2)

    def test_token_never_holds(self):
        self.sim.fault("token-invalid")
        self.assert_failed(self.call(), "401")
        self.assertLessEqual(len(self.requests("imds")), 4)

    def test_never_version_1(self):
        self.sim.fault("token-refused")
        self.assert_failed(self.call(credentials_ms=1000), "403")
        self.assertFalse([one for one in self.requests("imds") if one["method"] == "GET"])

    def test_fixed_addresses(self):
        """In a network of one's own, where the simulator is at IMDS's addresses: IPv4, and IPv6 alone."""
        if os.geteuid() or not shutil.which("ip") or not shutil.which("unshare"):
            self.skipTest("needs root, ip and unshare")
        for address in ("169.254.169.254", "fd00:ec2::254"):
            with self.subTest(address):
                done = subprocess.run(["unshare", "-n", "/usr/bin/python3", "-B", __file__, address], capture_output=True,
                                      timeout=LIMIT, check=False)
                self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())


class Expiry(ClientCase):
    def test_expired_in_mid_run(self):
        """AWS calls them expired: others are fetched, once."""
        threading.Timer(0.7, self.sim.control, ("POST", "/credentials/expire", {})).start()
        first, second = self.calls(calls=2, pause_ms=1500)
        self.assert_ok(first)
        self.assert_ok(second, attempts=2)

    def test_always_expired(self):
        self.sim.fault("expired", service="imds")
        found = self.call()
        self.assertEqual((found["error"], found["type"], found["attempts"]), ("REMOTE", "ExpiredTokenException", 2), found)

    def test_soon_expiring_are_used(self):
        self.sim.fault("expiring", service="imds", seconds=100)
        for found in self.calls(calls=3):
            self.assert_ok(found)
        self.assertEqual(len(self.requests("imds")), 3)  # and not asked for each time

    def test_imds_in_trouble_later(self):
        """Old credentials go on being used."""
        self.sim.control("POST", "/settings", {"credential-lifetime": 60})
        threading.Timer(0.5, self.sim.fault, ("refuse",), {"service": "imds"}).start()
        for found in self.calls(calls=3, pause_ms=5500):
            self.assert_ok(found)


class Container(ClientCase):
    def options(self, **more):
        return {"imds": None, "container": self.sim.ready["container"][0] + self.sim.ready["container_path"],
                "token_file": self.sim.ready["container_token_file"], **more}

    def test_container(self):
        self.assert_ok(self.call(**self.options()))
        self.assertFalse(self.requests("imds"))

    def test_token_is_needed(self):
        self.assert_failed(self.call(**self.options(token_file=None)), "401")

    def test_token_of_two_lines(self):
        path = os.path.join(self.sim.folder, "token")
        with open(path, "w", encoding="ascii") as file:
            file.write("a\r\nX-Evil: 1\n")
        self.assert_failed(self.call(**self.options(token_file=path)), "in one line", error="MALFORMED")
        self.assertFalse(self.requests("container"))

    def test_other_addresses(self):
        for url in ("http://192.0.2.1/x", "http://localhost/x", "http://169.254.170.2", "http://169.254.170.22/x",
                    "http://[fd00:ec2::24]/x", "http://127.0.0.1:1/a b", "file:///etc/passwd", ""):
            with self.subTest(url):
                self.assertEqual(self.call(**self.options(container=url))["error"], "USAGE")


class S3(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.arguments = ["--s3-folder", cls.folder]
        super().setUpClass()
        cls.content = os.urandom(100000)
        for key in ("app/db.sealed", "a b+c=\u00e4%41~&?#.x"):
            path = os.path.join(cls.folder, "bucket.of.ours", key)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(cls.content)

    def get(self, key="app/db.sealed", bucket="bucket.of.ours", **more):
        return self.call(service="s3", endpoint=self.sim.s3, bucket=bucket, object=key, **more)

    def test_objects(self):
        for key in ("app/db.sealed", "a b+c=\u00e4%41~&?#.x"):
            found = self.get(key)
            self.assert_ok(found)
            self.assertEqual(base64.b64decode(found["body"]), self.content)
            self.assertTrue(found["request_id"])

    def test_refusals(self):
        for found, kind in ((self.get("other"), "NoSuchKey"), (self.get(bucket="other"), "NoSuchBucket"),
                            (self.get(key_id="AKIAIOSFODNN7EXAMPLE", secret_key="x"), "SignatureDoesNotMatch")):
            self.assertEqual((found["error"], found["type"], found["attempts"]), ("REMOTE", kind, 1), found)
            self.assertTrue(found["message"])
        self.sim.fault("deny", service="s3")
        found = self.get()
        self.assertEqual((found["error"], found["type"]), ("DENIED", "AccessDenied"), found)

    def test_put_right(self):
        self.sim.fault("throttle", service="s3", count=1)
        self.assert_ok(self.get(), attempts=2)
        self.assert_ok(self.get(shift_ms=-40 * MINUTE), attempts=2)
        self.sim.fault("truncate", service="s3", count=1)
        self.assert_ok(self.get(), attempts=2)

    def test_names(self):
        for bucket, key in (("ab", "x"), ("UPPER", "x"), ("a..b", "x"), ("a/b", "x"), ("-ab", "x"), ("bucket", ""),
                            ("bucket", "../x"), ("bucket", "a/./b"), ("bucket", "a/.."), ("bucket", "x" * 1025)):
            self.assertEqual(self.get(key, bucket)["error"], "USAGE", (bucket, key))
        self.assertFalse(self.requests("s3"))


class Endpoints(ClientCase):
    def test_endpoint_forms(self):
        for url in ("http://127.0.0.1:1", "https://kms.example/path", "kms.example", ""):
            self.assertEqual(self.call(endpoint=url)["error"], "USAGE")
        self.assertEqual(self.call(endpoint=None, region=REGION + ".evil")["error"], "USAGE")


def in_a_network(address):
    """The child of test_fixed_addresses: with `address` on its loopback."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", address, "dev", "lo", *(["nodad"] if ":" in address else [])], check=True)
    host = f"[{address}]" if ":" in address else address
    case = ClientCase()
    with AwsSim(arguments=["--imds", f"{host}:80"]) as case.sim:
        case.assert_ok(case.call(imds=None))


if __name__ == "__main__":
    import sys
    in_a_network(sys.argv[1])
