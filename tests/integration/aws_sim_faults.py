# SPDX-License-Identifier: Apache-2.0
"""aws-sim's faults, each as a client sees it; and that the next request is right again."""
import http.client
import json
import ssl
import time
import warnings

from aws import KEY, REGION, SECOND_KEY, AwsSim, botocore_client, requires, until
from aws_case import SimCase, openssl

BROKEN = (http.client.HTTPException, ConnectionError)


def setUpModule():
    requires("botocore", "asn1crypto")


class FaultCase(SimCase):
    def setUp(self):
        self.sim.control("DELETE", "/faults")
        self.sealed = self.sim.seal(b"secret")

    def ask(self, **more):
        return self.client.decrypt(CiphertextBlob=self.sealed, KeyId=KEY, Recipient=self.recipient(), **more)

    def bare(self, **more):
        """A request to KMS without botocore, which has its own ideas of what went wrong."""
        return self.sim.request(self.sim.kms, "POST", "/", {"X-Amz-Target": "TrentService.Decrypt"}, b"{}", **more)

    def right(self):
        self.assertEqual(self.open_by_openssl(self.ask()["CiphertextForRecipient"]), b"secret")

    def failure(self, call=None):
        """The whole answer of a request that fails."""
        from botocore.exceptions import ClientError

        with self.assertRaises(ClientError) as caught:
            (call or self.ask)()
        return caught.exception.response


class Lists(FaultCase):
    def test_skip_count_and_operation(self):
        self.sim.fault("throttle", operation="Decrypt", skip=1, count=2)
        self.client.describe_key(KeyId=KEY)
        self.right()
        for _ in range(2):
            self.assert_error("ThrottlingException", self.ask)
        self.right()
        self.assertEqual(self.sim.control("GET", "/faults"), [])

    def test_a_time(self):
        self.sim.fault("throttle", **{"for": 0.5})
        self.assert_error("ThrottlingException", self.ask)
        until(lambda: self.sim.control("GET", "/faults") == [])
        self.right()

    def test_several_at_once(self):
        self.sim.control("POST", "/faults", [{"fault": "slow", "seconds": 0.3}, {"fault": "deny", "count": 1}])
        begun = time.monotonic()
        self.assert_error("AccessDeniedException", self.ask)
        self.assertGreater(time.monotonic() - begun, 0.3)
        self.assertEqual(self.sim.log()[-1]["fault"], ["deny", "slow"])

    def test_those_that_are_refused(self):
        for fault in ({}, [], {"fault": "x"}, {"fault": "slow"}, {"fault": "slow", "seconds": "1"}, {"fault": "deny", "x": 1},
                      {"fault": "tls", "kind": "x"}, {"fault": "cms", "variant": "x"}, {"fault": "tls", "kind": "expired",
                                                                                        "service": "imds"},
                      {"fault": "clock", "minutes": 1, "operation": "Decrypt"}, {"fault": "throttle", "count": True}):
            with self.subTest(fault=fault):
                if fault == []:
                    self.sim.control("POST", "/faults", fault)
                    continue
                with self.assertRaises(AssertionError):
                    self.sim.control("POST", "/faults", fault)


class Answers(FaultCase):
    def test_throttling(self):
        self.sim.fault("throttle", count=1)
        answer = self.failure()
        self.assertEqual((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]), ("ThrottlingException", 400))
        self.assertNotIn("retry-after", answer["ResponseMetadata"]["HTTPHeaders"])
        self.sim.fault("throttle", count=1, retry_after_ms=1500)
        headers = self.failure()["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual((headers["retry-after"], headers["x-amz-retry-after"]), ("2", "1500"))
        self.right()

    def test_errors(self):
        for status, kind in ((500, "KMSInternalException"), (503, "ServiceUnavailable"), (500, "DependencyTimeoutException"),
                             (400, "KMSInvalidStateException")):
            self.sim.fault("error", status=status, type=kind, message="why", count=1)
            answer = self.failure()
            self.assertEqual((answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]), (status, kind))
        self.right()

    def test_slow_and_hanging(self):
        self.sim.fault("slow", seconds=0.5, count=1)
        begun = time.monotonic()
        self.right()
        self.assertGreater(time.monotonic() - begun, 0.5)
        self.sim.fault("hang", count=1)
        with self.assertRaises(TimeoutError):
            self.bare(timeout=0.5)
        self.right()

    def test_trickle(self):
        self.sim.fault("trickle", bytes=100, seconds=0.1, count=1)
        begun = time.monotonic()
        self.right()
        self.assertGreater(time.monotonic() - begun, 0.5)
        self.sim.fault("trickle", count=1)
        with self.assertRaises(TimeoutError):  # each byte comes in time, the whole never does
            begun = time.monotonic()
            connection = self.sim.connection(self.sim.kms, timeout=1)
            self.addCleanup(connection.close)
            connection.request("POST", "/", b"{}")
            connection.sock.settimeout(1)
            while time.monotonic() - begun < 2:
                connection.sock.recv(1)
            raise TimeoutError

    def test_truncated_reset_closed(self):
        self.sim.fault("truncate", count=1)
        with self.assertRaises(http.client.IncompleteRead):
            self.bare()
        self.sim.fault("truncate", bytes=0, count=1)
        with self.assertRaises(http.client.IncompleteRead):
            self.bare()
        for name, more in (("reset", {}), ("reset", {"when": "request"}), ("close", {})):
            with self.subTest(name=name, more=more):
                self.sim.fault(name, **more, count=1)
                with self.assertRaises(BROKEN):
                    self.bare()
        self.right()

    def test_garbage(self):
        for kind, check in (("binary", lambda body: len(body) == 512), ("html", lambda body: body.startswith(b"<html")),
                            ("empty", lambda body: body == b""), ("json", lambda body: json.loads(body)["KeyId"] == 7),
                            ("deep", lambda body: body == b"[" * 100000)):
            self.sim.fault("garbage", kind=kind, count=1)
            self.assertTrue(check(self.bare()[2]), kind)
        self.sim.fault("oversize", bytes=1 << 20, count=1)
        self.assertGreater(len(self.bare()[2]), 1 << 20)
        self.right()

    def test_redirect(self):
        self.sim.fault("redirect", location="https://localhost/", count=1)
        status, headers, _ = self.bare()
        self.assertEqual((status, headers["Location"]), (307, "https://localhost/"))

    def test_what_the_answer_says(self):
        self.sim.fault("other-key-id", count=1)
        self.assertNotIn(self.ask()["KeyId"], (KEY, SECOND_KEY))
        self.sim.fault("plaintext", count=1)
        answer = self.ask()
        self.assertEqual((answer["Plaintext"], "CiphertextForRecipient" in answer), (b"secret", False))
        self.sim.fault("plaintext", instead=False, count=1)
        answer = self.ask()
        self.assertEqual((answer["Plaintext"], "CiphertextForRecipient" in answer), (b"secret", True))
        self.sim.fault("wrong-plaintext", count=1)
        self.assertNotEqual(self.open_by_openssl(self.ask()["CiphertextForRecipient"]), b"secret")
        self.sim.fault("deny", count=1)
        self.assertIn("is not authorized to perform: kms:Decrypt", self.assert_error("AccessDeniedException", self.ask))
        self.right()


class Cms(FaultCase):
    """The answers that must not be taken: what is in them is looked at by openssl-asn1parse(1)."""

    def lines(self, variant):
        self.sim.fault("cms", variant=variant, count=1)
        self.enveloped = self.ask()["CiphertextForRecipient"]
        return openssl("asn1parse", "-inform", "DER", data=self.enveloped, check=False).decode()

    def unopened(self):
        import subprocess

        try:
            return self.open_by_openssl(self.enveloped) != b"secret"
        except subprocess.CalledProcessError:
            return True

    def test_variants(self):
        import hashlib

        normal = self.lines("bad-padding")
        identifier = hashlib.sha256(self.spki).hexdigest().upper()
        self.assertIn("aes-256-cbc", normal)
        self.assertTrue(self.unopened())
        for variant, present, absent in (("aes-128", "aes-128-cbc", "aes-256-cbc"), ("oaep-sha1", "rsaesOaep", ":sha256"),
                                         ("oaep-label", "pSpecified", "xxx"), ("pkcs1", "rsaEncryption", "rsaesOaep"),
                                         ("no-recipient", "aes-256-cbc", "rsaesOaep"),
                                         ("data", "pkcs7-data", "pkcs7-envelopedData")):
            with self.subTest(variant=variant):
                text = self.lines(variant)
                self.assertIn(present, text)
                self.assertNotIn(absent, text)
        for variant in ("short-key", "other-key", "truncated"):
            with self.subTest(variant=variant):
                self.lines(variant)
                self.assertTrue(self.unopened())
        self.assertEqual(self.lines("two-recipients").count("rsaesOaep"), 2)
        self.lines("trailing")
        self.assertTrue(self.enveloped.endswith(b"trailing"))
        self.assertEqual(len(identifier), 64)
        self.right()


class Tls(FaultCase):
    def refused(self, kind, reason, **more):
        self.sim.fault("tls", kind=kind, service="kms")
        with self.assertRaises(ssl.SSLError) as caught:
            self.bare(**more)
        self.assertIn(reason, str(caught.exception))
        self.sim.control("DELETE", "/faults")

    def test_certificates(self):
        self.refused("wrong-name", "IP address mismatch")
        self.refused("expired", "certificate has expired")
        self.refused("not-yet-valid", "not yet valid")
        self.refused("self-signed", "self-signed")
        self.refused("other-ca", "unable to get local issuer")
        self.refused("garbage", "")
        self.right()

    def test_versions(self):
        self.refused("tls1.1", "")
        context = ssl.create_default_context(cafile=self.sim.ca_file)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        for kind, version in (("tls1.1", "TLSv1.1"), ("tls1.2", "TLSv1.2"), ("tls1.3", "TLSv1.3")):
            self.sim.fault("tls", kind=kind, count=1)
            connection = self.sim.connection(self.sim.kms, context=context)
            connection.connect()
            self.assertEqual(connection.sock.version(), version)
            connection.close()

    def test_names_of_the_certificate(self):
        names = openssl("s_client", "-connect", self.sim.kms.partition("//")[2], "-servername", "localhost")
        text = openssl("x509", "-noout", "-ext", "subjectAltName", data=names).decode()
        for name in (f"DNS:kms.{REGION}.amazonaws.com,", f"DNS:*.kms.{REGION}.vpce.amazonaws.com,", "IP Address:127.0.0.1"):
            self.assertIn(name, text)

    def test_refused_connections(self):
        self.sim.fault("refuse", service="kms", count=1)
        with self.assertRaises(ConnectionError):
            self.bare()
        self.bare()


class Clock(FaultCase):
    def test_off(self):
        from email.utils import parsedate_to_datetime

        for minutes, text in ((10, "Signature expired"), (-10, "not yet current")):
            self.sim.fault("clock", minutes=minutes)
            answer = self.failure()
            self.assertEqual(answer["Error"]["Code"], "InvalidSignatureException")
            self.assertIn(text, answer["Error"]["Message"])
            date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
            self.assertAlmostEqual(date, time.time() + minutes * 60, delta=3)
            self.sim.control("DELETE", "/faults")
        self.right()

    def test_with_the_documents(self):
        self.sim.fault("clock", minutes=4)
        self.right()
        self.sim.fault("clock", minutes=0.9, document=True)
        self.right()
        self.sim.control("DELETE", "/faults")
        self.sim.fault("clock", minutes=-4, document=True)
        self.assertIn("from the future", self.assert_error("ValidationException", self.ask))


class Imds(FaultCase):
    ROLES = "/latest/meta-data/iam/security-credentials/"

    def test_late(self):
        self.sim.fault("late", service="imds", seconds=1)
        with self.assertRaises(ConnectionError):
            self.sim.token()
        self.bare()  # KMS is not
        until(lambda: self.try_token() is not None, 5)
        self.sim.fault("late", service="imds", seconds=1, how="hang")
        with self.assertRaises(TimeoutError):
            self.sim.token(timeout=0.3)

    def test_late_from_the_start(self):
        with AwsSim(arguments=("--fault", '{"fault": "late", "service": "imds", "seconds": 1.5}')) as sim:
            with self.assertRaises(ConnectionError):
                sim.token()
            self.assertIn("secret", str(botocore_client(sim, user=True).decrypt(CiphertextBlob=sim.seal(b"secret"))))
            time.sleep(1.5)
            self.assertEqual(sim.metadata(self.ROLES)[0], 200)

    def try_token(self):
        try:
            return self.sim.token()
        except OSError:
            return None

    def test_tokens(self):
        self.sim.fault("token-refused", count=1)
        self.assertEqual(self.sim.token(), 403)
        self.sim.fault("hop-limit", count=1)
        with self.assertRaises(TimeoutError):
            self.sim.token(timeout=0.5)
        token = self.sim.token()
        self.sim.fault("token-invalid", count=1)
        self.assertEqual(self.sim.metadata(self.ROLES, token)[0], 401)
        self.assertEqual(self.sim.metadata(self.ROLES, token)[0], 401)
        self.assertEqual(self.sim.metadata(self.ROLES)[0], 200)

    def test_throttled_and_slow(self):
        self.sim.fault("throttle", service="imds", operation="credentials", count=1)
        self.assertEqual(self.sim.metadata(self.ROLES + "attested-app")[0], 503)
        self.sim.fault("error", service="imds", status=500, operation="token", count=1)
        self.assertEqual(self.sim.token(), 500)

    def test_roles(self):
        self.sim.fault("role-missing")
        self.assertEqual(self.sim.metadata(self.ROLES)[0], 404)
        self.assertEqual(self.sim.metadata(self.ROLES + "attested-app")[0], 404)
        self.sim.control("DELETE", "/faults")
        self.sim.fault("role-error", operation="credentials", count=1)
        self.assertEqual(self.sim.credentials()["Code"], "AssumeRoleUnauthorizedAccess")
        self.assertEqual(self.sim.credentials()["Code"], "Success")

    def test_expiring(self):
        self.sim.fault("expiring", seconds=5, operation="credentials")
        end = time.monotonic() + 5.1
        found = self.sim.credentials()
        client = botocore_client(self.sim, credentials=found)
        client.describe_key(KeyId=KEY)
        time.sleep(max(0, end - time.monotonic()))
        self.assert_error("ExpiredTokenException", client.describe_key, KeyId=KEY)
        self.assertNotEqual(found["AccessKeyId"], self.sim.credentials()["AccessKeyId"])

    def test_expired(self):
        self.addCleanup(self.reset)
        self.sim.fault("expired", operation="credentials", count=1)
        client = botocore_client(self.sim)
        self.assert_error("ExpiredTokenException", client.describe_key, KeyId=KEY)
        botocore_client(self.sim).describe_key(KeyId=KEY)


class S3(FaultCase):
    def test_its_own_words(self):
        client = botocore_client(self.sim, "s3")
        for fault, kind in ((("throttle",), "SlowDown"), (("deny",), "AccessDenied")):
            self.sim.fault(*fault, service="s3", count=1)
            self.assert_error(kind, client.get_object, Bucket="bucket", Key="key")
        self.sim.fault("clock", minutes=16)
        self.assert_error("RequestTimeTooSkewed", client.get_object, Bucket="bucket", Key="key")
